"""What the commands of finding are asked with and answer."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StrictFloat,
    StrictInt,
    StringConstraints,
    field_validator,
    model_validator,
)  # fmt: skip
from pydantic_core import CoreSchema, PydanticKnownError

from steward.kernel.model import Input, Output, Renaming
from steward.kernel.money import Dollars
from steward.kernel.pages import Facet
from steward.properties.model import ListingStatus, PropertyType

MOST_HITS = 200
Query = Annotated[str, StringConstraints(max_length=20_000)]
LONGEST = 300
Word = Annotated[str, StringConstraints(max_length=LONGEST)]
Op = Literal["eq", "ne", "in", "lt", "lte", "gt", "gte", "known", "unknown", "contains", "has", "near"]
One = StrictInt | StrictFloat | Word


class Chip(Input):
    """One thing that was understood, as the field of the index, how it is compared and with what; `text` is what was read so.
    What homes are to be like stands as the field `like`: a ref, an id or an address."""

    field: str = Field(max_length=60)
    op: Op
    value: One | Annotated[list[One], Field(max_length=1000)] | None = None
    text: Word = ""


SEVERAL = frozenset("city state zip type status price rent beds baths size lot year score features near".split())
"""Filters that are also told as a list: any of its values, all of its features, the three numbers of a place."""


class Wanted(Renaming):
    """What somebody looks for, as filters. Each may also be a range (`3`, `3..`, `..5`, `3..5`) or several (`1,2`); `_min` and `_max`
    are its ends. A bare price or rent is the most; money in dollars, sizes in square feet. `near` is latitude,longitude,kilometres, or
    with `mi` miles; `area` any place: a city, a county or a ZIP; `features` all that it has to have, `pool|gym` either, `!pool` none."""

    model_config = ConfigDict(coerce_numbers_to_str=True)
    ALIASES: ClassVar[Mapping[str, str]] = {
        "q": "query", "property_type": "type", "listing_status": "status", "bedrooms": "beds", "bathrooms": "baths",
        "living_area_sqft": "size", "sqft": "size", "lot_area_sqft": "lot", "year_built": "year", "built": "year",
    }  # fmt: skip

    query: Query = ""
    city: Word = ""
    area: Word = ""
    state: Word = ""
    zip: Word = ""
    type: Word = ""
    status: Word = ""
    price: Word = ""
    price_min: Word = ""
    price_max: Word = ""
    rent: Word = ""
    rent_min: Word = ""
    rent_max: Word = ""
    currency: Word = ""
    beds: Word = ""
    beds_min: Word = ""
    beds_max: Word = ""
    baths: Word = ""
    baths_min: Word = ""
    baths_max: Word = ""
    size: Word = ""
    size_min: Word = ""
    size_max: Word = ""
    lot: Word = ""
    lot_min: Word = ""
    lot_max: Word = ""
    year: Word = ""
    year_min: Word = ""
    year_max: Word = ""
    score: Word = ""
    score_min: Word = ""
    score_max: Word = ""
    features: Word = ""
    near: Word = ""

    @field_validator("*", mode="before")
    @classmethod
    def _joined(cls, told: Any, about: Any) -> Any:
        """A filter given several times means any of the values; a list of anything else is none. Blanks around a word are dropped, but
        count for how long it may be."""
        if isinstance(told, str) and len(told) > LONGEST and about.field_name != "query":
            raise PydanticKnownError("string_too_long", {"max_length": LONGEST})
        several = isinstance(told, list) and about.field_name in SEVERAL
        words = several and all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in told)
        return ",".join(map(str, told)) if words else told

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The schema; where a list is taken for its values, it says so."""
        told = super().__get_pydantic_json_schema__(core, handler)
        for name, field in handler.resolve_ref_schema(told).get("properties", {}).items():
            if name in SEVERAL:
                field.update(type=["string", "number", "array"], items={"type": ["string", "number"]})
        return told


class SearchProperties(Wanted):
    """What to find, in words as people say them, and as filters. `understood` takes the place of what the query says in filters, as an
    answer's chips with some taken away or changed; `without` names chips to leave out by their text. `method` says how words and
    likeness become one: their scores weighed, or their places (`rrf`). `facets` names fields to count by; without `explain` no reasons
    are given."""

    limit: int = Field(default=10, ge=1, le=MOST_HITS)
    understood: Annotated[list[Chip], Field(max_length=50)] | None = None
    without: Annotated[list[Word], Field(max_length=50)] = Field(default_factory=list)
    method: Literal["weights", "rrf"] = "weights"
    keyword_weight: float = Field(default=0.3, ge=0, le=1)
    vector_weight: float = Field(default=0.7, ge=0, le=1)
    facets: Word | Annotated[list[Word], Field(max_length=20)] = ""
    explain: bool = True

    @model_validator(mode="after")
    def _weighed(self) -> Self:
        if not self.keyword_weight + self.vector_weight:
            raise ValueError("words and likeness cannot both count nothing; give one of them a weight above 0")
        return self


