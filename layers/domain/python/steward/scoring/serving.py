"""Which model serves, where it is kept, and asking the child about it."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from steward.kernel.context import Context
from steward.kernel.errors import NotFound, Unavailable
from steward.kernel.ids import derive
from steward.runs.commands import load as load_run
from steward.runs.model import FinishRun, Run
from steward.scoring.model import MODELS, NAME, SERVING, Model, Serving

CHILD = "steward.scoring.child"
TIMEOUT = 600.0
HOMES, MODEL, VALUATIONS = "homes.jsonl", "model.json", "valuations.jsonl"


def serving(ctx: Context) -> Serving:
    """What serves this workspace, nothing at first."""
    return SERVING.get(ctx, NAME) or Serving(id=NAME, created_at=ctx.now, updated_at=ctx.now)


def keep(ctx: Context, changed: Serving) -> None:
    """Write what serves from now on."""
    if changed.version:
        SERVING.replace(ctx, changed)
    else:
        SERVING.insert(ctx, changed)


def active(ctx: Context) -> Model | None:
    """The model in use."""
    state = serving(ctx)
    return MODELS.get(ctx, state.model) if state.model else None


def learnt_from(ctx: Context, run: str) -> list[Model]:
    """The models that have learnt from an import and are not retired."""
    found, start = list[Model](), ""
    while True:
        page, start = MODELS.page(ctx, start=start)
        found += [model for model in page if run in model.sources and not model.retired]
        if not start:
            return found


def open_run(ctx: Context, run: str) -> Run | None:
    """A run that has not ended, None when it has or there is none."""
    found = load_run(ctx, run) if run else None
    return found if found and not found.ended else None


def without_model(run: Run, reason: str) -> FinishRun:
    """How a scoring ends that no model is there for: who asked for it hears that it failed, what followed by itself is dropped."""
    if run.trigger == "person":
        return FinishRun(run=run.id, error=reason)
    return FinishRun(run=run.id, cancelled=True, warnings=[reason])


def load(ctx: Context, told: str) -> Model:
    """The model of a version or an id. Raises NotFound."""
    found = MODELS.get(ctx, told)
    if found is None and told.isascii() and told.isdigit() and len(told) < 10:
        found = MODELS.get(ctx, derive(ctx.workspace, MODELS.kind, int(told)))
    if found is None:
        raise NotFound(f"There is no model '{told[:64]}' in this workspace; `steward models list` shows them.")
    return found


def place_of(ctx: Context, version: int) -> str:
    """The blob of a model."""
    return f"{ctx.blob_prefix}models/{version}/{MODEL}"


def valuations_of(ctx: Context, run: str) -> str:
    """The blob of the valuations that a scoring still has to store."""
    return f"{ctx.blob_prefix}runs/{run}/{VALUATIONS}"


def fetch(ctx: Context, model: Model, folder: Path) -> None:
    """Put a model into a folder. Raises Unavailable when its file is not the one that was trained."""
    content = ctx.blobs.open(model.blob).read()
    if sha256(content).hexdigest() != model.sha256:
        raise Unavailable(f"The file of model {model.ref} is damaged; run `steward train` to make a new one.")
    (folder / MODEL).write_bytes(content)


def ask(ctx: Context, what: str, folder: Path) -> Mapping[str, Any]:
    """Have the child train or score with the files of a folder. Raises Unavailable where no child can run."""
    request = {"do": what, **{name.partition(".")[0]: str(folder / name) for name in (HOMES, MODEL, VALUATIONS)}}
    return cast(Mapping[str, Any], ctx.children.call(CHILD, request, timeout=TIMEOUT))


def told(lines: Sequence[bytes], model: Model) -> list[dict[str, Any]]:
    """Valuations as the child wrote them, under their model's name."""
    return [{**json.loads(line), "model": model.name, "model_version": str(model.ref)} for line in lines]
