"""From a model and homes to valuations: estimate, range, the facts that make it in cents, score. Runs in the child only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steward.scoring import rules, words
from steward.scoring.facts import BY_DATE, DAY, FACTS, LIVING_AREA, PLACE, Fact, known, said
from steward.scoring.features import Floats, Home, Recipe, matrix
from steward.scoring.nearby import Nearby
from steward.scoring.training import AT_ONCE, FOLDS, Model, fold_of

BASE = "Typical home"
FOUR_IN_FIVE = 1.6
"""Half an 80 % range over the mean absolute deviation, for a normal spread."""
Valuation = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Appraiser:
    """A model ready to be asked. `as_of` is the last day of what it learnt from, `learnt` from how many sales the trees
    without each fold, and last all trees, learnt; `nearby` which sales are near; `usual` is its half range over its value,
    by the median; `typical` the median of each fact and `weights` how far it moves a value on average, in log price; `facts`
    are those it looks at."""

    model: Model
    as_of: date
    learnt: Sequence[int]
    nearby: Nearby
    usual: float
    typical: Mapping[str, float]
    weights: Mapping[str, float]
    facts: Sequence[Fact]


def valuations(appraiser: Appraiser, blocks: Iterable[Sequence[Home]]) -> Iterator[Valuation]:
    """A valuation for each home of each block, in order, as JSON; money in cents. Few blocks are in hand at once."""
    waiting = iter(blocks)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while ahead := list(islice(waiting, AT_ONCE)):
            for made in pool.map(lambda homes: appraised(appraiser, homes), ahead):
                yield from made


def appraised(appraiser: Appraiser, homes: Sequence[Home]) -> list[Valuation]:
    """The valuations of some homes; one that is too thinly described gets the reason instead."""
    made: list[Valuation] = [{"id": home.id, "property_version": home.version, "reason": refusal(appraiser, home)} for home in homes]
    chosen = [place for place, told in enumerate(made) if not told["reason"]]
    if chosen:
        valued = _valued(appraiser, [homes[place] for place in chosen])
        for place, one in zip(chosen, valued, strict=True):
            made[place].update(one)
    return made


def refusal(appraiser: Appraiser, home: Home) -> str:
    """Why this home is too thinly described for the model, "" when it is not."""
    facts = appraiser.facts
    told = [fact.title for fact in facts if known(fact, home.numbers)]
    placed = all(fact.title != PLACE for fact in facts) or PLACE in told
    sized = all(fact.title != LIVING_AREA for fact in facts) or LIVING_AREA in told
    return rules.refusal(told, has_area=sized, has_place=placed) or _strange(appraiser.model.recipe, home)


def _strange(recipe: Recipe, home: Home) -> str:
    """Why the model knows nothing of where this home is, "" when it does or when it knows no place at all."""
    if not (recipe.zips or recipe.area) or recipe.knows_zip(home.numbers) or recipe.surrounds(home.numbers):
        return ""
    return rules.elsewhere(f"{home.numbers['zip']:05.0f}" if "zip" in home.numbers else "")


def shown_facts(model: Model) -> list[Fact]:
    """The facts a model looks at."""
    kept = set(model.recipe.kept)
    return [fact for fact in FACTS if kept & set(fact.columns)]


def _valued(appraiser: Appraiser, homes: Sequence[Home]) -> list[Valuation]:
    model, count, close = appraiser.model, len(homes), appraiser.nearby.counts(homes)
    by = np.array([fold_of(home.group) if home.sales else FOLDS for home in homes])
    today = matrix(homes, np.full(count, float(appraiser.as_of.toordinal())), model.recipe)
    middle, low, high = model.predict(today, by)
    base, parts = _parts(appraiser, today, by)
    levels, order = stacked(base, parts)
    sold = np.array([float(home.sales[0][0]) if home.sales else np.nan for home in homes])
    then = matrix(homes, np.where(np.isnan(sold), appraiser.as_of.toordinal(), sold), model.recipe)
    at_sale = np.column_stack(model.predict(then, by))
    around = np.column_stack([low - middle, high - middle])
    said = [_Said(levels[row], order[row], around[row], at_sale[row], appraiser.learnt[by[row]]) for row in range(count)]
    return [_one(appraiser, home, close[row], said[row]) for row, home in enumerate(homes)]


@dataclass(frozen=True, slots=True)
class _Said:
    """What the model said of one home: levels in cents and the order of the facts between them; the range around the
    middle; middle, low and high on its last sale's day (these three in log cents); from how many sales this was learnt."""

    levels: NDArray[np.int64]
    order: NDArray[np.int64]
    around: Floats
    at_sale: Floats
    learnt: int


