"""What follows from an import: dispatched by the reactions of this slice only."""

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.model import Nothing
from steward.properties.inputs import Scanned, ScanProperties
from steward.runs.model import FinishRun
from steward.scoring.commands_models import SCOPE, scoring, training
from steward.scoring.model import MODELS, FollowImport, ForgetImport
from steward.scoring.serving import active, keep, open_run, serving

UNDONE = "An import that it learnt from was taken back."


@command("scoring.follow_import", scope=SCOPE, danger=Danger.WRITE, internal=True)
def follow_import(cmd: FollowImport, ctx: Context) -> Nothing:
    """After an import: train when no model serves, else value what the import brought."""
    state = serving(ctx)
    follow = scoring if state.model else training
    keep(ctx, follow(ctx, state, cause=cmd.run)[1])
    return Nothing()


@command("scoring.forget_import", scope=SCOPE, danger=Danger.WRITE, internal=True)
def forget_import(cmd: ForgetImport, ctx: Context) -> Nothing:
    """After an undo: a model that learnt from the import serves no more; what is left of the properties is seen to anew."""
    state, model = serving(ctx), active(ctx)
    if model and cmd.run in model.sources:
        MODELS.replace(ctx, model.model_copy(update={"retired": True, "notes": [*model.notes, UNDONE]}))
        state = state.model_copy(update={"model": ""})
    stopped = open_run(ctx, state.training)
    if stopped:
        ctx.call(FinishRun(run=stopped.id, cancelled=True))
    left: Scanned = ctx.call(ScanProperties(limit=1))
    if left.homes:
        follow = training if stopped or not state.model else scoring
        state = follow(ctx, state, cause=cmd.run)[1]
    keep(ctx, state)
    return Nothing()
