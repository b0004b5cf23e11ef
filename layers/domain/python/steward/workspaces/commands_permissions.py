"""Commands on permission rules: setting, listing, removing, exchanging and asking them."""

from collections.abc import Sequence

from steward.kernel.actor import PUBLIC, Actor, Surface, covers
from steward.kernel.command import Danger, by_id, command
from steward.kernel.context import Call, Context
from steward.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from steward.workspaces import roster
from steward.workspaces.asking import checked, command_named, outer_commands, spoken_with
from steward.workspaces.judging import Rules
from steward.workspaces.model_members import MEMBERS
from steward.workspaces.model_permissions import (
    STANDINGS,
    AllowedCommands,
    AllowedView,
    Checked,
    CheckPermission,
    ExportedPermissions,
    ExportPermissions,
    ImportedPermissions,
    ImportPermissions,
    ListPermissions,
    Permission,
    PermissionPage,
    PermissionView,
    RemovePermission,
    Rule,
    SetPermission,
    Standing,
    restand,
)  # fmt: skip
from steward.workspaces.roles import held
from steward.workspaces.rulemaking import is_key, made, made_all
from steward.workspaces.rules_permissions import SHORT, exchanged, joined, ordered, rule_named

MOST = 500
"""Rules of a workspace; each call reads all of them."""


@command(
    "permissions.set", scope="admin:workspace", danger=Danger.WRITE, http="POST /permissions",
    aliases=["POST /workspaces/{workspace}/permissions", "POST /agents/{member}/permissions"],
    spelt=by_id(member=lambda ctx, told: roster.load(ctx, told).id),
)  # fmt: skip
def set_permission(cmd: SetPermission, ctx: Context) -> PermissionView:
    """Allow or deny commands, or have them approved, for everybody or for one member."""
    rule = made(cmd, ctx, member=cmd.member)
    _put(ctx, joined(_rules(ctx), [rule]))
    (view,) = _views(ctx, [rule])
    ctx.announce(f"Sets a rule: {_said(view)}.")
    return view


@command("permissions.list", scope="read:audit", danger=Danger.READ, http="GET /permissions")
def list_permissions(cmd: ListPermissions, ctx: Context) -> PermissionPage:
    """List the rules, the most specific first: all, or those that hold for one member."""
    member = roster.load(ctx, cmd.member).id if cmd.member else ""
    rows = [rule for rule in ordered(_rules(ctx)) if not member or rule.member in ("", member)]
    return PermissionPage(rows=_views(ctx, rows), total=len(rows))


@command(
    "permissions.remove",
    scope="admin:workspace",
    danger=Danger.WRITE,
    http="DELETE /permissions/{id}",
    spelt=by_id(id=lambda ctx, told: _named(ctx, told).id),
)
def remove_permission(cmd: RemovePermission, ctx: Context) -> PermissionView:
    """Remove a rule."""
    rules, rule = _rules(ctx), _named(ctx, cmd.id)
    if is_key(ctx.actor) and not rule.by_key:
        raise Forbidden("A person set this rule, so a person has to remove it.", rule="permissions.key")
    _put(ctx, [one for one in rules if one != rule])
    (view,) = _views(ctx, [rule])
    ctx.announce(f"Removes a rule: {_said(view)}.")
    return view


@command("permissions.import", scope="admin:workspace", danger=Danger.WRITE, http="POST /permissions/import")
def import_permissions(cmd: ImportPermissions, ctx: Context) -> ImportedPermissions:
    """Take in rules in the exchange form, all or none."""
    said = [(f"/workspace_permissions/{place}", "", rule) for place, rule in enumerate(cmd.workspace_permissions)]
    said += [(f"/agent_permissions/{place}", rule.agent_id, rule) for place, rule in enumerate(cmd.agent_permissions)]
    rules = made_all(said, ctx)
    before = [rule for rule in _rules(ctx) if is_key(ctx.actor) and not rule.by_key] if cmd.replace else _rules(ctx)
    after = joined(before, rules)
    ctx.announce(f"Takes in {len(rules)} rules{' in the place of those that are there' if cmd.replace else ''}: {len(after)} hold then.")
    _put(ctx, after)
    return ImportedPermissions(imported=len(rules), total=len(after))


