"""What erases a workspace, chunk by chunk."""

from steward.kernel.reactor import Reactor
from steward.runs.commands_erasing import EraseChunk
from steward.runs.erasing import KIND
from steward.runs.model import FinishRun, Run
from steward.runs.workers import Progress, worker
from steward.workspaces import erasing


@worker(KIND)
def erase(run: Run, reactor: Reactor) -> Progress:
    """One chunk; the first finds out what there is."""
    told, workspace, chunk = run.cursor, str(run.subject), run.chunk + 1
    mark = erasing.Mark(told["kinds"], told["pointers"], told["start"]) if told else erasing.begin(reactor.ports, workspace)
    if mark.ended:
        reactor.dispatch(FinishRun(run=run.id), key=f"{run.id}:end")
        return Progress.DONE
    cmd = EraseChunk(run=run.id, chunk=chunk, workspace=workspace, kinds=mark.kinds, pointers=mark.pointers, start=mark.start)
    reactor.dispatch(cmd, key=f"{run.id}:{chunk}")
    return Progress.MORE
