"""The meter: what a workspace uses up of its plan. What a command uses is counted in its own commit, so exactly once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from steward.kernel.command import Command
from steward.kernel.errors import StewardError, TooMany
from steward.kernel.ports import Change

if TYPE_CHECKING:
    from steward.kernel.context import Call, Context


@dataclass(frozen=True, slots=True)
class Room:
    """How much is left of a quota (None: no end), and what is said to who needs more."""

    left: int | None
    refusal: StewardError

    def check(self, amount: int = 1) -> None:
        """Raises TooMany or Forbidden, naming the plan, when less is left."""
        if self.left is not None and self.left < amount:
            raise self.refusal


class Meter(Protocol):
    """What the kernel asks of plans and quotas; the workspaces slice answers."""

    def settle(self, command: Command, ctx: "Context") -> Sequence[Change]:
        """The changes, at most two, that count what a context has used with `use`, and the call itself.

        Raises TooMany or Forbidden, naming the plan, when that is more than is left.
        """
        ...

    def room(self, quota: str, ctx: "Context") -> Room:
        """How much of a quota is left, as it is written down."""
        ...

    def read(self, command: Command, call: "Call") -> None:
        """Count a call that writes nothing, in memory. Raises TooMany when no calls are left."""
        ...

    def unwritten(self, workspace: str) -> int:
        """How many reads of a workspace are counted and not written down yet."""
        ...

    def flush(self) -> None:
        """Write down the reads counted so far; each minute, and at a graceful stop."""
        ...


class Unmetered:
    """Nothing is counted."""

    def settle(self, command: Command, ctx: "Context") -> Sequence[Change]:
        """Nothing to write."""
        return ()

    def room(self, quota: str, ctx: "Context") -> Room:
        """There is no end."""
        return Room(None, TooMany(f"The {quota} are used up."))

    def read(self, command: Command, call: "Call") -> None:
        """Nothing is counted."""

    def unwritten(self, workspace: str) -> int:
        """There are none."""
        return 0

    def flush(self) -> None:
        """Nothing is kept."""


UNMETERED = Unmetered()
