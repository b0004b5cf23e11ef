"""Filling the lists from the records: what is new or changed at a start, and everything when a person asks for it."""

from collections.abc import Iterable, Iterator

from steward.kernel.actor import Surface, system
from steward.kernel.context import Call, Context
from steward.kernel.dispatch import Door
from steward.kernel.embedding import Embedder
from steward.kernel.ids import sortable
from steward.kernel.keys import SYSTEM, partition, place
from steward.kernel.ports import ABSENT, Put
from steward.kernel.registry import index, manifest
from steward.kernel.search import Document, IndexSpec
from steward.workspaces import identity

KIND = "index"
PAGE = 500


def fill(door: Door) -> None:
    """Fill the lists that are new, changed, half filled, or of other records than these."""
    door.ports.search.belong(installation(door))
    for kind in manifest().indexes:
        _fill(door, kind)


def installation(door: Door) -> str:
    """The id of these records, made when they are first opened: lists kept from others must not be taken for theirs."""
    key = place(SYSTEM, KIND, "installation")
    (row,) = door.ports.records.get([key])
    if row is None:
        made = sortable(door.ports.clock(), door.ports.entropy)
        door.ports.records.commit([Put(key, {"id": made}, 1, expect=ABSENT)])
        return made
    return str(row.body["id"])


def listed(door: Door, kind: str) -> IndexSpec:
    """What the list of a kind holds, with the vectors of the model that is set."""
    return index(kind).made_with(door.ports.port(Embedder))  # type: ignore[type-abstract]


def _fill(door: Door, kind: str) -> None:
    """Fill an index that is new. The row says that it was begun, so one whose filling was cut short is filled again."""
    key = place(SYSTEM, KIND, kind)
    (row,) = door.ports.records.get([key])
    new = door.ports.search.define(listed(door, kind))
    if not new and row and row.body["filled"]:
        return
    version = row.version if row else 0
    door.ports.records.commit([Put(key, {"filled": False}, version + 1, expect=version)])
    for workspace in everywhere(door):
        rebuild(door, workspace, kind)
    door.ports.records.commit([Put(key, {"filled": True}, version + 2, expect=version + 1)])


def rebuild(door: Door, workspace: str, kind: str) -> int:
    """Put the documents of every record of a kind in the place of what is listed; how many. Readers see the one or the other."""
    return door.ports.search.replace(workspace, kind, _documents(door, workspace, kind))


def everywhere(door: Door) -> Iterable[str]:
    """The ids of all workspaces, the installation's own first."""
    return [SYSTEM, *(one.id for one in identity.workspaces(door.ports.records))]


def _documents(door: Door, workspace: str, kind: str) -> Iterator[Document]:
    ctx = Context(door, Call("", {}, system("rebuild"), workspace, Surface.SYSTEM), door.ports.clock())
    start = ""
    while True:
        page = door.ports.records.query(partition(workspace, kind), start=start, limit=PAGE)
        found = index(kind).documents(ctx, [row.key.sk for row in page.rows]) if page.rows else ()
        yield from (one for one in found if isinstance(one, Document))
        start = page.next
        if not start:
            return
