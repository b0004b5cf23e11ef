"""What follows from an import: dispatched by the reactions of this slice only."""

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.model import Nothing
from steward.runs.model import FinishRun
from steward.scoring import homes, rules
from steward.scoring.commands_models import SCOPE, end_waiting, scoring, training
from steward.scoring.model import MODELS, FollowImport, ForgetImport, RetireModel
from steward.scoring.serving import keep, open_run, serving

UNDONE = "An import that it learnt from was taken back."


@command("scoring.follow_import", scope=SCOPE, danger=Danger.WRITE, internal=True)
def follow_import(cmd: FollowImport, ctx: Context) -> Nothing:
    """After an import: value what it brought; where no model serves, train, unless the import told nothing to learn from."""
    state = serving(ctx)
    if state.model or cmd.learnable:
        follow = scoring if state.model else training
        keep(ctx, follow(ctx, state, cause=cmd.run)[1])
    return Nothing()


@command("scoring.retire_model", scope=SCOPE, danger=Danger.WRITE, internal=True)
def retire_model(cmd: RetireModel, ctx: Context) -> Nothing:
    """Let a model serve no more that learnt from an import that was taken back."""
    state, model = serving(ctx), MODELS.require(ctx, cmd.id)
    if model.retired:
        return Nothing()
    MODELS.replace(ctx, model.model_copy(update={"retired": True, "notes": [*model.notes, UNDONE]}))
    if state.model == model.id:
        keep(ctx, state.model_copy(update={"model": ""}))
    ctx.emit("models.retired", {"model": model.name, "version": str(model.ref)})
    return Nothing()


@command("scoring.forget_import", scope=SCOPE, danger=Danger.WRITE, internal=True)
def forget_import(cmd: ForgetImport, ctx: Context) -> Nothing:
    """After an undo: train on what is left where that is enough, else have it valued, or say why nothing can be."""
    state = serving(ctx)
    stopped = open_run(ctx, state.training)
    if stopped:
        ctx.call(FinishRun(run=stopped.id, cancelled=True))
    few = rules.too_few(homes.sold_parcels(ctx, most=rules.FEWEST_PARCELS))
    if not few and (stopped or not state.model):
        keep(ctx, training(ctx, state, cause=cmd.run)[1])
    elif state.model:
        keep(ctx, scoring(ctx, state, cause=cmd.run)[1])
    else:
        _tell(ctx, few)
    return Nothing()


def _tell(ctx: Context, reason: str) -> None:
    """Say on the last model why none follows it, and to who waits for one."""
    end_waiting(ctx, reason)
    last = next(iter(MODELS.page(ctx, limit=1, newest=True)[0]), None)
    if last and reason not in last.notes:
        MODELS.replace(ctx, last.model_copy(update={"notes": [*last.notes, reason]}))
