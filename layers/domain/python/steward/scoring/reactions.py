"""What scoring hears: imports that ended or were taken back, and facts that a person changed."""

from collections.abc import Sequence
from typing import cast

from steward.kernel.errors import Unavailable
from steward.kernel.events import Event, reaction
from steward.kernel.reactor import Reactor
from steward.scoring.commands import CHUNK
from steward.scoring.model import FollowImport, ForgetImport, ScoreAll, ScoreSome
from steward.scoring.serving import active


@reaction("import.finished")
def follow(event: Event, reactor: Reactor) -> None:
    """Train on the first import, value what a later one brought."""
    if event.payload.get("added") or event.payload.get("updated"):
        reactor.dispatch(FollowImport(run=str(event.payload["run"])))


@reaction("import.undone")
def forget(event: Event, reactor: Reactor) -> None:
    """Let go of what was derived from an import that was taken back; the file first, so that a repeat still finds it."""
    run = str(event.payload["run"])
    model = active(reactor.context())
    if model and run in model.sources:
        reactor.ports.blobs.delete(model.blob)
    reactor.dispatch(ForgetImport(run=run))


@reaction("properties.added")
def value_new(event: Event, reactor: Reactor) -> None:
    """Value a property that a person entered."""
    _revalue(event, reactor)


@reaction("properties.changed")
def value_changed(event: Event, reactor: Reactor) -> None:
    """Value a property again that a person changed."""
    _revalue(event, reactor)


def _revalue(event: Event, reactor: Reactor) -> None:
    """What an import brings or takes away is valued when it ends."""
    if event.payload.get("source") or active(reactor.context()) is None:
        return
    ids = [str(one) for one in cast(Sequence[str], event.payload["ids"])]
    for start in range(0, len(ids), CHUNK):
        try:
            reactor.dispatch(ScoreSome(ids=ids[start : start + CHUNK]), key=f"{event.id}:{reactor.name}:{start}")
        except Unavailable:
            reactor.dispatch(ScoreAll(), key=f"{event.id}:{reactor.name}:all")
            return
