"""Commands on members: who belongs to a workspace, and in which role."""

from collections.abc import Sequence

from steward.kernel.command import Danger, Only, by_id, command
from steward.kernel.context import Context
from steward.kernel.errors import Conflict
from steward.workspaces import roster
from steward.workspaces.accounts import addresses, of_email
from steward.workspaces.model_members import MEMBERS, Member
from steward.workspaces.model_plans import Quota
from steward.workspaces.model_roster import (
    AddMember,
    Changed,
    ChangeOwn,
    GetMember,
    InviteMember,
    Leave,
    ListMembers,
    MemberPage,
    MemberView,
    RemoveMember,
    UpdateMember,
)
from steward.workspaces.rules_members import check_giving, check_owners, checked_hours, checked_role, checked_zone, shown_email

SCOPE = "admin:agents"
BY_ID = by_id(id=lambda ctx, told: roster.load(ctx, told).id)


@command(
    "members.add", scope=SCOPE, danger=Danger.WRITE, tool="add_member", http="POST /members",
    aliases=["POST /workspaces/{workspace}/agents/create"],
)  # fmt: skip
def add_member(cmd: AddMember, ctx: Context) -> MemberView:
    """Make somebody a member of this workspace at once."""
    member = _entered(cmd, ctx, joined=True)
    ctx.emit("members.added", {"member": member.id})
    return _view(member, ctx)


@command("members.invite", scope=SCOPE, danger=Danger.OUTWARD, tool="invite_member", http="POST /members/invite")
def invite_member(cmd: InviteMember, ctx: Context) -> MemberView:
    """Ask somebody by mail to become a member of this workspace; asking again sends another mail, and may change the role."""
    ctx.room(Quota.EMAILS).check()
    known = roster.of_account(ctx, of_email(ctx, cmd.email).id)
    if known is None or known.active:
        known = _entered(cmd, ctx, joined=False)
    else:
        said = cmd.model_dump(include=cmd.model_fields_set - {"email"})
        known = _changed(ctx, known, {name: value for name, value in said.items() if value})
    ctx.announce(f"Writes to {known.email} and asks them to join as {known.role}.")
    ctx.emit("members.invited", {"member": known.id, "by": ctx.actor.name})
    return _view(known, ctx)


@command("members.list", scope="read:contacts", danger=Danger.READ, tool="list_members", http="GET /members")
def list_members(cmd: ListMembers, ctx: Context) -> MemberPage:
    """List the members of this workspace."""
    role, found, start = checked_role(cmd.role) if cmd.role else None, list[Member](), ""
    while True:
        rows, start = MEMBERS.page(ctx, start=start, limit=1000)
        found += [one for one in rows if (cmd.left or one.left_at is None) and role in (None, one.role)]
        if not start:
            return MemberPage(rows=_views(found, ctx), total=len(found))


@command("members.get", scope="read:contacts", danger=Danger.READ, http="GET /members/{id}")
def get_member(cmd: GetMember, ctx: Context) -> MemberView:
    """Show one member."""
    return _view(roster.load(ctx, cmd.id), ctx)


@command("members.update", scope=SCOPE, danger=Danger.WRITE, tool="update_member", http="PATCH /members/{id}", spelt=BY_ID)
def update_member(cmd: UpdateMember, ctx: Context) -> MemberView:
    """Change a member's name, role or hours. Another role holds at once, and for every session and key of theirs."""
    member = roster.load(ctx, cmd.id)
    _check_version(ctx, member)
    return _view(_changed(ctx, member, cmd.model_dump(exclude={"id"}, exclude_none=True)), ctx)


@command("members.change_own", scope="read:properties", danger=Danger.WRITE, http="POST /members/me", only=Only.MEMBER)
def change_own(cmd: ChangeOwn, ctx: Context) -> MemberView:
    """Change one's own name and hours in this workspace."""
    return _view(_changed(ctx, _own(ctx), cmd.model_dump(exclude_none=True)), ctx)


