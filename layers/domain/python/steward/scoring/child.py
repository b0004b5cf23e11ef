"""Training and scoring, in a process of its own: the only module of the slice that leads to LightGBM. It never commits.

Large things go by file. `{"do": "train", "homes": PATH, "model": PATH}` writes a model; `{"do": "score", "homes": PATH,
"model": PATH, "valuations": PATH}` writes a valuation a line, in the order of the homes. Homes are JSON lines as
`homes.line` writes them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from steward.scoring import explaining, facts, features, nearby, rules, training
from steward.scoring.features import Home, Recipe, matrix
from steward.scoring.training import FOLDS, Model, Sold
from steward.scoring.trees import LIBGOMP, Trees


def main(request: Mapping[str, Any]) -> dict[str, Any]:
    """Do what is asked."""
    blocks, model = features.blocks(Path(request["homes"])), Path(request["model"])
    if request["do"] == "train":
        return train([home for block in blocks for home in block], model)
    return score(blocks, json.loads(model.read_bytes()), Path(request["valuations"]))


def train(homes: Sequence[Home], path: Path) -> dict[str, Any]:
    """Write a model of all sales; what it learnt from and how good it is, or why it was `refused`."""
    sales = training.sold(homes)
    parcels = len({home.group for home in sales.homes})
    if few := rules.too_few(parcels):
        return {"refused": few, "rows": len(sales.homes)}
    model, grouped = training.fit(sales)
    later = training.forward(sales)
    kept = _kept(model, homes, sales)
    path.write_text(json.dumps(kept), "utf-8")
    return {
        "rows": len(sales.homes),
        "parcels": parcels,
        "left_out": sum(len(home.sales) for home in homes) - len(sales.homes),
        "first_day": date.fromordinal(int(sales.days.min())).isoformat(),
        "as_of": kept["as_of"],
        "columns": model.recipe.kept,
        "grouped": grouped.to_json(),
        "forward": {**later[1].to_json(), "from_day": later[0].isoformat()} if later else None,
        "weights": kept["weights"],
        "shape": {**training.SHAPE, "rounds": training.ROUNDS},
        "libgomp": str(LIBGOMP or ""),
    }


def score(blocks: Iterable[Sequence[Home]], kept: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Write the valuations of homes."""
    appraiser = appraiser_of(kept)
    homes = scored = 0
    with path.open("w", encoding="utf-8") as lines:
        for made in explaining.valuations(appraiser, blocks):
            homes += 1
            scored += made.get("score") is not None
            lines.write(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n")
    return {"homes": homes, "scored": scored}


def appraiser_of(kept: Mapping[str, Any]) -> explaining.Appraiser:
    """A model as `train` wrote it, ready to be asked."""
    values, spreads = ([Trees.of(text) for text in kept[name]] for name in ("values", "spreads"))
    model = Model(Recipe.of(kept["recipe"]), values, spreads, [tuple(tail) for tail in kept["tails"]])
    as_of = date.fromisoformat(kept["as_of"])
    learnt = kept.get("learnt") or [kept["sales"]] * (FOLDS + 1)  # models made before the folds were counted
    close = nearby.Nearby(kept["last_sales"], as_of.toordinal())
    return explaining.Appraiser(
        model, as_of, learnt, close, kept["usual"], kept["typical"], kept["weights"], facts=explaining.shown_facts(model)
    )


def _kept(model: Model, homes: Sequence[Home], sales: Sold) -> dict[str, Any]:
    return {
        "recipe": model.recipe.to_json(),
        "values": [trees.text() for trees in model.values],
        "spreads": [trees.text() for trees in model.spreads],
        "tails": model.tails,
        "as_of": date.fromordinal(int(sales.days.max())).isoformat(),
        "usual": usual_range(model, sales),
        "typical": typical(sales.homes),
        "weights": weights(model, sales),
        "learnt": [*(int((sales.folds != fold).sum()) for fold in range(FOLDS)), len(sales.homes)],
        "last_sales": nearby.last_sales(homes),
    }


def typical(homes: Sequence[Home]) -> dict[str, float]:
    """The median of every fact that has one; a place and a type have none."""
    found = {}
    for fact in facts.FACTS:
        told = [home.numbers[fact.field] for home in homes if fact.field in home.numbers]
        if told and fact.field not in ("zip", "type"):
            found[fact.field] = float(np.median(told))
    return found


def usual_range(model: Model, sales: Sold) -> float:
    """The median of half the 80 % range over its middle."""
    middle, low, high = model.predict(matrix(sales.homes, sales.days, model.recipe), sales.folds)
    return float(np.median((np.exp(high - middle) - np.exp(low - middle)) / 2))


def weights(model: Model, sales: Sold, most: int = 2_000) -> dict[str, float]:
    """How much each fact moves a value on average, in log price, over some of the sales."""
    step = max(1, len(sales.homes) // most)
    rows = matrix(sales.homes[::step], sales.days[::step], model.recipe)
    told = np.abs(model.values[FOLDS].contributions(rows)[:, :-1])
    kept = model.recipe.kept
    groups = [(fact.title, fact.columns) for fact in facts.FACTS] + [(facts.DAY, (facts.BY_DATE,))]
    found = {}
    for title, columns in groups:
        places = [kept.index(column) for column in columns if column in kept]
        if places:
            found[title] = round(float(told[:, places].sum(axis=1).mean()), 4)
    return dict(sorted(found.items(), key=lambda one: -one[1]))
