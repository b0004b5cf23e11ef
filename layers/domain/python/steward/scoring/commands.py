"""Commands that value properties: one at once, or all of them as a run."""

from pathlib import Path
from tempfile import TemporaryDirectory

from steward.kernel.command import Danger, by_id, command
from steward.kernel.context import Context
from steward.kernel.errors import Unavailable
from steward.kernel.model import Nothing
from steward.properties.inputs import GetProperty, Scanned, ScanProperties, SetValuations, Stored, Valued
from steward.properties.model import Property, PropertyView
from steward.runs.model import AdvanceRun, ReleaseRun, RunView
from steward.scoring import homes, rules
from steward.scoring.commands_models import scoring
from steward.scoring.model import (
    BeginScoring,
    ExplainScore,
    Model,
    ScoreAll,
    ScoreChunk,
    Scored,
    ScoreProperty,
    ScoreRest,
    ScoreSome,
    Written,
)
from steward.scoring.serving import HOMES, VALUATIONS, active, ask, fetch, keep, open_run, serving, told, valuations_of

SCOPE = "write:properties"
CHUNK = 90
NO_MODEL = "No model is trained in this workspace yet; run `steward train`, or import sales."
TRAINING = "A model is being trained; ask again when it is ready."


@command(
    "scoring.score",
    scope=SCOPE,
    danger=Danger.WRITE,
    tool="score_property",
    http="POST /properties/{id}/score",
    spelt=by_id(id=lambda ctx, told: ctx.call(GetProperty(id=told)).id),
)
def score(cmd: ScoreProperty, ctx: Context) -> Scored:
    """Value a property with the model in use and show its score, with why."""
    home: PropertyView = ctx.call(GetProperty(id=cmd.id))
    model = active(ctx)
    if model is None:
        raise Unavailable(TRAINING if open_run(ctx, serving(ctx).training) else NO_MODEL)
    page: Scanned = ctx.call(ScanProperties(ids=[home.id], unless_valued_by=str(model.ref)))
    if page.homes:
        _value(ctx, model, page.homes[0])
        home = ctx.call(GetProperty(id=home.id))
    return answer(home)


@command(
    "scoring.explain", scope="read:properties", danger=Danger.READ, tool="explain_score", http="GET /properties/{id}/score",
    aliases=("GET /api/properties/{id}/score",),
)  # fmt: skip
def explain(cmd: ExplainScore, ctx: Context) -> Scored:
    """Show the estimate and the score of a property, with why."""
    return answer(ctx.call(GetProperty(id=cmd.id)))


@command("scoring.score_all", scope=SCOPE, danger=Danger.WRITE, tool="score_all_properties", http="POST /scores", batch=True)
def score_all(cmd: ScoreAll, ctx: Context) -> RunView:
    """Value every property that the model in use has not valued as it is now; a scoring that does so already is taken up."""
    ctx.announce("Values every property that the model in use has not valued as it is now.")
    state = serving(ctx)
    begun = open_run(ctx, state.scoring)
    if begun and state.model and begun.cursor.get("model") == state.model:
        taken_up: RunView = ctx.call(ReleaseRun(run=begun.id))
        return taken_up
    waits = open_run(ctx, state.training)
    if not state.model and waits is None:
        raise Unavailable(NO_MODEL)
    if not state.model and waits:
        ctx.call(ReleaseRun(run=waits.id))
    run, state = scoring(ctx, state)
    keep(ctx, state)
    return run


@command("scoring.score_some", scope=SCOPE, danger=Danger.WRITE, internal=True)
def score_some(cmd: ScoreSome, ctx: Context) -> Written:
    """Value some properties at once."""
    model = active(ctx)
    page: Scanned = ctx.call(ScanProperties(ids=cmd.ids, unless_valued_by=str(model.ref) if model else ""))
    return Written(written=_value(ctx, model, *page.homes) if model and page.homes else 0)


@command("scoring.score_rest", scope=SCOPE, danger=Danger.WRITE, internal=True)
def score_rest(cmd: ScoreRest, ctx: Context) -> Nothing:
    """Have a scoring value what could not be valued at once, as long as a model serves."""
    state = serving(ctx)
    if state.model:
        keep(ctx, scoring(ctx, state, trigger="edit")[1])
    return Nothing()


@command("scoring.begin", scope=SCOPE, danger=Danger.WRITE, internal=True)
def begin_scoring(cmd: BeginScoring, ctx: Context) -> RunView:
    """Note that the valuations of a run are ready to be stored."""
    counts = dict.fromkeys(("in", "out", "scored", "refused"), 0)
    begun: RunView = ctx.call(
        AdvanceRun(run=cmd.run, chunk=1, stage="scoring", total=cmd.homes, cursor={"offset": 0, "model": cmd.model}, counts=counts)
    )
    return begun


@command("scoring.score_chunk", scope=SCOPE, danger=Danger.WRITE, internal=True)
def score_chunk(cmd: ScoreChunk, ctx: Context) -> RunView:
    """Store the next valuations of a scoring; those of properties that are gone or changed since are passed over."""
    model = active(ctx)
    if model is None:
        raise Unavailable(NO_MODEL)
    with ctx.blobs.open(valuations_of(ctx, cmd.run), start=cmd.offset) as stream:
        lines = [line for _ in range(CHUNK) if (line := stream.readline())]
    made = told(lines, model)
    stored: Stored = ctx.call(SetValuations(valuations=[Valued.model_validate(one) for one in made]))
    scored, refused = sum("score" in one for one in made), sum("estimate" not in one for one in made)
    counts = {"in": len(made), "out": stored.written, "scored": scored, "refused": refused}
    cursor = {"offset": cmd.offset + sum(map(len, lines)), "model": model.id}
    advanced: RunView = ctx.call(AdvanceRun(run=cmd.run, chunk=cmd.chunk, cursor=cursor, counts=counts, writes=stored.written))
    return advanced


def _value(ctx: Context, model: Model, *chosen: Property) -> int:
    """Have the child value some properties, and store that."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        fetch(ctx, model, folder)
        (folder / HOMES).write_text("".join(homes.line(home) for home in chosen), "utf-8")
        ask(ctx, "score", folder)
        made = told((folder / VALUATIONS).read_bytes().splitlines(), model)
    stored: Stored = ctx.call(SetValuations(valuations=[Valued.model_validate(one) for one in made]))
    return stored.written


def answer(home: PropertyView) -> Scored:
    """A property's valuation as an answer of its own."""
    value = home.valuation
    kept = {name: getattr(value, name) for name in Scored.model_fields if name in type(value).model_fields}
    return Scored(
        **{**kept, "reason": value.reason or ("" if value.model else rules.WAITING)}, id=home.id, ref=home.ref, version=value.model_version
    )
