"""Sealing: receipts are put under a chain of seals, each holding many of them and the stamp of the seal before.

A receipt that is cut out, put in, swapped or changed breaks its own stamp or its seal; a chain cut short with its receipts no
longer reaches its anchor.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, takewhile

from steward.kernel.dispatch import Door
from steward.kernel.errors import Conflict, StewardError
from steward.kernel.ids import earliest
from steward.kernel.keys import SYSTEM, partition
from steward.kernel.origins import KIND as ORIGINS
from steward.kernel.ports import Records, Stored
from steward.kernel.receipts import KIND
from steward.kernel.stamp import mark
from steward.workspaces import identity
from steward.workspaces.anchors import Anchors
from steward.workspaces.model_receipts import SEALS, Seal

log = logging.getLogger("steward.receipts")
LATE = timedelta(minutes=5)
"""How much later than its id says a receipt may be committed, and still be sealed by the tick."""
PER_SEAL = 1_000
PAGE = 500
TRIES = 3


def everywhere(records: Records) -> list[str]:
    """The ids of all workspaces, the installation's own first."""
    return [SYSTEM, *(one.id for one in identity.workspaces(records))]


def tick(door: Door, at: datetime) -> None:
    """Seal what is new in every workspace. A chain that is broken is told of in the log and holds up no other."""
    _seal_each(door, everywhere(door.ports.records), at)


def finish(door: Door, at: datetime) -> None:
    """Seal what this process has written, as nobody remembers it once it has ended."""
    there = everywhere(door.ports.records)
    _seal_each(door, [one for one in door.written.workspaces() if one in there], at)


def _seal_each(door: Door, workspaces: Iterable[str], at: datetime) -> None:
    for workspace in workspaces:
        try:
            seal(door, workspace, at)
        except StewardError as error:
            log.error("receipts were not sealed: %s", error.detail, extra={"workspace": workspace})


def seal(door: Door, workspace: str, at: datetime, *, fully: bool = False) -> int:
    """Seal the receipts of a workspace that are not sealed yet; how many. `fully` also finds those that came later than LATE.

    Raises Conflict when the chain does not reach its anchor: sealing on would hide what was cut off.
    """
    for left in reversed(range(TRIES)):
        written, last = door.written.of(workspace), newest(door, workspace)
        fresh = _fresh(door, workspace, _since(last, at, fully=fully), written=written)
        if not fresh:
            door.written.sealed(workspace, written)
            return 0
        check_anchored(door, workspace, last)
        try:
            _extend(door, workspace, last or Seal(0, at, 0, "", []), fresh=fresh, at=at)
        except Conflict:
            if not left:
                raise
            continue
        door.written.sealed(workspace, written)
        return len(fresh)
    return 0


def newest(door: Door, workspace: str) -> Seal | None:
    """The last seal of a workspace. Raises Conflict when it is not as it was written."""
    row = next(seals(door.ports.records, workspace, forward=False), None)
    return _whole(door, row) if row else None


def seals(records: Records, workspace: str, *, forward: bool = True) -> Iterator[Stored]:
    """The rows of all seals, by number."""
    return _rows(records, partition(workspace, SEALS), forward=forward, page=20)


def receipts(records: Records, workspace: str, *, forward: bool = True) -> Iterator[Stored]:
    """The rows of all receipts, by the time of their ids."""
    return _rows(records, partition(workspace, KIND), forward=forward, page=PAGE)


def origins(records: Records, workspace: str) -> Iterator[Stored]:
    """The rows of where people acted from."""
    return _rows(records, partition(workspace, ORIGINS), forward=True, page=PAGE)


def check_anchored(door: Door, workspace: str, last: Seal | None) -> None:
    """Raises Conflict unless the anchors end where the chain does. The last seal may lack its own, where a process died."""
    anchors, number = Anchors(door.ports.blobs, workspace), last.number if last else 0
    anchored = anchors.last()
    reached = max(anchored, door.written.reached(workspace))
    if last and reached <= number and (anchored == number - 1 or last.gap):
        anchors.write(last)
    elif reached != number or anchored != number:
        raise Conflict(
            f"The chain of receipts ends at seal {number}, but seal {reached} was anchored; `steward receipts verify` tells more."
        )
    door.written.reached(workspace, number)


def _whole(door: Door, row: Stored) -> Seal:
    if not door.stamp.holds(row):
        raise Conflict(f"Seal {row.key.sk} is not as it was written; `steward receipts verify` tells more.")
    return Seal.of(row)


def _since(last: Seal | None, at: datetime, *, fully: bool) -> datetime | None:
    """From when on to look for receipts; None for all, also when the clock went back since the last seal.

    Long after a seal nothing late can come any more, as it would have been sealed since.
    """
    if fully or last is None or last.at > at + LATE:
        return None
    return last.at if at > last.at + 2 * LATE else min(last.at, at) - LATE


def _fresh(door: Door, workspace: str, since: datetime | None, *, written: Mapping[str, str]) -> list[tuple[str, str]]:
    """Ids and stamps of receipts that no seal holds, oldest first. What this process has `written` is among them as it was written, also
    when it is gone already; one whose stamp does not hold is not: both are left for `verify` to tell of."""
    start = earliest(since) if since else ""
    found = receipts(door.ports.records, workspace, forward=False)
    newest_one = next(found, None)
    known = {id: stamp for id, stamp in written.items() if id >= start}
    if not known and (newest_one is None or newest_one.key.sk < start):
        return []
    sealed = _sealed(door, workspace, since)
    rows = takewhile(lambda row: row.key.sk >= start, chain([newest_one] if newest_one else [], found))
    fresh = {row.key.sk: door.stamp.of(row) for row in rows if row.key.sk not in sealed and door.stamp.holds(row)}
    return sorted({**fresh, **{id: stamp for id, stamp in known.items() if id not in sealed}}.items())


def _sealed(door: Door, workspace: str, since: datetime | None) -> set[str]:
    """The ids of receipts that seals hold which could still be met."""
    found: set[str] = set()
    for row in seals(door.ports.records, workspace, forward=False):
        link = _whole(door, row)
        if since and link.at < since - LATE:
            break
        found.update(id for id, _ in link.receipts)
    return found


def _extend(door: Door, workspace: str, last: Seal, *, fresh: list[tuple[str, str]], at: datetime) -> None:
    """Add seals of a thousand receipts each, oldest first, and anchor each."""
    for start in range(0, len(fresh), PER_SEAL):
        part = fresh[start : start + PER_SEAL]
        link = Seal(last.number + 1, at, last.count + len(part), last.digest, part)
        row = door.stamp.put(link.put(workspace))
        door.ports.records.commit([row])
        last = replace(link, digest=mark(row.body))
        Anchors(door.ports.blobs, workspace).write(last)
        door.written.reached(workspace, last.number)


def _rows(records: Records, pk: str, *, forward: bool, page: int) -> Iterator[Stored]:
    start = ""
    while True:
        found = records.query(pk, start=start, limit=page, forward=forward)
        yield from found.rows
        start = found.next
        if not start:
            return
