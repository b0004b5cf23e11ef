"""What does the work of trainings and scorings: the child computes, chunks of a run commit."""

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from steward.kernel.context import Context
from steward.kernel.reactor import Reactor
from steward.properties.inputs import ListProperties, PropertyPage
from steward.runs.model import AdvanceRun, FinishRun, HoldRun, Run, RunStatus
from steward.runs.workers import Progress, worker
from steward.scoring import homes
from steward.scoring.model import BeginScoring, GiveUpTraining, Learnt, Model, RegisterModel, ScoreChunk
from steward.scoring.serving import HOMES, MODEL, VALUATIONS, active, ask, fetch, open_run, place_of, serving, valuations_of, without_model

NO_MODEL = "There is no model any more; run `steward train`."
OVERTAKEN = "A newer model took over; its own scoring values the rest."


@worker("training")
def train(run: Run, reactor: Reactor) -> Progress:
    """Write out the properties, train on them in a child process, and register the model."""
    if run.chunk == 0:
        reactor.dispatch(AdvanceRun(run=run.id, chunk=1, stage="training"), key=f"{run.id}:1")
        return Progress.MORE
    ctx = reactor.context()
    with TemporaryDirectory() as name:
        folder = Path(name)
        _, sources = homes.write(ctx, folder / HOMES)
        told = ask(ctx, "train", folder)
        if "refused" in told:
            reactor.dispatch(GiveUpTraining(run=run.id, reason=str(told["refused"]), rows=told["rows"]), key=f"{run.id}:end")
            return Progress.DONE
        content = (folder / MODEL).read_bytes()
    blob = ctx.blobs.put(place_of(ctx, run.ref), content, content_type="application/json")
    reactor.dispatch(
        RegisterModel(
            run=run.id, learnt=Learnt.model_validate(told), blob=blob.key, sha256=sha256(content).hexdigest(), size=blob.size,
            sources=sorted(sources),
        ),
        key=f"{run.id}:end",
    )  # fmt: skip
    return Progress.DONE


@worker("scoring")
def score(run: Run, reactor: Reactor) -> Progress:
    """Value in a child process what is not valued yet, then store that, a chunk a commit."""
    ctx = reactor.context()
    model = active(ctx)
    if model is None:
        return _await(run, reactor, open_run(ctx, serving(ctx).training))
    if run.chunk == 0:
        return _predict(run, reactor, model)
    if run.cursor["model"] != model.id:
        return _finish(run, reactor, warning=OVERTAKEN)
    if run.counts["in"] >= (run.total or 0):
        return _finish(run, reactor)
    chunk = run.chunk + 1
    reactor.dispatch(ScoreChunk(run=run.id, chunk=chunk, offset=run.cursor["offset"]), key=f"{run.id}:{chunk}")
    return Progress.MORE


def _await(run: Run, reactor: Reactor, training: Run | None) -> Progress:
    """A scoring waits for the model that is being trained, which calls for it; and for what that training waits for."""
    if training is None:
        reactor.context().blobs.delete(valuations_of(reactor.context(), run.id))
        reactor.dispatch(without_model(run, NO_MODEL), key=f"{run.id}:end")
        return Progress.DONE
    if training.status is RunStatus.WAITING:
        reactor.dispatch(HoldRun(run=run.id, reason=training.reason), key=f"{run.id}:{run.version}:wait")
    return Progress.WAIT


def _predict(run: Run, reactor: Reactor, model: Model) -> Progress:
    """Ask the child about everything that is not valued; its answer is kept, so that a killed run need not ask again."""
    ctx = reactor.context()
    with TemporaryDirectory() as name:
        folder = Path(name)
        count, _ = homes.write(ctx, folder / HOMES, unless_valued_by=str(model.ref))
        if count:
            fetch(ctx, model, folder)
            ask(ctx, "score", folder)
            with (folder / VALUATIONS).open("rb") as made:
                ctx.blobs.put(valuations_of(ctx, run.id), made, content_type="application/jsonl")
    reactor.dispatch(BeginScoring(run=run.id, model=model.id, homes=count), key=f"{run.id}:1")
    return Progress.MORE


def _finish(run: Run, reactor: Reactor, *, warning: str = "") -> Progress:
    ctx = reactor.context()
    ctx.blobs.delete(valuations_of(ctx, run.id))
    result = {"properties": _count(ctx), "scored": _count(ctx, score="known"), "valued": run.counts.get("out", 0)}
    warnings = [warning] if warning else []
    reactor.dispatch(FinishRun(run=run.id, result=result, warnings=warnings), key=f"{run.id}:end")
    return Progress.DONE


def _count(ctx: Context, **filters: str) -> int:
    page: PropertyPage = ctx.call(ListProperties(limit=1, **filters))
    return page.total
