"""Comparing the lists with the records, a stretch of refs after the other, and mending what differs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from steward.kernel.actor import Surface, system
from steward.kernel.context import Call, Context
from steward.kernel.dispatch import Door
from steward.kernel.ids import ref_of
from steward.kernel.keys import partition, place
from steward.kernel.registry import index
from steward.kernel.search import Clause, Gone, Sort

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
    """Compare some stretches from there on and write what differs: how much was missing in the list, older there than its record
    (`stale`), or there without one (`gone`)."""
    counts = Counter[str]()
    for _ in range(PAGES):
        found, mark = _stretch(door, workspace, kind, mark)
        counts.update(found)
        if not mark.start:
            break
    return counts, mark


def _stretch(door: Door, workspace: str, kind: str, mark: Mark) -> tuple[Mapping[str, int], Mark]:
    page = door.ports.records.query(partition(workspace, kind), start=mark.start, limit=PAGE)
    records = {row.key.sk: row.version for row in page.rows}
    last = ref_of(page.rows[-1].key.sk) if page.next else None
    within = [Clause(REF, "gt", mark.after), *([] if last is None else [Clause(REF, "lte", last)])]
    listed = _listed(door, workspace, kind, within)
    missing = [id for id in records if id not in listed]
    stale = [id for id in records if id in listed and listed[id] < records[id]]
    ghosts = [id for id in listed if id not in records and door.ports.records.get([place(workspace, kind, id)])[0] is None]
    if missing or stale:
        ctx = Context(door, Call("", {}, system("reconcile"), workspace, Surface.SYSTEM), door.ports.clock())
        door.ports.search.write(workspace, index(kind).documents(ctx, [*missing, *stale]))
    if ghosts:
        door.ports.search.write(workspace, [Gone(kind, id, GONE) for id in ghosts])
    counts = {"in": len(records), "missing": len(missing), "stale": len(stale), "gone": len(ghosts)}
    return counts, Mark(page.next, last or 0)


def _listed(door: Door, workspace: str, kind: str, where: list[Clause]) -> Mapping[str, int]:
    """The versions of the rows of a list, by their ids."""
    found: dict[str, int] = {}
    start: int | str = 0
    while True:
        hits = door.ports.search.page(workspace, kind, where, sort=Sort(REF), start=start, limit=2 * PAGE)
        found.update((id, int(str(row.get("version", 0)))) for id, row in zip(hits.ids, hits.rows, strict=True))
        if not hits.next:
            return found
        start = hits.next
