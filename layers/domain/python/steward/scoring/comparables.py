"""Comparable sales: which sales near a home count, by a rule that is stated, and what each would make of its price.

An adjusted price is the sale's own, times what the model says of this home over what it said of that one on the day it
was sold, by the fold that never saw it: size, place, quality and date in one step. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import cos, hypot, radians
from statistics import median

EARTH = 6_371_000.0
"""Metres."""
MILE = 1609.344
KEEP = 6
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A home that was sold: where, when, for how many cents; what the model said of that day, if it did."""

    id: str
    lat: float
    lon: float
    sold: date
    cents: int
    area: float | None = None
    kind: str = ""
    at_sale: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """The home compared with: `value` in cents is the model's, `as_of` the day the comparison is for."""

    id: str
    lat: float
    lon: float
    as_of: date
    area: float | None = None
    kind: str = ""
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a rule looks: metres, days back, and by what share the size may differ."""

    metres: float
    days: int
    size: float

    def said(self, *, sized: bool = True) -> str:
        """`half a mile, 12 months, size ± 20 %`; `any size` where the subject's is not known."""
        miles = self.metres / MILE
        far = "half a mile" if miles < 0.75 else "one mile" if miles < 1.5 else f"{miles:.0f} miles"
        size = f"size ± {self.size * 100:.0f} %" if sized else "any size"
        return f"{far}, {round(self.days / 30.4)} months, {size}"


REACHES = (Reach(MILE / 2, 365, 0.2), Reach(MILE, 548, 0.25), Reach(3 * MILE, 730, 0.3))
"""Tried in turn until enough sales are found."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A comparable sale: how far it is, and its price turned into one for the subject (None without the model's word)."""

    sale: Candidate
    metres: float
    adjusted: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was chosen, newest first, by which reach, and how many the rule also allows but are less alike.

    `sized` says that the subject's size is known, so that only homes near it in size were looked at.
    """

    chosen: Sequence[Chosen]
    reach: Reach
    left_out: int
    sized: bool = True

    @property
    def rule(self) -> str:
        """How was chosen, in words."""
        return self.reach.said(sized=self.sized)

    @property
    def middle(self) -> int | None:
        """The median of the adjusted prices in cents, None without any."""
        adjusted = [one.adjusted for one in self.chosen if one.adjusted is not None]
        return round(median(adjusted)) if adjusted else None


def compare(subject: Subject, candidates: Sequence[Candidate], reach: Reach) -> Comparison:
    """The sales most alike within a reach, at most six."""
    found = [one for one in candidates if _within(subject, one, reach)]
    alike = sorted(found, key=lambda one: (_unlike(subject, one, reach), one.id))
    kept = sorted(alike[:KEEP], key=lambda one: (one.sold, one.id), reverse=True)
    return Comparison(
        [Chosen(one, away(subject, one), _adjusted(subject, one)) for one in kept], reach, len(found) - len(kept), bool(subject.area)
    )


def away(subject: Subject, one: Candidate) -> float:
    """Metres between two homes of one county."""
    across = cos(radians((subject.lat + one.lat) / 2))
    return EARTH * hypot(radians(subject.lat - one.lat), radians(subject.lon - one.lon) * across)


def _within(subject: Subject, one: Candidate, reach: Reach) -> bool:
    return (
        one.id != subject.id
        and (not subject.kind or not one.kind or one.kind == subject.kind)
        and 0 <= (subject.as_of - one.sold).days <= reach.days
        and (not subject.area or (one.area is not None and abs(one.area / subject.area - 1) <= reach.size))
        and away(subject, one) <= reach.metres
    )


def _unlike(subject: Subject, one: Candidate, reach: Reach) -> float:
    """How far a sale is from being the same home sold today, each measure in shares of its reach."""
    size = abs(one.area / subject.area - 1) / reach.size if subject.area and one.area else 0.0
    return away(subject, one) / reach.metres + (subject.as_of - one.sold).days / reach.days + size


def _adjusted(subject: Subject, one: Candidate) -> int | None:
    return round(one.cents * subject.value / one.at_sale) if subject.value and one.at_sale else None
