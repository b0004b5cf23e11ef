"""Laying columns down: values as they come, row by row, become the files that `Columns` reads."""

import math
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from steward.adapters.search.index import strings
from steward.adapters.search.index.columns import EMPTY, TAGGED, UNKNOWN, missing_of
from steward.kernel.search import Field, Value


class Column(Protocol):
    """One field of all rows."""

    def add(self, value: Any) -> None: ...
    def save(self, folder: Path, name: str) -> None: ...


class Texts:
    """Texts as numbers: 0 where there is none, else the text's place in its sorted vocabulary, from 1."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._rows = array("q")

    def add(self, value: str | None) -> None:
        self._rows.append(0 if value is None else self._codes.setdefault(value, len(self._codes) + 1))

    def save(self, folder: Path, name: str) -> None:
        words = sorted(self._codes)
        places = np.zeros(len(words) + 1, np.min_scalar_type(len(words) + 1))
        places[[self._codes[word] for word in words]] = np.arange(1, len(words) + 1)
        np.save(folder / f"{name}.npy", places[np.frombuffer(self._rows, np.int64)])
        strings.write(folder, name, words)


class Ints:
    """Whole numbers, in four bytes where they fit."""

    def __init__(self) -> None:
        self._rows: list[int | None] = []

    def add(self, value: int | float | None) -> None:
        self._rows.append(None if value is None else int(value))

    def save(self, folder: Path, name: str) -> None:
        known = [value for value in self._rows if value is not None]
        small = np.iinfo(np.int32)
        dtype = np.dtype(np.int32 if not known or (small.min < min(known) and max(known) < small.max) else np.int64)
        missing = missing_of(dtype)
        np.save(folder / f"{name}.npy", np.array([missing if value is None else max(value, missing + 1) for value in self._rows], dtype))


class Floats:
    """Other numbers."""

    def __init__(self) -> None:
        self._rows = array("d")

    def add(self, value: float | None) -> None:
        self._rows.append(-math.inf if value is None else float(value))

    def save(self, folder: Path, name: str) -> None:
        np.save(folder / f"{name}.npy", np.frombuffer(self._rows, np.float64))


class Tags:
    """The rows of each tag, and what each row has."""

    def __init__(self) -> None:
        self._states = bytearray()
        self._tagged: dict[str, array[int]] = {}

    def add(self, value: tuple[str, ...] | None) -> None:
        row = len(self._states)
        self._states.append(TAGGED if value else UNKNOWN if value is None else EMPTY)
        for tag in set(value or ()):
            self._tagged.setdefault(tag, array("i")).append(row)

    def save(self, folder: Path, name: str) -> None:
        words = sorted(self._tagged)
        rows = [np.frombuffer(self._tagged[word], np.int32) for word in words]
        np.save(folder / f"{name}.npy", np.frombuffer(bytes(self._states), np.uint8))
        np.save(folder / f"{name}.tag-ends.npy", np.cumsum([0, *map(len, rows)]))
        np.save(folder / f"{name}.tag-rows.npy", np.concatenate([np.empty(0, np.int32), *rows]))
        strings.write(folder, name, words)


TYPES: Mapping[str, type[Texts | Ints | Floats | Tags]] = {"text": Texts, "int": Ints, "float": Floats, "tags": Tags}


class Laying:
    """All columns of an index, while its rows come."""

    def __init__(self, fields: list[Field]) -> None:
        self._columns: list[tuple[str, Column]] = [(field.name, TYPES[field.type]()) for field in fields]

    def add(self, fields: Mapping[str, Value]) -> None:
        for name, column in self._columns:
            column.add(fields.get(name))

    def save(self, folder: Path) -> None:
        for name, column in self._columns:
            column.save(folder, f"f.{name}")
