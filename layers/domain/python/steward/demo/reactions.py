"""What the demo hears: that one of its files is stored, and that its homes are scored."""

from steward.demo.model import DEMOS, Demo
from steward.kernel.actor import Surface, system
from steward.kernel.context import Call
from steward.kernel.events import Event, reaction
from steward.kernel.reactor import Reactor
from steward.runs.model import ReleaseRun


@reaction("runs.finished")
def go_on(event: Event, reactor: Reactor) -> None:
    """Go on with the making of the demo whose file is stored."""
    if event.payload.get("kind") != "import":
        return
    mark = DEMOS.get(reactor.context(), DEMOS.kind)
    if mark:
        _release(mark, event, reactor)


def _release(mark: Demo, event: Event, reactor: Reactor) -> None:
    """The run belongs to the workspace that asked for the demo, so this call goes there."""
    call = Call(
        "runs.release", ReleaseRun(run=mark.run), system(reactor.name), mark.asked_in, Surface.SYSTEM, key=f"{event.id}:{reactor.name}"
    )
    reactor.door.dispatch(call)
