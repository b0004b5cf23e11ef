"""What does the work of a rebuild: one list of one workspace after the other."""

from steward.kernel.reactor import Reactor
from steward.kernel.registry import manifest
from steward.runs import filling
from steward.runs.model import AdvanceRun, FinishRun, Run
from steward.runs.workers import Progress, worker


@worker("rebuild")
def rebuild(run: Run, reactor: Reactor) -> Progress:
    """Set aside what is damaged and fill what is empty, then put each list's documents in the place of what is there and
    make the index files of those that are many."""
    door = reactor.door
    lists = [(workspace, kind) for workspace in filling.everywhere(door) for kind in manifest().indexes]
    if run.chunk == 0:
        filling.fill(door)
        reactor.dispatch(AdvanceRun(run=run.id, chunk=1, total=len(lists), stage="filling", counts={"out": 0}), key=f"{run.id}:1")
        return Progress.MORE
    if run.chunk > len(lists):
        result = {"lists": len(lists), "listed": run.counts["out"], "indexed": run.counts.get("indexed", 0)}
        reactor.dispatch(FinishRun(run=run.id, result=result), key=f"{run.id}:end")
        return Progress.DONE
    written, chunk = filling.rebuild(door, *lists[run.chunk - 1]), run.chunk + 1
    counts = {"in": 1, "out": written, "indexed": door.ports.search.settle()}
    reactor.dispatch(AdvanceRun(run=run.id, chunk=chunk, counts=counts), key=f"{run.id}:{chunk}")
    return Progress.MORE
