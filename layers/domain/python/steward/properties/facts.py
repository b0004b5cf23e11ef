"""The catalogue of facts: what a property can be told, what each is called, how it is read, and what is plausible."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "whole", "number", "money", "date", "zip", "state", "flag", "type", "status", "features"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a column can become. `low` and `high` bound numbers (money in dollars); `empty_zero` reads 0 as not known.

    A `part` makes another fact together with its fellows (full and half baths) and is no field of a property itself.
    """

    name: str
    title: str
    kind: Kind
    low: float = 0
    high: float = 1e9
    empty_zero: bool = False
    part: bool = False
    longest: int = 300


def _facts(*facts: Fact) -> dict[str, Fact]:
    return {fact.name: fact for fact in facts}


FACTS = _facts(
    Fact("source_id", "Id in the file", "text", longest=200),
    Fact("title", "Title", "text"),
    Fact("parcel", "Parcel reference", "text", longest=200),
    Fact("address", "Street address", "text"),
    Fact("street_number", "House number", "text", part=True),
    Fact("street_name", "Street", "text", part=True),
    Fact("street_suffix", "Street type", "text", part=True),
    Fact("unit", "Unit", "text"),
    Fact("city", "City", "text"),
    Fact("state", "State", "state"),
    Fact("zip", "ZIP", "zip"),
    Fact("county", "County", "text"),
    Fact("lat", "Latitude", "number", low=-90, high=90, empty_zero=True),
    Fact("lon", "Longitude", "number", low=-180, high=180, empty_zero=True),
    Fact("sale_price", "Last sale price", "money", high=1e11, empty_zero=True),
    Fact("sale_date", "Last sale date", "date"),
    Fact("asking_price", "Asking price", "money", high=1e11, empty_zero=True),
    Fact("listed_price", "Price, or rent by its period", "money", high=1e11, empty_zero=True, part=True),
    Fact("rent_period", "Period of the rent", "text", part=True),
    Fact("category", "Category of the listing", "text", part=True),
    Fact("rent", "Rent a month", "money", high=1e8, empty_zero=True),
    Fact("listing_status", "Listing status", "status"),
    Fact("listed_on", "Listed on", "date"),
    Fact("property_type", "Property type", "type"),
    Fact("bedrooms", "Bedrooms", "whole", high=500),
    Fact("bathrooms", "Bathrooms", "number", high=500),
    Fact("bathrooms_full", "Full baths", "whole", high=500, part=True),
    Fact("bathrooms_half", "Half baths", "whole", high=500, part=True),
    Fact("living_area_sqft", "Living area, sq ft", "whole", high=1e7, empty_zero=True),
    Fact("lot_area_sqft", "Lot, sq ft", "whole", high=1e10, empty_zero=True),
    Fact("lot_area_acres", "Lot, acres", "number", high=1e6, empty_zero=True, part=True),
    Fact("above_sqft", "Above ground, sq ft", "whole", high=1e7),
    Fact("basement_sqft", "Basement, sq ft", "whole", high=1e7),
    Fact("living15_sqft", "Neighbours' living area, sq ft", "whole", high=1e7, empty_zero=True),
    Fact("lot15_sqft", "Neighbours' lot, sq ft", "whole", high=1e10, empty_zero=True),
    Fact("floors", "Floors", "number", high=200, empty_zero=True),
    Fact("year_built", "Year built", "whole", low=1600, high=9999, empty_zero=True),
    Fact("year_renovated", "Year renovated", "whole", high=9999),
    Fact("condition", "Condition", "whole", high=100),
    Fact("grade", "Condition grade", "whole", high=100),
    Fact("view", "View", "whole", high=10),
    Fact("waterfront", "Waterfront", "flag"),
    Fact("garage_spaces", "Garage spaces", "whole", high=1000),
    Fact("zoning", "Zoning", "text"),
    Fact("owner_name", "Owner", "text"),
    Fact("owner_mailing_address", "Owner's mailing address", "text"),
    Fact("assessed_value", "Assessed value", "money", high=1e11, empty_zero=True),
    Fact("market_value", "Market value", "money", high=1e11, empty_zero=True),
    Fact("tax_annual", "Tax a year", "money", high=1e10),
    Fact("listing_url", "Listing address", "text", longest=2000),
    Fact("features", "Features", "features", longest=2000),
    Fact("pets_allowed", "Pets allowed", "features", part=True),
    Fact("remarks", "Remarks", "text", longest=20_000),
)
"""Every fact a column can become, in the order the desk offers them."""

BY_TITLE = {fact.title: fact.name for fact in FACTS.values()}
"""The name of a fact by its title."""

STORED = tuple(fact.name for fact in FACTS.values() if not fact.part and fact.name not in ("sale_price", "sale_date"))
"""Facts that are fields of a property."""

MONEY = tuple(name for name in STORED if FACTS[name].kind == "money")
"""Facts kept in cents."""

IDENTITY = frozenset({"source_id", "parcel"})
"""Facts that say which property it is; they are never overwritten."""

SPARED = tuple(name for name in STORED if name not in {*IDENTITY, "address", "unit", "zip", "asking_price"})
"""Facts that a row can be taken in without, where most of a column cannot be read."""

UNREAD = {name: f"unread_{name}" for name in SPARED}
"""The warning that a row's value of a fact could not be read and was left out."""

WARNINGS = {
    "no_bedrooms": "No bedrooms are counted.",
    "zip_restored": "The ZIP came without its leading zero.",
    "early_sale": "A sale is dated before 1900.",
    **{code: f"What the file says of {FACTS[name].title} cannot be read." for name, code in UNREAD.items()},
}
"""What is doubtful about a record but does not keep it out: code → sentence."""

WARNED = {"no_bedrooms": "bedrooms", "zip_restored": "zip", "early_sale": "sale_date", **{code: name for name, code in UNREAD.items()}}
"""The fact each warning is about."""
