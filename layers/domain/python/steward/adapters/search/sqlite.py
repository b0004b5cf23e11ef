"""Search in one SQLite file of its own, which can be rebuilt at any time and therefore syncs lazily.

There is no index beside the tables: a workspace's documents lie together in a narrow table, and reading all of 21,000 takes
about a millisecond, less than looking up what an index of one field finds. Fourteen indexes made writing ten times as slow.
"""

import json
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from steward.adapters.search import looking, record, rules
from steward.adapters.search.index.folding import BATCH, Folding
from steward.adapters.search.index.shelf import Shelf
from steward.adapters.search.table import Table, holds, near
from steward.adapters.sqlite import GroupWriter, Home, Readers, damaged
from steward.kernel.errors import Unavailable
from steward.kernel.ports import Body, Children
from steward.kernel.search import Counts, Document, Filter, Found, Gone, Hit, Hits, IndexSpec, Scalar, Sort, Wish
from steward.kernel.time import Clock, from_iso, iso, system_clock

TABLES = ("spec", "gone", *record.TABLES)
if TYPE_CHECKING:
    from steward.adapters.search.index.engine import Engine

SCHEMA = f"""
{"; ".join(f"DROP TABLE IF EXISTS {name}" for name in TABLES)};
CREATE TABLE spec (kind TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE gone (workspace TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (workspace, kind, id)) WITHOUT ROWID;
{record.SCHEMA}
"""
"""Tables of a former version are dropped: all is made anew from the records."""
VERSION = 2
OWNER = ""
"""The kind under which it is noted whose records are listed; no spec has it."""
AT_ONCE = 500
"""Documents of a rebuild that are in memory at once."""
ENDINGS = ("", "-wal", "-shm")
log = logging.getLogger("steward.search")
FRESH, MOST_FRESH = 8, 20_000
"""Index files count sooner than a list is read while less than one of so many documents, and so many at most, were written since."""
Facets = Mapping[str, Sequence[tuple[Scalar, int]]]
Listed = list[tuple[str, Scalar]]
"""Ids with their values of the sort field."""


