"""Commands that end a workspace, in two steps with thirty days between them, and bring it back."""

from datetime import timedelta

from steward.kernel.command import Danger, Only, command
from steward.kernel.context import Context
from steward.kernel.errors import Conflict
from steward.workspaces.here import check_version, here
from steward.workspaces.model import WORKSPACES, Workspace
from steward.workspaces.model_permissions import restand
from steward.workspaces.model_settings import ClosingView, DeleteWorkspace, RestoreWorkspace

KEPT = timedelta(days=30)
SCOPE = "admin:workspace"


@command(
    "workspaces.delete", scope=SCOPE, danger=Danger.DESTRUCTIVE, tool="delete_workspace", http="DELETE /workspaces/{workspace}",
    aliases=["POST /workspaces/{workspace}/erase"], only=Only.OWNER,
)  # fmt: skip
def delete_workspace(cmd: DeleteWorkspace, ctx: Context) -> ClosingView:
    """Close this workspace at once, and have all of it erased in thirty days."""
    found = here(ctx)
    check_version(ctx, found.version)
    if found.erase_at:
        return _view(found)
    erase_at = ctx.now + KEPT
    ctx.announce(f"Closes this workspace at once, and erases all of it on {erase_at:%-d %B %Y}; until then an owner can open it again.")
    restand(ctx, closed=f"{erase_at:%Y-%m-%d}")
    ctx.emit("workspaces.closed", {"workspace": found.id})
    return _view(WORKSPACES.replace(ctx, found.model_copy(update={"closed_at": ctx.now, "erase_at": erase_at})))


@command("workspaces.restore", scope=SCOPE, danger=Danger.WRITE, http="POST /workspaces/{workspace}/restore", only=Only.OWNER)
def restore_workspace(cmd: RestoreWorkspace, ctx: Context) -> ClosingView:
    """Open this workspace again, as it was."""
    found = here(ctx)
    if found.erase_at is None:
        return _view(found)
    if found.erase_at <= ctx.now:
        raise Conflict("The thirty days are over, and this workspace is being erased.", current=found.version)
    restand(ctx, closed="")
    ctx.emit("workspaces.restored", {"workspace": found.id})
    return _view(WORKSPACES.replace(ctx, found.model_copy(update={"closed_at": None, "erase_at": None})))


def _view(found: Workspace) -> ClosingView:
    return ClosingView(**found.model_dump(include=set(ClosingView.model_fields)))
