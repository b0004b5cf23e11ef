"""Training: trees on the log price in five folds, their honest 80 % interval, and how good they are. Child only.

A parcel's sales are all in one fold, so no fold's trees have seen a parcel that they are asked about. The interval is
split-conformal and locally scaled: small trees learn how far the folds are off for homes like this one, and the tenth and
ninetieth percentile of what is left, taken from the other folds, make the range.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steward.scoring.features import Floats, Home, Recipe, learn, matrix
from steward.scoring.rules import FEWEST_PARCELS, SMALLEST_PRICE
from steward.scoring.trees import Trees

FOLDS = 5
AT_ONCE = 2
"""Trees grown side by side, each on one core: faster than one after the other on both."""
FEWEST_LATER = 50
LATER = 0.2
"""Share of the time span that the forward test is made on."""
TAIL = 0.1
LEAST_SPREAD = 0.02
ROUNDS, SHAPE = 400, {
    "num_leaves": 12, "max_depth": 4, "learning_rate": 0.12, "min_data_in_leaf": 10, "lambda_l2": 5.0,
    "feature_fraction": 0.5, "bagging_fraction": 0.8, "bagging_freq": 1,
}  # fmt: skip
BINS, DAY_BINS = 255, 48
"""How finely columns are cut; the day (the last one) so coarsely that a few last sales do not make the market's last step."""
SPREAD_ROUNDS, SPREAD_SHAPE = 60, {"num_leaves": 8, "max_depth": 4, "learning_rate": 0.1, "min_data_in_leaf": 100, "lambda_l2": 5.0}


@dataclass(frozen=True, slots=True)
class Sold:
    """The sales to learn from, one row each: the home, the ordinal day, the log of the price in cents, the fold."""

    homes: Sequence[Home]
    days: Floats
    log_prices: Floats
    folds: NDArray[np.int64]

    def part(self, chosen: NDArray[np.bool_]) -> "Sold":
        """Only some of them."""
        return Sold(
            [self.homes[place] for place in np.flatnonzero(chosen).tolist()], self.days[chosen], self.log_prices[chosen], self.folds[chosen]
        )


