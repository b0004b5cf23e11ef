"""The fields of an index as memory-mapped columns, rows in the order of the spec's layout: a filter on what is asked most often is a
span of rows, and only the rest of its clauses look at them."""

import math
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from steward.adapters.search.index.left import Column, Left, Mask
from steward.adapters.search.index.strings import Strings, mapped
from steward.adapters.search.looking import EARTH_KM
from steward.kernel.search import Clause, Filter, IndexSpec, Scalar

UNKNOWN, EMPTY, TAGGED = 0, 1, 2
"""What a row has of a field of tags."""
RANGED = frozenset({"eq", "lt", "lte", "gt", "gte", "known"})
"""What a sorted column answers by a span."""


class Columns:
    """The columns of a folder."""

    def __init__(self, folder: Path, spec: IndexSpec, count: int) -> None:
        self._folder, self._spec, self._count = folder, spec, count
        self._fields = {field.name: field for field in spec.fields}
        self._files: dict[str, Column] = {}
        self._words: dict[str, Strings] = {}

    def left(self, where: Filter) -> Left:
        """The rows for which all clauses hold."""
        start, stop, rest = 0, self._count, list(where)
        for name in self._spec.layout:
            mine = [clause for clause in rest if clause.field == name and clause.op in RANGED]
            for clause in mine:
                start, stop = self._narrowed(clause, start, stop)
                rest.remove(clause)
            if not any(clause.op == "eq" for clause in mine):
                break
        mask: Mask | None = None
        for clause in rest if stop > start else ():
            holds = self._holds(clause, start, stop)
            mask = holds if mask is None else mask & holds
        return Left(start, max(start, stop), mask)

    def counted(self, name: str, left: Left) -> Counter[Scalar]:
        """A facet of the rows that are left."""
        field = self._fields[name]
        if field.type == "tags":
            return self._tags_counted(name, left)
        if field.type == "text":
            words, counts = self._strings(name), np.bincount(left.of(self._file(name)))
            return Counter({words[code - 1] if code else None: int(counts[code]) for code in np.flatnonzero(counts).tolist()})
        column = left.of(self._file(name))
        values, counts = np.unique(column, return_counts=True)
        missing = missing_of(column.dtype)
        return Counter({None if value == missing else value: count for value, count in zip(values.tolist(), counts.tolist(), strict=True)})

    def _narrowed(self, clause: Clause, start: int, stop: int) -> tuple[int, int]:
        """The part of a span, sorted by the clause's field, for which it holds."""
        part = self._file(clause.field)[start:stop]
        low, high = self._bounds(clause, part)
        return start + low, start + max(low, high)

    def _bounds(self, clause: Clause, part: Column) -> tuple[int, int]:
        missing, kind = missing_of(part.dtype), part.dtype.type
        if clause.op == "known":
            return int(part.searchsorted(kind(missing), "right")), len(part)
        least, most = self._span(clause)
        if part.dtype.kind != "f":
            whole = reach_of(part.dtype)
            if least > whole.max or most < whole.min:
                return 0, 0
            most = min(most, whole.max)
        low = part.searchsorted(kind(missing), "right") if least <= missing else part.searchsorted(kind(least), "left")
        return int(low), int(part.searchsorted(kind(most), "right"))

    def _span(self, clause: Clause) -> tuple[Any, Any]:
        """The least and the most that a column may hold, both inclusive; least above most for nothing."""
        op, value = clause.op, clause.value
        least = -math.inf if op in ("lt", "lte") else self._least(clause.field, value, inclusive=op != "gt")
        most = math.inf if op in ("gt", "gte") else self._most(clause.field, value, inclusive=op != "lt")
        return least, most

    def _least(self, name: str, value: Any, *, inclusive: bool) -> Any:
        """The least that a column may hold of what is at least a value, or more than it."""
        match self._fields[name].type:
            case "text":
                return self._strings(name).up_to(value, inclusive=not inclusive) + 1
            case "float":
                return float(value) if inclusive else math.nextafter(value, math.inf)
            case _:
                return math.ceil(value) if inclusive else math.floor(value) + 1

    def _most(self, name: str, value: Any, *, inclusive: bool) -> Any:
        """The most that a column may hold of what is at most a value, or less than it."""
        match self._fields[name].type:
            case "text":
                return self._strings(name).up_to(value, inclusive=inclusive)
            case "float":
                return float(value) if inclusive else math.nextafter(value, -math.inf)
            case _:
                return math.floor(value) if inclusive else math.ceil(value) - 1

    def _holds(self, clause: Clause, start: int, stop: int) -> Mask:
        """For which rows of a span a clause holds."""
        if self._fields[clause.field].type == "tags":
            return self._tags_hold(clause, start, stop)
        part = self._file(clause.field)[start:stop]
        known: Mask = part != missing_of(part.dtype)
        match clause.op:
            case "known":
                return known
            case "unknown":
                return ~known
            case "ne":
                return known & ~_between(part, *self._span(Clause(clause.field, "eq", clause.value)))
            case "in":
                return known & np.isin(part, self._codes(clause))
            case "contains":
                return known & np.isin(part, self._containing(clause))
            case "near":
                return self._near(clause, start, stop)
            case _:
                return known & _between(part, *self._span(clause))

    def _codes(self, clause: Clause) -> list[Any]:
        """What a column holds for any of the values."""
        values = clause.value if isinstance(clause.value, tuple) else ()
        if self._fields[clause.field].type != "text":
            return list(values)
        words = self._strings(clause.field)
        return [place + 1 for place in (words.place(str(value)) for value in values) if place is not None]

    def _containing(self, clause: Clause) -> list[int]:
        part = str(clause.value).casefold()
        return [code for code, word in enumerate(self._strings(clause.field), 1) if part in word.casefold()]

    def _near(self, clause: Clause, start: int, stop: int) -> Mask:
        """Within so many kilometres on the sphere; a band of latitudes first, as a sine costs much."""
        there: Any = clause.value
        lat, lon, km = (float(number) for number in there)
        lats, lons = (self._file(name)[start:stop] for name in self._spec.place or ())
        band = math.degrees(km / EARTH_KM) * 1.0001
        held: Mask = (lats >= lat - band) & (lats <= lat + band) & (lons > -math.inf)
        rows = np.flatnonzero(held)
        here_lat, here_lon = np.radians(lats[rows]), np.radians(lons[rows])
        turn = np.cos(here_lat) * math.cos(math.radians(lat)) * np.sin((here_lon - math.radians(lon)) / 2) ** 2
        half = np.sin((here_lat - math.radians(lat)) / 2) ** 2 + turn
        held[rows] = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, half))) <= km
        return held

    def _tags_hold(self, clause: Clause, start: int, stop: int) -> Mask:
        if clause.op in ("known", "unknown"):
            known: Mask = self._file(clause.field)[start:stop] != UNKNOWN
            return known if clause.op == "known" else ~known
        mask = np.zeros(stop - start, np.bool_)
        for value in clause.value if isinstance(clause.value, tuple) else (clause.value,):
            tag = self._strings(clause.field).place(str(value))
            if tag is not None:
                mask[self._tagged(clause.field, tag, start, stop) - start] = True
        return ~mask if clause.op == "ne" else mask

    def _tagged(self, name: str, tag: int, start: int, stop: int) -> Column:
        """Rows of a span that have a tag."""
        ends, rows = self._file(f"{name}.tag-ends"), self._file(f"{name}.tag-rows")
        mine = rows[ends[tag] : ends[tag + 1]]
        first, last = np.searchsorted(mine, np.array([start, stop], mine.dtype))
        return mine[first:last].astype(np.int64)

    def _tags_counted(self, name: str, left: Left) -> Counter[Scalar]:
        counts = Counter[Scalar]()
        for tag, word in enumerate(self._strings(name)):
            counts[word] = int(np.count_nonzero(left.has(self._tagged(name, tag, left.start, left.stop))))
        counts[None] = int(np.count_nonzero(left.of(self._file(name)) != TAGGED))
        return +counts

    def _file(self, name: str) -> Column:
        if name not in self._files:
            self._files[name] = mapped(self._folder / f"f.{name}.npy")
        return self._files[name]

    def _strings(self, name: str) -> Strings:
        if name not in self._words:
            self._words[name] = Strings(self._folder, f"f.{name}")
        return self._words[name]


@cache
def reach_of(dtype: np.dtype[Any]) -> Any:
    """The least and the most that a column of whole numbers can hold."""
    return np.iinfo(dtype)


def missing_of(dtype: np.dtype[Any]) -> Any:
    """What a column holds where a field has no value: less than all values, as in SQLite's order."""
    return -math.inf if dtype.kind == "f" else reach_of(dtype).min


def _between(part: Column, least: float, most: float) -> Mask:
    mask = np.ones(len(part), np.bool_)
    if least > -math.inf:
        mask &= part >= least
    if most < math.inf:
        mask &= part <= most
    return mask
