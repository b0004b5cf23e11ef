"""The facts of a property as people read and change them: label, value, source, date."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from steward.desk import words
from steward.desk.views.parts import NONE, TYPES, UNKNOWN, Option, Value, type_of
from steward.properties.model import PropertyView, Told

ACRE = 43_560
BIG_LOT = 20_000


@dataclass(frozen=True, slots=True)
class Shown:
    """How one fact is shown: its label, and how a known value is said. `options` are the choices when it is changed."""

    label: str
    say: Callable[[Any], str | Value]
    options: Sequence[Option] = ()


@dataclass(frozen=True, slots=True)
class FactRow:
    """A line of the table of facts; `editing` shows the field instead, with what was wrong or what somebody else wrote."""

    field: str
    label: str
    value: Value
    source: str = ""
    as_of: str = ""
    disagrees: str = ""
    raw: str = ""
    options: Sequence[Option] = ()
    can_edit: bool = True
    editing: bool = False
    error: str = ""
    conflict: str = ""


def area(amount: float) -> str:
    """`1,840 sq ft`"""
    return f"{words.number(amount)} sq ft"


def lot(amount: float) -> str:
    """`5,650 sq ft`, from half an acre on `0.83 acre`"""
    return f"{words.number(round(amount / ACRE, 2))} acre" if amount >= BIG_LOT else area(amount)


def _none_at_zero(say: Callable[[Any], str], none: str) -> Callable[[Any], str | Value]:
    return lambda amount: say(amount) if amount else Value(none, "none")


def _of(top: int) -> Callable[[Any], str]:
    return lambda amount: f"{amount} of {top}"


YES_NO = (Option("", "not known"), Option("true", "yes"), Option("false", "no"))
SHOWN: Mapping[str, Shown] = {
    "asking_price": Shown("Asking price", words.money),
    "living_area_sqft": Shown("Living area", area),
    "bedrooms": Shown("Bedrooms", str),
    "bathrooms": Shown("Bathrooms", words.number),
    "year_built": Shown("Built", str),
    "year_renovated": Shown("Renovated", _none_at_zero(str, "none on record")),
    "lot_area_sqft": Shown("Lot", lot),
    "floors": Shown("Floors", words.number),
    "property_type": Shown("Type", type_of, (Option("", "not known"), *(Option(name, label) for name, label in TYPES.items()))),
    "condition": Shown("Condition", _of(5)),
    "grade": Shown("Grade", _of(13)),
    "basement_sqft": Shown("Basement", _none_at_zero(area, "none")),
    "garage_spaces": Shown("Garage", lambda spaces: words.plural(spaces, "space")),
    "view": Shown("View", _none_at_zero(_of(4), "none")),
    "waterfront": Shown("Waterfront", lambda there: "yes" if there else Value("none", "none"), YES_NO),
    "living15_sqft": Shown("Neighbours’ homes", area),
    "assessed_value": Shown("Assessed", words.money),
    "tax_annual": Shown("Taxes a year", words.money),
    "zoning": Shown("Zoning", str),
    "owner_name": Shown("Owner", str),
    "owner_mailing_address": Shown("Owner’s address", str),
    "address": Shown("Street address", str),
    "city": Shown("City", str),
    "zip": Shown("ZIP", str),
}  # fmt: skip
OPTIONAL = {"garage_spaces", "zoning", "owner_name", "owner_mailing_address", "assessed_value", "tax_annual", "living15_sqft"}
"""Facts that are left out where a county does not state them, so the table is no list of gaps."""


def value_of(field: str, raw: object) -> Value:
    """A fact's value as it is shown."""
    if raw is None or raw == "":
        return UNKNOWN
    said = SHOWN[field].say(raw)
    return said if isinstance(said, Value) else Value(said)


def rows(home: PropertyView, today: date) -> list[FactRow]:
    """The table of facts."""
    return [
        row_of(home, field, today) for field in SHOWN if not (field in OPTIONAL and getattr(home, field) is None and field not in home.provenance)
    ]


def row_of(home: PropertyView, field: str, today: date) -> FactRow:
    """One line of it."""
    raw, told = getattr(home, field), home.provenance.get(field)
    source, moment = _source(home, told)
    known = raw is not None
    return FactRow(
        field,
        SHOWN[field].label,
        value_of(field, raw),
        source=source if known else "",
        as_of=words.day(moment, today) if moment and known else "",
        disagrees=_disagrees(home, field, told),
        raw=raw_text(raw),
        options=SHOWN[field].options,
    )


def raw_text(raw: object) -> str:
    """A value as it stands in the field that changes it."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return words.number(raw).replace(",", "") if isinstance(raw, float | Decimal) else str(raw)


def _source(home: PropertyView, told: Told | None) -> tuple[str, date | None]:
    if told is not None and told.edited:
        return "Entered here", told.at.date()
    if told is not None and (home.source is None or told.by != home.source.id):
        return "Another import", told.at.date()
    if home.source is None:
        return "Entered here", _day(home.created_at)
    return home.source.name, home.source.as_of or _day(home.source.imported_at)


def _disagrees(home: PropertyView, field: str, told: Told | None) -> str:
    """What an import says instead of what a person decided."""
    if told is None or told.says is None:
        return ""
    says = told.says / 100 if field.endswith(("price", "value", "annual")) and isinstance(told.says, int) else told.says
    who = home.source.name if home.source and home.source.id == told.says_by else "an import"
    return f"{who} says {value_of(field, says).text}"


def _day(moment: datetime) -> date:
    return moment.date()


def note_of(table: Sequence[FactRow]) -> str:
    """`13 known, two not known`"""
    unknown = sum(row.value == UNKNOWN for row in table)
    differing = sum(bool(row.disagrees) for row in table)
    parts = [f"{len(table) - unknown} known", f"{unknown} not known" if unknown else "", f"{differing} disagree" if differing else ""]
    return ", ".join(part for part in parts if part)


__all__ = ["NONE", "SHOWN", "FactRow", "area", "lot", "note_of", "raw_text", "row_of", "rows", "value_of"]
