"""Making rules of what callers say: members and approvers are looked up, patterns checked."""

from collections.abc import Sequence

from steward.kernel.actor import Actor
from steward.kernel.context import Context
from steward.kernel.errors import Fault, Forbidden, Invalid, NotFound
from steward.kernel.pages import nearest
from steward.kernel.registry import manifest
from steward.workspaces import roster
from steward.workspaces.judging import ALWAYS, DECIDING
from steward.workspaces.model_permissions import Permission, Rule, SetPermission, WorkspaceRule
from steward.workspaces.roles import Role
from steward.workspaces.rules_permissions import DANGEROUS, checked_pattern, specificity


def known_names() -> list[str]:
    """Both names of every command that callers may run, and those of the dangerous set that are still to come."""
    entries = [entry for entry in manifest().commands.values() if not entry.internal]
    return sorted({name for entry in entries for name in (entry.name, entry.tool) if name} | DANGEROUS)


def made(cmd: SetPermission | WorkspaceRule, ctx: Context, *, member: str) -> Rule:
    """The rule. Raises Invalid for a pattern or an approver that is none, NotFound for no member, Forbidden about an owner."""
    about = roster.load(ctx, member) if member else None
    if about and about.role is Role.OWNER and ctx.actor.rank != Role.OWNER:
        raise Forbidden("Only an owner sets rules about an owner.", rule="owner")
    return Rule(
        id=ctx.new_id(),
        command_pattern=_effective(checked_pattern(cmd.command_pattern, known_names()), cmd.permission),
        permission=cmd.permission,
        member=about.id if about else "",
        created_at=ctx.now,
        minutes=cmd.minutes,
        approvers=tuple(dict.fromkeys(_approver(ctx, one) for one in cmd.approvers)),
        own=cmd.own,
        by_key=is_key(ctx.actor) or (isinstance(cmd, WorkspaceRule) and cmd.by_key),
    )


def made_all(rules: Sequence[tuple[str, str, WorkspaceRule]], ctx: Context) -> list[Rule]:
    """Rules of (pointer, member, said). Raises Invalid, naming every one that cannot be."""
    found: list[Rule] = []
    faults: list[Fault] = []
    for pointer, member, said in rules:
        try:
            found.append(made(said, ctx, member=member))
        except (Invalid, NotFound) as error:
            faults.append(Fault(pointer, error.detail))
    if faults:
        more = f" (and {len(faults) - 1} more)" if faults[1:] else ""
        raise Invalid(f"{faults[0].pointer.lstrip('/')}: {faults[0].detail}{more}", faults=faults)
    return found


def is_key(actor: Actor) -> bool:
    """Whether no person acts."""
    return actor.kind != "member"


def _effective(pattern: str, permission: str) -> str:
    """A pattern. Raises Invalid for one that is only about what no rule can be about, or can have approved."""
    entries = [entry for entry in manifest().commands.values() if specificity(pattern, entry.names)]
    if entries and all(entry.name.startswith(ALWAYS) for entry in entries):
        detail = f"No rule is about '{pattern}': everybody may sign in and out, see to their own account and ask what they may do."
        raise Invalid(detail, faults=[Fault("/command_pattern", detail)])
    if permission == Permission.REQUIRE_APPROVAL and entries and all(entry.name.startswith((*ALWAYS, DECIDING)) for entry in entries):
        detail = f"Nothing that '{pattern}' names can need an approval, since deciding would never end; deny it to those who may not."
        raise Invalid(detail, faults=[Fault("/permission", detail)])
    return pattern


def _approver(ctx: Context, text: str) -> str:
    if text in set(Role):
        return text
    try:
        return roster.load(ctx, text).id
    except NotFound as error:
        detail = f"'{text[:64]}' is neither a role nor a member.{nearest(text, [str(one) for one in Role])}"
        raise Invalid(detail, faults=[Fault("/approvers", detail)]) from error
