"""What was understood, in words for a chip."""

from collections.abc import Mapping

from steward.finding.reading.model import Understood
from steward.kernel.search import Scalar
from steward.properties.features import FEATURES

MILE = 1.609344
"""Kilometres."""
LIKE = "like"
"""What stands for a field where homes are to be like one; its value is a ref, an id or an address."""
_WORDS = frozenset({"features", "property_type", "listing_status"})
"""Fields whose values are plain words."""
_NAMES: Mapping[str, str] = {
    "house": "House", "townhouse": "Townhouse", "condo": "Condo", "apartment": "Apartment", "multi_family": "Multi-family",
    "mobile": "Mobile home", "land": "Land", "commercial": "Commercial", "sold": "Sold", "pending": "Pending", "available": "Available",
    "off_market": "Off market", "rented": "Rented",
}  # fmt: skip
_FIXED: Mapping[tuple[str, str], str] = {
    ("rent", "known"): "For rent", ("rent", "unknown"): "Not for rent", ("waterfront", "eq"): "Waterfront",
}  # fmt: skip
_BOUNDS: Mapping[str, str] = {
    "eq": "{}", "ne": "not {}", "lt": "under {}", "lte": "up to {}", "gt": "more than {}", "gte": "{} or more", "in": "{}",
}  # fmt: skip
_YEARS: Mapping[str, str] = {
    "eq": "Built in {}", "ne": "Not built in {}", "lt": "Built before {}", "lte": "Built in {} or earlier", "gt": "Built after {}",
    "gte": "Built in {} or later", "in": "Built in {}",
}  # fmt: skip


def shown(understood: Understood) -> str:
    """A condition in words for a chip: `3 beds or more`, `Up to $500,000`, `Kent or Renton`."""
    field, op, value = understood.field, understood.op, understood.value
    if field == LIKE:
        return f"Similar to {value}"
    if (field, op) in _FIXED:
        return _FIXED[field, op]
    if op in ("known", "unknown"):
        return f"{_capital(field.replace('_', ' '))} {op}"
    if op == "near" and isinstance(value, tuple) and len(value) == 3:
        lat, lon, km = value
        return _capital(understood.text) or f"Within {distance(float(km or 0))} of {lat:g}, {lon:g}"
    values = value if isinstance(value, tuple) else (value,)
    said = [_said(field, one) for one in values]
    text = " or ".join([*said[:1], *(_small(one) if field in _WORDS else one for one in said[1:])])
    return _capital(_YEARS.get(op, "{}").format(text) if field == "year_built" else _bounded(field, op, text))


def distance(km: float) -> str:
    """A distance as it is said in the country and as it is kept: `3.1 miles (5 km)`."""
    miles = f"{km / MILE:.1f}".removesuffix(".0")
    return f"{miles} mile{'' if miles == '1' else 's'} ({f'{km:.1f}'.removesuffix('.0')} km)"


def _bounded(field: str, op: str, text: str) -> str:
    lead = {"rent": "rent ", "score": "score ", "lot_area_sqft": "lot "}.get(field, "")
    unit = {"bedrooms": " beds", "bathrooms": " baths", "living_area_sqft": " sqft", "lot_area_sqft": " sqft"}.get(field, "")
    if field == "features" and op == "ne":
        return f"No {_small(text)}"
    if text in ("Studio", "1"):
        unit = unit.removesuffix("s") if text == "1" and op == "eq" else unit if text == "1" else ""
    return lead + _BOUNDS.get(op, "{}").format(text + unit)


def _said(field: str, value: Scalar) -> str:
    if field == "features":
        return FEATURES[str(value)].title if str(value) in FEATURES else str(value)
    if field in ("price", "rent") and isinstance(value, int | float):
        return f"${value:,.0f}"
    if field == "bedrooms" and value == 0:
        return "Studio"
    if field == "county":
        return f"{str(value).removesuffix(' County')} County"
    if isinstance(value, int | float):
        return str(value) if field == "year_built" else f"{value:,g}" if value < 1000 else f"{value:,.0f}"
    return _NAMES.get(str(value), str(value)) if field in ("property_type", "listing_status") else str(value)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
