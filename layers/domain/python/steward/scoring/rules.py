"""The score: what a price and an estimate are worth in points, and how sure that is. Pure; every weight is in WEIGHTS.

No line needs to be cut off: the gap alone moves a score between 10 and 90, and all the other lines together between
−10 and +10, so the points of a breakdown always add up to the score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import tanh
from typing import Literal

from steward.scoring import words
from steward.scoring.comparables import REACHES


@dataclass(frozen=True, slots=True)
class Weights:
    """Points of a score, and of 100 for its confidence."""

    start: int = 50
    gap: int = 40
    gap_scale: float = 0.18
    narrow: int = 6
    wide: int = -3
    range_step: float = 12.0
    sales: int = 4
    sales_enough: int = 6
    unknown: int = -1
    unknown_most: int = -5
    old: int = -2
    old_before: int = 1970
    sure_at_best: int = 110
    sure_a_range: float = 200.0
    sure_unknown: float = 4.0
    sure_unknown_most: float = 20.0
    sure_a_year: float = 5.0
    sure_years_most: float = 20.0
    sure_few_sales: float = 5.0
    sure_sales: int = 3
    sure_low: int = 5
    sure_high: int = 95


WEIGHTS = Weights()
WAITING = "Waiting for a model."
NO_PRICE = "No price is known; a score compares a price with the value, so give an asking price."
NO_AREA = "The living area is not known; without it there is no estimate."
NO_PLACE = "The place is not known; give a ZIP or coordinates for an estimate."
THIN = "Fewer than three facts are known; that is too little for an estimate."
FEWEST_FACTS = 3
FEWEST_PARCELS = 200
SMALLEST_PRICE = 1_000_000
"""Cents below which a sale is a gift or a correction, no price."""
TOO_GOOD, TOO_POOR = 0.06, 0.18
"""Median errors of unseen parcels below and above which a model is doubtful."""

Basis = Literal["asking", "last_sale"]


@dataclass(frozen=True, slots=True)
class Price:
    """The price compared with, in cents. A last sale is brought forward from what was paid (`paid`) on a day (`sold`)."""

    cents: int
    basis: Basis
    paid: int = 0
    sold: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What a score rests on. Money in cents; `usual` is the model's usual half range over its value.

    `close_sales` counts comparable sales, `unknown` names the facts the model uses that nobody has said, `renewed` is the
    year of building or of the last renovation.
    """

    estimate: int
    low: int
    high: int
    as_of: date
    usual: float
    close_sales: int
    unknown: Sequence[str] = ()
    renewed: int | None = None
    price: Price | None = None

    @property
    def half_range(self) -> float:
        """Half the range over its middle."""
        return (self.high - self.low) / 2 / self.estimate


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the breakdown: what speaks for or against, and how many points it is worth."""

    reason: str
    points: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """A score with its lines, which add up to it; without a price there is none, and `reason` says so."""

    score: int | None
    lines: Sequence[Line]
    confidence: int
    reason: str = ""


def refusal(known: Sequence[str], *, has_area: bool, has_place: bool) -> str:
    """Why a property is too thinly described for an estimate, "" when it is not. `known` names the facts it has."""
    if not has_area:
        return NO_AREA
    if not has_place:
        return NO_PLACE
    return THIN if len(known) < FEWEST_FACTS else ""


def elsewhere(zip_code: str) -> str:
    """Why a home whose ZIP, or else whose coordinates, no sale is known at has no estimate."""
    where = f"in ZIP {zip_code}" if zip_code else "around these coordinates"
    return f"No sale is known {where}, so there is no estimate; import sales from there, then train again."


def score(case: Case, weights: Weights = WEIGHTS) -> Scored:
    """0 to 100 with its breakdown: 50 is a price equal to the value, more is a price under it."""
    sure = confidence(case, weights)
    if case.price is None:
        return Scored(None, (), sure, NO_PRICE)
    rest = (_range(case, weights), _sales(case, weights), _unknown(case, weights), _age(case, weights))
    lines = [Line("Price equals value", weights.start, "all homes start here"), _gap(case, case.price, weights)]
    lines += [line for line in rest if line.points]
    return Scored(sum(line.points for line in lines), lines, sure)


def confidence(case: Case, weights: Weights = WEIGHTS) -> int:
    """How sure a score is, in per cent: a wide range, unknown facts, an old price and few sales nearby take from it."""
    sure = weights.sure_at_best - weights.sure_a_range * case.half_range
    sure -= min(weights.sure_unknown_most, weights.sure_unknown * len(case.unknown))
    if case.price and case.price.sold:
        sure -= min(weights.sure_years_most, weights.sure_a_year * max(0, (case.as_of - case.price.sold).days) / 365.25)
    if case.close_sales < weights.sure_sales:
        sure -= weights.sure_few_sales
    return round(min(weights.sure_high, max(weights.sure_low, sure)))


def too_few(parcels: int) -> str:
    """Why so many parcels with a sale make no model, "" when they are enough."""
    if parcels >= FEWEST_PARCELS:
        return ""
    needed = f"A model needs sales of at least {FEWEST_PARCELS} parcels"
    return f"{needed}; here are {parcels:,}. Import more sales, then train again."


def doubts(median_error: float, later_error: float | None) -> list[str]:
    """What a person should know before trusting a model, from its median error on unseen parcels and on later sales."""
    told = []
    if median_error < TOO_GOOD:
        told.append(f"A median error of {words.percent(median_error)} is too good for real sales; does a fact give the price away?")
    if median_error > TOO_POOR:
        told.append(f"A median error of {words.percent(median_error)} is rough; more facts or more sales would help.")
    if later_error is None:
        told.append("There are too few later sales to test the model forward in time.")
    return told


def _gap(case: Case, price: Price, weights: Weights) -> Line:
    gap = case.estimate - price.cents
    share = gap / case.estimate
    points = round(weights.gap * tanh(share / weights.gap_scale))
    name = "Asking" if price.basis == "asking" else "Last sale, brought forward,"
    reason = f"{name} {words.percent(abs(share))} {'under' if gap >= 0 else 'over'}"
    note = f"{words.money(abs(gap))} of {words.money(case.estimate)}"
    if price.sold:
        note = f"{words.price(price.paid)} on {words.day(price.sold)}, by now about {words.money(price.cents)}; {note}"
    return Line(reason, points, note)


def _range(case: Case, weights: Weights) -> Line:
    points = round(min(weights.narrow, max(weights.wide, weights.range_step * (1 - case.half_range / case.usual))))
    note = f"± {words.percent(case.half_range)}, usual ± {words.percent(case.usual)}"
    return Line("Narrow range" if points > 0 else "Wide range", points, note)


def _sales(case: Case, weights: Weights) -> Line:
    points = round(weights.sales * min(case.close_sales, weights.sales_enough) / weights.sales_enough)
    return Line(words.plural(case.close_sales, "close sale"), points, REACHES[0].said())


def _unknown(case: Case, weights: Weights) -> Line:
    count = len(case.unknown)
    named = ", ".join(case.unknown[:3]) + (" and more" if count > 3 else "")
    reason = f"{case.unknown[0]} not known" if count == 1 else f"{count} facts not known"
    return Line(reason, max(weights.unknown_most, weights.unknown * count), named if count > 1 else "ask, and it comes back")


def _age(case: Case, weights: Weights) -> Line:
    old = case.renewed is not None and case.renewed < weights.old_before
    return Line(f"Built before {weights.old_before}", weights.old if old else 0, "usual repair risk")