class SqliteSearch:
    """Every list; `clock` says when an index took something in, large index files are made by `children`."""

    name = "sqlite"

    def __init__(
        self, path: Path | str, clock: Clock = system_clock, batch: int = BATCH, *, children: Callable[[], Children] | None = None
    ) -> None:
        self._home = Home(str(path), SCHEMA, VERSION, synchronous="NORMAL", cache_kb=16_000, functions={"holds": holds, "near": near})
        self._clock = clock
        self._tables: dict[str, Table] = {}
        self._mending, self._starting = Lock(), Lock()
        self._batch, self._shelf, self._children = batch, Shelf(str(path)), children
        self._open()

    def belong(self, installation: str) -> None:
        """As the port says."""
        with self._mending:
            if self._damaged():
                self.close()
                self._set_aside()
                self._open()

        def take(connection: sqlite3.Connection) -> None:
            if not connection.execute("SELECT 1 FROM spec WHERE kind = ? AND text = ?", (OWNER, installation)).fetchone():
                connection.execute("DELETE FROM spec")
                connection.execute("INSERT INTO spec VALUES (?, ?)", (OWNER, installation))

        self._writer.run(take)

    def define(self, spec: IndexSpec) -> bool:
        """As the port says."""
        table = Table(spec)
        changed = self._writer.run(table.make)
        self._tables[spec.kind] = table
        with self._readers.snapshot() as reader:
            self._shelf.sweep(spec.kind, record.folders(reader, spec.kind))
        return changed

    def write(self, workspace: str, documents: Sequence[Document | Gone]) -> None:
        """As the port says."""
        puts: defaultdict[Table, list[Document]] = defaultdict(list)
        ends: defaultdict[Table, list[Gone]] = defaultdict(list)
        for document in rules.newest(documents).values():
            table = self._table(document.kind)
            if isinstance(document, Document):
                puts[table].append(table.check(document))
            else:
                ends[table].append(document)

        def take(connection: sqlite3.Connection) -> None:
            for table in puts.keys() | ends.keys():
                table.put(connection, workspace, puts[table])
                table.remove(connection, workspace, ends[table])
                self._note(connection, workspace, table, [*(one.id for one in puts[table]), *(one.id for one in ends[table])])

        with self._said():
            self._writer.run(take)
        for table in filter(_found, puts.keys() | ends.keys()):
            self._folding.told(workspace, table, len(puts[table]) + len(ends[table]))

    def page(
        self, workspace: str, kind: str, where: Filter, *, sort: Sort, start: int | str = 0, limit: int = 100, facets: Sequence[str] = ()
    ) -> Hits:
        """As the port says."""
        table = self._table(kind)
        rules.check_page(table.spec, where, sort, facets)
        place = rules.place_of(table.spec, sort, start, limit)
        with self._said(), ExitStack() as stack:
            view, counted = self._view(table, workspace, where, facets=facets, stack=stack)
            found, total = view.first(sort, limit + 1) if place == 0 else view.further(sort, place, limit + 1)
            ids = [id for id, _ in found[:limit]]
            following = rules.Cursor(found[limit - 1][1], ids[-1]).text() if len(found) > limit else ""
            counts = {name: view.counts(name) for name in facets} if counted is None else counted
            return Hits(view.rows(ids), ids, total, following, counts, view.as_of())

    def _view(
        self, table: Table, workspace: str, where: Filter, *, facets: Sequence[str], stack: ExitStack
    ) -> tuple["_View", Facets | None]:
        """What matches, and the facets where the index files tell them sooner than the list does."""
        if facets and self._sooner(table, workspace):
            answer, reader = self._engine().find(table, workspace, Wish(where=where, limit=1), facets=facets, stack=stack)
            return _View(reader, table, workspace, where, total=answer.total), answer.facets
        return _View(stack.enter_context(self._readers.snapshot()), table, workspace, where), None

    def _sooner(self, table: Table, workspace: str) -> bool:
        """Whether index files hold most of what a workspace has, and little was written since."""
        with self._readers.snapshot() as reader:
            then = record.standing(reader, workspace, table.spec.kind)
            most = min(self._shelf.size(workspace, table.spec.kind, then.folder) // FRESH, MOST_FRESH) if then.folder else 0
            return most > 0 and record.behind(reader, workspace, table.spec.kind, after=then.folded, most=most) < most

    def find(self, workspace: str, kind: str, wish: Wish, *, facets: Sequence[str] = ()) -> Found:
        """As the port says."""
        table = self._table(kind)
        rules.check_wish(table.spec, wish, facets)
        if not table.found:
            return self._listed(table, workspace, wish, facets)
        with self._said(), ExitStack() as stack:
            answer, reader = self._engine().find(table, workspace, wish, facets=facets, stack=stack)
            view = _View(reader, table, workspace, wish.where)
            rows = view.rows([one.id for one in answer.best])
            hits = [Hit(one.id, row, one.score, one.keyword, one.vector) for one, row in zip(answer.best, rows, strict=True)]
            return Found(hits, answer.total, answer.facets, view.as_of())

    def _listed(self, table: Table, workspace: str, wish: Wish, facets: Sequence[str]) -> Found:
        """What matches, of a kind that has nothing to look in."""
        with self._said(), self._readers.snapshot() as reader:
            view = _View(reader, table, workspace, wish.where)
            documents = view.documents()
            best = looking.best(table.spec, documents, wish)
            rows = view.rows([one.id for one in best])
            hits = [Hit(one.id, row, one.score) for one, row in zip(best, rows, strict=True)]
            return Found(hits, len(documents), {name: view.counts(name) for name in facets}, view.as_of())

    def count(self, workspace: str, kind: str, wheres: Sequence[Filter]) -> Counts:
        """As the port says: in the index files, or by reading the list once for all filters."""
        table = self._table(kind)
        for where in wheres:
            rules.check_filter(table.spec, where)
        with self._said():
            if not wheres or not self._sooner(table, workspace):
                with self._readers.snapshot() as reader:
                    return Counts(table.totals(reader, workspace, wheres), _View(reader, table, workspace, ()).as_of())
            found = [self.find(workspace, kind, Wish(where=where, limit=1)) for where in wheres]
            return Counts([one.total for one in found], found[-1].as_of)

    def amend(self, workspace: str, kind: str, where: Filter, fields: Mapping[str, Scalar]) -> None:
        """As the port says."""
        table = self._table(kind)
        rules.check_amendment(table.spec, where, fields)

        def take(connection: sqlite3.Connection) -> None:
            self._note(connection, workspace, table, table.matching(connection, workspace, where) if table.found else [])
            table.amend(connection, workspace, where=where, fields=fields)

        with self._said():
            self._writer.run(take)

    def replace(self, workspace: str, kind: str, documents: Iterable[Document]) -> int:
        """As the port says: one transaction, which readers do not see before its end and other writers wait for."""
        table = self._table(kind)

        def take(connection: sqlite3.Connection) -> int:
            table.clear(connection, workspace)
            written, rest = 0, iter(documents)
            while batch := [table.check(document) for document in islice(rest, AT_ONCE)]:
                table.put(connection, workspace, batch)
                written += len(batch)
            self._note(connection, workspace, table, [])
            return written

        with self._said():
            count = self._writer.run(take)
        if table.found:
            self._folding.anew(workspace, kind)
            self._folding.told(workspace, table, count)
        return count

    def fold(self, workspace: str, kind: str) -> None:
        """Make the index files of what there is now, rather than when enough was written."""
        with self._said():
            self._folding.now(workspace, self._table(kind))

    def settle(self) -> int:
        """As the port says."""
        with self._said():
            return self._folding.settle()

    def close(self) -> None:
        """Finish what waits and close the file."""
        self._folding.close()
        self._readers.close()
        self._writer.close()

    def _open(self) -> None:
        try:
            self._writer = GroupWriter(self._home)
        except Unavailable as error:
            if not damaged(error.__cause__):
                raise
            self._set_aside()
            self._writer = GroupWriter(self._home)
        self._readers = Readers(self._home)
        self._folding = Folding(self._readers, self._writer, self._shelf, self._batch, children=self._children)
        self._finds: Engine | None = None

    def _engine(self) -> "Engine":
        """What finds; numpy and Tantivy are loaded by the first who asks."""
        with self._starting:
            if self._finds is None:
                from steward.adapters.search.index.engine import Engine

                self._finds = Engine(self._readers, self._writer, self._shelf, self._folding)
            return self._finds

    def _note(self, connection: sqlite3.Connection, workspace: str, table: Table, ids: Sequence[str]) -> None:
        """Note a write, and which documents it touched where they can be found."""
        number = record.take(connection, workspace, table.spec.kind, iso(self._clock()))
        if table.found:
            record.touch(connection, workspace, table.spec.kind, number=number, ids=ids)

    def _damaged(self) -> bool:
        """Whether the file is there and is no whole database; one of a newer Steward is."""
        if not Path(self._home.path).exists():
            return False
        try:
            with closing(self._home.connect()) as connection:
                return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
        except sqlite3.Error as error:
            return damaged(error)

    def _set_aside(self) -> None:
        """Keep the file under another name, for whoever wants to know what happened to it."""
        name = f"{self._home.path}.damaged-{self._clock():%Y%m%dT%H%M%S}"
        for ending in ENDINGS:
            with suppress(FileNotFoundError):
                Path(self._home.path + ending).rename(name + ending)
        log.warning("%s was damaged and is set aside as %s; the lists are made anew from the records", self._home.path, name)

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Say what mends a damaged file."""
        try:
            yield
        except Unavailable as error:
            if error.passing or not self._damaged():
                raise
            mend = "`steward search rebuild` makes the lists anew from the records, as does the next start"
            raise Unavailable(f"{self._home.path} is damaged; {mend}.") from error

    def _table(self, kind: str) -> Table:
        if kind not in self._tables:
            raise rules.unknown_kind(kind)
        return self._tables[kind]


def _found(table: Table) -> bool:
    return table.found


class _View:
    """What matches a filter, as it was at one moment."""

    def __init__(self, reader: sqlite3.Connection, table: Table, workspace: str, where: Filter, *, total: int | None = None) -> None:
        self._known = total
        self._reader, self._table, self._workspace, self._where = reader, table, workspace, where
        self._condition, self._values = table.where(workspace, where)

    def first(self, sort: Sort, limit: int) -> tuple[Listed, int]:
        """Rows from the first on, and how many there are in all. Fewer than were asked for are all, and need no count."""
        found = self._find(sort, f"ORDER BY {self._table.order(sort)} LIMIT ?", [limit])
        return found, len(found) if len(found) < limit else self._total()

    def further(self, sort: Sort, place: int | rules.Cursor, limit: int) -> tuple[Listed, int]:
        """Rows from a place on, and how many there are in all."""
        total = self._total()
        return self._at(sort, place, limit, total) if isinstance(place, int) else self._after(sort, place, limit), total

    def _total(self) -> int:
        if self._known is not None:
            return self._known
        (total,) = self._reader.execute(f"SELECT count(*) FROM {self._table.list} WHERE {self._condition}", self._values).fetchone()
        return int(total)

    def _at(self, sort: Sort, offset: int, limit: int, total: int) -> Listed:
        """Rows from an offset on. Beyond the middle they are found from the end, because what is passed has to be sorted."""
        limit = max(0, min(limit, total - offset))
        mirrored = offset > total // 2
        passed = total - offset - limit if mirrored else offset
        found = self._find(sort, f"ORDER BY {self._table.order(sort, mirrored=mirrored)} LIMIT ? OFFSET ?", [limit, passed])
        return found[::-1] if mirrored else found

    def _after(self, sort: Sort, last: rules.Cursor, limit: int) -> Listed:
        """Rows after the last one of a page."""
        condition, values = self._table.after(sort, last)
        return self._find(sort, f"AND {condition} ORDER BY {self._table.order(sort)} LIMIT ?", [*values, limit])

    def rows(self, ids: Sequence[str]) -> list[Body]:
        """What the page gives back, in the order of its ids."""
        sql = f"SELECT id, row FROM {self._table.rows} WHERE workspace = ? AND id IN ({', '.join('?' * len(ids))})"
        rows = dict(self._reader.execute(sql, (self._workspace, *ids)).fetchall())
        found: list[Body] = json.loads(f"[{','.join(rows[id] for id in ids)}]")
        return found

    def documents(self) -> dict[str, Document]:
        """All that match, by their ids alone."""
        kind, ids = self._table.spec.kind, self._table.matching(self._reader, self._workspace, self._where)
        return {id: Document(kind, id, 0, {}, {}) for id in ids}

    def counts(self, name: str) -> list[tuple[Scalar, int]]:
        """A facet: values and how often they occur where the field's own clauses are left out."""
        column, source = self._table.counted(name)
        condition, values = self._table.where(self._workspace, rules.but(self._where, name))
        grouped = f"SELECT {column}, count(*) FROM {source} WHERE {condition} GROUP BY {column}"
        order = f"ORDER BY count(*) DESC, {column} IS NULL, {column} LIMIT {rules.MAX_FACET}"
        return self._reader.execute(f"{grouped} {order}", values).fetchall()

    def as_of(self) -> datetime | None:
        sql = "SELECT at FROM taken WHERE workspace = ? AND kind = ?"
        taken = self._reader.execute(sql, (self._workspace, self._table.spec.kind)).fetchone()
        return from_iso(taken[0]) if taken else None

    def _find(self, sort: Sort, span: str, values: Sequence[Scalar | bytes]) -> Listed:
        sql = f"SELECT id, {self._table.column(sort.field)} FROM {self._table.list} WHERE {self._condition} {span}"
        return self._reader.execute(sql, [*self._values, *values]).fetchall()
