"""What does the work of the nightly comparison: one list of one workspace after the other."""

from steward.kernel.reactor import Reactor
from steward.kernel.registry import manifest
from steward.runs import filling, reconciling
from steward.runs.model import AdvanceRun, FinishRun, Run
from steward.runs.reconciling import Mark
from steward.runs.workers import Progress, worker

MENDED = ("missing", "stale", "gone", "unembedded")


@worker("reconcile")
def reconcile(run: Run, reactor: Reactor) -> Progress:
    """Some stretches of one list; the cursor says of which, and where."""
    kinds = [kind for kind in manifest().indexes if reconciling.comparable(kind)]
    lists = [(workspace, kind) for workspace in filling.everywhere(reactor.door) for kind in kinds]
    at, mark = int(run.cursor.get("list", 0)), Mark(str(run.cursor.get("start", "")), int(run.cursor.get("after", 0)))
    if at >= len(lists):
        mended = {name: run.counts.get(name, 0) for name in MENDED}
        reactor.dispatch(FinishRun(run=run.id, result={"lists": len(lists), "mended": sum(mended.values())}), key=f"{run.id}:end")
        return Progress.DONE
    counts, mark = reconciling.mend(reactor.door, *lists[at], mark)
    warnings = [f"{lists[at][1]}: {', '.join(f'{counts[name]:,} {name}' for name in MENDED if counts[name])} mended in {lists[at][0]}."]
    warned = [f"{lists[at][1]}: {counts['bare']:,} still without a vector in {lists[at][0]}; the embedding model was away."]
    cursor = {"list": at if mark.start else at + 1, "start": mark.start, "after": mark.after}
    told = AdvanceRun(
        run=run.id, chunk=run.chunk + 1, stage="comparing", counts=dict(counts), cursor=cursor,
        warnings=[*(warnings if any(counts[name] for name in MENDED) else []), *(warned if counts["bare"] else [])],
    )  # fmt: skip
    reactor.dispatch(told, key=f"{run.id}:{run.chunk + 1}")
    return Progress.MORE
