"""Invented homes for the tests of the desk."""

from datetime import UTC, date, datetime
from typing import Any

from steward.properties.model import (
    Estimate,
    Lines,
    ListingStatus,
    Origin,
    PipelineStatus,
    Points,
    PropertyType,
    PropertyView,
    SaleView,
    SourceView,
    ValuationView,
)

NOW = datetime(2026, 11, 20, 9, 42, tzinfo=UTC)
ROLL = SourceView(
    id="imp1", name="alder-roll-2026-11.csv", as_of=date(2026, 11, 19), imported_at=datetime(2026, 11, 19, 15, 10, tzinfo=UTC)
)


def valued(**changes: Any) -> ValuationView:
    """A value of $412,000 whose lines add up to it, and a score of 82 against an asking price."""
    lines = [
        Lines(fact="base", amount=338000),
        Lines(fact="living_area_sqft", value=1840, amount=41500),
        Lines(fact="zip", value="56811", amount=27000),
        Lines(fact="bathrooms", value=2.25, amount=9500),
        Lines(fact="year_built", value=1962, amount=-11000),
        Lines(fact="lot_area_sqft", value=13500, amount=6000),
        Lines(fact="condition", value=4, amount=8500),
        Lines(fact="grade", value=7, amount=-2500),
        Lines(fact="floors", value=1, amount=-1500),
        Lines(fact="view", value=0, amount=-1500),
        Lines(fact="lat", value=41.9, amount=-2000),
    ]
    points = [
        Points(reason="Price equals value", points=50, note="all homes start here"),
        Points(reason="Asking 15.5 % under", points=28, note="$64,000 of $412,000"),
        Points(reason="Narrow range", points=6, note="± 11 %, usual ± 15 %"),
        Points(reason="Built before 1970", points=-2, note="usual repair risk"),
    ]
    told: dict[str, Any] = {
        "estimate": Estimate(value=412000, low=371000, high=458000, as_of=date(2026, 11, 19)),
        "price": 348000,
        "price_basis": "asking",
        "gap": 64000,
        "gap_ratio": 64000 / 412000,
        "score": 82,
        "confidence": 74,
        "breakdown": points,
        "contributions": lines,
        "model": "value",
        "model_version": "3",
    }
    return ValuationView(**told | changes)


TANNERY_ROW: dict[str, Any] = {
    "id": "p218",
    "ref": 218,
    "version": 3,
    "created_at": datetime(2026, 11, 12, tzinfo=UTC),
    "updated_at": datetime(2026, 11, 19, 9, tzinfo=UTC),
    "origin": Origin.IMPORTED,
    "listing_status": ListingStatus.AVAILABLE,
    "pipeline_status": PipelineStatus.SCORED,
    "source_id": "41-118-06",
    "parcel": "41-118-06",
    "address": "218 Tannery Row",
    "city": "Fernholt",
    "state": "NY",
    "zip": "56811",
    "lat": 41.93,
    "lon": -74.01,
    "property_type": PropertyType.HOUSE,
    "bedrooms": 3,
    "bathrooms": 2.25,
    "living_area_sqft": 1840,
    "lot_area_sqft": 13500,
    "year_built": 1962,
    "year_renovated": 0,
    "floors": 1.5,
    "condition": 4,
    "grade": 7,
    "view": 0,
    "waterfront": False,
    "basement_sqft": 0,
    "asking_price": 348000,
    "listed_on": date(2026, 11, 12),
    "last_sale_date": date(2016, 6, 14),
    "last_sale_price": 251000,
    "sales": [
        SaleView(date=date(2016, 6, 14), price=251000, source="imp1"),
        SaleView(date=date(2007, 5, 2), price=215000, source="imp1"),
        SaleView(date=date(1998, 8, 1), price=92000, source="imp1"),
    ],
    "source": ROLL,
}


def home(**changes: Any) -> PropertyView:
    """218 Tannery Row; any field can be told otherwise."""
    return PropertyView(**{**TANNERY_ROW, "valuation": valued()} | changes)


def parcel(**changes: Any) -> PropertyView:
    """A county's row without a street address."""
    return home(
        **{"id": "p7129300520", "ref": 7, "source_id": "7129300520", "parcel": "7129300520", "address": None, "city": None, "zip": "98178"}
        | changes
    )
