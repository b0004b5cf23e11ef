"""What a memo rests on: plain facts, gathered from the record. Money is whole cents, days are dates, shares are 0 to 1."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import sha256
from typing import Literal

TEMPLATE = "memo-3"
"""Rises when the memo's text or layout changes: a packet of an older template is made again."""

Place = tuple[float, float]
"""Longitude, latitude."""


@dataclass(frozen=True, slots=True)
class Home:
    """The property itself, as far as it is known."""

    ref: int
    parcel: str
    number: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    kind: str = ""
    bedrooms: float | None = None
    bathrooms: float | None = None
    living_area_sqft: float | None = None
    lot_area_sqft: float | None = None
    year_built: int | None = None
    year_renovated: int | None = None
    condition: int | None = None
    at: Place | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One addend: a fact and the cents, or points, it adds. `value` is the fact as people read it; what nobody has said is unknown."""

    label: str
    amount: int
    value: str = ""
    kind: Literal["base", "fact", "unknown"] = "fact"


@dataclass(frozen=True, slots=True)
class Estimate:
    """The model's value in cents: middle and 80 % range as of a day, and the parts that add up to the middle."""

    value: int
    low: int
    high: int
    as_of: date
    model: str
    parts: Sequence[Part] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100, its parts in hundredths of a point, and how sure it is (0 to 1)."""

    points: int
    parts: Sequence[Part] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The price the estimate is compared with, and since when: asked for, or the last sale brought forward."""

    cents: int
    asking: bool
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale of this home."""

    on: date
    cents: int


@dataclass(frozen=True, slots=True)
class Comp:
    """A comparable sale; `adjusted` is its price turned into one for the subject, in cents, where that is known."""

    name: str
    plate: str
    sold: date
    cents: int
    miles: float
    at: Place
    living_area_sqft: float | None = None
    adjusted: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the record: a fact, its value as people read it (empty: not known), who says so, and as of when."""

    name: str
    value: str
    source: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class MemoFacts:
    """Everything the memo says. `around` only dots the map, so it is no reason to make a memo again."""

    home: Home
    workspace: str
    estimate: Estimate | None = None
    no_estimate: str = ""
    score: Score | None = None
    price: Known | None = None
    sales: Sequence[Sale] = ()
    comps: Sequence[Comp] = ()
    comps_rule: str = ""
    facts: Sequence[Fact] = ()
    warnings: Sequence[str] = ()
    sources: Sequence[str] = ()
    invented: bool = False
    around: Sequence[tuple[Place, str, int]] = field(default=(), compare=False)
    """Neighbours: where, street and house number (empty and 0 where no address is known)."""

    def hash(self) -> str:
        """SHA-256 over what the memo says and how; the same facts make the same memo."""
        told = {**asdict(self), "around": None, "template": TEMPLATE}
        return sha256(json.dumps(told, sort_keys=True, default=str, ensure_ascii=True).encode()).hexdigest()