@command("permissions.export", scope="read:audit", danger=Danger.READ, http="GET /permissions/export")
def export_permissions(cmd: ExportPermissions, ctx: Context) -> ExportedPermissions:
    """Show all rules in the exchange form, to be imported elsewhere."""
    rules = _rules(ctx)
    return ExportedPermissions(
        workspace_permissions=[exchanged(rule) for rule in rules if not rule.member],
        agent_permissions=[exchanged(rule) for rule in rules if rule.member],
    )


@command("permissions.check", scope=PUBLIC, danger=Danger.READ, tool="check_command_permission", http="GET /permissions/check")
def check_permission(cmd: CheckPermission, ctx: Context) -> Checked:
    """Say whether a command may be run, and which rule decides; asked by name, or in a question."""
    actor, surface = _asked_about(ctx, cmd.member)
    found = command_named(cmd.command)
    return checked(found, Call(found.name, {}, actor, ctx.workspace, surface), Rules.of(STANDINGS.get(ctx, Standing.ONLY)))


@command(
    "permissions.allowed", scope=PUBLIC, danger=Danger.READ, http="GET /members/{member}/allowed_commands",
    aliases=["GET /agents/{member}/allowed_commands"],
)  # fmt: skip
def allowed_commands(cmd: AllowedCommands, ctx: Context) -> AllowedView:
    """Show what a member may run at once, what after an approval, and why."""
    actor, surface = _asked_about(ctx, cmd.member)
    rules = Rules.of(STANDINGS.get(ctx, Standing.ONLY))
    rows = [checked(one, Call(one.name, {}, actor, ctx.workspace, surface), rules) for one in outer_commands()]
    return AllowedView(
        agent_id=actor.member,
        name=actor.name,
        allowed_commands=spoken_with(rows, Permission.ALLOW),
        by_approval=spoken_with(rows, Permission.REQUIRE_APPROVAL),
        rows=rows,
    )


def _asked_about(ctx: Context, named: str) -> tuple[Actor, Surface]:
    """Who is asked about, and where they act: oneself as one came, a member as a person at the desk.

    Raises Forbidden about others without the scope for it, NotFound for no member.
    """
    if not ctx.actor.known:
        raise Forbidden("Missing API key", unknown=True)
    if not named:
        return ctx.actor, ctx.surface
    if named != ctx.actor.member and not covers(ctx.actor.scopes, "admin:agents"):
        raise Forbidden("Missing required scope: admin:agents; it is needed to ask about others.", rule="admin:agents")
    member = roster.load(ctx, named)
    scopes = held(member.role) if member.active else frozenset()
    return Actor(member.id, "member", member.name, scopes, role=member.role, workspace=ctx.workspace, member=member.id), Surface.DESK


def _named(ctx: Context, text: str) -> Rule:
    """The one rule that an id, the end of one or a pattern names. Raises NotFound, and Conflict for several."""
    found = rule_named(_rules(ctx), text)
    if not found:
        raise NotFound(f"There is no rule '{text[:100]}' in this workspace; `steward permissions list` shows them.")
    if found[1:]:
        raise Conflict(f"'{text[:100]}' names {len(found)} rules; say the id of one.")
    return found[0]


def _rules(ctx: Context) -> list[Rule]:
    found = STANDINGS.get(ctx, Standing.ONLY)
    return found.rules if found else []


def _put(ctx: Context, rules: list[Rule]) -> None:
    if len(rules) > MOST:
        raise Invalid(f"A workspace has at most {MOST} rules; patterns such as `delete_*` say more with fewer.")
    restand(ctx, rules=rules)


def _said(rule: PermissionView) -> str:
    """A rule in words: `deny delete_* for Ann Reeve`."""
    return f"{rule.permission.replace('_', ' ')} {rule.command_pattern} for {rule.agent_name or rule.agent_id or 'everybody'}"


def _views(ctx: Context, rules: Sequence[Rule]) -> list[PermissionView]:
    ids = [rule.member for rule in rules if rule.member]
    names = {one.id: one.name for one in MEMBERS.many(ctx, ids) if one}
    return [
        PermissionView(
            short=rule.id[-SHORT:], workspace_id=ctx.workspace, agent_id=rule.member, agent_name=names.get(rule.member, ""),
            **rule.model_dump(exclude={"member"}),
        )
        for rule in rules
    ]  # fmt: skip
