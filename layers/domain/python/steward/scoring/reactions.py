"""What scoring hears: imports that ended or were taken back, and facts that a person changed."""

from collections.abc import Sequence
from typing import cast

from steward.kernel.errors import Unavailable
from steward.kernel.events import Event, reaction
from steward.kernel.reactor import Reactor
from steward.properties.inputs import Cleared, ClearValuations
from steward.scoring.commands import CHUNK
from steward.scoring.model import FollowImport, ForgetImport, RetireModel, ScoreRest, ScoreSome
from steward.scoring.serving import active, learnt_from


@reaction("import.finished")
def follow(event: Event, reactor: Reactor) -> None:
    """Train on the first import, value what a later one brought."""
    if event.payload.get("added") or event.payload.get("updated"):
        reactor.dispatch(FollowImport(run=str(event.payload["run"]), learnable=bool(event.payload.get("learnable", True))))


@reaction("import.undone")
def forget(event: Event, reactor: Reactor) -> None:
    """Retire every model that learnt from an import that was taken back; its file first, so that a repeat still finds it."""
    run = str(event.payload["run"])
    for model in learnt_from(reactor.context(), run):
        reactor.ports.blobs.delete(model.blob)
        reactor.dispatch(RetireModel(id=model.id), key=f"{event.id}:{reactor.name}:{model.id}")
    reactor.dispatch(ForgetImport(run=run))


@reaction("models.retired")
def take_back(event: Event, reactor: Reactor) -> None:
    """Take back what a retired model said of properties; what is left when the time is up goes round again."""
    version, start, key = str(event.payload["version"]), str(event.payload.get("start", "")), f"{event.id}:{reactor.name}"
    while True:
        cleared: Cleared = reactor.dispatch(ClearValuations(model_version=version, start=start), key=f"{key}:{start}")
        start = cleared.next
        if not start or reactor.time_left() <= 0:
            break
    if start:
        reactor.again({**event.payload, "start": start})


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
            reactor.dispatch(ScoreRest(), key=f"{event.id}:{reactor.name}:all")
            return
