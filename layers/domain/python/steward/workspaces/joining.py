"""Becoming the member that one is invited to be, in the workspace of the invitation and with the commit of another context."""

from steward.kernel.context import Call, Context
from steward.kernel.keys import SYSTEM, partition
from steward.workspaces import roster
from steward.workspaces.model_members import MEMBERS, MEMBERSHIP, Account


def join(ctx: Context, workspace: str, member: str) -> None:
    """Let a member be one. Raises NotFound where the invitation was taken back."""
    inside = _inside(ctx, workspace)
    roster.join(inside, MEMBERS.require(inside, member))
    for change in inside.changes.values():
        ctx.write(change)


def check_open(ctx: Context, workspace: str, member: str) -> None:
    """Raises NotFound where the invitation was taken back."""
    inside = _inside(ctx, workspace)
    roster.open_place(inside, MEMBERS.require(inside, member))


def _inside(ctx: Context, workspace: str) -> Context:
    return Context(ctx.door, Call("", {}, ctx.actor, workspace, ctx.surface), ctx.now)


def at_home(ctx: Context, account: Account) -> dict[str, tuple[str, bool]]:
    """The workspaces that an account is a member of or invited to: its member there, and whether it has joined."""
    rows = ctx.door.ports.records.query(partition(SYSTEM, MEMBERSHIP), f"{account.id}#", limit=1000).rows
    return {row.key.sk.partition("#")[2]: (str(row.body["member"]), bool(row.body.get("joined", True))) for row in rows}
