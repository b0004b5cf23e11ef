"""The workspace that a call is in."""

from steward.kernel.context import Context
from steward.kernel.errors import Conflict, NotFound
from steward.workspaces.model import WORKSPACES, Workspace


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
