"""What every search engine checks before it looks: names against the spec, values against their type, the page's bounds.

Only names of the spec pass, so that no text from outside can become part of a query.
"""

import difflib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from steward.kernel.errors import Invalid
from steward.kernel.search import Clause, Document, Field, Filter, Gone, IndexSpec, Scalar, Sort, Value, Wish

MAX_PAGE = 1_000
MAX_FACET = 1_000
"""Most values of a facet; the rarer ones are left out."""
WHOLE = 2**63
TAGGED = frozenset({"has", "in", "ne"})
"""What tags are asked, besides whether there are any."""
LISTS = "This is no page of this list that was given out; start at its first page."


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: its value of the sort field and its id."""

    value: Scalar
    id: str

    def text(self) -> str:
        return json.dumps([self.value, self.id], ensure_ascii=False, separators=(",", ":"))


def check_filter(spec: IndexSpec, where: Filter) -> None:
    """Raises Invalid, naming the nearest field, for a field that is unknown or compared with what it cannot hold."""
    for clause in where:
        _check_clause(spec, clause)


def check_page(spec: IndexSpec, where: Filter, sort: Sort, facets: Sequence[str]) -> None:
    """Raises Invalid, naming the nearest field, for a field that is unknown, not sortable or not countable."""
    check_filter(spec, where)
    by = named(spec, sort.field)
    if not by.sort or by.type == "tags":
        raise Invalid(f"'{sort.field}' cannot be sorted by; use {_one_of(field.name for field in spec.fields if field.sort)}.")
    _check_facets(spec, facets)


def check_wish(spec: IndexSpec, wish: Wish, facets: Sequence[str]) -> None:
    """Raises Invalid as check_page, and for a vector that is none of this index."""
    check_filter(spec, wish.where)
    _check_facets(spec, facets)
    if not 0 < wish.limit <= MAX_PAGE:
        raise Invalid(f"A search gives 1 to {MAX_PAGE} hits, not {wish.limit}.")
    _check_vector(spec, wish.vector)


def check_amendment(spec: IndexSpec, where: Filter, fields: Mapping[str, Scalar]) -> None:
    """Raises Invalid, naming the nearest field, for one that is unknown or is to become what it cannot hold."""
    check_filter(spec, where)
    check_document(spec, Document(spec.kind, "", 0, fields, {}))


def place_of(spec: IndexSpec, sort: Sort, start: int | str, limit: int) -> int | Cursor:
    """Where a page starts: an offset or the row before it. Raises Invalid for what no page gave."""
    if not 0 < limit <= MAX_PAGE:
        raise Invalid(f"A page holds 1 to {MAX_PAGE} rows, not {limit}.")
    if isinstance(start, int):
        if not 0 <= start < WHOLE:
            raise Invalid("A list starts at row 0.")
        return start
    try:
        value, id = json.loads(start)
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid(LISTS) from error
    if not isinstance(id, str) or not _storable(id) or not (value is None or _is(named(spec, sort.field), value)):
        raise Invalid(LISTS)
    return Cursor(value, id)


def named(spec: IndexSpec, name: str) -> Field:
    """The field of this name. Raises Invalid with the nearest name."""
    for field in spec.fields:
        if field.name == name:
            return field
    near = difflib.get_close_matches(name[:64], [field.name for field in spec.fields], n=1)
    meant = f"did you mean '{near[0]}'?" if near else f"use {_one_of(field.name for field in spec.fields)}."
    raise Invalid(f"A {spec.kind} has no field '{name[:64]}'; {meant}")


def but(where: Filter, name: str) -> Filter:
    """What a facet counts within: the clauses on other fields, and of its own what all its values bear together."""
    return [clause for clause in where if clause.field != name or clause.op in ("has", "ne")]


def single(value: Value) -> Scalar:
    """The value of a field that holds one; only such are sorted by."""
    return None if isinstance(value, tuple) else value


def newest(documents: Iterable[Document | Gone]) -> dict[tuple[str, str], Document | Gone]:
    """The last word on each document of a write; of one version, its end is the last word."""
    last: dict[tuple[str, str], Document | Gone] = {}
    for document in documents:
        place = (document.kind, document.id)
        if place not in last or rank(document) >= rank(last[place]):
            last[place] = document
    return last


def rank(document: Document | Gone) -> tuple[int, bool]:
    """Orders the words on one document."""
    return document.version, isinstance(document, Gone)


def check_document(spec: IndexSpec, document: Document) -> None:
    """Raises Invalid when a field is unknown or its value not of the field's type."""
    fields = {field.name: field for field in spec.fields}
    for name, value in document.fields.items():
        field = fields.get(name) or named(spec, name)
        if value is not None and not _fits(field, value):
            raise Invalid(f"'{name}' of {spec.kind} {document.id} is no {field.type}.")
    _check_vector(spec, document.vector)


def unknown_kind(kind: str) -> Invalid:
    """The refusal for a kind that has no index."""
    return Invalid(f"There is no list of '{kind[:64]}'.")


def _check_facets(spec: IndexSpec, facets: Sequence[str]) -> None:
    for facet in facets:
        if not named(spec, facet).facet:
            raise Invalid(f"'{facet}' cannot be counted; use {_one_of(field.name for field in spec.fields if field.facet)}.")


def _check_vector(spec: IndexSpec, vector: bytes) -> None:
    if vector and len(vector) != 4 * spec.dimension:
        raise Invalid(f"A vector of a {spec.kind} has {spec.dimension} numbers, not {len(vector) // 4}.")


def _fits(field: Field, value: object) -> bool:
    """Whether a document's field may hold a value."""
    if field.type == "tags":
        return isinstance(value, tuple) and all(isinstance(tag, str) and _storable(tag) for tag in value)
    return _is(field, value)


def _check_clause(spec: IndexSpec, clause: Clause) -> None:
    field = named(spec, clause.field)
    if clause.op in ("known", "unknown"):
        return
    if clause.op not in TAGGED if field.type == "tags" else clause.op == "has":
        raise Invalid(f"'{field.name}' {'holds several words; ask whether it has one' if field.type == 'tags' else 'holds one value'}.")
    if clause.op == "near":
        _check_near(spec, clause)
        return
    if clause.op == "contains" and field.type != "text":
        raise Invalid(f"'{field.name}' is a number; compare it with eq, lt, lte, gt or gte.")
    if isinstance(clause.value, tuple) != (clause.op == "in"):
        raise Invalid(f"'{field.name}' is compared with {'a list of values' if clause.op == 'in' else 'one value'}.")
    values = clause.value if isinstance(clause.value, tuple) else (clause.value,)
    if len(values) > MAX_PAGE or not all(_is(field, value) for value in values):
        raise Invalid(
            f"'{field.name}' is compared with {'text' if field.type in ('text', 'tags') else 'numbers'}, at most {MAX_PAGE:,} of them."
        )


def _check_near(spec: IndexSpec, clause: Clause) -> None:
    where = clause.value
    if spec.place is None or clause.field != spec.place[0]:
        raise Invalid(f"'{clause.field}' is no place to be near.")
    numbers = isinstance(where, tuple) and len(where) == 3 and all(isinstance(part, int | float) and math.isfinite(part) for part in where)
    if not numbers:
        raise Invalid("A place to be near is told by latitude, longitude and kilometres.")


def _is(field: Field, value: object) -> bool:
    """Whether a value can be compared with a field, on every engine."""
    if field.type in ("text", "tags"):
        return isinstance(value, str) and _storable(value)
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and -WHOLE <= value < WHOLE


def _storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _one_of(names: Iterable[str]) -> str:
    return ", ".join(names)
