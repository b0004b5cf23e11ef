"""Filling the lists from the records: what is new or changed at a start, and everything when a person asks for it."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace

from steward.kernel.actor import Surface, system
from steward.kernel.context import Call, Context
from steward.kernel.dispatch import Door
from steward.kernel.embedding import Embedder
from steward.kernel.errors import Unavailable
from steward.kernel.ids import sortable
from steward.kernel.keys import SYSTEM, partition, place
from steward.kernel.ports import ABSENT, Put
from steward.kernel.registry import index, manifest
from steward.kernel.search import Document, IndexSpec, Search, engines
from steward.runs.model import StartRun
from steward.workspaces import identity

KIND = "index"
PAGE = 500
log = logging.getLogger("steward.search")


def fill(door: Door, *, embed: bool = True) -> bool:
    """Fill the lists that are new, changed, half filled, or of other records than these; whether every engine could be. One that
    is away leaves the others as they should be, and is filled by a later call. Without `embed` no model is waited for: all is listed and
    found by its words at once, and a run makes the vectors."""
    whole, bare = True, False
    for engine in engines(door.ports.search):
        try:
            engine.belong(installation(door))
            for kind in manifest().indexes:
                later = not embed and index(kind).embedded
                if _fill(door if not later else unhurried(door), engine, kind):
                    bare |= later
        except Unavailable as error:
            whole = False
            log.warning("lists are not filled yet: %s", error.detail)
    for kind in manifest().indexes:
        _keep_only(door, kind)
    if bare and any(_has_records(door, kind) for kind in manifest().indexes if index(kind).embedded):
        _embed(door)
    return whole


def unhurried(door: Door) -> Door:
    """The same door, whose model gives no vectors now."""
    other = copy(door)
    model = door.ports.port(Embedder)  # type: ignore[type-abstract]
    other.ports = replace(door.ports, more={**door.ports.more, Embedder: _Later(model.model, model.dimension)})
    return other


@dataclass(frozen=True, slots=True)
class _Later:
    """A model that is asked later."""

    model: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> Sequence[bytes]:
        """Raises Unavailable, unless there is nothing that a vector could be made of."""
        if self.model and any(texts):
            raise Unavailable("Vectors are made by a run.", passing=True)
        return [b""] * len(texts)


def _has_records(door: Door, kind: str) -> bool:
    return any(door.ports.records.query(partition(one, kind), limit=1).rows for one in everywhere(door))


def _embed(door: Door) -> None:
    """Start the run that gives a vector to what has none: the nightly comparison, now."""
    model = door.ports.port(Embedder).model  # type: ignore[type-abstract]
    if not model:
        return
    cmd = StartRun(kind="reconcile", name=f"Vectors by {model}", trigger="start")
    key = f"embed:{sortable(door.ports.clock(), door.ports.entropy)}"
    door.dispatch(Call("runs.start", cmd, system("tick"), SYSTEM, Surface.SYSTEM, key=key))


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


def _fill(door: Door, engine: Search, kind: str) -> bool:
    """Fill an index that is new; whether it was. The row names the engines that were filled to the end and written since, so one whose
    filling was cut short is filled again."""
    new, filled = engine.define(listed(door, kind)), _filled(door, kind)
    if not new and engine.name in filled:
        return False
    _note(door, kind, filled - {engine.name})
    for workspace in everywhere(door):
        engine.replace(workspace, kind, Documents(door, workspace, kind))
    _note(door, kind, _filled(door, kind) | {engine.name})
    return True


def _keep_only(door: Door, kind: str) -> None:
    """Forget the engines that are not written any more: should one be set again, what it holds is old."""
    filled, now = _filled(door, kind), {engine.name for engine in engines(door.ports.search)}
    if filled - now:
        _note(door, kind, filled & now)


def _filled(door: Door, kind: str) -> set[str]:
    (row,) = door.ports.records.get([place(SYSTEM, KIND, kind)])
    told = row.body["filled"] if row else None
    if isinstance(told, list):
        return {str(name) for name in told}
    return {engines(door.ports.search)[-1].name} if told else set()  # as rows were when there was one engine only


def _note(door: Door, kind: str, filled: set[str]) -> None:
    key = place(SYSTEM, KIND, kind)
    (row,) = door.ports.records.get([key])
    version = row.version if row else 0
    door.ports.records.commit([Put(key, {"filled": sorted(filled)}, version + 1, expect=version)])


def rebuild(door: Door, workspace: str, kind: str) -> int:
    """Put the documents of every record of a kind in the place of what is listed; how many. Readers see the one or the other."""
    return door.ports.search.replace(workspace, kind, Documents(door, workspace, kind))


def everywhere(door: Door) -> Iterable[str]:
    """The ids of all workspaces, the installation's own first."""
    return [SYSTEM, *(one.id for one in identity.workspaces(door.ports.records))]


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of all records of a kind; read as they are then by each who goes through them."""

    door: Door
    workspace: str
    kind: str

    def __iter__(self) -> Iterator[Document]:
        ctx = Context(self.door, Call("", {}, system("rebuild"), self.workspace, Surface.SYSTEM), self.door.ports.clock())
        start = ""
        while True:
            page = self.door.ports.records.query(partition(self.workspace, self.kind), start=start, limit=PAGE)
            found = index(self.kind).documents(ctx, [row.key.sk for row in page.rows]) if page.rows else ()
            yield from (one for one in found if isinstance(one, Document))
            start = page.next
            if not start:
                return
