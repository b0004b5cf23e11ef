"""What packets hear: a property that is gone takes its memos along."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import cast

from steward.kernel.events import Event, reaction
from steward.kernel.reactor import Reactor
from steward.packets.model import RemovedPackets, RemovePackets


@reaction("properties.removed")
def forget(event: Event, reactor: Reactor) -> None:
    """Remove the packets of properties that are no more, rows first, then their files."""
    remove(reactor, cast(Sequence[str], event.payload["ids"]))


def remove(reactor: Reactor, ids: Sequence[str], *, since: datetime | None = None) -> None:
    """Remove packets of these properties in as many commits as it takes; a repeat of the event ends the same."""
    for place in count():
        cmd = RemovePackets(properties=list(ids), since=since)
        removed: RemovedPackets = reactor.dispatch(cmd, key=f"{reactor.event.id}:{reactor.name}:{place}")
        for blob in removed.blobs:
            reactor.ports.blobs.delete(blob)
        if not removed.more:
            return
