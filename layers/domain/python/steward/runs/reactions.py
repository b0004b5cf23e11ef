"""The runner: hears that a run is queued, takes it in hand and lets its worker work."""

import logging
from errno import ENOSPC
from threading import Lock
from typing import Literal

from steward.kernel.errors import DISK_FULL, Forbidden, Internal, Invalid, NotFound, StewardError, TooMany, Unavailable
from steward.kernel.events import Event, reaction
from steward.kernel.ids import sortable
from steward.kernel.reactor import Reactor
from steward.runs.model import RUNS, ClaimRun, FinishRun, HoldRun, Run, RunStatus, RunView
from steward.runs.workers import Progress, worker_for

LEASE = 900
"""Seconds a run stays in one process's hands without a word from it (a function's longest life)."""

log = logging.getLogger("steward.runs")
_working: dict[tuple[str, str], bool] = {}
"""The runs in this process's hands, and whether they were called for meanwhile."""
_lock = Lock()


@reaction("runs.queued")
def work(event: Event, reactor: Reactor) -> None:
    """Work on a run until it has ended, waits, or the time is up; then the event goes round again."""
    run, kind = str(event.payload["run"]), str(event.payload.get("kind", ""))
    if reactor.kinds is not None and kind not in reactor.kinds:
        return
    mark = (reactor.ports.instance, run)
    with _lock:
        if mark in _working:
            _working[mark] = True
            return
        _working[mark] = False
    try:
        seen = _work(run, reactor)
    finally:
        with _lock:
            called = _working.pop(mark)
    # only now that the run is out of this thread's hands: another thread may hear the event before this line returns
    if called or seen is Progress.MORE:
        reactor.again({"run": run, "kind": kind, "after": reactor.ports.instance})


def _work(id: str, reactor: Reactor) -> Progress:
    """MORE when the time was up before the run was."""
    try:
        seen: RunView = reactor.dispatch(_claim(id, reactor), key=_unique(reactor))
    except NotFound:
        return Progress.DONE
    if seen.status is not RunStatus.RUNNING:
        return Progress.WAIT
    while True:
        run = RUNS.require(reactor.context(), id)
        if run.status is not RunStatus.RUNNING:
            return Progress.WAIT
        step = _step(run, reactor)
        if step is not Progress.MORE or reactor.time_left() <= 0:
            return step


def _claim(id: str, reactor: Reactor) -> ClaimRun:
    after = str(reactor.event.payload.get("after", ""))
    return ClaimRun(run=id, holder=reactor.ports.instance, after=after, lease=LEASE, exclusive=reactor.ports.exclusive)


def _step(run: Run, reactor: Reactor) -> Progress:
    """One call of the worker. What cannot be done here waits; what is wrong ends the run, with the reason on it."""
    try:
        return _worked(run, reactor)
    except Unavailable as reason:
        until: Literal["engine", "place"] = "engine" if reason.passing else "place"
        reactor.dispatch(HoldRun(run=run.id, reason=reason.detail, until=until), key=_unique(reactor))
        return Progress.WAIT
    except (Invalid, NotFound, Forbidden, TooMany) as fault:
        reactor.dispatch(FinishRun(run=run.id, error=fault.detail), key=_unique(reactor))
        return Progress.DONE
    except StewardError as fault:
        if run.attempt < 2:
            reactor.dispatch(HoldRun(run=run.id, reason=fault.detail, until="turn"), key=_unique(reactor))
            raise
        reactor.dispatch(FinishRun(run=run.id, error=fault.detail), key=_unique(reactor))
        return Progress.DONE


def _worked(run: Run, reactor: Reactor) -> Progress:
    """What the worker says. A fault of ours becomes one too, so that no run looks as if it were being worked on for ever."""
    try:
        return worker_for(run.kind)(run, reactor)
    except StewardError:
        raise
    except Exception as broken:
        if isinstance(broken, OSError) and broken.errno == ENOSPC:
            raise Unavailable(DISK_FULL, passing=True) from broken
        reference = _unique(reactor)
        log.exception("a run failed", extra={"reference": reference, "run": run.id, "kind": run.kind})
        raise Internal(f"Something went wrong on our side; quote {reference} when you report it.", reference=reference) from broken


def _unique(reactor: Reactor) -> str:
    return sortable(reactor.ports.clock(), reactor.ports.entropy)
