"""The records of the slice: a Property with its sales, its Valuation, and the Source that an import leaves behind."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from steward.kernel.model import Output
from steward.kernel.money import Dollars
from steward.kernel.rows import Record


class Origin(StrEnum):
    """How a property first became known (spec V4)."""

    DISCOVERED = "discovered"
    MANUAL = "manual"
    IMPORTED = "imported"
    MLS = "mls"


class ListingStatus(StrEnum):
    """Where a property stands on the market (spec V4)."""

    AVAILABLE = "available"
    PENDING = "pending"
    SOLD = "sold"
    RENTED = "rented"
    OFF_MARKET = "off_market"


class PipelineStatus(StrEnum):
    """How far Steward's own work on a property is (spec D2)."""

    NEW = "new"
    ENRICHED = "enriched"
    SCORED = "scored"
    READY_FOR_EMAIL = "ready_for_email"
    EMAILED = "emailed"
    FAILED = "failed"


class PropertyType(StrEnum):
    """What kind of home or ground it is."""

    HOUSE = "house"
    TOWNHOUSE = "townhouse"
    CONDO = "condo"
    APARTMENT = "apartment"
    MULTI_FAMILY = "multi_family"
    MOBILE = "mobile"
    LAND = "land"
    COMMERCIAL = "commercial"
    OTHER = "other"


class Sale(BaseModel):
    """A recorded sale; the price in cents. `source` is the import that told it, "" when a person did."""

    date: date
    price: int
    source: str = ""


class Told(BaseModel):
    """Where one fact comes from when it is not the row's source: `by` is a source's id or a member's.

    `edited` says that a person decided it, so an import leaves it alone; what imports say instead is kept in `says`.
    """

    by: str
    at: datetime
    edited: bool = False
    says: str | int | float | bool | list[str] | None = None
    says_by: str = ""


class Outline(BaseModel):
    """What a list knows of a property besides money. None is "not known"; 0 is counted, and zero.

    Areas are in square feet, `lat` and `lon` in degrees (WGS 84). `features` are names of the catalogue (`properties/features.py`).
    """

    source_id: str | None = None
    title: str | None = None
    parcel: str | None = None
    address: str | None = None
    unit: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    county: str | None = None
    lat: float | None = None
    lon: float | None = None
    property_type: PropertyType | None = None
    bedrooms: int | None = None
    bathrooms: float | None = None
    living_area_sqft: int | None = None
    lot_area_sqft: int | None = None
    basement_sqft: int | None = None
    floors: float | None = None
    year_built: int | None = None
    year_renovated: int | None = None
    condition: int | None = None
    grade: int | None = None
    view: int | None = None
    waterfront: bool | None = None
    features: list[str] | None = None


class Description(Outline):
    """All that is known of a property besides money.

    `living15_sqft` and `lot15_sqft` are the averages of the fifteen nearest neighbours, as a county states them.
    """

    above_sqft: int | None = None
    living15_sqft: int | None = None
    lot15_sqft: int | None = None
    garage_spaces: int | None = None
    zoning: str | None = None
    owner_name: str | None = None
    owner_mailing_address: str | None = None
    listed_on: date | None = None
    listing_url: str | None = None
    remarks: str | None = None


class Property(Description, Record):
    """One property (spec V4). Money is in cents; `sales` are newest first. `rent` is for a month, and never a price.

    `source` is the import its facts come from ("" when a person entered them); `provenance` names the facts that differ
    from it. `changed_by` is the run or the member that wrote this version. `warnings` are codes of `facts.WARNINGS`.
    """

    UNTOLD: ClassVar[frozenset[str]] = frozenset({"origin", "source", "provenance", "changed_by"})
    CENTS: ClassVar[frozenset[str]] = frozenset({"asking_price", "rent", "assessed_value", "market_value", "tax_annual", "price"})

    origin: Origin = Origin.MANUAL
    listing_status: ListingStatus = ListingStatus.OFF_MARKET
    pipeline_status: PipelineStatus = PipelineStatus.NEW
    asking_price: int | None = None
    rent: int | None = None
    assessed_value: int | None = None
    market_value: int | None = None
    tax_annual: int | None = None
    sales: list[Sale] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)
    source: str = ""
    provenance: dict[str, Told] = Field(default_factory=dict)
    changed_by: str = ""

    @property
    def last_sale(self) -> Sale | None:
        """The newest sale known."""
        return self.sales[0] if self.sales else None

    @property
    def price(self) -> int | None:
        """The asking price, else that of the last sale; cents."""
        return self.asking_price if self.asking_price is not None else self.sales[0].price if self.sales else None


class Contribution(BaseModel):
    """One fact's part in an estimate; `amount` in cents. The first is the base, and together they are the estimate."""

    fact: str
    value: str | int | float | None = None
    amount: int


class Points(BaseModel):
    """One line of a score: what speaks for or against, in points of 100."""

    reason: str
    points: float
    note: str = ""


