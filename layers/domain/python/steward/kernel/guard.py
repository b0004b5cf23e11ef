"""The guard: scope, then the Policy that the workspaces slice hands in, then danger by surface.

A ruling allows, or asks for a person's approval first, and always names the rule that decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from steward.kernel.actor import OWNER_ACCOUNT, Actor, Surface, covers
from steward.kernel.command import Command, Danger, Only
from steward.kernel.effects import Shown
from steward.kernel.errors import ApprovalNeeded, Forbidden
from steward.kernel.model import Input

if TYPE_CHECKING:
    from steward.kernel.context import Call, Context

ASKED_ABOUT = {
    Danger.OUTWARD: frozenset({Surface.MCP}),
    Danger.PHYSICAL: frozenset({Surface.API, Surface.MCP}),
    Danger.DESTRUCTIVE: frozenset({Surface.API, Surface.MCP}),
}
"""Where a person is asked before a command of that danger runs, unless a rule allows it by name."""


DECIDERS = ("owner", "admin")
"""The roles that may confirm what is dangerous; what a rule or a role wants approved is the owner's, where no rule names others."""


class Verdict(StrEnum):
    """What a policy says of a call."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A policy's answer, and the rule and words that say why. `named` says that a rule names this command or its kind.

    Of an approval: how many `minutes` it may wait, which roles or members are its `approvers`, and whether the one who asks may
    decide (`own`).
    """

    verdict: Verdict
    rule: str
    reason: str = "OK"
    named: bool = False
    minutes: int = 15
    approvers: Sequence[str] = DECIDERS
    own: bool = True


class Judged(Protocol):
    """What is judged of a command, so that one can be asked about without importing it."""

    @property
    def name(self) -> str: ...
    @property
    def tool(self) -> str: ...
    @property
    def spoken(self) -> str: ...
    @property
    def names(self) -> Sequence[str]: ...
    @property
    def scope(self) -> str: ...
    @property
    def danger(self) -> str: ...
    @property
    def only(self) -> str: ...
    @property
    def internal(self) -> bool: ...


class Judge(Protocol):
    """What says of a call that its scope allows whether it may go on."""

    def judge(self, command: Judged, call: "Call") -> Ruling:
        """Whether roles and permission rules let this actor run this command here."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A call, parsed. `request` is the keyed fingerprint of command and input: what an approval is bound to."""

    command: Command
    cmd: Input
    call: "Call"
    request: str


@dataclass(frozen=True, slots=True)
class Approved:
    """An approval that is used up: when it was asked for, and the mark of what it showed."""

    id: str
    asked_at: datetime
    shown: str


class Policy(Judge, Protocol):
    """What the kernel has to ask the workspaces slice."""

    def redeem(self, asked: Asked, ctx: "Context") -> Approved | None:
        """Use up an approval of exactly this, as a change of this context; None where none was asked for.

        Raises ApprovalNeeded while one is waited for, Forbidden when it was denied.
        """
        ...

    def ask(self, asked: Asked, ruling: Ruling, ctx: "Context", *, shown: Shown) -> ApprovalNeeded:
        """Ask for an approval, as a change of this context; the error that tells of it. One of the same request that was approved
        and shows something else is void with it. Raises TooMany while five are waited for."""
        ...


def check_known(actor: Actor, scope: str) -> None:
    """Raises Forbidden (unknown) for nobody, where the scope is not open to all."""
    if not actor.known and not covers(actor.scopes, scope):
        raise Forbidden("Missing API key", rule=scope, unknown=True)


def check_scope(actor: Actor, command: Judged) -> None:
    """Raises Forbidden, naming the scope, for an actor who does not hold that of a command, nor may run it by its name."""
    check_known(actor, command.scope)
    if command.name not in actor.commands and not covers(actor.scopes, command.scope):
        raise Forbidden(f"Missing required scope: {command.scope}", rule=command.scope)


def owns_all(actor: Actor) -> bool:
    """Whether this is the owner of the installation, or a key of theirs that may do everything."""
    return actor.person == OWNER_ACCOUNT or (actor.kind == "key" and not actor.member and "*" in actor.scopes)


def check_only(only: str, actor: Actor, spoken: str) -> None:
    """Raises Forbidden for whom a command is not, whatever scopes they hold."""
    match Only(only):
        case Only.INSTALLATION if not owns_all(actor) and actor.kind != "system":
            raise Forbidden(f"Only the owner of this installation may run '{spoken}'.", rule="installation")
        case Only.OWNER if actor.rank != "owner" and actor.kind != "system":
            raise Forbidden(f"Only an owner may run '{spoken}'.", rule="role owner")
        case Only.MEMBER if actor.kind != "member" or not actor.member:
            raise Forbidden(f"Only a signed-in member of this workspace may run '{spoken}'.", rule="member")


def authorise(command: Judged, call: "Call", policy: Judge) -> Ruling:
    """The ruling that allows the call, or asks for an approval first. Raises Forbidden, naming the rule."""
    actor = call.actor
    if command.internal and call.surface is not Surface.SYSTEM:
        raise Forbidden(f"'{command.name}' is not open to callers.", rule="internal")
    check_scope(actor, command)
    if actor.workspace and actor.workspace != call.workspace:
        raise Forbidden("Invalid workspace", rule="workspace", unknown=True)
    check_only(command.only, actor, command.spoken)
    ruling = policy.judge(command, call)
    if ruling.verdict is Verdict.DENY:
        raise Forbidden(ruling.reason, rule=ruling.rule)
    if ruling.verdict is Verdict.ALLOW and not ruling.named and call.surface in ASKED_ABOUT.get(Danger(command.danger), ()):
        return Ruling(Verdict.ASK, f"{command.danger}:{call.surface}", f"Command '{command.spoken}' requires confirmation.")
    return ruling
