"""What roles and permission rules say of a call: pure decisions, for the guard and for whoever asks beforehand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from steward.kernel.actor import Actor, Surface
from steward.kernel.context import Call
from steward.kernel.guard import Judged, Ruling, Verdict
from steward.kernel.keys import SYSTEM
from steward.workspaces.model_permissions import Permission, Rule, Standing
from steward.workspaces.roles import BY_APPROVAL, Role
from steward.workspaces.rules_permissions import ASKED_ALWAYS, decisive
from steward.workspaces.rules_plans import lacking

ALWAYS = ("permissions.check", "permissions.allowed", "approvals.get", "approvals.withdraw", "sessions.", "accounts.", "auth.")
"""What no rule is about: asking what one may do, following one's own request, signing in and out, and one's own account."""
ALWAYS_THE_OWNERS = ("permissions.", "approvals.")
"""What no rule can take from an owner, so that nobody locks themselves out."""
WHEN_CLOSED = ("workspaces.restore", "workspaces.get", "workspaces.usage", "properties.export", "receipts.export", "approvals.get")
"""What a closed workspace still does, for its owners."""
DECIDING = "approvals."
"""What no approval can be needed for, since deciding would never end."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules at hand, and the standing that bars what a workspace does not have; a `guard.Judge`."""

    rules: Sequence[Rule]
    standing: Standing | None = None

    @classmethod
    def of(cls, standing: Standing | None) -> "Rules":
        """Those of a workspace, which may have no standing yet."""
        return cls(standing.rules if standing else (), standing)

    def judge(self, command: Judged, call: Call) -> Ruling:
        """As `guard.Judge` says; the reasons are those of spec A3.4."""
        actor, told = call.actor, f"scope {command.scope}"
        if call.surface is Surface.SYSTEM or call.workspace == SYSTEM:
            return Ruling(Verdict.ALLOW, told)
        if self.standing and (why := barred(self.standing, command, call)):
            return Ruling(Verdict.DENY, "workspace", why)
        names = command.names
        rule = decisive(list(self._about(command, actor)), names, actor.member)
        if rule and rule.permission is not Permission.ALLOW:
            return _by_rule(rule, command)
        allowed = rule if rule and rule.command_pattern != "*" and not rule.by_key else None
        if not allowed and command.scope in BY_APPROVAL.get(actor.rank, ()):
            return Ruling(Verdict.ASK, f"role {actor.rank}", _by_owner(command), approvers=(Role.OWNER,), own=False)
        if not ASKED_ALWAYS.isdisjoint(names):
            return Ruling(Verdict.ASK, "dangerous", f"Command '{command.spoken}' requires confirmation.")
        if allowed:
            return Ruling(Verdict.ALLOW, named(allowed), named=True)
        return Ruling(Verdict.ALLOW, named(rule) if rule else told)

    def _about(self, command: Judged, actor: Actor) -> Iterable[Rule]:
        """The rules that can be about a command of this actor."""
        if command.name.startswith(ALWAYS) or (actor.role == Role.OWNER and command.name.startswith(ALWAYS_THE_OWNERS)):
            return ()
        if command.name.startswith(DECIDING):
            return (rule for rule in self.rules if rule.permission is not Permission.REQUIRE_APPROVAL)
        return self.rules


def barred(found: Standing, command: Judged, call: Call) -> str:
    """Why a workspace does not have this command for anybody, "" where it has: it is closed, or its plan or its flags leave it out."""
    if found.closed and not (call.actor.role == Role.OWNER and command.name.startswith(WHEN_CLOSED)):
        return f"This workspace is closed and will be erased on {found.closed}; until then its owner can restore it."
    if not found.plan and not found.off:
        return ""
    names = [command.name, *([command.tool] if command.tool else []), *(["mcp"] if call.surface is Surface.MCP else [])]
    return lacking(found.plan, found.off, names)


def named(rule: Rule) -> str:
    """A rule as answers and receipts name it."""
    return f"rule {rule.id} ({rule.permission} {rule.command_pattern})"


def _by_owner(command: Judged) -> str:
    return f"Command '{command.spoken}' requires approval from workspace owner"


def _by_rule(rule: Rule, command: Judged) -> Ruling:
    if rule.permission is Permission.REQUIRE_APPROVAL:
        reason = _by_owner(command)
        approvers = (Role.OWNER,) if rule.by_key else rule.approvers  # a key does not choose who approves
        return Ruling(Verdict.ASK, named(rule), reason, minutes=rule.minutes, approvers=approvers, own=rule.own)
    whose = "for this agent" if rule.member else "by workspace policy"
    return Ruling(Verdict.DENY, named(rule), f"Command '{command.spoken}' is denied {whose}")
