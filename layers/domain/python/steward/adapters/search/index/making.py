"""Making one folder of what the database holds at a moment: here, or in a child process, which holds up nobody's answers."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from steward.adapters.search import record
from steward.adapters.search.index import folder
from steward.adapters.search.record import Standing
from steward.adapters.search.table import Table
from steward.kernel.search import Document, Field, IndexSpec, Text

Watched = Callable[[Iterator[Document]], Iterator[Document]]
NICE = 10
"""How far a child lets others go first."""


@dataclass(frozen=True, slots=True)
class Made:
    """A folder that was made: its name, what it holds up to, and how many documents it has."""

    name: str
    then: Standing
    count: int


def make(reader: sqlite3.Connection, table: Table, workspace: str, *, into: Path, watched: Watched = iter) -> Made:
    """Make a folder of what the reader sees; `watched` may break off while the documents come."""
    then = record.standing(reader, workspace, table.spec.kind)
    name = f"{then.number:012d}"
    return Made(name, then, folder.make(into / name, table.spec, watched(table.laid(reader, workspace))))


def asked(database: str, table: Table, workspace: str, *, into: Path) -> dict[str, Any]:
    """The request by which a child makes a folder."""
    return {"database": database, "spec": asdict(table.spec), "workspace": workspace, "into": str(into)}


def told(answer: dict[str, Any]) -> Made:
    """What a child has made."""
    return Made(answer["name"], Standing(**answer["then"]), answer["count"])


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Make a folder as `asked`; this process only reads the database."""
    os.nice(NICE)
    given = request["spec"]
    fields, texts = [Field(**one) for one in given["fields"]], [Text(**one) for one in given["texts"]]
    table = Table(IndexSpec(**{**given, "fields": fields, "texts": texts}))
    with closing(sqlite3.connect(f"file:{request['database']}?mode=ro", uri=True, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        return asdict(make(reader, table, request["workspace"], into=Path(request["into"])))
