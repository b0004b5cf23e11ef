"""The step of erasing a workspace: one commit, dispatched by its worker only."""

from collections.abc import Sequence

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.model import Input
from steward.runs.commands import advance_run
from steward.runs.model import AdvanceRun, RunView
from steward.workspaces import erasing


class EraseChunk(Input):
    """The next rows to remove of a workspace: where erasing stands, as `erasing.Mark` says."""

    run: str
    chunk: int
    workspace: str
    kinds: Sequence[str]
    pointers: Sequence[str]
    start: str


@command("runs.erase_chunk", scope="admin:workspace", danger=Danger.WRITE, internal=True)
def erase_chunk(cmd: EraseChunk, ctx: Context) -> RunView:
    """Remove the next rows of a workspace that is erased."""
    mark, count = erasing.chunk(ctx, cmd.workspace, erasing.Mark(cmd.kinds, cmd.pointers, cmd.start))
    cursor = {"kinds": list(mark.kinds), "pointers": list(mark.pointers), "start": mark.start}
    return advance_run(AdvanceRun(run=cmd.run, chunk=cmd.chunk, stage="erasing", cursor=cursor, counts={"out": count}, writes=count), ctx)
