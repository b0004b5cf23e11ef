"""Parts that several pages show: a home's plate and name, a value that may be unknown, a score, a sentence in two halves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from steward.desk import words
from steward.packets.said import numbered
from steward.properties.model import PropertyRow

TYPES: Mapping[str, str] = {
    "house": "House", "townhouse": "Townhouse", "condo": "Condo", "apartment": "Apartment", "multi_family": "Multi-family",
    "mobile": "Mobile home", "land": "Land", "commercial": "Commercial", "other": "Other",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plate:
    """A home's face: its house number, or where there is no street address its parcel with the ZIP below.

    `spoken` stands before the name for those who do not see the plate.
    """

    text: str
    kind: Literal["", "ref"] = ""
    below: str = ""
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """What a home is called beside its plate, and where it is."""

    plate: Plate
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Value:
    """A figure, `none` (looked for and not there) or `unknown` (nobody has said): three renderings."""

    text: str = ""
    state: Literal["known", "none", "unknown"] = "known"


UNKNOWN = Value(state="unknown")
NONE = Value(state="none")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A sentence whose first half is the news."""

    lead: str = ""
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A counted line, with what leads to it."""

    count: int
    text: str
    href: str = ""
    verb: str = "see"


def known(text: object) -> Value:
    """The text as a value, not known when it is None or empty."""
    return UNKNOWN if text in (None, "") else Value(str(text))


def whole(amount: int | float | None) -> Value:
    """A number as a value; zero is a figure."""
    return UNKNOWN if amount is None else Value(words.number(amount))


def name_of(address: str | None, city: str | None, zip_code: str | None, parcel: str) -> Name:
    """How a home is shown: `218` and `Tannery Row`; or the parcel as its plate and the ZIP's place as its name."""
    place = " ".join(part for part in (city, zip_code) if part)
    number, street = numbered(address)
    if number:
        return Name(Plate(number, spoken=number), street, place)
    if address:
        return Name(Plate(parcel or "—", "ref", spoken=parcel), address, place)
    name = place if city else f"ZIP {zip_code}" if zip_code else "Place not known"
    return Name(Plate(parcel or "—", "ref", below=zip_code or "", spoken=f"Parcel {parcel}"), name, place)


def name_of_home(home: PropertyRow) -> Name:
    """How a property is shown."""
    return name_of(home.address, home.city, home.zip, home.parcel or home.source_id or str(home.ref))


def type_of(kind: str | None) -> str:
    """`multi_family` → `Multi-family`; "" when it is not known."""
    return TYPES.get(kind or "", (kind or "").replace("_", " ").capitalize())
