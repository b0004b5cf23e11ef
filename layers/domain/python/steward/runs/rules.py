"""What may be done with a run: pure decisions."""

from datetime import datetime, timedelta

from steward.kernel.errors import Conflict, Invalid
from steward.kernel.money import dollars
from steward.runs.model import AdvanceRun, ClaimRun, FinishRun, Run, RunStatus, RunView

MAX_ATTEMPTS = 12
"""How often a run may be interrupted at one place, so that one that kills its process does not do so for ever."""
MAX_WARNINGS = 50
QUIET = timedelta(minutes=2)
"""A run that is queued this long without being taken in hand is called for again."""


def claimed(run: Run, cmd: ClaimRun, now: datetime) -> Run | None:
    """The run in the hands of the asking process, or None when it has ended, waits, or is in other living hands."""
    if run.ended or run.status is RunStatus.WAITING:
        return None
    held = run.holder not in (None, cmd.holder, cmd.after or None) and run.lease_until is not None and now < run.lease_until
    if held and not cmd.exclusive:
        return None
    fresh = run.holder != cmd.holder
    return run.model_copy(
        update={
            "status": RunStatus.RUNNING,
            "holder": cmd.holder,
            "lease_until": now + timedelta(seconds=cmd.lease),
            "reason": "",
            "attempt": run.attempt + 1 if fresh else run.attempt,
            "started_at": run.started_at or now,
            "worked": worked(run, run.updated_at) if fresh else run.worked,
            "taken_at": now if fresh or run.taken_at is None else run.taken_at,
        }
    )


def worked(run: Run, until: datetime) -> float:
    """The seconds that a run was worked on; waiting for a person or a place is no work."""
    return run.worked + max(0.0, (until - run.taken_at).total_seconds()) if run.taken_at else run.worked


def let_go(run: Run, now: datetime) -> Run:
    """A run that is in nobody's hands any more."""
    return run.model_copy(update={"worked": worked(run, now), "taken_at": None, "holder": None, "lease_until": None})


def advanced(run: Run, cmd: AdvanceRun) -> Run:
    """The run after one more chunk. Raises Conflict when that chunk is not the next one, Invalid when the run has ended."""
    if run.ended:
        raise Invalid(f"Run {run.ref} has ended ({run.status}); start another one.")
    if cmd.chunk != run.chunk + 1:
        raise Conflict(f"Chunk {cmd.chunk} of run {run.ref} is done already.", current=run.version, stale=True)
    counts = dict(run.counts)
    for name, amount in cmd.counts.items():
        counts[name] = counts.get(name, 0) + amount
    return run.model_copy(
        update={
            "chunk": cmd.chunk,
            "attempt": 1,
            "counts": counts,
            "cursor": run.cursor if cmd.cursor is None else cmd.cursor,
            "stage": run.stage if cmd.stage is None else cmd.stage,
            "total": run.total if cmd.total is None else cmd.total,
            "params": run.params if cmd.params is None else {**run.params, **cmd.params},
            "warnings": [*run.warnings, *cmd.warnings][:MAX_WARNINGS],
            "writes": run.writes + cmd.writes,
        }
    )


def finished(run: Run, cmd: FinishRun, now: datetime) -> Run:
    """The run at its end; one that has ended stays as it is."""
    if run.ended:
        return run
    status = RunStatus.CANCELLED if cmd.cancelled else RunStatus.FAILED if cmd.error else RunStatus.SUCCEEDED
    return let_go(run, now).model_copy(
        update={
            "status": status,
            "error": cmd.error or None,
            "reason": "",
            "stage": run.stage if cmd.stage is None else cmd.stage,
            "result": {**run.result, **cmd.result},
            "warnings": [*run.warnings, *cmd.warnings][:MAX_WARNINGS],
            "finished_at": now,
            "started_at": run.started_at or now,
        }
    )


def forgotten(run: Run, now: datetime) -> bool:
    """Whether nobody works on a run that could be worked on, so that it has to be called for again."""
    match run.status:
        case RunStatus.QUEUED:
            return run.updated_at < now - QUIET
        case RunStatus.RUNNING:
            return run.lease_until is not None and run.lease_until < now
        case RunStatus.WAITING:
            return run.retried
        case _:
            return False


def view(run: Run, now: datetime) -> RunView:
    """A run as an answer shows it."""
    seconds = round(worked(run, now), 3) if run.started_at else None
    kept = run.model_dump(include=set(RunView.model_fields) - {"run", "seconds", "cost"})
    return RunView(run=run.id, seconds=seconds, cost=dollars(run.cost), **kept)
