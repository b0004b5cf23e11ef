"""Commands on models: training one, listing them, choosing the one that serves."""

from steward.kernel.command import Danger, by_id, command
from steward.kernel.context import Context
from steward.kernel.errors import Invalid
from steward.runs.model import FinishRun, GetRun, ReleaseRun, RunView, StartRun
from steward.scoring import rules
from steward.scoring.model import (
    MODELS,
    ActivateModel,
    GetModel,
    GiveUpTraining,
    ListModels,
    Model,
    ModelPage,
    ModelView,
    RegisterModel,
    Serving,
    TrainModel,
)  # fmt: skip
from steward.scoring.serving import active, keep, load, open_run, serving, without_model

SCOPE = "write:models"


@command(
    "scoring.train", scope=SCOPE, danger=Danger.WRITE, tool="train_model", http="POST /models/train", aliases=("POST /api/models/train",),
    batch=True,
)  # fmt: skip
def train(cmd: TrainModel, ctx: Context) -> RunView:
    """Train a model on the sales of this workspace; a training that is already under way is taken up."""
    ctx.announce("Trains a model on every sale of this workspace, lets it serve, and values every property with it.")
    state = serving(ctx)
    run, state = training(ctx, state)
    keep(ctx, state)
    return run


@command("models.list", scope="read:properties", danger=Danger.READ, tool="list_models", http="GET /models", aliases=("GET /api/models",))
def list_models(cmd: ListModels, ctx: Context) -> ModelPage:
    """List the models of this workspace, newest first, with how good each is."""
    rows, onward = MODELS.page(ctx, start=cmd.start, limit=cmd.limit, newest=True)
    now = active(ctx)
    return ModelPage(rows=[view(model, now) for model in rows], total=max((model.ref for model in rows), default=0), next=onward)


@command(
    "models.get", scope="read:properties", danger=Danger.READ, tool="get_model", http="GET /models/{id}", aliases=("GET /api/models/{id}",)
)
def get_model(cmd: GetModel, ctx: Context) -> ModelView:
    """Show one model: what it was trained on, how good it is, what it looks at."""
    return view(load(ctx, cmd.id), active(ctx))


@command(
    "models.activate", scope=SCOPE, danger=Danger.WRITE, tool="activate_model", http="PUT /models/{id}/activate",
    aliases=("PUT /api/models/{id}/activate",),
    spelt=by_id(id=lambda ctx, told: load(ctx, told).id),
)  # fmt: skip
def activate(cmd: ActivateModel, ctx: Context) -> ModelView:
    """Let a model serve, and value every property with it."""
    model = load(ctx, cmd.id)
    if model.retired:
        raise Invalid(f"Model {model.ref} learnt from an import that was taken back; train a new one.")
    state = serving(ctx)
    if state.model != model.id:
        ctx.announce(f"Lets model {model.ref} serve, and values every property with it.")
        keep(ctx, scoring(ctx, state.model_copy(update={"model": model.id}), trigger="model")[1])
    return view(model, model)


@command("scoring.register_model", scope=SCOPE, danger=Danger.WRITE, internal=True)
def register_model(cmd: RegisterModel, ctx: Context) -> RunView:
    """Keep the model that a training has made, let it serve, and have everything valued by it. One that was stopped makes none."""
    if open_run(ctx, cmd.run) is None:
        stopped: RunView = ctx.call(GetRun(run=cmd.run))
        return stopped
    ref = ctx.refs(MODELS.kind)
    forward = cmd.learnt.forward
    notes = rules.doubts(cmd.learnt.grouped.median_error, forward.median_error if forward else None)
    model = Model(
        id=ctx.new_id(MODELS.kind, ref), ref=ref, created_at=ctx.now, updated_at=ctx.now, created_by=ctx.actor.id, notes=notes,
        **cmd.learnt.__dict__, **cmd.model_dump(exclude={"learnt"}),
    )  # fmt: skip
    MODELS.insert(ctx, model)
    keep(ctx, scoring(ctx, serving(ctx).model_copy(update={"model": model.id}), trigger="model")[1])
    figures = cmd.learnt.model_dump(mode="json", include={"rows", "parcels", "as_of", "grouped", "forward"})
    done: RunView = ctx.call(FinishRun(run=cmd.run, result={"model": model.name, "version": str(ref), **figures}, warnings=notes))
    return done


@command("scoring.give_up_training", scope=SCOPE, danger=Danger.WRITE, internal=True)
def give_up_training(cmd: GiveUpTraining, ctx: Context) -> RunView:
    """End a training that had too little to learn from; who waits for its model learns why there is none."""
    end_waiting(ctx, cmd.reason)
    none = dict.fromkeys(("model", "version", "grouped", "forward"))
    done: RunView = ctx.call(FinishRun(run=cmd.run, warnings=[cmd.reason], result={**none, "rows": cmd.rows}))
    return done


def end_waiting(ctx: Context, reason: str) -> None:
    """End the scoring that waits for a model which will not come."""
    waiting = open_run(ctx, serving(ctx).scoring)
    if waiting and active(ctx) is None:
        ctx.call(without_model(waiting, reason))


def training(ctx: Context, state: Serving, *, cause: str = "") -> tuple[RunView, Serving]:
    """The one training of a workspace: the open one, called for again, or a new one. `cause` is the import that asks for it."""
    known = open_run(ctx, state.training)
    if known:
        called: RunView = ctx.call(GetRun(run=known.id) if cause else ReleaseRun(run=known.id))
        return called, state
    trigger = "import" if cause else "person"
    run: RunView = ctx.call(
        StartRun(kind="training", name="Training a value model", subject=cause or None, trigger=trigger, stage="reading")
    )
    return run, state.model_copy(update={"training": run.id})


def scoring(ctx: Context, state: Serving, *, cause: str = "", trigger: str = "person") -> tuple[RunView, Serving]:
    """A scoring of what the model in use has not valued: one that has not begun yet, called for again, or a new one.

    `cause` is the import that asks for it; without one `trigger` says who does.
    """
    known = open_run(ctx, state.scoring)
    if known and known.chunk == 0:
        called: RunView = ctx.call(ReleaseRun(run=known.id))
        return called, state
    trigger = "import" if cause else trigger
    run: RunView = ctx.call(StartRun(kind="scoring", name="Scoring properties", subject=cause or None, trigger=trigger, stage="reading"))
    return run, state.model_copy(update={"scoring": run.id})


def view(model: Model, now: Model | None) -> ModelView:
    """A model as an answer shows it."""
    kept = model.model_dump(include=set(ModelView.model_fields) - {"model", "version", "active", "trained_at"})
    return ModelView(
        **kept, model=model.name, version=str(model.ref), active=now is not None and now.id == model.id, trained_at=model.created_at
    )
