"""Pages of lists: what a list command is asked and answers, and filters as people write them in an address."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Generic, TypeVar

from pydantic import Field as Bounded

from steward.kernel.errors import Fault, Invalid
from steward.kernel.model import Output
from steward.kernel.search import Clause, Field, Scalar, Sort

Row = TypeVar("Row")
MAX_PAGE = 1_000


class Facet(Output):
    """How many of the matches have one value of a field; the field's own filter is left out of the count."""

    value: Scalar
    count: int


class Listed(Output, Generic[Row]):
    """One page of a list: its rows, how many match in all, and the cursor of the next page ("" at the end). `note` says when not the
    engine that is set has answered."""

    rows: Sequence[Row]
    total: int
    next: str = ""
    facets: Mapping[str, Sequence[Facet]] = Bounded(default_factory=dict)
    as_of: datetime | None = None
    note: str = ""


def nearest(name: str, known: Sequence[str]) -> str:
    """` Did you mean 'price'?`, or nothing when no known name is close or begins so."""
    spelt = {one.lower(): one for one in known}
    close = get_close_matches(name.lower(), spelt, 1, 0.5) or [one for one in spelt if len(name) > 2 and one.startswith(name.lower())]
    return f" Did you mean '{spelt[close[0]]}'?" if close else ""


def sort_of(text: str, fields: Sequence[Field]) -> Sort:
    """`-score` → by score, highest first. Raises Invalid for a field that cannot be sorted by."""
    name = text.lstrip("-")
    sortable = [field.name for field in fields if field.sort]
    if name not in sortable:
        raise Invalid(f"This list cannot be sorted by '{name}'.{nearest(name, sortable)}", faults=[Fault("/sort", "not sortable")])
    return Sort(name, descending=text.startswith("-"))


def clauses_of(field: Field, text: str) -> list[Clause]:
    """A filter as written in an address: `312000`, `1,2`, `70..`, `..450000`, `70..90`, `known`, `unknown`.

    Raises Invalid when a number is expected and none is there.
    """
    if text == "known":
        return [Clause(field.name, "known")]
    if text == "unknown":
        return [Clause(field.name, "unknown")]
    if field.type != "text" and ".." in text:
        low, high = text.split("..", 1)
        bounds = [Clause(field.name, "gte", _typed(field, low))] if low else []
        return bounds + ([Clause(field.name, "lte", _typed(field, high))] if high else [])
    values = tuple(_typed(field, part.strip()) for part in text.split(",") if part.strip())
    return [Clause(field.name, "eq", values[0]) if len(values) == 1 else Clause(field.name, "in", values)]


def _typed(field: Field, text: str) -> Scalar:
    if field.type == "text":
        return text
    try:
        return int(text) if field.type == "int" else float(text)
    except ValueError as error:
        detail = f"'{text}' is no number for {field.name}; write for example 3, 3.., ..5 or 3..5."
        raise Invalid(detail, faults=[Fault(f"/{field.name}", "not a number")]) from error
