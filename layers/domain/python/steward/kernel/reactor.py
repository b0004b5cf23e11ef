"""What a reaction or a worker has: the one door, as Steward itself, in the event's workspace."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from steward.kernel.actor import Surface, system
from steward.kernel.context import Call, Context, Ports
from steward.kernel.events import Event
from steward.kernel.model import Input
from steward.kernel.ports import Json, Message
from steward.kernel.registry import reactions, taking

if TYPE_CHECKING:
    from steward.kernel.dispatch import Door


@dataclass(frozen=True, slots=True)
class Reactor:
    """`deadline` is on the monotonic clock; past it a worker hands its run on to the next message.

    `kinds` are the kinds of run to be worked on here, None for every kind.
    """

    door: "Door"
    event: Event
    name: str
    deadline: float
    kinds: frozenset[str] | None = None

    @property
    def ports(self) -> Ports:
        """The engines."""
        return self.door.ports

    @property
    def workspace(self) -> str:
        """The event's workspace."""
        return self.event.workspace

    def time_left(self) -> float:
        """Seconds until the deadline; negative past it."""
        return self.deadline - monotonic()

    def dispatch(self, cmd: Input, *, key: str = "") -> Any:
        """Run a command as Steward. Without a `key` of its own, a repeat of the same event has no second effect."""
        name = taking(type(cmd)).name
        key = key or f"{self.event.id}:{self.name}"
        return self.door.dispatch(Call(name, cmd, system(self.name), self.workspace, Surface.SYSTEM, key=key)).output

    def context(self) -> Context:
        """A context to read with; what is written in it is never committed."""
        return Context(self.door, Call("", {}, system(self.name), self.workspace, Surface.SYSTEM), self.ports.clock())

    def again(self, payload: Mapping[str, Json], *, delay: int = 0) -> None:
        """Put the event back into the queue with this payload, for instance to go on with a run."""
        onward = Event(self.event.id, self.event.name, self.workspace, payload, self.event.at)
        self.ports.queue.send([Message(onward.to_json(), delay)])


def deliver(door: "Door", event: Event, *, seconds: float, kinds: frozenset[str] | None = None) -> None:
    """Let every reaction hear an event; workers stop after about `seconds`. Errors are the caller's: it keeps the message."""
    deadline = monotonic() + seconds
    for one in reactions(event.name):
        one.react(event, Reactor(door, event, one.name, deadline, kinds))
