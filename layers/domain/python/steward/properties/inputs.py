"""What the commands of this slice are asked with, and what only they answer."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

from steward.kernel.model import Day, Input, Output, form
from steward.kernel.pages import MAX_PAGE, Listed, nearest
from steward.properties.features import FEATURES, SEPARATORS, named, ordered
from steward.properties.model import (
    ListingStatus,
    PipelineStatus,
    Property,
    PropertyRow,
    PropertyType,
    Verdict,
)  # fmt: skip


def checked_features(told: Any) -> Any:
    """Features by any spelling of the catalogue, or one text of several, to their names in its order."""
    if told is None or not isinstance(told, str | Sequence) or not all(isinstance(one, str) for one in told):
        return told
    said = [one for one in (SEPARATORS.split(told) if isinstance(told, str) else told) if one.strip()]
    unknown = next((one for one in said if not named(one)), "")
    if unknown:
        raise ValueError(f"'{unknown.strip()[:40]}' is no feature.{nearest(unknown.strip(), list(FEATURES))}")
    return ordered([named(one) for one in said])


Short = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Zip = Annotated[str, StringConstraints(pattern=r"^\d{5}$"), form("five digits, such as 98103")]
State = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), form("two capital letters, such as WA")]
Amount = Annotated[Decimal, Field(ge=0, le=100_000_000_000, max_digits=14, decimal_places=2)]
Area = Annotated[int, Field(ge=0, le=10_000_000_000)]
Count = Annotated[int, Field(ge=0, le=500)]
Year = Annotated[int, Field(ge=1600, le=9999)]
Features = Annotated[list[Annotated[str, StringConstraints(max_length=60)]], BeforeValidator(checked_features)]
Told = Annotated[str, StringConstraints(min_length=1, max_length=300)]
"""An id, a ref, a source's own id, or `source:ID`."""


class Described(Input):
    """Facts as a person states them; money in dollars. Everything may be left out."""

    parcel: Short | None = None
    address: Short | None = None
    unit: Short | None = None
    city: Short | None = None
    state: State | None = None
    zip: Zip | None = None
    county: Short | None = None
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    property_type: PropertyType | None = None
    bedrooms: Count | None = None
    bathrooms: float | None = Field(default=None, ge=0, le=500)
    living_area_sqft: Area | None = None
    lot_area_sqft: Area | None = None
    above_sqft: Area | None = None
    basement_sqft: Area | None = None
    living15_sqft: Area | None = None
    lot15_sqft: Area | None = None
    floors: float | None = Field(default=None, gt=0, le=200)
    year_built: Year | None = None
    year_renovated: int | None = Field(default=None, ge=0, le=9999)
    condition: int | None = Field(default=None, ge=0, le=100)
    grade: int | None = Field(default=None, ge=0, le=100)
    view: int | None = Field(default=None, ge=0, le=10)
    waterfront: bool | None = None
    garage_spaces: int | None = Field(default=None, ge=0, le=1000)
    zoning: Short | None = None
    features: Features | None = None
    owner_name: Short | None = None
    owner_mailing_address: Short | None = None
    listing_status: ListingStatus | None = None
    listed_on: Day | None = None
    listing_url: str | None = Field(default=None, max_length=2000)
    title: Short | None = None
    remarks: str | None = Field(default=None, max_length=20_000)
    asking_price: Amount | None = None
    rent: Amount | None = None
    assessed_value: Amount | None = None
    market_value: Amount | None = None
    tax_annual: Amount | None = None

    @field_validator("*")
    @classmethod
    def _plain(cls, told: Any) -> Any:
        if isinstance(told, str) and any(letter < " " and letter not in "\t\r\n" for letter in told):
            raise ValueError("holds a control character, such as NUL; take it out")
        return told


class SaleTold(Input):
    """A sale as a person states it; the price in dollars."""

    date: Day
    price: Amount


class CreateProperty(Described):
    """A property, entered by hand: an address, a parcel or an id of its own is needed."""

    source_id: Short | None = None
    sales: list[SaleTold] = Field(default_factory=list, max_length=100)

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not (self.address or self.parcel or self.source_id):
            raise ValueError("give an address, a parcel or a source_id, so that the property can be told from others")
        return self


class GetProperty(Input):
    """One property: by id, ref, or a source's own id (`source:ID` forces the last)."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "property")

    id: Told


class UpdateProperty(Described):
    """Facts to change; null forgets one. A fact stated here stays when an import says otherwise."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "property")

    id: Told
    pipeline_status: PipelineStatus | None = None


