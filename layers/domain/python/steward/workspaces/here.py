"""The workspace that a call is in, and whether who calls may do there what only an owner may."""

from steward.kernel.context import Context
from steward.kernel.errors import Conflict, Forbidden, NotFound
from steward.workspaces.identity import OWNER
from steward.workspaces.model import WORKSPACES, Workspace
from steward.workspaces.model_members import MEMBERS
from steward.workspaces.roles import Role


def here(ctx: Context) -> Workspace:
    """The workspace of a call. Raises NotFound where it is none, such as the installation itself."""
    found = WORKSPACES.get(ctx, ctx.workspace)
    if found is None:
        raise NotFound("This is no workspace; name one (`--workspace`, or in the address). `steward workspaces list` shows them.")
    return found


def check_version(ctx: Context, current: int) -> None:
    """Raises Conflict where the caller has read another version."""
    if ctx.expected_version is not None and ctx.expected_version != current:
        detail = f"The workspace was changed since you read it (version {current} now); read it again and repeat your change."
        raise Conflict(detail, current=current, stale=True)


def check_owner(ctx: Context, what: str) -> None:
    """Raises Forbidden for who is no owner, nor a key that an owner made."""
    actor = ctx.actor
    if actor.kind == "key" and actor.member:
        maker = MEMBERS.get(ctx, actor.member)
        owns = maker is not None and maker.role is Role.OWNER
    else:
        owns = actor.role == Role.OWNER or actor.kind in ("key", "system")
    if not owns:
        raise Forbidden(f"Only an owner {what}.", rule="role owner")


def check_installation(ctx: Context, what: str) -> None:
    """Raises Forbidden for everybody but the owner of the installation, and a key of theirs that may do everything."""
    actor = ctx.actor
    if actor.person != OWNER.id and not (actor.kind == "key" and not actor.member and "*" in actor.scopes):
        raise Forbidden(f"Only the owner of this installation {what}.", rule="installation")