class Propose(Input):
    """A query; `understood`, where given, takes the place of what it says in filters, as in a search."""

    query: Query = ""
    understood: Annotated[list[Chip], Field(max_length=50)] | None = None


class Proposal(Output):
    """A chip that may be meant, and how many homes have it besides all that was understood."""

    field: str
    op: Op
    value: One
    text: str
    total: int


class Proposals(Output):
    """What a configured language model reads in the words that were not understood. Nothing is searched by it until somebody takes it
    over into `understood`."""

    query: str
    understood: Sequence[Chip]
    rest: str
    proposed: Sequence[Proposal]
    model: str
    notes: Sequence[str] = ()


class FindSimilar(Input):
    """A property, by id, ref or a source's own id, that others are to be like."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "property")

    id: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    limit: int = Field(default=10, ge=1, le=MOST_HITS)


class SearchInventory(Wanted):
    """Filters, or a sentence as `q`. What is available, unless a `status` is asked for (`any` for all). `cursor` is a former answer's
    `next_cursor`; `sort` a field, with a dash before it the highest first; without one the best match comes first."""

    sort: Word = ""
    cursor: Word = ""
    limit: int = Field(default=50, ge=1, le=MOST_HITS)
    facets: Word | Annotated[list[Word], Field(max_length=20)] = ""


class GetListing(Input):
    """One property of the inventory: by id, ref, or a source's own id."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "property")

    id: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class Home(Output):
    """A property in the few facts that a list of hits shows; money in dollars, `rent` a month."""

    ref: int
    id: str
    source_id: str | None = None
    title: str = ""
    address: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    property_type: PropertyType | None = None
    listing_status: ListingStatus | None = None
    price: Dollars | None = None
    rent: Dollars | None = None
    bedrooms: int | None = None
    bathrooms: float | None = None
    living_area_sqft: int | None = None
    year_built: int | None = None
    features: Sequence[str] = ()
    lat: float | None = None
    lon: float | None = None


class FoundHome(Home):
    """A hit: its BM25 score, its likeness (cosine) and what both come to, of 0..1; None where that list does not have it."""

    keyword: float | None = None
    vector: float | None = None
    score: float = 0.0
    reasons: Sequence[str] = ()


class SimilarHome(FoundHome):
    """A home like another: how far away it is, and what it costs more or less."""

    distance_km: float | None = None
    distance_miles: float | None = None
    price_difference: Dollars | None = None


class NearMiss(Output):
    """How many more there are if one wish is given up or eased, and what to ask for then."""

    text: str
    field: str
    more: int
    query: str
    understood: Sequence[Chip]


class Findings(Output):
    """What was found, how the query was read (`rest` is what is looked for as words), and what nearly matches. `total` is how many
    match what was understood; `ms` how long it took."""

    query: str
    understood: Sequence[Chip]
    rest: str
    total: int
    hits: Sequence[FoundHome]
    near: Sequence[NearMiss]
    facets: Mapping[str, Sequence[Facet]] = Field(default_factory=dict)
    notes: Sequence[str] = ()
    ms: float


class Similar(Output):
    """Homes like one, the most like first, each with why; `notes` say who answered, where it was not the engine that is set."""

    id: str
    ref: int
    hits: Sequence[SimilarHome]
    notes: Sequence[str] = Field(default=(), exclude_if=lambda notes: not notes)
    ms: float


class Inventory(Output):
    """A page of the inventory. `applied` is what was understood, `not_understood` the words that were not and are looked for as such,
    `relaxations` how many more there are if a wish is eased, `notes` what is to be said of who answered."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    rows: Sequence[Home] = Field(alias="data")
    next_cursor: str
    total: int
    facets: Mapping[str, Sequence[Facet]] = Field(default_factory=dict)
    applied: Sequence[Chip]
    not_understood: Sequence[str]
    relaxations: Sequence[NearMiss]
    notes: Sequence[str] = Field(default=(), exclude_if=lambda notes: not notes)
