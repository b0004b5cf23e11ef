"""What has to happen again and again: the minute tick, and catching up when a process starts."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from steward.kernel.actor import Surface, system
from steward.kernel.context import Call
from steward.kernel.dispatch import Door
from steward.kernel.events import Event
from steward.kernel.ids import sortable
from steward.kernel.keys import SYSTEM, partition, place
from steward.kernel.outbox import SWEEP_AFTER
from steward.kernel.ports import Message, Put
from steward.kernel.time import iso
from steward.runs import filling, rules
from steward.runs.erasing import erase_what_is_due
from steward.runs.filling import everywhere
from steward.runs.model import RUNS, ReleaseRun, Run, RunStatus
from steward.workspaces import identity, sealing
from steward.workspaces.key_uses import KeyUses

log = logging.getLogger("steward.tick")


def minute(door: Door, at: datetime) -> None:
    """The one-minute tick: note that it came, send what was left in an outbox, write which keys were used, call for runs that
    nobody works on, seal new receipts."""
    _note(door, "tick", at)
    door.outbox.flush()
    door.ports.port(KeyUses).flush(at)
    door.limits.tell()
    door.meter.flush()
    erase_what_is_due(door, at)
    for workspace in everywhere(door):
        door.outbox.sweep(door, workspace, before=at - SWEEP_AFTER)
        for run in open_runs(door, workspace):
            if rules.forgotten(run, at):
                call_for(door, workspace, run)
    sealing.tick(door, at)


def five_minutes(door: Door, at: datetime) -> None:
    """The five-minute tick: note that it came, and let the slices hear of it in every workspace that is open."""
    _note(door, "cycle", at)
    open_ = [SYSTEM, *(one.id for one in identity.workspaces(door.ports.records) if one.closed_at is None)]
    told = [Event(f"cycle:{iso(at)}", "cycle.came", workspace, {}, at) for workspace in open_]
    door.ports.queue.send([Message(event.to_json()) for event in told])


def start(door: Door) -> bool:
    """What a serving owner does first: `ready`, and every open run is called for. Whether the lists are filled."""
    filled = ready(door, embed=False)
    for workspace in everywhere(door):
        for run in open_runs(door, workspace):
            if run.status is not RunStatus.WAITING or run.held:
                call_for(door, workspace, run)
    return filled


def ready(door: Door, *, embed: bool = True) -> bool:
    """Catch up with an earlier process: lists that are new, changed or half filled are filled (without `embed` their vectors by a run),
    left letters are sent. False where an engine of the lists is away; it is to be called again then."""
    filled = filling.fill(door, embed=embed)
    now = door.ports.clock()
    for workspace in everywhere(door):
        if swept := door.outbox.sweep(door, workspace, before=now):
            log.info("sent %d letters left by an earlier process", swept, extra={"workspace": workspace})
    return filled


def open_runs(door: Door, workspace: str, kinds: Iterable[str] = ()) -> Iterator[Run]:
    """Runs that have not ended, oldest first, of some kinds or of all."""
    wanted, start_at = set(kinds), ""
    while True:
        page = door.ports.records.query(partition(workspace, RUNS.kind), index="due", start=start_at, limit=100)
        runs = [Run.of(row) for row in page.rows]
        yield from (run for run in runs if not wanted or run.kind in wanted)
        start_at = page.next
        if not start_at:
            return


def call_for(door: Door, workspace: str, run: Run) -> None:
    """Queue a run's event again; a worker that has it in hand already is not disturbed."""
    key = sortable(door.ports.clock(), door.ports.entropy)
    door.dispatch(Call("runs.release", ReleaseRun(run=run.id), system("tick"), workspace, Surface.SYSTEM, key=key))


def _note(door: Door, name: str, at: datetime) -> None:
    key = place(SYSTEM, "heartbeat", name)
    (before,) = door.ports.records.get([key])
    version = before.version if before else 0
    door.ports.records.commit([Put(key, {"at": iso(at)}, version + 1, expect=version)])
