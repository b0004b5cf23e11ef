"""The one command of the demo."""

from steward.demo.model import DEMOS, SLUG, CreateDemo, Demo
from steward.demo.town import name_of
from steward.kernel.command import Danger, Only, command
from steward.kernel.context import Context
from steward.kernel.errors import Conflict
from steward.kernel.keys import place
from steward.kernel.ports import ABSENT, Put
from steward.runs.model import ReleaseRun, RunView, StartRun
from steward.workspaces.identity import workspaces
from steward.workspaces.model import CreateWorkspace, Workspace, WorkspaceView

KIND = "demo"


@command(
    "demo.create", scope="admin:workspace", danger=Danger.WRITE, tool="create_demo", http="POST /demo", batch=True, only=Only.INSTALLATION
)
def create_demo(cmd: CreateDemo, ctx: Context) -> RunView:
    """Make the demo: an invented county of about 2,000 homes, in a workspace of its own; one that is there is left as it is."""
    ctx.announce("Makes an invented county of about 2,000 homes, in a workspace of its own, as properties, sales, values and memos.")
    known = next((one for one in workspaces(ctx.door.ports.records) if one.slug == SLUG), None)
    return _begin(cmd, ctx) if known is None else _again(known, ctx)


def _begin(cmd: CreateDemo, ctx: Context) -> RunView:
    name, day = f"{name_of(cmd.seed)} County, invented", ctx.now.date()
    made: WorkspaceView = ctx.call(CreateWorkspace(name=name, slug=SLUG, invented=True, plan=""))
    asked = {"seed": cmd.seed, "day": day.isoformat(), "workspace": made.id}
    run: RunView = ctx.call(StartRun(kind=KIND, name=name, params=asked, subject=made.id, stage="roll"))
    mark = Demo(id=KIND, created_at=ctx.now, updated_at=ctx.now, seed=cmd.seed, day=day, asked_in=ctx.workspace, run=run.id)
    ctx.write(Put(place(made.id, DEMOS.kind, mark.id), mark.body(), 1, expect=ABSENT))
    return run


def _again(known: Workspace, ctx: Context) -> RunView:
    """The run that makes it, or made it. Raises Conflict when another workspace asked for it."""
    stored = ctx.get(place(known.id, DEMOS.kind, KIND))
    mark = Demo.of(stored) if stored else None
    if mark is None or mark.asked_in != ctx.workspace:
        raise Conflict(f"There is a demo already; open the workspace '{known.slug}'.")
    run: RunView = ctx.call(ReleaseRun(run=mark.run))
    return run
