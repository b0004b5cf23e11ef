"""The facts a model looks at, as people call them, and how the value of each is said. The standard library only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from steward.scoring import words

TYPES = ("house", "townhouse", "condo", "apartment", "multi_family", "mobile", "land", "commercial", "other")
"""Property types by the number a model sees; the order never changes, it only grows."""

FIELDS = (
    "lat", "lon", "bedrooms", "bathrooms", "living_area_sqft", "lot_area_sqft", "above_sqft", "basement_sqft", "living15_sqft",
    "lot15_sqft", "floors", "year_built", "year_renovated", "condition", "grade", "view", "waterfront", "garage_spaces",
)  # fmt: skip
"""Numbers of a property that are read as they are; the ZIP and the type are read as numbers too.

Assessed and market values are left out: nobody knows whether they were set after the sale that they would explain.
"""

Numbers = Mapping[str, float]
"""A property's numbers, what is not known left out: FIELDS, `zip`, `type`, and `day`, the ordinal of the date asked for."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of an explanation: the columns of the model it adds up, the field that tells whether it is known, its words."""

    title: str
    columns: tuple[str, ...]
    field: str
    say: Callable[[float], str]


def _none_at_zero(say: Callable[[float], str]) -> Callable[[float], str]:
    return lambda amount: say(amount) if amount else "none"


def _year(amount: float) -> str:
    return f"{amount:.0f}"


def _zip(amount: float) -> str:
    return f"ZIP {amount:05.0f}"


def _type(amount: float) -> str:
    return TYPES[int(amount)].replace("_", " ")


LIVING_AREA, PLACE, DAY = "Living area", "Place", "Date of the value"
FACTS = (
    Fact(PLACE, ("zip", "lat", "lon", "northeast", "northwest"), "zip", _zip),
    Fact(LIVING_AREA, ("living_area",), "living_area_sqft", words.area),
    Fact("Grade", ("grade",), "grade", words.number),
    Fact("Built", ("year_built", "year_renewed"), "year_built", _year),
    Fact("Condition", ("condition",), "condition", words.number),
    Fact("View", ("view",), "view", _none_at_zero(words.number)),
    Fact("Waterfront", ("waterfront",), "waterfront", lambda there: "yes" if there else "none"),
    Fact("Lot", ("lot_area",), "lot_area_sqft", words.area),
    Fact("Bedrooms", ("bedrooms",), "bedrooms", words.number),
    Fact("Bathrooms", ("bathrooms",), "bathrooms", words.number),
    Fact("Floors", ("floors",), "floors", words.number),
    Fact("Basement", ("basement_share",), "basement_sqft", _none_at_zero(words.area)),
    Fact("Garage", ("garage_spaces",), "garage_spaces", _none_at_zero(lambda spaces: words.plural(int(spaces), "space"))),
    Fact("Type", ("type",), "type", _type),
    Fact("Neighbours’ homes", ("neighbours_area",), "living15_sqft", words.area),
    Fact("Neighbours’ lots", ("neighbours_lot",), "lot15_sqft", words.area),
)
"""Every fact but the date, which is asked and not known."""

BY_DATE = "day"
COLUMNS = (*(column for fact in FACTS for column in fact.columns), BY_DATE)
"""The columns of a model in their fixed order."""


def known(fact: Fact, numbers: Numbers) -> bool:
    """Whether a property has this fact; a place is known by its ZIP or by its coordinates."""
    return fact.field in numbers or (fact.title == PLACE and "lat" in numbers and "lon" in numbers)


def said(fact: Fact, numbers: Numbers) -> str | None:
    """A known fact as people read it, None when it is not known: `1955, renovated 1991`."""
    if fact.field not in numbers:
        return f"{numbers['lat']:.3f}, {numbers['lon']:.3f}" if known(fact, numbers) else None
    renovated = numbers.get("year_renovated", 0) if fact.field == "year_built" else 0
    return fact.say(numbers[fact.field]) + (f", renovated {_year(renovated)}" if renovated else "")
