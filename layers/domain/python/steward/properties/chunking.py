"""One chunk of an import: as many rows of the file as fit one commit, and what they did."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from steward.kernel.context import Context
from steward.properties import rules
from steward.properties.facts import FACTS
from steward.properties.intake.normalising import Normaliser
from steward.properties.intake.reading import Row, rows
from steward.properties.model import PLAN, ROW, HeldRow, Layout, Property, Source
from steward.properties.places import Gazetteer
from steward.properties.rules import Stamp, Taken, Wrong
from steward.properties.store import PROPERTIES, by_keys, claim

ROOM = 90
"""Changes that properties and their names may take of a commit; the rest are the run, the journal, what was held back and its tally."""
MOST_ROWS = 1_000
MOST_BYTES = 250_000
"""Bytes of one journal row, or of one row of what was held back."""
REF_BLOCK = 1_000
PROPERTIES_QUOTA = "properties"
LONG_ROW, SHOWN_CELLS, SHOWN_LETTERS = 2_001, 50, 200
"""Letters from which a row held back is shortened, and what is then kept of it: so many cells, so many letters of each."""


@dataclass(slots=True)
class Mark:
    """Where a chunk begins or ends: the byte, its line, and the refs reserved but not yet used."""

    offset: int
    line: int
    refs: int = 0
    refs_end: int = 0


@dataclass(slots=True)
class Home:
    """A property as it was before the chunk, as it is now, and the names to claim for it.

    `met` says that a row of the chunk is to be counted for it, `counted` that an earlier chunk of the import did; `told`
    are the sales this import has told so far, by day and price.
    """

    before: Property | None
    now: Property
    names: list[str] = field(default_factory=list)
    met: bool = False
    counted: bool = False
    told: set[tuple[date, int]] = field(default_factory=set)

    @property
    def written(self) -> bool:
        """Whether the commit writes it."""
        return self.now is not self.before


@dataclass(slots=True)
class Chunk:
    """What came of a chunk. `ended` says that the file has no further row; `newest` is its newest sale as an ISO date."""

    mark: Mark
    counts: Counter[str] = field(default_factory=Counter)
    homes: dict[str, Home] = field(default_factory=dict)
    held: list[HeldRow] = field(default_factory=list)
    ended: bool = False
    newest: str = ""


class Intake:
    """Takes rows of one source in, within the commit of a context. Use it once."""

    def __init__(self, ctx: Context, source: Source, mark: Mark, *, rows_left: int) -> None:
        self._ctx, self._source, self._rows_left = ctx, source, rows_left
        self._layout: Layout = source.layout or Layout(encoding="utf-8", delimiter=",", header=[], start=0)
        self._normaliser = Normaliser(source.columns, told_by=source.id, today=ctx.now.date(), gazetteer=ctx.port(Gazetteer))
        told = {column.field for column in source.columns}
        self._changes_a_row = 1 + len(told & {"source_id", "parcel"}) + ("zip" in told and bool(told & {"address", "street_name"}))
        self._stamp = Stamp(source.id, ctx.now)
        self._chunk = Chunk(mark)
        self._names: dict[str, str] = {}
        self._room, self._bytes, self._held_bytes = ROOM, MOST_BYTES, MOST_BYTES
        self._plan = ctx.room(PROPERTIES_QUOTA)

    def take(self) -> Chunk:
        """Read rows until the commit is full or the file ends; write the properties they make or change."""
        with self._ctx.blobs.open(self._source.blob, start=self._chunk.mark.offset) as stream:
            waiting = rows(stream, self._layout, offset=self._chunk.mark.offset, line=self._chunk.mark.line)
            while (batch := self._ahead(waiting)) and self._take_batch(batch):
                continue
        self._write()
        return self._chunk

    def _ahead(self, waiting: Iterator[Row]) -> list[tuple[Row, Taken | list[Wrong]]]:
        """As many of the next rows as may fit, normalised, with the properties they mean looked up in one read."""
        most = max(1, self._room // self._changes_a_row)
        batch: list[tuple[Row, Taken | list[Wrong]]] = []
        for row in islice(waiting, most):
            batch.append((row, [Wrong("", f"{row.fault}.")] if row.fault else self._normaliser.take(row.cells)))
        self._chunk.ended = len(batch) < most
        names = {name for _, taken in batch if isinstance(taken, Taken) for name in rules.keys(taken.facts)}
        known = by_keys(self._ctx, sorted(names - set(self._names)))
        self._names.update(known)
        missing = [id for id in dict.fromkeys(known.values()) if id not in self._chunk.homes]
        for home in PROPERTIES.many(self._ctx, missing):
            if home:
                told = {(sale.date, sale.price) for sale in home.sales if sale.source == self._source.id}
                self._chunk.homes[home.id] = Home(home, home, counted=home.changed_by == self._source.id, told=told)
        return batch

    def _take_batch(self, batch: Sequence[tuple[Row, Taken | list[Wrong]]]) -> bool:
        """Take rows in until there is no more room; whether there still is."""
        for row, taken in batch:
            if not (self._hold(row, taken) if isinstance(taken, list) else self._store(row, taken)):
                self._chunk.ended = False
                return False
            self._chunk.mark.offset, self._chunk.mark.line = row.end, row.after
            self._chunk.counts["rows"] += 1
        return not self._chunk.ended and self._room > self._changes_a_row and self._chunk.counts["rows"] < MOST_ROWS

    def _store(self, row: Row, taken: Taken) -> bool:
        """Take a row in, or hold it back; False when the commit has no room for it."""
        names = rules.keys(taken.facts)
        home = self._home(taken, names)
        if home and (wrong := rules.misplaced(home.now, taken.facts)):
            return self._hold(row, [wrong])
        fresh = [name for name in names if name not in self._names]
        if self._room < len(fresh) + (0 if home and home.written else 1):
            return False
        if home is None and self._full():
            return self._hold(row, [Wrong(PLAN, f"{self._plan.refusal.detail} Then import this file again.")])
        if home is None:
            home = self._new(taken)
        elif not self._change(home, taken):
            return False
        self._names.update((name, home.now.id) for name in fresh)
        home.names += fresh
        self._room -= len(fresh)
        self._count(home, taken)
        return True

    def _full(self) -> bool:
        """Whether the plan has no room for another property."""
        return self._plan.left is not None and sum(home.before is None for home in self._chunk.homes.values()) >= self._plan.left

    def _home(self, taken: Taken, names: Sequence[str]) -> Home | None:
        for name in names:
            home = self._chunk.homes.get(self._names.get(name, ""))
            if home and rules.same(home.now, taken.facts, name):
                return home
        return None

    def _new(self, taken: Taken) -> Home:
        mark = self._chunk.mark
        if mark.refs == mark.refs_end:
            block = max(1, min(REF_BLOCK, self._rows_left - self._chunk.counts["rows"]))
            mark.refs = self._ctx.refs(PROPERTIES.kind, block)
            mark.refs_end = mark.refs + block
        ref, mark.refs = mark.refs, mark.refs + 1
        made = rules.created(taken, self._stamp, origin=self._source.origin, id=self._ctx.new_id(PROPERTIES.kind, ref), ref=ref)
        home = self._chunk.homes[made.id] = Home(None, made, met=True)
        self._room -= 1
        return home

    def _change(self, home: Home, taken: Taken) -> bool:
        """Merge a row into a known property; False when the journal has no room for what it was before."""
        changed = rules.merged(home.now, taken, self._stamp)
        if changed is None:
            home.met = home.met or taken.sale is None or not rules.retold(home.now, taken.sale)
            return True
        if home.before and not home.written:
            size = len(json.dumps(home.before.body()))
            if size > self._bytes < MOST_BYTES:
                return False
            self._room -= 1
            self._bytes -= size
        home.now, home.met = changed, True
        return True

    def _count(self, home: Home, taken: Taken) -> None:
        counts = self._chunk.counts
        counts["warnings"] += len(taken.warnings)
        if taken.sale and (taken.sale.date, taken.sale.price) not in home.told:
            home.told.add((taken.sale.date, taken.sale.price))
            counts["sales"] += 1
            self._chunk.newest = max(self._chunk.newest, taken.sale.date.isoformat())

    def _hold(self, row: Row, wrong: Sequence[Wrong]) -> bool:
        """Hold a row back with its reasons; False when there is no more room for it."""
        short = row.fault or sum(map(len, row.cells)) <= LONG_ROW
        cells = row.cells if short else [cell[:SHOWN_LETTERS] for cell in row.cells[:SHOWN_CELLS]]
        fact = FACTS.get(wrong[0].fact)
        faulty = {one.fact for one in wrong}
        columns = [column.name for column in self._source.columns if column.field and column.field in faulty]
        held = HeldRow(
            row=row.line,
            reason=" ".join(one.reason for one in wrong),
            about=fact.title if fact else wrong[0].fact or ROW,
            columns=columns,
            cells=cells,
        )
        size = len(held.model_dump_json())
        if size > self._held_bytes:
            return False
        self._held_bytes -= size
        self._chunk.held.append(held)
        self._chunk.counts["quarantined"] += 1
        return True

    def _write(self) -> None:
        counts = self._chunk.counts
        for home in self._chunk.homes.values():
            for name in home.names:
                claim(self._ctx, name, home.now.id)
            if home.before is None:
                PROPERTIES.insert(self._ctx, home.now)
            elif home.written:
                home.now = rules.settled(home.before, home.now)
            if home.before and home.written:
                PROPERTIES.replace(self._ctx, home.now)
            if home.met and not home.counted:
                counts["added" if home.before is None else "updated" if home.written else "unchanged"] += 1
                counts["properties"] += 1


def entries(chunk: Chunk) -> list[dict[str, Any]]:
    """What a journal keeps of a chunk, for undo: each property written, its body before, the names it got."""
    return [
        {"id": home.now.id, "before": home.before.body() if home.before else None, "names": home.names, "written": home.written}
        for home in chunk.homes.values()
        if home.written or home.names
    ]