def _parts(appraiser: Appraiser, rows: Floats, by: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """The base of each row in log cents, and what each shown fact, and last the date, add to it."""
    kept = appraiser.model.recipe.kept
    groups = [[kept.index(column) for column in fact.columns if column in kept] for fact in appraiser.facts]
    groups.append([kept.index(BY_DATE)])
    base, parts = np.empty(len(rows)), np.empty((len(rows), len(groups)))
    for one in np.unique(by):
        here = by == one
        told = appraiser.model.values[one].contributions(rows[here])
        base[here] = told[:, -1]
        parts[here] = np.column_stack([told[:, columns].sum(axis=1) for columns in groups])
    return base, parts


def stacked(base: Floats, parts: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The levels in whole cents that a value passes from its base on, the largest part first, and that order of the parts.

    The amount of a fact is the step between two levels, so the amounts add up to the last level to the cent.
    """
    order = np.argsort(-np.abs(parts), axis=1, kind="stable")
    steps = np.take_along_axis(parts, order, axis=1)
    levels = np.exp(np.column_stack([base, base[:, None] + np.cumsum(steps, axis=1)]))
    return np.rint(levels).astype(np.int64), order


def _one(appraiser: Appraiser, home: Home, close: int, told: _Said) -> Valuation:
    estimate = int(told.levels[-1])
    unknown = [fact.title for fact in appraiser.facts if not known(fact, home.numbers)]
    low, high = (round(estimate * float(np.exp(side))) for side in widened(appraiser, told.around, unknown))
    price = price_of(home, told)
    renewed = int(max(home.numbers.get("year_built", 0), home.numbers.get("year_renovated", 0))) or None
    case = rules.Case(estimate, low, high, appraiser.as_of, appraiser.usual, close, unknown, renewed, price)
    scored = rules.score(case)
    made: Valuation = {
        "estimate": estimate, "low": low, "high": high, "as_of": appraiser.as_of.isoformat(), "confidence": scored.confidence,
        "contributions": _contributions(appraiser, home, told), "reason": scored.reason,
    }  # fmt: skip
    if home.sales:
        made |= _at_sale(
            date.fromordinal(home.sales[0][0]), told.at_sale[0], widened(appraiser, told.at_sale[1:] - told.at_sale[0], unknown)
        )
    if price:
        gap = estimate - price.cents
        lines = [{"reason": line.reason, "points": line.points, "note": line.note} for line in scored.lines]
        made |= {"price": price.cents, "price_basis": price.basis, "gap": gap, "gap_ratio": round(gap / estimate, 4)}
        made |= {"score": scored.score, "breakdown": lines}
    return made


def _at_sale(day: date, middle: float, around: Floats) -> Valuation:
    value, low, high = (round(float(np.exp(level))) for level in (middle, *(middle + around)))
    return {"at_sale": value, "at_sale_low": low, "at_sale_high": high, "at_sale_date": day.isoformat()}


def widened(appraiser: Appraiser, around: Floats, unknown: Sequence[str]) -> Floats:
    """A range, in log price around its middle, made as much wider as the facts that nobody has said could move the value.

    The interval is calibrated on homes as the training sales describe them; one that lacks a fact they have is less sure.
    """
    return np.sign(around) * np.sqrt(around**2 + sum((FOUR_IN_FIVE * appraiser.weights[title]) ** 2 for title in unknown))


def price_of(home: Home, told: _Said) -> rules.Price | None:
    """The asking price, else the last sale brought forward by what the model says of the two days, else none."""
    if home.asking:
        return rules.Price(home.asking, "asking")
    if not home.sales or home.sales[0][1] < rules.SMALLEST_PRICE:
        return None
    day, paid = home.sales[0]
    return rules.Price(round(paid * float(told.levels[-1] / np.exp(told.at_sale[0]))), "last_sale", paid, date.fromordinal(day))


def _contributions(appraiser: Appraiser, home: Home, told: _Said) -> list[dict[str, Any]]:
    facts: list[Fact | None] = [*appraiser.facts, None]
    base = f"average of {words.plural(told.learnt, 'sale')}, in log price"
    lines: list[dict[str, Any]] = [{"fact": BASE, "value": base, "amount": int(told.levels[0])}]
    for place, step in zip(told.order, np.diff(told.levels), strict=True):
        fact = facts[place]
        title, value = (fact.title, _value(appraiser, fact, home)) if fact else (DAY, words.day(appraiser.as_of))
        lines.append({"fact": title, "value": value, "amount": int(step)})
    return lines


def _value(appraiser: Appraiser, fact: Fact, home: Home) -> str | None:
    """`1,840 sq ft, typical 1,510`; None for a fact that is not known."""
    value = said(fact, home.numbers)
    usual = appraiser.typical.get(fact.field)
    if value is None or usual is None:
        return value
    typical = fact.say(usual)
    return value if typical == value else f"{value}, typical {typical.removesuffix(' sq ft')}"
