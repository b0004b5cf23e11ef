"""How a memo and a page say things: money rounded to what a model knows, dates, sizes, parts that still add up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from steward.packets.facts import Home, Part

ACRE_SQFT = 43_560
BIG_LOT_SQFT = 10_000
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def grain(cents: int) -> int:
    """The step estimates are rounded to, in cents: $500, or $1,000 from a million on."""
    return 100_000 if abs(cents) >= 100_000_000 else 50_000


def rounded(cents: int, step: int) -> int:
    """To the nearest step, halves away from zero."""
    sign = -1 if cents < 0 else 1
    return sign * ((abs(cents) + step // 2) // step * step)


def money(cents: int) -> str:
    """$412,000; $412,000.50; −$4,000"""
    whole, rest = divmod(abs(cents), 100)
    return f"{'−' if cents < 0 else ''}${whole:,}" + (f".{rest:02}" if rest else "")


def about(cents: int) -> str:
    """An estimate as money, rounded."""
    return money(rounded(cents, grain(cents)))


def change(cents: int) -> str:
    """+$41,500; −$11,000; ±$0"""
    return f"+{money(cents)}" if cents > 0 else money(cents) if cents < 0 else "±$0"


def day(on: date) -> str:
    """19 Nov 2026"""
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def month(on: date) -> str:
    """Nov 2026"""
    return f"{MONTHS[on.month - 1]} {on.year}"


def moment(at: datetime) -> str:
    """20 Nov 2026, 9:42 UTC"""
    return f"{day(at.date())}, {at.hour}:{at.minute:02} UTC"


def number(value: float) -> str:
    """1,840; 2.25"""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def short(text: str, most: int) -> str:
    """The text, cut with an ellipsis after `most` characters: what comes from outside may be any length."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def listed(names: Sequence[str], most: int = 6) -> str:
    """`roof, septic and more`"""
    return ", ".join(short(name, 20) for name in names[:most]) + (" and more" if len(names) > most else "")


def per_cent(share: float) -> str:
    """15.5 %"""
    return f"{share * 100:.1f}".removesuffix(".0") + " %"


def lot(sqft: float) -> str:
    """A lot in acres from 10,000 square feet on: 0.31 acre; 2,400 sq ft"""
    acres = round(sqft / ACRE_SQFT, 2)
    return f"{number(acres)} acre{'s' if acres > 1 else ''}" if sqft >= BIG_LOT_SQFT else f"{sqft:,.0f} sq ft"


def headline(home: Home) -> tuple[str, str]:
    """What stands on the plate and beside it: number and street, or the parcel and its ZIP."""
    if home.number and home.street:
        return short(home.number, 8), short(home.street, 32)
    return short(home.parcel or f"#{home.ref}", 22), f"Parcel in {home.zip}" if home.zip else "Parcel"


def summary(home: Home) -> str:
    """One line: town, kind, rooms, sizes, year, parcel; only what is known."""
    city = short(home.city, 24)
    town = " ".join(part for part in (f"{city}," if city and home.state else city, home.state, home.zip) if part)
    size = f"{number(home.living_area_sqft)} sq ft" if home.living_area_sqft else ""
    ground = lot(home.lot_area_sqft) if home.lot_area_sqft else ""
    told = [
        town,
        home.kind.replace("_", " "),
        f"{number(home.bedrooms)} bed" if home.bedrooms is not None else "",
        f"{number(home.bathrooms)} bath" if home.bathrooms is not None else "",
        " on ".join(part for part in (size, ground) if part),
        f"built {home.year_built}" if home.year_built else "",
        f"parcel {short(home.parcel, 22)}" if home.parcel and home.number else "",
    ]
    return ", ".join(part for part in told if part)


def evened(parts: Sequence[Part], step: int) -> list[Part]:
    """Parts rounded so that they still add up: each is the difference of two rounded levels."""
    level, shown, even = 0, 0, []
    for part in parts:
        level += part.amount
        even.append(replace(part, amount=rounded(level, step) - shown))
        shown = rounded(level, step)
    return even


def largest(parts: Sequence[Part], keep: int, *, noun: str = "facts") -> list[Part]:
    """Base and the `keep` largest parts in their order; the smaller ones as one line, what is unknown and moves nothing at the end."""
    gaps = [part for part in parts if part.kind == "unknown" and not part.amount]
    facts = [part for part in parts if part.kind != "base" and part not in gaps]
    if len(facts) <= keep + 1:
        return [part for part in parts if part not in gaps] + gaps
    kept = set(sorted(range(len(facts)), key=lambda place: -abs(facts[place].amount))[:keep])
    small = [fact for place, fact in enumerate(facts) if place not in kept]
    rest = Part(f"{len(small)} smaller {noun}", sum(part.amount for part in small))
    first = [part for part in parts if part.kind == "base"] + [fact for place, fact in enumerate(facts) if place in kept]
    return [*first, rest, *gaps]
