"""Who belongs to a workspace: joining it, changing in it, going. Owners, pointers and numbers move with the member."""

from steward.kernel.context import Context
from steward.kernel.errors import Conflict, NotFound
from steward.kernel.ids import derive
from steward.kernel.keys import SYSTEM, place
from steward.kernel.ports import ABSENT, Delete, Json, Key, Put, Stored
from steward.workspaces.model_members import MEMBERS, MEMBERSHIP, Account, Member
from steward.workspaces.model_plans import Quota
from steward.workspaces.model_roster import ROSTERS, Roster
from steward.workspaces.roles import Role
from steward.workspaces.rules_members import check_not_last

MOST_TOLD = 40
"""How many owners and admins are written to about one thing; a mail is a row of the commit, and there is room for 94."""


def load(ctx: Context, id: str) -> Member:
    """The member of an id or a ref. Raises NotFound."""
    by_ref = id.isascii() and id.isdigit() and len(id) < 10
    found = MEMBERS.get(ctx, derive(ctx.workspace, MEMBERS.kind, int(id)) if by_ref else id)
    if found is None:
        raise NotFound(f"There is no member '{id[:64]}' in this workspace; `steward members list` shows them.")
    return found


def of_account(ctx: Context, account: str) -> Member | None:
    """The member that an account is here, or is invited to be."""
    row = ctx.get(_pointer(ctx, account))
    return MEMBERS.get(ctx, str(row.body["member"])) if row else None


def running(ctx: Context) -> list[Member]:
    """The owners and admins, who see to a workspace."""
    found, start = list[Member](), ""
    while True:
        rows, start = MEMBERS.page(ctx, start=start, limit=1000)
        found += [one for one in rows if one.active and one.role in (Role.OWNER, Role.ADMIN)]
        if not start:
            return found[:MOST_TOLD]


def enter(ctx: Context, account: Account, member: Member) -> Member:
    """Write a new member, who has joined or is invited. Raises Conflict where that person is one already."""
    known = of_account(ctx, account.id)
    if known:
        place = "a member here" if known.active else "invited here"
        raise Conflict(f"{account.email or known.email} is {place} already: member {known.ref}.")
    pointer: dict[str, Json] = {"member": member.id, "workspace": ctx.workspace, "joined": member.active}
    ctx.write(Put(_pointer(ctx, account.id), pointer, 1, expect=ABSENT))
    made = MEMBERS.insert(ctx, member)
    _owners(ctx, made)
    ctx.use(Quota.MEMBERS)
    return made


def open_place(ctx: Context, member: Member) -> Stored:
    """The row that keeps an invited member's place. Raises NotFound where the invitation was taken back."""
    row = ctx.get(_pointer(ctx, member.account))
    if row is None or member.left_at:
        raise NotFound("This invitation was taken back; ask for a new one.")
    return row


def join(ctx: Context, member: Member) -> Member:
    """Let an invited member be one. Raises NotFound where the invitation was taken back."""
    row = open_place(ctx, member)
    if member.active:
        return member
    ctx.write(Put(row.key, {**row.body, "joined": True}, row.version + 1, expect=row.version))
    return change(ctx, member, joined_at=ctx.now)


def change(ctx: Context, member: Member, **changes: object) -> Member:
    """Write what is changed of a member. Raises Conflict where nobody would own the workspace any more."""
    changed = MEMBERS.replace(ctx, member.model_copy(update=changes))
    _owners(ctx, changed)
    return changed


def go(ctx: Context, member: Member) -> Member:
    """End a membership. Its row stays, for what was done by it."""
    row = ctx.get(_pointer(ctx, member.account))
    if row and row.body["member"] == member.id:
        ctx.write(Delete(row.key, expect=row.version))
    ctx.use(Quota.MEMBERS, -1)
    return change(ctx, member, left_at=ctx.now)


def _owners(ctx: Context, member: Member) -> None:
    """Keep the one row that says who owns the workspace; two who go at once meet there."""
    owns = member.active and member.role is Role.OWNER
    known = ROSTERS.get(ctx, Roster.ONLY)
    before = known.owners if known else []
    if owns == (member.id in before):
        return
    if not owns:
        check_not_last(before, member)
    after = [*before, member.id] if owns else [one for one in before if one != member.id]
    if known:
        ROSTERS.replace(ctx, known.model_copy(update={"owners": after}))
    else:
        ROSTERS.insert(ctx, Roster(id=Roster.ONLY, created_at=ctx.now, updated_at=ctx.now, owners=after))


def _pointer(ctx: Context, account: str) -> Key:
    return place(SYSTEM, MEMBERSHIP, f"{account}#{ctx.workspace}")
