"""The Policy of an installation: for now, scopes and the workspace of a key decide all."""

from steward.kernel.actor import Actor
from steward.kernel.command import Command
from steward.kernel.guard import Ruling


class ScopePolicy:
    """Allows what the scopes allow."""

    def judge(self, command: Command, actor: Actor, workspace: str) -> Ruling:
        """The rule named is the scope that the command declares."""
        return Ruling(True, f"scope {command.scope}")