class Verdict(BaseModel):
    """What a model says of a property. Money in cents, `confidence` and `score` from 0 to 100.

    `property_version` is the version that was valued. The interval is the model's 80 %. `at_sale*` is what the fold that
    never saw the parcel says for the day of its last sale. `price` is what the estimate was compared with, `price_basis`
    says which one ("asking", "last_sale"), `gap` is estimate less price. `reason` says why there is no estimate or no score.
    """

    property_version: int = 0
    model: str = ""
    model_version: str = ""
    estimate: int | None = None
    low: int | None = None
    high: int | None = None
    as_of: date | None = None
    at_sale: int | None = None
    at_sale_low: int | None = None
    at_sale_high: int | None = None
    at_sale_date: date | None = None
    price: int | None = None
    price_basis: str = ""
    gap: int | None = None
    gap_ratio: float | None = None
    score: float | None = None
    confidence: float | None = None
    breakdown: list[Points] = Field(default_factory=list)
    contributions: list[Contribution] = Field(default_factory=list)
    reason: str = ""


class Valuation(Verdict, Record):
    """The verdict that a property has now; the id is the property's. A cleared one has no `model`."""


class Column(BaseModel):
    """A column of an imported file and the fact it becomes ("" leaves it out). `confidence` is 0 to 1.

    `label` is sure, likely or check; `samples` are values as they came, `note` what a person should know of them. From a
    `forgiving` one a value that cannot be read is left out with a warning; elsewhere it holds its row back.
    """

    name: str
    field: str = ""
    confidence: float = 0.0
    label: str = "check"
    samples: list[str] = Field(default_factory=list)
    note: str = ""
    forgiving: bool = False


class Layout(BaseModel):
    """How a file is written. `start` is the byte after the header, `line` that byte's line (the header's is 1)."""

    encoding: str
    delimiter: str
    newline: str = "\n"
    header: list[str]
    start: int
    line: int = 2


class Source(Record):
    """An import's own row (its id is the run's): the file, how it was read, and what became of it. `size` in bytes, `rows` counts
    lines with content after the header, `as_of` is the day of its newest sale or of the upload; of `listings` a price is what is asked."""

    UNTOLD: ClassVar[frozenset[str]] = frozenset(
        {"blob", "etag", "sha256", "origin", "layout", "mapping_from", "preview", "same_as", "started_by", "undo_run"}
    )

    name: str
    blob: str
    etag: str = ""
    size: int = 0
    sha256: str = ""
    licence: str = ""
    listings: bool = False
    origin: Origin = Origin.IMPORTED
    layout: Layout | None = None
    columns: list[Column] = Field(default_factory=list)
    mapping_from: str = ""
    preview: list[dict[str, Any]] = Field(default_factory=list)
    rows: int = 0
    as_of: date | None = None
    same_as: str = ""
    started_by: str = ""
    undone_at: datetime | None = None
    undo_run: str = ""


ROW, PLAN = "Row", "Plan"


class HeldRow(Output):
    """A row that was not taken in: its line in the file, why in a sentence, the columns at fault, and the row as it came.

    `about` is the title of the first fact at fault ("Bedrooms"), `ROW` when the row itself is broken, `PLAN` when it is sound and the
    plan has no room for it.
    """

    row: int
    reason: str
    about: str
    columns: Sequence[str]
    cells: Sequence[str]


class SaleView(Output):
    """A sale as an answer shows it."""

    date: date
    price: Dollars
    source: str = ""


class SourceView(Output):
    """Where facts come from, in a few words."""

    id: str
    name: str
    as_of: date | None
    imported_at: datetime


class Lines(Output):
    """An explained line: a fact or reason, its value, and its amount in dollars or points."""

    fact: str
    value: str | int | float | None = None
    amount: Dollars


class Estimate(Output):
    """A value with its 80 % interval."""

    value: Dollars
    low: Dollars
    high: Dollars
    as_of: date


class ValuationRow(Output):
    """A valuation as a list shows it; money in dollars. `price_basis` is asking, or last_sale: a sale brought forward."""

    estimate: Estimate | None = None
    at_sale: Estimate | None = None
    price: Dollars | None = None
    price_basis: str = ""
    gap: Dollars | None = None
    gap_ratio: float | None = None
    score: float | None = None
    confidence: float | None = None
    reason: str = ""
    model: str = ""
    model_version: str = ""


class ValuationView(ValuationRow):
    """A valuation with its explanation."""

    breakdown: Sequence[Points] = ()
    contributions: Sequence[Lines] = ()


class PropertyRow(Outline, Output):
    """A property as a list shows it; money in dollars. What it does not name, a list does not know: ask for the property.

    `invented` says that it lies in a workspace whose every name and figure is made up.
    """

    id: str
    ref: int
    version: int
    created_at: datetime
    updated_at: datetime
    origin: Origin
    listing_status: ListingStatus
    pipeline_status: PipelineStatus
    asking_price: Dollars | None = None
    rent: Dollars | None = None
    assessed_value: Dollars | None = None
    market_value: Dollars | None = None
    tax_annual: Dollars | None = None
    last_sale_date: date | None = None
    last_sale_price: Dollars | None = None
    warnings: Sequence[str] = ()
    source: SourceView | None = None
    valuation: ValuationRow = Field(default_factory=ValuationRow)
    invented: bool = False


class PropertyView(Description, PropertyRow):
    """A property as an answer shows it; money in dollars, sales newest first. `sources` are all imports that told of it, its own first."""

    sales: Sequence[SaleView] = ()
    sources: Sequence[SourceView] = ()
    provenance: Mapping[str, Told] = Field(default_factory=dict)
    valuation: ValuationView = Field(default_factory=ValuationView)
