"""The facts of a property as people read and change them: label, value, source, date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from steward.desk import words
from steward.desk.views.parts import TYPES, UNKNOWN, Option, Value, type_of
from steward.packets import said
from steward.properties.facts import MONEY
from steward.properties.features import titles
from steward.properties.model import PropertyView, Told


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


NOBODY: Mapping[str, str] = MappingProxyType({})
YES_NO = (Option("", "not known"), Option("true", "yes"), Option("false", "no"))
KINDS = (Option("", "not known"), *(Option(name, label) for name, label in TYPES.items()))
CHOICES: Mapping[str, Sequence[Option]] = {"property_type": KINDS, "waterfront": YES_NO}
"""Facts that are chosen, not typed."""
NAMES: Mapping[str, str] = {
    "title": "Title",
    "asking_price": "Asking price",
    "rent": "Rent a month",
    "features": "Features",
    "address": "Street address",
    "city": "City",
    "zip": "ZIP",
    "owner_name": "Owner",
    "owner_mailing_address": "Owner’s address",
}
SHOWN = ("title", "asking_price", "rent", *said.SAID, "features", "owner_name", "owner_mailing_address", "address", "city", "zip")
"""The facts of the table, in its order."""
OPTIONAL = frozenset(
    {
        "title",
        "rent",
        "features",
        "above_sqft",
        "garage_spaces",
        "zoning",
        "owner_name",
        "owner_mailing_address",
        "assessed_value",
        "tax_annual",
        "living15_sqft",
        "lot15_sqft",
    }
)
"""Facts that are left out where a county does not state them, so that the table is no list of gaps."""


def label_of(field: str) -> str:
    """`Living area`"""
    return NAMES.get(field) or (said.label_of(field) if field.islower() else field)


def value_of(field: str, raw: object) -> Value:
    """A fact's value as it is shown: a figure, `none` where it was looked for and is not there, or not known."""
    if raw is None or raw == "":
        return UNKNOWN
    if field == "property_type":
        return Value(type_of(str(raw)))
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        return Value(", ".join(titles([str(one) for one in raw])))
    text = words.money(raw) if field in ("asking_price", "rent") and isinstance(raw, Decimal | float | int) else said.value_of(field, raw)
    return Value(text, "none") if not raw and text.startswith("none") else Value(text)


def rows(home: PropertyView, today: date, sources: Mapping[str, str] = NOBODY) -> list[FactRow]:
    """The table of facts; `sources` names the other imports that told some of them."""
    return [
        row_of(home, field, today, sources)
        for field in SHOWN
        if field not in OPTIONAL or getattr(home, field) is not None or field in home.provenance
    ]


def row_of(home: PropertyView, field: str, today: date, sources: Mapping[str, str] = NOBODY) -> FactRow:
    """One line of it."""
    raw, told = getattr(home, field), home.provenance.get(field)
    source, moment = _source(home, told, sources)
    known = raw is not None
    return FactRow(
        field,
        label_of(field),
        value_of(field, raw),
        source=source if known else "",
        as_of=words.day(moment, today) if moment and known else "",
        disagrees=_disagrees(home, field, told),
        raw=raw_text(raw),
        options=CHOICES.get(field, ()),
    )


def raw_text(raw: object) -> str:
    """A value as it stands in the field that changes it."""
    if raw is None:
        return ""
    if isinstance(raw, list):
        return ", ".join(titles(raw))
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return words.number(raw).replace(",", "") if isinstance(raw, float | Decimal) else str(raw)


def _source(home: PropertyView, told: Told | None, sources: Mapping[str, str]) -> tuple[str, date | None]:
    if told is not None and told.edited:
        return "Entered here", told.at.date()
    if told is not None and (home.source is None or told.by != home.source.id):
        return sources.get(told.by, "Another import"), told.at.date()
    if home.source is None:
        return "Entered here", home.created_at.date()
    return home.source.name, home.source.as_of or home.source.imported_at.date()


def _disagrees(home: PropertyView, field: str, told: Told | None) -> str:
    """What an import says instead of what a person decided."""
    if told is None or told.says is None:
        return ""
    says = told.says / 100 if field in MONEY and isinstance(told.says, int) else told.says
    who = home.source.name if home.source and home.source.id == told.says_by else "an import"
    return f"{who} says {value_of(field, says).text}"


def note_of(table: Sequence[FactRow]) -> str:
    """`13 known, two not known`"""
    unknown = sum(row.value == UNKNOWN for row in table)
    differing = sum(bool(row.disagrees) for row in table)
    parts = [f"{len(table) - unknown} known", f"{unknown} not known" if unknown else "", f"{differing} disagree" if differing else ""]
    return ", ".join(part for part in parts if part)