@dataclass(frozen=True, slots=True)
class Model:
    """Trees for each fold and, last, for homes that were never sold; the same for the spread and for its two tails."""

    recipe: Recipe
    values: Sequence[Trees]
    spreads: Sequence[Trees]
    tails: Sequence[tuple[float, float]]

    def predict(self, rows: Floats, by: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
        """Middle, low and high in log cents; `by` says for each row which trees may speak."""
        middle, low, high = np.empty(len(rows)), np.empty(len(rows)), np.empty(len(rows))
        for one in np.unique(by):
            here = by == one
            middle[here] = self.values[one].predict(rows[here])
            spread = spread_of(self.spreads[one], rows[here])
            low[here] = middle[here] + self.tails[one][0] * spread
            high[here] = middle[here] + self.tails[one][1] * spread
        return middle, low, high


@dataclass(frozen=True, slots=True)
class Quality:
    """How good predictions were: R² of prices, median error, share within 10 %, share of prices inside the 80 % range."""

    rows: int
    r2: float
    median_error: float
    within_10: float
    coverage_80: float

    def to_json(self) -> dict[str, Any]:
        """As JSON, rounded to what matters."""
        return {name: value if name == "rows" else round(value, 4) for name, value in asdict(self).items()}


def fold_of(group: str) -> int:
    """The fold of a parcel, for ever the same."""
    return int.from_bytes(blake2b(group.encode(), digest_size=4).digest(), "big") % FOLDS


def sold(homes: Sequence[Home]) -> Sold:
    """Every sale of the homes that can be learnt from."""
    found = [(home, day, cents) for home in homes for day, cents in home.sales if cents >= SMALLEST_PRICE]
    return Sold(
        [home for home, _, _ in found],
        np.array([day for _, day, _ in found], dtype=np.float64),
        np.log(np.array([cents for _, _, cents in found], dtype=np.float64)),
        np.array([fold_of(home.group) for home, _, _ in found], dtype=np.int64),
    )


def fit(sales: Sold) -> tuple[Model, Quality]:
    """The model of these sales, and how good each fold was on the parcels it never saw."""
    recipe = learn(sales.homes, sales.days)
    rows = matrix(sales.homes, sales.days, recipe)
    values = _grow(rows, sales.log_prices, sales.folds, rounds=ROUNDS, shape=SHAPE)
    unseen = _unseen(values, rows, sales.folds)
    off = sales.log_prices - unseen
    size = np.log(np.abs(off) + LEAST_SPREAD)
    spreads = _grow(rows, size, sales.folds, rounds=SPREAD_ROUNDS, shape=SPREAD_SHAPE)
    scaled = off / np.exp(_unseen(spreads, rows, sales.folds))
    tails = [_tails(scaled[sales.folds != fold]) for fold in range(FOLDS)] + [_tails(scaled)]
    model = Model(recipe, values, spreads, tails)
    return model, quality(sales.log_prices, *model.predict(rows, sales.folds))


def forward(sales: Sold) -> tuple[date, Quality] | None:
    """Trained before a day and tested on parcels first sold from then on; None when one of the two is too little."""
    first, last = float(sales.days.min()), float(sales.days.max())
    cut = date.fromordinal(round(last - LATER * (last - first))).replace(day=1)
    before = sales.days < cut.toordinal()
    seen = {home.group for home, early in zip(sales.homes, before, strict=True) if early}
    after = ~before & np.array([home.group not in seen for home in sales.homes])
    if len(seen) < FEWEST_PARCELS or after.sum() < FEWEST_LATER:
        return None
    model, _ = fit(sales.part(before))
    later = sales.part(after)
    rows = matrix(later.homes, later.days, model.recipe)
    return cut, quality(later.log_prices, *model.predict(rows, np.full(len(rows), FOLDS)))


def quality(truth: Floats, middle: Floats, low: Floats, high: Floats) -> Quality:
    """How good a prediction was; all in log cents."""
    price, said = np.exp(truth), np.exp(middle)
    error = np.abs(said / price - 1)
    differing = float(((price - price.mean()) ** 2).sum())
    r2 = 1 - float(((price - said) ** 2).sum()) / differing if differing else 0.0
    return Quality(len(truth), r2, float(np.median(error)), float((error <= 0.1).mean()), float(((low <= truth) & (truth <= high)).mean()))


def spread_of(trees: Trees, rows: Floats) -> Floats:
    """How far off such homes are, in log price."""
    return np.exp(trees.predict(rows))


def _grow(rows: Floats, target: Floats, folds: NDArray[np.int64], *, rounds: int, shape: dict[str, Any]) -> list[Trees]:
    """Trees without each fold in turn, then with all of it."""
    shape = {**shape, "max_bin_by_feature": [BINS] * (rows.shape[1] - 1) + [DAY_BINS]}
    parts = [folds != fold for fold in range(FOLDS)] + [np.ones(len(rows), dtype=bool)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda part: Trees.grow(rows[part], target[part], rounds=rounds, shape=shape), parts))


def _unseen(trees: Sequence[Trees], rows: Floats, folds: NDArray[np.int64]) -> Floats:
    """What the trees say of the fold that each of them never saw."""
    said = np.empty(len(rows))
    for fold in range(FOLDS):
        said[folds == fold] = trees[fold].predict(rows[folds == fold])
    return said


def _tails(scaled: Floats) -> tuple[float, float]:
    """The tenth and ninetieth percentile, each one rank further out, as a finite sample asks."""
    ranked = np.sort(scaled)
    out = max(0, int(np.floor((len(ranked) + 1) * TAIL)) - 1)
    return float(min(ranked[out], 0.0)), float(max(ranked[len(ranked) - 1 - out], 0.0))
