"""How the facts of a property are said on paper: their labels, their values, who says so."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from steward.packets.facts import Fact
from steward.packets.words import lot, money, number
from steward.properties.model import PropertyView

_NUMBERED = re.compile(r"(\d+[A-Za-z]?(?:[-/]\d+)?)\s+(\S.*)")

Say = Callable[[Any], str]


def _area(value: float) -> str:
    return f"{number(value)} sq ft"


def _or_none(say: Say, none: str = "none") -> Say:
    return lambda value: say(value) if value else none


def _of(top: int) -> Say:
    return lambda value: f"{value} of {top}"


def _cash(value: Any) -> str:
    return money(round(value * 100))


SAID: Mapping[str, tuple[str, Say]] = {
    "living_area_sqft": ("Living area", _area),
    "bedrooms": ("Bedrooms", str),
    "bathrooms": ("Bathrooms", number),
    "year_built": ("Built", str),
    "year_renovated": ("Renovated", _or_none(str, "none on record")),
    "lot_area_sqft": ("Lot", lot),
    "floors": ("Floors", number),
    "condition": ("Condition", _of(5)),
    "grade": ("Grade", _of(13)),
    "above_sqft": ("Above ground", _area),
    "basement_sqft": ("Basement", _or_none(_area)),
    "garage_spaces": ("Garage spaces", str),
    "view": ("View", _or_none(_of(4))),
    "waterfront": ("Waterfront", lambda there: "yes" if there else "none"),
    "living15_sqft": ("Neighbours' homes", _area),
    "lot15_sqft": ("Neighbours' lots", lot),
    "property_type": ("Type", lambda kind: str(kind).replace("_", " ")),
    "zoning": ("Zoning", str),
    "assessed_value": ("Assessed", _cash),
    "tax_annual": ("Taxes a year", _cash),
}
"""Fact → its label and how a known value is said, in the order of the table."""
ALWAYS = frozenset({"living_area_sqft", "bedrooms", "bathrooms", "year_built", "lot_area_sqft", "condition"})
"""Facts whose absence is said; others are left out where nobody states them."""
DRIVERS: Mapping[str, str] = {
    "base": "Typical home here", "location": "Place", "lat": "Place, north to south", "lon": "Place, west to east",
    "zip": "ZIP", "sale_date": "Date of the value",
}  # fmt: skip
"""What drives a value besides the facts above."""


def label_of(fact: str) -> str:
    """`Living area`"""
    return SAID[fact][0] if fact in SAID else DRIVERS.get(fact, fact.replace("_", " ").capitalize())


def value_of(fact: str, value: object) -> str:
    """`1,840 sq ft`; empty when it is not known."""
    if value is None or value == "":
        return ""
    if fact in SAID:
        return SAID[fact][1](value)
    return number(value) if isinstance(value, float) else str(value)


def numbered(address: str | None) -> tuple[str, str]:
    """`218 Tannery Row` → ("218", "Tannery Row"); an address without a number is all street."""
    found = _NUMBERED.fullmatch((address or "").strip())
    return (found[1], found[2]) if found else ("", (address or "").strip())


def table(home: PropertyView) -> list[Fact]:
    """The facts of a home, each with who says so and as of when."""
    return [_line(home, name) for name in SAID if name in ALWAYS or getattr(home, name) is not None]


def _line(home: PropertyView, name: str) -> Fact:
    value = getattr(home, name)
    if value is None:
        return Fact(label_of(name), "", "ask the owner or the county")
    source, on = _source(home, name)
    return Fact(label_of(name), value_of(name, value), source, on)


def _source(home: PropertyView, name: str) -> tuple[str, date]:
    told = home.provenance.get(name)
    if told is not None and (told.edited or home.source is None or told.by != home.source.id):
        names = {source.id: source.name for source in home.sources}
        return "entered by hand" if told.edited else names.get(told.by, "another import"), told.at.date()
    if home.source is None:
        return "entered by hand", home.created_at.date()
    return home.source.name, home.source.as_of or home.source.imported_at.date()
