"""What the slice hears: every five minutes, that waits may be over and files may have had their time."""

from datetime import timedelta

from steward.kernel.errors import NotFound
from steward.kernel.events import Event, reaction
from steward.kernel.ids import sortable
from steward.kernel.reactor import Reactor
from steward.kernel.search import Clause
from steward.properties.index import SPEC, number_of
from steward.properties.intake_commands import GRANTED, UNDO_KEPT, awaits_file
from steward.properties.intake_model import EndWait
from steward.properties.store import SOURCES
from steward.runs import tick
from steward.runs.model import GetRun, RunView

EXPORTS_KEPT = timedelta(days=7)
FILES_KEPT = UNDO_KEPT
"""As long as an import can be taken back, its file is there to be looked at."""


@reaction("import.finished")
def date_rows(event: Event, reactor: Reactor) -> None:
    """Have the list sort and filter what an import brought by the day of its data, which is known only at its end."""
    run = str(event.payload["run"])
    source = SOURCES.get(reactor.context(), run)
    if source and source.as_of:
        fields = {"as_of": number_of(source.as_of.isoformat())}
        reactor.ports.search.amend(reactor.workspace, SPEC.kind, [Clause("source", "eq", run)], fields)


@reaction("cycle.came")
def end_waits(event: Event, reactor: Reactor) -> None:
    """End the imports whose files have not come while they could be sent."""
    for run in tick.open_runs(reactor.door, reactor.workspace, ["import"]):
        if run.created_at + GRANTED < event.at and awaits_file(run):
            reactor.dispatch(EndWait(run=run.id), key=f"{run.id}:wait")


@reaction("cycle.came")
def sweep(event: Event, reactor: Reactor) -> None:
    """Once an hour, remove what was written out and what was taken in long enough ago."""
    if event.at.minute >= 5:
        return
    blobs, prefix = reactor.ports.blobs, reactor.context().blob_prefix
    oldest = sortable(event.at - EXPORTS_KEPT, bytes)
    old = [blob.key for blob in blobs.list(f"{prefix}exports/") if _name(blob.key) < oldest]
    old += [blob.key for blob in blobs.list(f"{prefix}uploads/") if _over(event, reactor, _name(blob.key))]
    for key in old:
        blobs.delete(key)


def _over(event: Event, reactor: Reactor, run: str) -> bool:
    """Whether an import ended long ago, or is not known at all."""
    try:
        told: RunView = reactor.context().call(GetRun(run=run))
    except NotFound:
        return True
    return told.finished_at is not None and told.finished_at + FILES_KEPT < event.at


def _name(key: str) -> str:
    return key.rpartition("/")[2]
