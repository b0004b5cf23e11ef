"""What every search engine checks before it looks: names against the spec, values against their type, the page's bounds.

Only names of the spec pass, so that no text from outside can become part of a query.
"""

import difflib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from steward.kernel.errors import Invalid
from steward.kernel.ports import Clause, Document, Field, Filter, Gone, IndexSpec, Scalar, Sort

MAX_PAGE = 1_000
MAX_FACET = 1_000
"""Most values of a facet; the rarer ones are left out."""
WHOLE = 2**63
LISTS = "This is no page of this list that was given out; start at its first page."


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: its value of the sort field and its id."""

    value: Scalar
    id: str

    def text(self) -> str:
        return json.dumps([self.value, self.id], ensure_ascii=False, separators=(",", ":"))


def check_page(spec: IndexSpec, where: Filter, sort: Sort, facets: Sequence[str]) -> None:
    """Raises Invalid, naming the nearest field, for a field that is unknown, not sortable or not countable."""
    for clause in where:
        _check_clause(spec, clause)
    if not named(spec, sort.field).sort:
        raise Invalid(f"'{sort.field}' cannot be sorted by; use {_one_of(field.name for field in spec.fields if field.sort)}.")
    for facet in facets:
        if not named(spec, facet).facet:
            raise Invalid(f"'{facet}' cannot be counted; use {_one_of(field.name for field in spec.fields if field.facet)}.")


def check_amendment(spec: IndexSpec, where: Filter, fields: Mapping[str, Scalar]) -> None:
    """Raises Invalid, naming the nearest field, for one that is unknown or is to become what it cannot hold."""
    for clause in where:
        _check_clause(spec, clause)
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
        if value is not None and not _is(field, value):
            raise Invalid(f"'{name}' of {spec.kind} {document.id} is no {field.type}.")


def unknown_kind(kind: str) -> Invalid:
    """The refusal for a kind that has no index."""
    return Invalid(f"There is no list of '{kind[:64]}'.")


def _check_clause(spec: IndexSpec, clause: Clause) -> None:
    field = named(spec, clause.field)
    if clause.op in ("known", "unknown"):
        return
    if clause.op == "contains" and field.type != "text":
        raise Invalid(f"'{field.name}' is a number; compare it with eq, lt, lte, gt or gte.")
    if isinstance(clause.value, tuple) != (clause.op == "in"):
        raise Invalid(f"'{field.name}' is compared with {'a list of values' if clause.op == 'in' else 'one value'}.")
    values = clause.value if isinstance(clause.value, tuple) else (clause.value,)
    if len(values) > MAX_PAGE or not all(_is(field, value) for value in values):
        raise Invalid(f"'{field.name}' is compared with {'text' if field.type == 'text' else 'numbers'}, at most {MAX_PAGE:,} of them.")


def _is(field: Field, value: object) -> bool:
    """Whether a value can be compared with a field, on every engine."""
    if field.type == "text":
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
