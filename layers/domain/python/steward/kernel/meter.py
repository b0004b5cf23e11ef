"""The meter: what a workspace uses up of its plan. What a command uses is counted in its own commit, so exactly once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from steward.kernel.command import Command
from steward.kernel.ports import Change

if TYPE_CHECKING:
    from steward.kernel.context import Call, Context


class Meter(Protocol):
    """What the kernel asks of plans and quotas; the workspaces slice answers."""

    def settle(self, command: Command, ctx: "Context") -> Sequence[Change]:
        """The changes, at most two, that count what a context has used with `use`, and the call itself.

        Raises TooMany or Forbidden, naming the plan, when that is more than is left.
        """
        ...

    def read(self, command: Command, call: "Call") -> None:
        """Count a call that writes nothing, in memory. Raises TooMany when no calls are left."""
        ...

    def flush(self) -> None:
        """Write down the reads counted so far; each minute, and at a graceful stop."""
        ...


class Unmetered:
    """Nothing is counted."""

    def settle(self, command: Command, ctx: "Context") -> Sequence[Change]:
        """Nothing to write."""
        return ()

    def read(self, command: Command, call: "Call") -> None:
        """Nothing is counted."""

    def flush(self) -> None:
        """Nothing is kept."""


UNMETERED = Unmetered()
