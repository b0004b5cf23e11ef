"""Events told upward: a command emits one, the outbox keeps it, a reaction of a higher slice hears it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from steward.kernel.errors import Invalid
from steward.kernel.ports import Json
from steward.kernel.time import from_iso, iso

if TYPE_CHECKING:
    from steward.kernel.reactor import Reactor


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a workspace. `payload` holds ids, never whole records."""

    id: str
    name: str
    workspace: str
    payload: Mapping[str, Json]
    at: datetime

    def to_json(self) -> str:
        """The text that travels through the queue."""
        return json.dumps({"id": self.id, "name": self.name, "workspace": self.workspace, "payload": self.payload, "at": iso(self.at)})

    @staticmethod
    def from_json(text: str) -> "Event":
        """The event of a text made by `to_json`. Raises Invalid when it is none."""
        try:
            told = json.loads(text)
            return Event(str(told["id"]), str(told["name"]), str(told["workspace"]), dict(told["payload"]), from_iso(told["at"]))
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid("The queue message is not one of Steward's events.", malformed=True) from error


@dataclass(frozen=True, slots=True)
class Reaction:
    """A function that hears one kind of event; `name` (`slice.function`) keeps its repeats apart from its neighbours'."""

    event: str
    name: str
    react: Callable[[Event, "Reactor"], None]


REACTIONS: dict[str, list[Reaction]] = {}
Heard = TypeVar("Heard", bound=Callable[[Event, "Reactor"], None])


def reaction(event: str) -> Callable[[Heard], Heard]:
    """Register a function as a reaction to events of that name. It may run more than once for the same event."""

    def register(react: Heard) -> Heard:
        name = f"{react.__module__.removeprefix('steward.').split('.')[0]}.{react.__name__}"
        heard = REACTIONS.setdefault(event, [])
        if any(known.name == name for known in heard):
            raise ValueError(f"two reactions named {name} to {event}")
        heard.append(Reaction(event, name, react))
        return react

    return register
