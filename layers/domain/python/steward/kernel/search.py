"""The port of lists and of finding: what an index holds, what is asked of it, and what comes back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from steward.kernel.ports import Body

Scalar = None | bool | int | float | str
Value = Scalar | tuple[str, ...]
"""What a field of a document holds: one value, or tags."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of an index. `type`: text (exact, and a part of it for `contains`), int, float, tags (a tuple of texts, which only
    `has`, `in`, `ne`, `known` and `unknown` ask about, and a facet counts one by one). `sort` builds both directions, tags have none."""

    name: str
    type: Literal["text", "int", "float", "tags"]
    sort: bool = False
    facet: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text that words are looked for in. What is found in it counts `weight` times."""

    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """What can be listed and found of one kind of record. `version` rises when the fields change: the index is then rebuilt.

    `texts` are searched by words. `embedding` is the id of the model that made the documents' vectors and `dimension` their length; ""
    and 0 where there are none; vectors of two models are never compared, as another id makes another index. `layout` names the fields
    by which an engine may lay documents out, the one asked for most often first. `place` names the fields of a latitude and a longitude
    that `near` asks about.
    """

    kind: str
    version: int
    fields: Sequence[Field]
    texts: Sequence[Text] = ()
    embedding: str = ""
    dimension: int = 0
    layout: Sequence[str] = ()
    place: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A record as a list shows it. `fields` holds a value for each field of the spec that is known (a tuple for tags); `row` is what
    the page gives back as it stands (small, no secrets). `texts` holds the texts of the spec that are known, `vector` the embedding:
    float32, little-endian, of length 1; b"" where there is none, as of an empty text. One of zeros is none."""

    kind: str
    id: str
    version: int
    fields: Mapping[str, Value]
    row: Body
    texts: Mapping[str, str] = field(default_factory=dict)
    vector: bytes = b""

    def __post_init__(self) -> None:
        if self.vector and not any(self.vector):
            object.__setattr__(self, "vector", b"")


@dataclass(frozen=True, slots=True)
class Gone:
    """A record that is no longer there; `version` is the one its removal made, so a late older write stays out."""

    kind: str
    id: str
    version: int


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition. `known`/`unknown` ask whether the field has a value; `in` takes a tuple; `contains` is a case-insensitive
    substring of a text field; of tags, `has` asks for one, `in` for any of several, `ne` for documents without one; `near` is asked of the
    latitude's field of the spec's place, with a tuple of latitude, longitude and kilometres; the others compare. None matches a missing
    value but `unknown`, and `ne` of tags."""

    field: str
    op: Literal["eq", "ne", "in", "lt", "lte", "gt", "gte", "known", "unknown", "contains", "has", "near"]
    value: Scalar | tuple[Scalar, ...] = None


Filter = Sequence[Clause]
"""Clauses that must all hold."""


@dataclass(frozen=True, slots=True)
class Sort:
    """By one sortable field, then by id in the same direction. Missing values come last in both directions."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of a list. `next` is the cursor after its last row, empty at the end. `facets`: field → (value, count), most frequent
    first, over the whole match without the field's own clauses but `has` and `ne`. `as_of`: when the index last took in a write, None
    before the first. `note`: what is to be said of who answered, as a sentence; "" where the engine that is set did."""

    rows: Sequence[Body]
    ids: Sequence[str]
    total: int
    next: str = ""
    facets: Mapping[str, Sequence[tuple[Scalar, int]]] = field(default_factory=dict)
    as_of: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fusion:
    """How the two lists become one: `weights` adds both scores after each list was brought to 0..1 (keyword and vector say how much
    each counts), `rrf` adds 1 / (60 + place). A document of one list only has nothing from the other."""

    method: Literal["weights", "rrf"] = "weights"
    keyword: float = 0.3
    vector: float = 0.7


@dataclass(frozen=True, slots=True)
class Wish:
    """What to find: documents that match the filter, by `words` (plain text as typed; nothing in it is an operator), by likeness to a
    `vector` (as a Document's), or both. The best `depth` of each list are candidates; `besides` are ids to leave out."""

    words: str = ""
    vector: bytes = b""
    where: Filter = ()
    limit: int = 10
    depth: int = 50
    fusion: Fusion = Fusion()
    besides: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.vector and not any(self.vector):
            object.__setattr__(self, "vector", b"")


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found: its row as a page gives it, its score of 0..1, its keyword score (BM25) and its likeness (cosine);
    None where that list does not have it among its candidates."""

    id: str
    row: Body
    score: float
    keyword: float | None = None
    vector: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits first, ties by id. `total`: how many documents match the filter; `facets`, `as_of` and `note` as in Hits."""

    hits: Sequence[Hit]
    total: int
    facets: Mapping[str, Sequence[tuple[Scalar, int]]] = field(default_factory=dict)
    as_of: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many documents match each of some filters; `as_of` and `note` as in Hits."""

    totals: Sequence[int]
    as_of: datetime | None = None
    note: str = ""


class Search(Protocol):
    """Every list: a page of one kind of record by filters, sort, offset or cursor, with total and facets; and what is found by words
    and likeness. `name` says of which engine a record of what it was filled with tells."""

    name: str

    def belong(self, installation: str) -> None:
        """Say whose records are listed: what was kept of another installation's is forgotten, a damaged store set aside."""

    def define(self, spec: IndexSpec) -> bool:
        """Make the index of a kind ready. True when it is new or changed and has to be filled again from Records."""

    def write(self, workspace: str, documents: Sequence[Document | Gone]) -> None:
        """Put or remove documents. Idempotent by (kind, id, version): an older version than the one kept is ignored."""

    def page(
        self, workspace: str, kind: str, where: Filter, *, sort: Sort, start: int | str = 0, limit: int = 100, facets: Sequence[str] = ()
    ) -> Hits:
        """Rows `start` (an offset, or a former page's `next`) to `start + limit` of what matches; limit ≤ 1,000.

        Raises Invalid, naming the nearest field, when a field is unknown, not sortable or not countable.
        """
        ...

    def find(self, workspace: str, kind: str, wish: Wish, *, facets: Sequence[str] = ()) -> Found:
        """The best of what matches the wish's filter, filtered first: of few that match, all are looked at. A wish of neither words nor
        vector finds what matches in no order but that of ids, scored 0. Raises Invalid as `page`, and for a vector of another length.
        """
        ...

    def count(self, workspace: str, kind: str, wheres: Sequence[Filter]) -> Counts:
        """How many match each of these filters, for less than it costs to ask for so many pages. Raises Invalid as `page`."""
        ...

    def amend(self, workspace: str, kind: str, where: Filter, fields: Mapping[str, Scalar]) -> None:
        """Set fields of all documents that match, whatever their version; what a page gives back of them stays."""

    def replace(self, workspace: str, kind: str, documents: Iterable[Document]) -> int:
        """Put these in the place of a workspace's documents of a kind, at once; how many. Other writes wait meanwhile."""

    def settle(self) -> int:
        """Bring what an engine makes in the background to its end, as for a process that ends; of how many documents that was."""
        ...

    def close(self) -> None: ...


def engines(search: Search) -> Sequence[Search]:
    """The engines that keep the lists: of several, each is filled and compared by itself."""
    several: Sequence[Search] = getattr(search, "engines", (search,))
    return several
