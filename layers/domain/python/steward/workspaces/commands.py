"""Commands on workspaces."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Conflict, Fault, Invalid
from steward.kernel.ids import derive
from steward.kernel.keys import place
from steward.kernel.ports import ABSENT, Put
from steward.workspaces import identity
from steward.workspaces.model import (
    HOME,
    WORKSPACES,
    CreateWorkspace,
    GetWorkspace,
    ListWorkspaces,
    Workspace,
    WorkspacePage,
    WorkspaceView,
)  # fmt: skip
from steward.workspaces.rules import slug_of


@command("workspaces.create", scope="admin:workspace", danger=Danger.WRITE, http="POST /workspaces", aliases=["POST /workspaces/create"])
def create_workspace(cmd: CreateWorkspace, ctx: Context) -> WorkspaceView:
    """Create a workspace, a brokerage's own desk."""
    slug = cmd.slug or slug_of(cmd.name)
    if any(one.slug == slug for one in identity.workspaces(ctx.door.ports.records)):
        raise Conflict(f"There is a workspace '{slug}' already; choose another name or slug.")
    try:
        ZoneInfo(cmd.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        detail = f"'{cmd.time_zone[:64]}' is no time zone; write one such as America/New_York."
        raise Invalid(detail, faults=[Fault("/time_zone", detail)]) from error
    ref = ctx.door.ports.refs.take(HOME, WORKSPACES.kind)
    made = Workspace(
        id=derive(HOME, WORKSPACES.kind, ref), ref=ref, version=1, created_at=ctx.now, updated_at=ctx.now,
        slug=slug, name=cmd.name, invented=cmd.invented, time_zone=cmd.time_zone,
    )  # fmt: skip
    ctx.write(Put(place(HOME, WORKSPACES.kind, made.id), made.body(), 1, expect=ABSENT))
    ctx.write(Put(place(HOME, "slug", slug), {"workspace": made.id}, 1, expect=ABSENT))
    return _view(made)


@command("workspaces.list", scope="read:properties", danger=Danger.READ, http="GET /workspaces")
def list_workspaces(cmd: ListWorkspaces, ctx: Context) -> WorkspacePage:
    """List the workspaces that the caller may see."""
    rows = [_view(one) for one in identity.seen_by(ctx.door.ports.records, ctx.actor)]
    return WorkspacePage(rows=rows, total=len(rows))


@command("workspaces.get", scope="read:properties", danger=Danger.READ, http="GET /workspaces/{workspace}")
def get_workspace(cmd: GetWorkspace, ctx: Context) -> WorkspaceView:
    """Show one workspace."""
    return _view(identity.workspace_seen(ctx.door.ports.records, cmd.workspace, ctx.actor))


def _view(workspace: Workspace) -> WorkspaceView:
    return WorkspaceView(**workspace.model_dump(include=set(WorkspaceView.model_fields)))
