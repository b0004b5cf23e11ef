"""What workspaces hear: every five minutes they see to their usage."""

from steward.kernel.events import Event, reaction
from steward.kernel.keys import SYSTEM
from steward.kernel.reactor import Reactor
from steward.workspaces.model_plans import NoteUsage, Quota
from steward.workspaces.quotas import usage

FIRST_CYCLE = 5
"""The minute of an hour before which all that is stored is measured."""


@reaction("cycle.came")
def see_to_usage(event: Event, reactor: Reactor) -> None:
    """Measure what is stored, each hour, and warn of what reads alone have brought near its end."""
    if event.workspace == SYSTEM:
        return
    blobs, found = reactor.ports.blobs, usage(reactor.ports.records, event.workspace, event.at)
    known = found.used[Quota.STORAGE]
    hourly = event.at.minute < FIRST_CYCLE
    stored = sum(blob.size for blob in blobs.list(f"w/{event.workspace}/")) if hourly else known
    if stored != known or found.near:
        reactor.dispatch(NoteUsage(stored=stored, known=known))
