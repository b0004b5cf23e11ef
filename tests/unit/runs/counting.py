"""A kind of run that counts to a number, five a chunk, so that runs are tested without any real work."""

from collections.abc import Callable
from errno import ENOSPC
from functools import partial

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Internal, Invalid, Unavailable
from steward.kernel.model import Input, Output
from steward.kernel.reactor import Reactor
from steward.kernel.rows import Record, Table
from steward.runs.model import AdvanceRun, FinishRun, Run, RunView, StartRun
from steward.runs.workers import Progress, worker


class Counted(Record):
    """One number that was counted."""


COUNTED: Table[Counted] = Table("counted", Counted)


class Count(Input):
    """Count to a number; `trouble` is raised at chunk 3."""

    to: int
    trouble: str = ""


class CountChunk(Input):
    """Five numbers."""

    run: str
    chunk: int
    first: int
    last: int


class Done(Output):
    """Nothing more."""


@command("counting.count", scope="write:counting", danger=Danger.WRITE, batch=True)
def count(cmd: Count, ctx: Context) -> RunView:
    """Count."""
    view: RunView = ctx.call(StartRun(kind="counting", name="Counting", params=cmd.model_dump(), total=cmd.to))
    return view


@command("counting.chunk", scope="write:counting", danger=Danger.WRITE, internal=True)
def count_chunk(cmd: CountChunk, ctx: Context) -> Done:
    """Count five."""
    for number in range(cmd.first, cmd.last + 1):
        COUNTED.insert(ctx, Counted(id=f"{cmd.run}-{number:04}", created_at=ctx.now, updated_at=ctx.now))
    ctx.call(AdvanceRun(run=cmd.run, chunk=cmd.chunk, counts={"out": cmd.last - cmd.first + 1}, cursor={"next": cmd.last + 1}))
    return Done()


TROUBLES: dict[str, Callable[[str], Exception]] = {
    "invalid": Invalid, "unavailable": Unavailable, "engine": partial(Unavailable, passing=True), "disk": partial(OSError, ENOSPC),
    "internal": Internal, "bug": KeyError,
}  # fmt: skip


@worker("counting")
def work(run: Run, reactor: Reactor) -> Progress:
    first, to = run.cursor.get("next", 1), run.params["to"]
    if first > to:
        reactor.dispatch(FinishRun(run=run.id, result={"counted": to}), key=f"{run.id}:end")
        return Progress.DONE
    if run.chunk == 2 and run.params["trouble"] in TROUBLES:
        raise TROUBLES[run.params["trouble"]]("The third chunk is no good.")
    chunk = CountChunk(run=run.id, chunk=run.chunk + 1, first=first, last=min(first + 4, to))
    reactor.dispatch(chunk, key=f"{run.id}:{chunk.chunk}")
    return Progress.MORE
