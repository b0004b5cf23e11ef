"""Comparing the lists with the records, a stretch of refs after the other, and mending what differs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from steward.kernel.actor import Surface, system
from steward.kernel.context import Call, Context
from steward.kernel.dispatch import Door
from steward.kernel.ids import ref_of
from steward.kernel.index import BEYOND, UNEMBEDDED
from steward.kernel.keys import partition, place
from steward.kernel.ports import Body
from steward.kernel.registry import index
from steward.kernel.search import Clause, Document, Gone, Search, Sort, engines

PAGE = 500
PAGES = 20
"""Stretches of one chunk of a run."""
REF = "ref"
GONE = 1 << 40
"""A version above any a record ever had; its id is never used again."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where comparing stands: the start of the next page of records ("" at the end), and the ref of the last one before it."""

    start: str = ""
    after: int = 0


def comparable(kind: str) -> bool:
    """Whether a kind is listed by its refs."""
    return any(field.name == REF and field.sort for field in index(kind).spec.fields)


def mend(door: Door, workspace: str, kind: str, mark: Mark) -> tuple[Counter[str], Mark]:
    """Compare some stretches from there on and write what differs, in each engine: how much was missing in the list, older there than
    its record (`stale`), there without one (`gone`), or without the vector that a model had not given (`unembedded`),
    or does not give now either (`bare`)."""
    counts = Counter[str]()
    for _ in range(PAGES):
        found, mark = _stretch(door, workspace, kind, mark)
        counts.update(found)
        if not mark.start:
            break
    return counts, mark


def _stretch(door: Door, workspace: str, kind: str, mark: Mark) -> tuple[Mapping[str, int], Mark]:
    page = door.ports.records.query(partition(workspace, kind), start=mark.start, limit=PAGE)
    versions = index(kind).versions(_context(door, workspace), page.rows)
    records = {row.key.sk: version for row, version in zip(page.rows, versions, strict=True)}
    last = ref_of(page.rows[-1].key.sk) if page.next else None
    within = [Clause(REF, "gt", mark.after), *([] if last is None else [Clause(REF, "lte", last)])]
    counts = Counter({"in": len(records)})
    for engine in engines(door.ports.search):
        counts.update(_Stretch(door, engine, workspace, kind).mended(records, within))
    return counts, Mark(page.next, last or 0)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of one engine's list of a kind."""

    door: Door
    engine: Search
    workspace: str
    kind: str

    def mended(self, records: Mapping[str, int], within: list[Clause]) -> Mapping[str, int]:
        """Write what differs from the records of this part, by their ids and what their documents' versions have to be."""
        listed = self._listed(within)
        missing = [id for id in records if id not in listed]
        stale = [id for id in records if id in listed and listed[id].version < records[id]]
        ghosts = [id for id in listed if id not in records and not self._is_there(id)]
        bare = [id for id in records if id in listed and listed[id].unembedded and id not in stale]
        embedded = [one for one in self._documents(bare) if isinstance(one, Document) and one.vector]
        ends = [Gone(self.kind, id, GONE) for id in ghosts]
        if written := [*self._documents([*missing, *stale]), *embedded, *ends]:
            self.engine.write(self.workspace, written)
        return {
            "missing": len(missing),
            "stale": len(stale),
            "gone": len(ghosts),
            "unembedded": len(embedded),
            "bare": len(bare) - len(embedded),
        }

    def _is_there(self, id: str) -> bool:
        return self.door.ports.records.get([place(self.workspace, self.kind, id)])[0] is not None

    def _documents(self, ids: Sequence[str]) -> Sequence[Document | Gone]:
        return index(self.kind).documents(_context(self.door, self.workspace), ids) if ids else ()

    def _listed(self, where: list[Clause]) -> Mapping[str, "_Row"]:
        """The rows of a list, by their ids."""
        found: dict[str, _Row] = {}
        start: int | str = 0
        while True:
            hits = self.engine.page(self.workspace, self.kind, where, sort=Sort(REF), start=start, limit=2 * PAGE)
            found.update((id, _Row.of(row)) for id, row in zip(hits.ids, hits.rows, strict=True))
            if not hits.next:
                return found
            start = hits.next


@dataclass(frozen=True, slots=True)
class _Row:
    """What a row of a list says of its document: its version, and whether a model had no vector for it."""

    version: int
    unembedded: bool

    @classmethod
    def of(cls, row: Body) -> Self:
        return cls(sum(int(str(row.get(name, 0))) for name in ("version", BEYOND)), bool(row.get(UNEMBEDDED)))


def _context(door: Door, workspace: str) -> Context:
    return Context(door, Call("", {}, system("reconcile"), workspace, Surface.SYSTEM), door.ports.clock())
