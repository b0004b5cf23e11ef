"""Limits on how often something may be done. Without a plan or a setting none applies."""

from typing import Protocol

from steward.kernel.actor import Actor
from steward.kernel.command import Command


class Limits(Protocol):
    """Counts calls; raises TooMany when one is over its limit."""

    def spend(self, command: Command, actor: Actor, workspace: str) -> None: ...


class Unlimited:
    """The limits of an installation that sets none."""

    def spend(self, command: Command, actor: Actor, workspace: str) -> None:
        """Nothing is counted."""
