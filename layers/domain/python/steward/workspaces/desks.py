"""Workspaces as answers show them, with their owners and plans; and their names, of which each is there once."""

from collections.abc import Mapping, Sequence

from steward.kernel.context import Context
from steward.kernel.errors import Conflict
from steward.kernel.ids import fingerprint
from steward.kernel.keys import place
from steward.kernel.ports import ABSENT, Delete, Key, Put
from steward.workspaces import identity
from steward.workspaces.identity import OWNER
from steward.workspaces.model import HOME, NAME, Workspace, WorkspaceStatus, WorkspaceView
from steward.workspaces.model_members import ACCOUNTS, MEMBERS, Account, Member
from steward.workspaces.model_permissions import Standing, standing_key
from steward.workspaces.model_roster import ROSTERS, Roster
from steward.workspaces.rules import same_name
from steward.workspaces.rules_members import shown_email

UNLIMITED = "enterprise"
OWN = {"owner_id", "owner_email", "plan_tier", "status"}


def views(ctx: Context, found: Sequence[Workspace]) -> list[WorkspaceView]:
    """Workspaces as answers show them; the owner of the installation owns those that have no owner of their own."""
    standings = ctx.get_many([standing_key(one.id) for one in found])
    plans = [Standing.of(row).plan if row else "" for row in standings]
    owners = _owners(ctx, found)
    accounts = ACCOUNTS.many(ctx, [one.account if one else OWNER.id for one in owners])
    owned = [_owned(ctx, owner, account) for owner, account in zip(owners, accounts, strict=True)]
    return [_view(one, whose, plan=plan) for one, whose, plan in zip(found, owned, plans, strict=True)]


def view(ctx: Context, found: Workspace) -> WorkspaceView:
    """One of them."""
    return views(ctx, [found])[0]


def take_name(ctx: Context, name: str, workspace: str) -> None:
    """Give a workspace a name, in this commit. Raises Conflict for one that another has; case and blanks make no difference."""
    if any(one.id != workspace and same_name(one.name) == same_name(name) for one in identity.workspaces(ctx.door.ports.records)):
        raise Conflict(f"There is a workspace named '{name}' already; choose another name.")
    ctx.write(Put(_key(name), {"workspace": workspace}, 1, expect=ABSENT))


def rename(ctx: Context, found: Workspace, name: str) -> None:
    """Give a workspace another name instead of its own."""
    if same_name(name) == same_name(found.name):
        return
    take_name(ctx, name, found.id)
    row = ctx.get(_key(found.name))
    if row and row.body["workspace"] == found.id:
        ctx.write(Delete(row.key, expect=row.version))


def _owners(ctx: Context, found: Sequence[Workspace]) -> list[Member | None]:
    """Each workspace's first owner."""
    rosters = ctx.get_many([place(one.id, ROSTERS.kind, Roster.ONLY) for one in found])
    first = [next(iter(Roster.of(row).owners), "") if row else "" for row in rosters]
    members = ctx.get_many([place(one.id, MEMBERS.kind, owner or OWNER.id) for one, owner in zip(found, first, strict=True)])
    return [Member.of(row) if row else None for row in members]


def _owned(ctx: Context, owner: Member | None, account: Account | None) -> Mapping[str, str]:
    """Who owns a workspace. Accounts are of the installation, so a workspace tells its member's id, never theirs."""
    email = account.email if account else ""
    mine = account is not None and account.id == ctx.actor.person
    return {"owner_id": owner.id if owner else OWNER.id, "owner_email": email if mine else shown_email(ctx.actor, email)}


def _view(found: Workspace, whose: Mapping[str, str], *, plan: str) -> WorkspaceView:
    return WorkspaceView(
        owner_id=whose["owner_id"],
        owner_email=whose["owner_email"],
        plan_tier=plan or UNLIMITED,
        status=WorkspaceStatus.CLOSED if found.closed_at else WorkspaceStatus.ACTIVE,
        **found.model_dump(include=set(WorkspaceView.model_fields) - OWN),
    )


def _key(name: str) -> Key:
    return place(HOME, NAME, fingerprint(same_name(name)))
