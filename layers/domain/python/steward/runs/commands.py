"""Commands on runs. Starting, claiming, advancing and ending are for slices and workers, not for callers."""

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import NotFound
from steward.kernel.ids import derive
from steward.kernel.pages import Listed
from steward.runs import rules
from steward.runs.model import (
    RUNS,
    AdvanceRun,
    ClaimRun,
    FinishRun,
    GetRun,
    HoldRun,
    ListRuns,
    ReleaseRun,
    Run,
    RunStatus,
    RunView,
    StartRun,
)  # fmt: skip

SCOPE = "write:properties"


class RunPage(Listed[RunView]):
    """A page of runs."""


def load(ctx: Context, run: str) -> Run:
    """The run of an id or a ref. Raises NotFound."""
    found = RUNS.get(ctx, run) if run else None
    if found is None and run.isascii() and run.isdigit() and len(run) < 10:
        found = RUNS.get(ctx, derive(ctx.workspace, RUNS.kind, int(run)))
    if found is None:
        raise NotFound(f"There is no run '{run[:64]}' in this workspace; `steward runs list` shows them.")
    return found


@command("runs.start", scope=SCOPE, danger=Danger.WRITE, internal=True)
def start_run(cmd: StartRun, ctx: Context) -> RunView:
    """Start a run: it is queued, or waits with a reason."""
    ref = ctx.refs(RUNS.kind)
    status = RunStatus.WAITING if cmd.waiting else RunStatus.QUEUED
    run = Run(
        id=ctx.new_id(RUNS.kind, ref), ref=ref, created_at=ctx.now, updated_at=ctx.now, status=status, reason=cmd.waiting,
        **cmd.model_dump(exclude={"waiting"}),
    )  # fmt: skip
    run = RUNS.insert(ctx, run)
    if not cmd.waiting:
        _queue(ctx, run)
    return rules.view(run, ctx.now)


@command("runs.release", scope=SCOPE, danger=Danger.WRITE, internal=True)
def release_run(cmd: ReleaseRun, ctx: Context) -> RunView:
    """Let a waiting run go on; one that does not wait stays as it is, but is called for again."""
    run = load(ctx, cmd.run)
    if run.status is RunStatus.WAITING:
        update = {"status": RunStatus.QUEUED, "reason": "", "held": False, "retried": False, "params": {**run.params, **cmd.params}}
        run = RUNS.replace(ctx, run.model_copy(update=update))
    if not run.ended:
        _queue(ctx, run)
    return rules.view(run, ctx.now)


@command("runs.claim", scope=SCOPE, danger=Danger.WRITE, internal=True)
def claim_run(cmd: ClaimRun, ctx: Context) -> RunView:
    """Take a run in hand; the answer's status is `running` only for the process that may work on it."""
    run = load(ctx, cmd.run)
    mine = rules.claimed(run, cmd, ctx.now)
    if mine is None:
        return rules.view(run, ctx.now).model_copy(update={"status": run.status if run.ended else RunStatus.WAITING})
    if mine.attempt > rules.MAX_ATTEMPTS:
        error = f"It was interrupted {rules.MAX_ATTEMPTS} times without getting on; look at the log, then start it again."
        ended = rules.finished(run, FinishRun(run=run.id, error=error), ctx.now)
        return rules.view(RUNS.replace(ctx, ended), ctx.now)
    return rules.view(RUNS.replace(ctx, mine), ctx.now)


@command("runs.advance", scope=SCOPE, danger=Danger.WRITE, internal=True)
def advance_run(cmd: AdvanceRun, ctx: Context) -> RunView:
    """Record a committed chunk of a run."""
    return rules.view(RUNS.replace(ctx, rules.advanced(load(ctx, cmd.run), cmd)), ctx.now)


@command("runs.hold", scope=SCOPE, danger=Danger.WRITE, internal=True)
def hold_run(cmd: HoldRun, ctx: Context) -> RunView:
    """Let go of a run, with the reason: it waits, or is queued again."""
    run = rules.let_go(load(ctx, cmd.run), ctx.now)
    if not run.ended:
        status, attempt = (RunStatus.QUEUED, run.attempt) if cmd.until == "turn" else (RunStatus.WAITING, 0)
        waits = {"reason": cmd.reason, "held": cmd.until in ("place", "engine"), "retried": cmd.until == "engine"}
        update = {"status": status, "attempt": attempt, **waits, "holder": None, "lease_until": None}
        run = RUNS.replace(ctx, run.model_copy(update=update))
    return rules.view(run, ctx.now)


@command("runs.finish", scope=SCOPE, danger=Danger.WRITE, internal=True)
def finish_run(cmd: FinishRun, ctx: Context) -> RunView:
    """End a run."""
    before = load(ctx, cmd.run)
    after = rules.finished(before, cmd, ctx.now)
    if after is not before:
        after = RUNS.replace(ctx, after)
        ctx.emit("runs.finished", {"run": after.id, "kind": after.kind, "status": after.status})
    return rules.view(after, ctx.now)


@command("runs.get", scope="read:properties", danger=Danger.READ, http="GET /runs/{run}")
def get_run(cmd: GetRun, ctx: Context) -> RunView:
    """Show one run and its progress."""
    return rules.view(load(ctx, cmd.run), ctx.now)


@command("runs.list", scope="read:properties", danger=Danger.READ, http="GET /runs")
def list_runs(cmd: ListRuns, ctx: Context) -> RunPage:
    """List runs, newest first: all, of one kind, or only the open ones."""
    start = cmd.start
    found: list[Run] = []
    while len(found) < cmd.limit:
        rows, start = RUNS.page(ctx, start=start, limit=200, newest=True)
        found += [run for run in rows if (not cmd.kind or run.kind == cmd.kind) and not (cmd.open and run.ended)]
        if not start:
            break
    shown = found[: cmd.limit]
    more = shown[-1].id if len(found) > cmd.limit else start
    return RunPage(rows=[rules.view(run, ctx.now) for run in shown], total=len(found), next=more)


def _queue(ctx: Context, run: Run) -> None:
    ctx.emit("runs.queued", {"run": run.id, "kind": run.kind})
