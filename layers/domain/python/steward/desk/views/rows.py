"""A home as a row of the list, and beside it in the peek."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any

from markupsafe import Markup

from steward.desk import words
from steward.desk.views import facts, value
from steward.desk.views.parts import NONE, UNKNOWN, Plate, Value, Verdict, known, name_of_home, type_of, whole
from steward.packets.figures.worth import ROW_REACH
from steward.properties.model import PropertyRow, PropertyView

STALE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Glyph:
    """The range of a row as shares of its track."""

    low: float
    high: float
    middle: float
    price: float | None


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as the table shows it."""

    ref: int
    index: int
    href: str
    plate: Plate
    name: str
    below: str
    spoken: str
    zip: Value
    beds: Value
    baths: Value
    area: Value
    built: Value
    sale: str = ""
    sold: str = ""
    no_sale: Value = UNKNOWN
    glyph: Glyph | None = None
    estimate: str = ""
    spread: str = ""
    waiting: str = ""
    gap: str = ""
    gap_of: str = ""
    brought: str = ""
    over: bool = False
    score: int | None = None
    fresh: str = ""
    old: bool = False
    line: str = ""
    at: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A line of a score in the peek."""

    label: str
    amount: str


@dataclass(frozen=True, slots=True)
class Peek:
    """A home beside the list."""

    plate: Plate
    name: str
    place: str
    href: str
    verdict: Verdict
    figure: Markup
    score: int | None
    points: Sequence[Point]
    facts: Sequence[tuple[str, Value]]


def glyph(low: float, middle: float, high: float, price: float | None) -> Glyph:
    """A range as shares of a track that ends 30 % from its middle; what lies further off stands at the edge."""

    def at(amount: float) -> float:
        return min(1.0, max(0.0, 0.5 + (amount / middle - 1) / (2 * ROW_REACH)))

    return Glyph(at(low), at(high), 0.5, None if price is None else at(price))


def row(home: PropertyRow, *, index: int, href: str, now: datetime) -> RowView:
    """A row of the table."""
    name = name_of_home(home)
    told, kind = home.valuation, type_of(home.property_type)
    below = kind if not home.address else ", ".join(part for part in (kind, home.city) if part)
    worth, since = told.estimate, fresh(home)
    shown = RowView(
        home.ref, index, href, name.plate, name.text, below or f"#{home.ref}", f"{name.plate.spoken} {name.text}".strip(),
        known(home.zip), rooms(home.bedrooms, kind), rooms(home.bathrooms, kind), rooms(home.living_area_sqft, kind), year(home, kind),
    )  # fmt: skip
    made: dict[str, Any] = {
        "sale": words.money(home.last_sale_price) if home.last_sale_price is not None else "",
        "sold": words.month(home.last_sale_date) if home.last_sale_date else "",
        "score": None if told.score is None else round(told.score),
        "fresh": words.age(since, now),
        "old": (now - since).days > STALE_DAYS,
        "waiting": told.reason or "no estimate yet",
        "at": f"{home.lon},{home.lat}" if home.lon is not None and home.lat is not None else "",
    }
    if worth is not None:
        price = None if told.price is None else float(told.price)
        made["glyph"] = glyph(float(worth.low), float(worth.value), float(worth.high), price)
        made |= {"estimate": words.near(worth.value), "spread": words.between(worth.low, worth.high)}
    if told.gap is not None and told.gap_ratio is not None:
        against = "asking" if told.price_basis == "asking" else "sale"
        made |= {"gap": words.near(told.gap), "gap_of": f"{words.percent(abs(told.gap_ratio))} vs {against}", "over": told.gap < 0}
        made["brought"] = brought(home)
    return replace(shown, **made, line="\t".join((str(home.ref), shown.spoken, home.zip or "", str(made.get("estimate", "")))))


def brought(home: PropertyRow) -> str:
    """What a price says that nobody asks: the last sale, brought forward by the model; "" for an asking price."""
    told = home.valuation
    if told.price is None or told.price_basis == "asking":
        return ""
    sold = f", {words.month(home.last_sale_date)}" if home.last_sale_date else ""
    return f"The last sale{sold}, brought forward by the model: {words.near(told.price)}. It is not offered at that."


def fresh(home: PropertyRow) -> datetime:
    """The day its facts are of: its source's, or when a person last changed it."""
    day = home.source.as_of if home.source else None
    return datetime.combine(day, time(), UTC) if day else home.updated_at


def rooms(amount: float | None, kind: str) -> Value:
    """A count of rooms or feet; land has none, and that is known."""
    return NONE if amount is None and kind == "Land" else whole(amount)


def year(home: PropertyRow, kind: str) -> Value:
    """When it was built; land never was."""
    return NONE if home.year_built is None and kind == "Land" else known(home.year_built)


def peek(home: PropertyView, href: str) -> Peek:
    """A home beside the list."""
    name = name_of_home(home)
    told = home.valuation
    size = ", ".join(part for part in (bed_bath(home), facts.value_of("living_area_sqft", home.living_area_sqft or None).text) if part)
    sold = (
        f"{words.money(home.last_sale_price)}, {words.month(home.last_sale_date)}" if home.last_sale_price and home.last_sale_date else ""
    )
    lines = [
        ("Home", known(size)),
        ("Built", known(home.year_built)),
        ("Lot", facts.value_of("lot_area_sqft", home.lot_area_sqft)),
        ("Last sale", known(sold)),
        ("Asking", facts.value_of("asking_price", home.asking_price)),
        ("Renovated", facts.value_of("year_renovated", home.year_renovated)),
    ]
    points = [Point(label, amount) for label, amount in value.top_points(told)]
    said = value.verdict(told)
    said = said if said.lead else Verdict("", told.reason or "No estimate yet.")
    return Peek(
        name.plate, name.text, name.place, href, said, value.strip(home), None if told.score is None else round(told.score), points, lines
    )


def bed_bath(home: PropertyRow) -> str:
    """`3 bed, 2.25 bath`"""
    parts = [
        f"{home.bedrooms} bed" if home.bedrooms is not None else "",
        f"{words.number(home.bathrooms)} bath" if home.bathrooms is not None else "",
    ]
    return ", ".join(part for part in parts if part)
