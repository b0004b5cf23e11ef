"""What the demo hears: that one of its files is stored, and that its homes are scored."""

from typing import Any

from steward.demo.model import DEMOS, Demo
from steward.demo.touches import dana
from steward.kernel.actor import Surface, system
from steward.kernel.context import Call
from steward.kernel.events import Event, reaction
from steward.kernel.model import Input
from steward.kernel.reactor import Reactor
from steward.kernel.registry import taking
from steward.packets.model import MakeMemo
from steward.properties.inputs import ListProperties, PropertyPage
from steward.runs.model import ReleaseRun


@reaction("runs.finished")
def go_on(event: Event, reactor: Reactor) -> None:
    """Go on with the making of the demo whose file is stored; make a memo of its best offer, once, when all is scored."""
    kind = event.payload.get("kind")
    if kind not in ("import", "scoring"):
        return
    mark = DEMOS.get(reactor.context(), DEMOS.kind)
    if mark and kind == "import":
        _release(mark, event, reactor)
    elif mark:
        _memo(mark, reactor)


def _release(mark: Demo, event: Event, reactor: Reactor) -> None:
    """The run belongs to the workspace that asked for the demo, so this call goes there."""
    steward, key = system(reactor.name), f"{event.id}:{reactor.name}"
    reactor.door.dispatch(Call("runs.release", ReleaseRun(run=mark.run), steward, mark.asked_in, Surface.SYSTEM, key=key))


def _memo(mark: Demo, reactor: Reactor) -> None:
    best: PropertyPage = _as_dana(reactor, ListProperties(listing_status="available", score="known", sort="-score", limit=1))
    if best.rows:
        _as_dana(reactor, MakeMemo(id=best.rows[0].id), key=f"{mark.run}:memo")


def _as_dana(reactor: Reactor, cmd: Input, *, key: str = "") -> Any:
    actor = dana(reactor.workspace)
    return reactor.door.dispatch(Call(taking(type(cmd)).name, cmd, actor, reactor.workspace, Surface.DESK, key=key)).output
