"""What packets hear: memos go with their property, and with the import whose facts they state."""

from collections.abc import Iterator, Sequence
from typing import cast

from steward.kernel.context import Context
from steward.kernel.events import Event, reaction
from steward.kernel.reactor import Reactor
from steward.packets.gather import named
from steward.packets.model import MOST_REMOVED, PACKETS, Packet, RemovePackets


@reaction("properties.removed")
def forget(event: Event, reactor: Reactor) -> None:
    """Remove the packets of properties that are no more."""
    ctx = reactor.context()
    if not PACKETS.page(ctx, limit=1)[0]:
        return
    ids = cast(Sequence[str], event.payload["ids"])
    _remove(reactor, [packet for id in ids for packet in _all(ctx, f"{id}-")])


@reaction("import.undone")
def retract(event: Event, reactor: Reactor) -> None:
    """Remove the packets that state facts of an import that was taken back, those of homes that keep these facts too."""
    run = str(event.payload["run"])
    _remove(reactor, [packet for packet in _all(reactor.context()) if run in packet.imports])


@reaction("models.retired")
def disown(event: Event, reactor: Reactor) -> None:
    """Remove the packets that state what a model said that serves no more."""
    version = named(str(event.payload["model"]), str(event.payload["version"]))
    _remove(reactor, [packet for packet in _all(reactor.context()) if packet.model_version == version])


def _all(ctx: Context, prefix: str = "") -> Iterator[Packet]:
    start = ""
    while True:
        packets, start = PACKETS.page(ctx, prefix, start=start, limit=500)
        yield from packets
        if not start:
            return


def _remove(reactor: Reactor, packets: Sequence[Packet]) -> None:
    """Files first: a repeat of the event after a crash still finds the rows that name them."""
    for start in range(0, len(packets), MOST_REMOVED):
        part = packets[start : start + MOST_REMOVED]
        for packet in part:
            reactor.ports.blobs.delete(packet.blob)
        ids = [packet.id for packet in part]
        reactor.dispatch(RemovePackets(ids=ids), key=f"{reactor.event.id}:{reactor.name}:{ids[0]}")
