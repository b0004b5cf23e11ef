"""The guard: scope, then danger by surface, then the Policy that the workspaces slice hands in."""

from dataclasses import dataclass
from typing import Protocol

from steward.kernel.actor import Actor, Surface, covers
from steward.kernel.command import Command, Danger
from steward.kernel.errors import ApprovalNeeded, Forbidden

HUMAN = frozenset({Surface.DESK, Surface.CLI})
"""Surfaces on which a person decides each act."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A policy's answer: whether it may happen, and the rule and words that say why."""

    allowed: bool
    rule: str
    reason: str = "OK"
    approval: str = ""


class Policy(Protocol):
    """What the kernel has to ask the workspaces slice."""

    def judge(self, command: Command, actor: Actor, workspace: str) -> Ruling:
        """Whether the permission rules of a workspace let this actor run this command."""
        ...


def authorise(command: Command, actor: Actor, surface: Surface, *, workspace: str, policy: Policy) -> str:
    """The name of the rule that allows the call. Raises Forbidden or ApprovalNeeded, naming the one that does not."""
    if command.internal and surface is not Surface.SYSTEM:
        raise Forbidden(f"'{command.name}' is not open to callers.", rule="internal")
    if not covers(actor.scopes, command.scope):
        if not actor.known:
            raise Forbidden("Missing API key", rule=command.scope, unknown=True)
        raise Forbidden(f"Missing required scope: {command.scope}", rule=command.scope)
    if actor.workspace and actor.workspace != workspace:
        raise Forbidden("Invalid workspace", rule="workspace", unknown=True)
    _by_danger(command, actor, surface)
    ruling = policy.judge(command, actor, workspace)
    if ruling.allowed:
        return ruling.rule
    if ruling.approval:
        raise ApprovalNeeded(ruling.reason, approval=ruling.approval)
    raise Forbidden(ruling.reason, rule=ruling.rule)


def _by_danger(command: Command, actor: Actor, surface: Surface) -> None:
    """Until approvals exist, what destroys is for the owner's own session and command line."""
    if command.danger is not Danger.DESTRUCTIVE or surface is Surface.SYSTEM:
        return
    if surface not in HUMAN or actor.role != "owner":
        detail = f"'{command.name}' destroys records: only the owner may run it, on the desk or the command line."
        raise Forbidden(detail, rule=f"{command.danger}:{surface}")