class DeleteProperty(Input):
    """One property, to be removed for good."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "property")

    id: Told


class AddSale(SaleTold, GetProperty):
    """A sale of one property."""


FilterText = Annotated[str, StringConstraints(max_length=500)]
SHORT = {
    "beds": "bedrooms", "baths": "bathrooms", "sqft": "living_area_sqft", "lot": "lot_area_sqft", "built": "year_built",
    "type": "property_type", "status": "listing_status", "import": "source",
}  # fmt: skip
"""Short names of filters, as people type them."""


class Filters(Input):
    """Filters as an address writes them: `98103,98105`, `70..`, `..312000`, `3..5`, `known`, `unknown`; money in dollars,
    days as `2014-10-13`, or `2014-10` and `2014` for all of them; of several `features` a home has all, of `pool|gym` either, of `!pool`
    none. `q` looks for words in address, city, ZIP, parcel and id; `bbox` is an area: west,south,east,north in degrees."""

    model_config = ConfigDict(coerce_numbers_to_str=True)
    ALIASES: ClassVar[Mapping[str, str]] = SHORT

    q: FilterText = ""
    ref: FilterText = ""
    address: FilterText = ""
    source_id: FilterText = ""
    city: FilterText = ""
    state: FilterText = ""
    zip: FilterText = ""
    features: FilterText = ""
    county: FilterText = ""
    property_type: FilterText = ""
    bedrooms: FilterText = ""
    bathrooms: FilterText = ""
    living_area_sqft: FilterText = ""
    lot_area_sqft: FilterText = ""
    year_built: FilterText = ""
    condition: FilterText = ""
    grade: FilterText = ""
    waterfront: FilterText = ""
    lat: FilterText = ""
    lon: FilterText = ""
    bbox: FilterText = ""
    price: FilterText = ""
    price_band: FilterText = ""
    asking_price: FilterText = ""
    rent: FilterText = ""
    last_sale_price: FilterText = ""
    last_sale_date: FilterText = ""
    estimate: FilterText = ""
    gap: FilterText = ""
    gap_ratio: FilterText = ""
    score: FilterText = ""
    confidence: FilterText = ""
    as_of: FilterText = ""
    listing_status: FilterText = ""
    pipeline_status: FilterText = ""
    origin: FilterText = ""
    source: FilterText = ""
    warning: FilterText = ""
    sort: str = Field(default="-score", max_length=60)

    @model_validator(mode="before")
    @classmethod
    def _spelt_out(cls, told: Any) -> Any:
        """`beds` is `bedrooms`; a filter given several times means any of the values."""
        if not isinstance(told, Mapping):
            return told
        joined = {
            name: ",".join(map(str, value)) if isinstance(value, list) and name != "facets" else value for name, value in told.items()
        }
        return {SHORT.get(name, name): value for name, value in joined.items()}


class ListProperties(Filters):
    """A page of properties. `start` is an offset, `cursor` a former page's `next`; `facets` names fields to count by."""

    start: int = Field(default=0, ge=0, le=10_000_000)
    cursor: str = Field(default="", max_length=500)
    limit: int = Field(default=100, ge=1, le=MAX_PAGE)
    facets: Annotated[str, StringConstraints(max_length=300)] | list[str] = ""


class ExportProperties(Filters):
    """The properties of a list as a file: all of them, or `limit` of them from offset `start` on."""

    start: int = Field(default=0, ge=0, le=10_000_000)
    limit: int = Field(default=0, ge=0, le=10_000_000)


class ExportPropertiesJson(ExportProperties):
    """The same as JSON."""


class PropertyPage(Listed[PropertyRow]):
    """A page of properties, each with what a list knows of it."""


class Valued(Verdict, Input):
    """A verdict to store on a property. Without a `property_version` it holds whatever the property is now."""

    id: str


MOST_VALUED = 90
"""Valuations that one commit writes."""


class SetValuations(Input):
    """Valuations to store in one commit."""

    valuations: list[Valued] = Field(max_length=MOST_VALUED)


class ClearValuations(Input):
    """A version of a model that nothing stands behind any more; `start` is a former answer's `next`."""

    model_version: str = Field(min_length=1)
    start: str = ""


class ScanProperties(Input):
    """Whole records in the order of their refs, from a former page's `next` on; with `ids` only those.

    `unless_valued_by` leaves out the ones that this version of a model has valued as they are now.
    """

    ids: list[str] = Field(default_factory=list, max_length=MAX_PAGE)
    start: str = ""
    limit: int = Field(default=500, ge=1, le=MAX_PAGE)
    unless_valued_by: str = ""


class Scanned(Output):
    """Records as they are stored, money in cents; `next` is "" at the end."""

    homes: Sequence[Property]
    next: str = ""


class Cleared(Output):
    """Where the next valuations to clear may be, "" at the end."""

    next: str = ""


class Stored(Output):
    """How many rows were written."""

    written: int