@command("members.remove", scope=SCOPE, danger=Danger.WRITE, tool="remove_member", http="DELETE /members/{id}", spelt=BY_ID)
def remove_member(cmd: RemoveMember, ctx: Context) -> MemberView:
    """End somebody's membership, or take an invitation back; they do nothing here any more, nor do their keys."""
    member = roster.load(ctx, cmd.id)
    _check_version(ctx, member)
    return _view(_gone(ctx, member), ctx)


@command("members.leave", scope="read:properties", danger=Danger.WRITE, http="POST /members/leave", only=Only.MEMBER)
def leave(cmd: Leave, ctx: Context) -> MemberView:
    """Leave this workspace; its last owner cannot."""
    member = _own(ctx)
    return _view(_gone(ctx, member), ctx)


def _entered(cmd: AddMember, ctx: Context, *, joined: bool) -> Member:
    role = checked_role(cmd.role)
    check_giving(ctx.actor, role)
    account = of_email(ctx, cmd.email, name=cmd.name)
    ref = ctx.refs(MEMBERS.kind)
    member = Member(
        id=ctx.new_id(MEMBERS.kind, ref), ref=ref, created_at=ctx.now, updated_at=ctx.now, account=account.id, email=account.email,
        name=cmd.name or account.email.partition("@")[0], role=role, joined_at=ctx.now if joined else None,
        time_zone=checked_zone(cmd.time_zone) if cmd.time_zone else "", working_hours=checked_hours(cmd.working_hours), line=ctx.actor.line,
    )  # fmt: skip
    return roster.enter(ctx, account, member)


def _changed(ctx: Context, member: Member, told: Changed) -> Member:
    if member.left_at:
        raise Conflict(f"{member.name} is no member any more; add them again.", current=member.version)
    check_owners(ctx.actor, member.role)
    changes = dict(told)
    if "role" in changes:
        changes["role"] = role = checked_role(str(changes["role"]))
        if role is not member.role:
            check_giving(ctx.actor, role)
            changes["line"] = ctx.actor.line
    if changes.get("time_zone"):
        checked_zone(str(changes["time_zone"]))
    if "working_hours" in changes:
        changes["working_hours"] = checked_hours(str(changes["working_hours"]))
    if all(getattr(member, name) == value for name, value in changes.items()):
        return member
    changed = roster.change(ctx, member, **changes)
    _tell(ctx, member, changed)
    return changed


def _gone(ctx: Context, member: Member) -> Member:
    check_owners(ctx.actor, member.role)
    if member.left_at:
        return member
    gone = roster.go(ctx, member)
    _tell(ctx, member, gone)
    return gone


def _tell(ctx: Context, before: Member, after: Member) -> None:
    """Who hears of it is told both roles. Sessions stay, as they are the person's at other desks too; rights are judged at each call."""
    was, now = (str(one.role) if one.active else "" for one in (before, after))
    ctx.emit("members.changed", {"member": after.id, "account": after.account, "was": was, "role": now})


def _own(ctx: Context) -> Member:
    """The member who asks."""
    return MEMBERS.require(ctx, ctx.actor.member)


def _check_version(ctx: Context, member: Member) -> None:
    if ctx.expected_version is not None and ctx.expected_version != member.version:
        raise Conflict(
            f"Member {member.ref} was changed since you read it (version {member.version} now); read it again and repeat your change.",
            current=member.version,
            stale=True,
        )


def _view(member: Member, ctx: Context) -> MemberView:
    return _views([member], ctx)[0]


def _views(members: Sequence[Member], ctx: Context) -> list[MemberView]:
    return [_shown(one, shown_email(ctx.actor, email)) for one, email in zip(members, addresses(ctx, members), strict=True)]


def _shown(member: Member, email: str) -> MemberView:
    kept = member.model_dump(include=set(MemberView.model_fields) - {"email", "status"})
    status = "left" if member.left_at else "active" if member.joined_at else "invited"
    return MemberView(email=email, status=status, **kept)
