"""The one command of the demo."""

from steward.demo.model import DEMOS, SLUG, CreateDemo, Demo
from steward.demo.town import name_of
from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.keys import place
from steward.kernel.ports import ABSENT, Put
from steward.runs.model import FinishRun, ReleaseRun, RunView, StartRun
from steward.workspaces.identity import workspaces
from steward.workspaces.model import CreateWorkspace, Workspace, WorkspaceView

KIND = "demo"


@command("demo.create", scope="admin:workspace", danger=Danger.WRITE, tool="create_demo", http="POST /demo", batch=True)
def create_demo(cmd: CreateDemo, ctx: Context) -> RunView:
    """Make the demo: an invented county of about 2,000 homes, in a workspace of its own; once there, it is left as it is."""
    known = next((one for one in workspaces(ctx.door.ports.records) if one.slug == SLUG), None)
    return _begin(cmd, ctx) if known is None else _again(known, ctx)


def _begin(cmd: CreateDemo, ctx: Context) -> RunView:
    name, day = f"{name_of(cmd.seed)} County, invented", ctx.now.date()
    made: WorkspaceView = ctx.call(CreateWorkspace(name=name, slug=SLUG, invented=True))
    asked = {"seed": cmd.seed, "day": day.isoformat(), "workspace": made.id}
    run: RunView = ctx.call(StartRun(kind=KIND, name=name, params=asked, subject=made.id, stage="roll"))
    mark = Demo(id=KIND, created_at=ctx.now, updated_at=ctx.now, seed=cmd.seed, day=day, asked_in=ctx.workspace, run=run.id)
    ctx.write(Put(place(made.id, DEMOS.kind, mark.id), mark.body(), 1, expect=ABSENT))
    return run


def _again(known: Workspace, ctx: Context) -> RunView:
    """The run that is still making it, else one that only says it is there."""
    stored = ctx.get(place(known.id, DEMOS.kind, KIND))
    mark = Demo.of(stored) if stored else None
    if mark and mark.asked_in == ctx.workspace:
        run: RunView = ctx.call(ReleaseRun(run=mark.run))
        if run.finished_at is None:
            return run
    told = {"workspace": known.slug, "note": f"There is a demo already: {known.name}."}
    run = ctx.call(StartRun(kind=KIND, name=known.name, subject=known.id, waiting="It is there."))
    done: RunView = ctx.call(FinishRun(run=run.id, result=told))
    return done
