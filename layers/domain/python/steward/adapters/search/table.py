"""The SQL of one kind of record: its tables, and a page's filters and orders as text and parameters.

Names reach SQL only from a spec, where they are plain words; values only as parameters.
"""
# ruff: noqa: S608

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, assert_never

from pydantic_core import from_json

from steward.adapters.search import looking, record
from steward.adapters.search.rules import Cursor, check_document
from steward.kernel.errors import Invalid
from steward.kernel.search import Clause, Document, Filter, Gone, IndexSpec, Scalar, Sort, Value

NAME = re.compile(r"[a-z][a-z0-9_.]{0,62}")
TYPES = {"text": "TEXT", "int": "INTEGER", "float": "REAL", "tags": "TEXT"}
COMPARES = {"eq": "=", "ne": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
UNLESS_GONE = "WHERE NOT EXISTS (SELECT 1 FROM gone WHERE workspace = ? AND kind = ? AND id = ? AND version >= ?)"
AT_ONCE = 500
"""Documents that are read by name at once."""
UNLESS_NEWER = "WHERE excluded.version >= version"

Values = list[Scalar]


class Table:
    """A narrow table of the spec's columns, which filters, orders and counts read, and one of what a page gives back."""

    def __init__(self, spec: IndexSpec) -> None:
        for name in (spec.kind, *(field.name for field in spec.fields)):
            if not NAME.fullmatch(name):
                raise Invalid(f"'{name}' is no name for a list or a field of one.")
        self.spec = spec
        self.list, self.rows, self.texts = f'"list {spec.kind}"', f'"rows {spec.kind}"', f'"texts {spec.kind}"'
        self.found = bool(spec.texts or spec.dimension)
        self._tags = {field.name for field in spec.fields if field.type == "tags"}
        self._columns = {field.name: f'"f.{field.name}"' for field in spec.fields}

    def make(self, connection: sqlite3.Connection) -> bool:
        """Make the tables anew unless they are those of this very spec; whether they were."""
        text = json.dumps(asdict(self.spec))
        if connection.execute("SELECT 1 FROM spec WHERE kind = ? AND text = ?", (self.spec.kind, text)).fetchone():
            return False
        place = "workspace TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL"
        columns = "".join(f", {self._columns[field.name]} {TYPES[field.type]}" for field in self.spec.fields)
        for name, more in (
            (self.list, columns),
            (self.rows, ", row TEXT NOT NULL"),
            (self.texts, ", texts TEXT NOT NULL, vector BLOB NOT NULL"),
        ):
            connection.execute(f"DROP TABLE IF EXISTS {name}")
            clustered = "" if name == self.texts else "WITHOUT ROWID"  # a wide row of such a table takes a page of its own
            connection.execute(f"CREATE TABLE {name} ({place}{more}, PRIMARY KEY (workspace, id)) {clustered}")
        connection.execute("DELETE FROM gone WHERE kind = ?", (self.spec.kind,))
        record.forget(connection, self.spec.kind)
        connection.execute("INSERT OR REPLACE INTO spec VALUES (?, ?)", (self.spec.kind, text))
        return True

    def put(self, connection: sqlite3.Connection, workspace: str, documents: Sequence[Document]) -> None:
        """Write documents, except where a newer word on one is kept."""
        places = [(workspace, document.id, document.version) for document in documents]
        guards = [(workspace, self.spec.kind, document.id, document.version) for document in documents]
        fields = [[_kept(document.fields.get(name)) for name in self._columns] for document in documents]
        rows: list[Values] = [[json.dumps(document.row, ensure_ascii=False, separators=(",", ":"))] for document in documents]
        parts: list[tuple[str, list[str], list[Any]]] = [(self.list, list(self._columns.values()), fields), (self.rows, ["row"], rows)]
        if self.found:
            words: list[Any] = [[json.dumps(document.texts, ensure_ascii=False), document.vector] for document in documents]
            parts.append((self.texts, ["texts", "vector"], words))
        for name, columns, told in parts:
            values = [(*place, *part, *guard) for place, part, guard in zip(places, told, guards, strict=True)]
            connection.executemany(self._upsert(name, columns), values)

    def remove(self, connection: sqlite3.Connection, workspace: str, gone: Sequence[Gone]) -> None:
        """Remove documents that are not newer than their end, and keep the end."""
        ends = [(workspace, one.id, one.version) for one in gone]
        for name in self._tables:
            connection.executemany(f"DELETE FROM {name} WHERE workspace = ? AND id = ? AND version <= ?", ends)
        keep = "INSERT INTO gone VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET version = max(version, excluded.version)"
        connection.executemany(keep, [(workspace, self.spec.kind, one.id, one.version) for one in gone])

    def amend(self, connection: sqlite3.Connection, workspace: str, *, where: Filter, fields: Mapping[str, Scalar]) -> None:
        """Set columns of all documents that match."""
        condition, values = self.where(workspace, where)
        changes = ", ".join(f"{self._columns[name]} = ?" for name in fields)
        connection.execute(f"UPDATE {self.list} SET {changes} WHERE {condition}", [*fields.values(), *values])

    def matching(self, connection: sqlite3.Connection, workspace: str, where: Filter) -> list[str]:
        """The ids of documents that match."""
        condition, values = self.where(workspace, where)
        return [id for (id,) in connection.execute(f"SELECT id FROM {self.list} WHERE {condition}", values)]

    def count(self, connection: sqlite3.Connection, workspace: str) -> int:
        """How many documents a workspace has."""
        (count,) = connection.execute(f"SELECT count(*) FROM {self.list} WHERE workspace = ?", (workspace,)).fetchone()
        return int(count)

    def totals(self, connection: sqlite3.Connection, workspace: str, wheres: Sequence[Filter]) -> list[int]:
        """How many match each of some filters: what they share narrows the rows that all are asked of."""
        if not wheres:
            return []
        shared = [clause for clause in wheres[0] if all(clause in where for where in wheres)]
        condition, values = self.where(workspace, shared)
        own = [self.where(workspace, [clause for clause in where if clause not in shared]) for where in wheres]
        counts = ", ".join(f"count(*) FILTER (WHERE {sql})" for sql, _ in own)
        asked = [*(value for _, told in own for value in told), *values]
        return list(connection.execute(f"SELECT {counts} FROM {self.list} WHERE {condition}", asked).fetchone())

    def documents(self, connection: sqlite3.Connection, workspace: str, ids: Sequence[str] | None) -> Iterator[Document]:
        """What is looked for in: these documents that are there, or all."""
        if ids is None:
            yield from self._read(connection, f"SELECT * FROM {self.list} WHERE workspace = ?", [workspace])
            return
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            narrow = f"SELECT * FROM {self.list} WHERE workspace = ? AND id IN ({', '.join('?' * len(some))})"
            yield from self._read(connection, narrow, [workspace, *some])

    def laid(self, connection: sqlite3.Connection, workspace: str) -> Iterator[Document]:
        """All documents in the order of the spec's layout. Only the narrow table is sorted: LIMIT keeps the sort within."""
        layout = ", ".join([*(self._columns[name] for name in self.spec.layout if name not in self._tags), "id"])
        return self._read(connection, f"SELECT * FROM {self.list} WHERE workspace = ? ORDER BY {layout} LIMIT -1", [workspace])

    def _read(self, connection: sqlite3.Connection, narrow: str, values: Sequence[Scalar]) -> Iterator[Document]:
        columns, names = "".join(f", list.{column}" for column in self._columns.values()), list(self._columns)
        sql = f"SELECT list.id, texts, vector{columns} FROM ({narrow}) list LEFT JOIN {self.texts} texts USING (workspace, id)"
        for id, texts, vector, *told in connection.execute(sql, values):
            fields: dict[str, Value] = dict(zip(names, told, strict=True))
            fields |= {name: tuple(from_json(kept)) for name in self._tags if isinstance(kept := fields[name], str)}
            yield Document(self.spec.kind, id, 0, fields, {}, from_json(texts) if texts else {}, vector or b"")

    def clear(self, connection: sqlite3.Connection, workspace: str) -> None:
        """Forget a workspace's documents and their ends."""
        for name in self._tables:
            connection.execute(f"DELETE FROM {name} WHERE workspace = ?", (workspace,))
        connection.execute("DELETE FROM gone WHERE workspace = ? AND kind = ?", (workspace, self.spec.kind))
        record.forget(connection, self.spec.kind, workspace)

    @property
    def _tables(self) -> tuple[str, ...]:
        return self.list, self.rows, self.texts

    def column(self, name: str) -> str:
        """The quoted column of a field of the spec."""
        return self._columns[name]

    def counted(self, name: str) -> tuple[str, str]:
        """What a facet groups by and where it reads it: a field's column, or each of its tags."""
        column = self._columns[name]
        if name not in self._tags:
            return column, self.list
        return "tag.value", f"{self.list} LEFT JOIN json_each({column}) tag"

    def where(self, workspace: str, clauses: Filter) -> tuple[str, Values]:
        """The condition of a workspace's documents that match."""
        own: tuple[str, Values] = ("workspace = ?", [workspace])
        parts = [own, *(self._condition(clause) for clause in clauses)]
        return " AND ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]

    def after(self, sort: Sort, last: Cursor) -> tuple[str, Values]:
        """The condition of what comes after the last row of a page."""
        column, sign = self._columns[sort.field], "<" if sort.descending else ">"
        if last.value is None:
            return f"{column} IS NULL AND id {sign} ?", [last.id]
        return f"(({column}, id) {sign} (?, ?) OR {column} IS NULL)", [last.value, last.id]

    def order(self, sort: Sort, *, mirrored: bool = False) -> str:
        """By the field, then by id in the same direction, what is missing last; mirrored is exactly the reverse."""
        direction = "DESC" if sort.descending != mirrored else "ASC"
        return f"{self._columns[sort.field]} {direction} NULLS {'FIRST' if mirrored else 'LAST'}, id {direction}"

    def check(self, document: Document) -> Document:
        """The document itself. Raises Invalid when it does not fit the spec."""
        check_document(self.spec, document)
        return document

    def _upsert(self, name: str, columns: Sequence[str]) -> str:
        known = ["workspace", "id", "version", *columns]
        changes = ", ".join(f"{column} = excluded.{column}" for column in known[2:])
        select = f"SELECT {', '.join('?' * len(known))} {UNLESS_GONE}"
        return f"INSERT INTO {name} ({', '.join(known)}) {select} ON CONFLICT (workspace, id) DO UPDATE SET {changes} {UNLESS_NEWER}"

    def _condition(self, clause: Clause) -> tuple[str, Values]:
        column = self._columns[clause.field]
        values = list(clause.value) if isinstance(clause.value, tuple) else [clause.value]
        match clause.op:
            case "known":
                return f"{column} IS NOT NULL", []
            case "unknown":
                return f"{column} IS NULL", []
            case "has":
                return _tagged(column, "in", values)
            case "in" | "ne" if clause.field in self._tags:
                return _tagged(column, clause.op, values)
            case "in":
                return f"{column} IN ({', '.join('?' * len(values))})", values
            case "contains":
                return _contains(column, str(clause.value))
            case "near":
                lat, lon = (self._columns[name] for name in self.spec.place or ())
                return f"near({lat}, {lon}, ?, ?, ?)", values
            case "eq" | "ne" | "lt" | "lte" | "gt" | "gte":
                return f"{column} {COMPARES[clause.op]} ?", values
            case never:
                assert_never(never)


def near(*told: float | None) -> bool:
    """Whether a latitude and longitude lie within so many kilometres of another; SQLite calls it `near`."""
    lat, lon, other_lat, other_lon, km = told
    return lat is not None and lon is not None and looking.distance((lat, lon), (other_lat or 0, other_lon or 0)) <= (km or 0)


def _kept(value: Value) -> Scalar:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, tuple) else value


def holds(text: str | None, part: str) -> bool:
    """Whether a text contains a case-folded part; SQLite calls it `holds`."""
    return text is not None and part in text.casefold()


def _tagged(column: str, op: str, tags: Values) -> tuple[str, Values]:
    """Whether tags have any of these, or for `ne` none of them."""
    asked = [_contains(column, json.dumps(tag, ensure_ascii=False)) for tag in tags]
    either, values = " OR ".join(sql for sql, _ in asked) or "FALSE", [value for _, told in asked for value in told]
    return (f"({column} IS NULL OR NOT ({either}))" if op == "ne" else f"({either})"), values


def _contains(column: str, part: str) -> tuple[str, Values]:
    """SQLite's own LIKE folds ASCII only, and is four times as fast."""
    if not part.isascii():
        return f"holds({column}, ?)", [part.casefold()]
    literal = re.sub(r"([\\%_])", r"\\\1", part)
    return f"{column} LIKE ? ESCAPE '\\'", [f"%{literal}%"]
