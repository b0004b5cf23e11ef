"""Models: how good the one in use is, what it looks at, what it was made from, and those before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp

from steward.desk import words
from steward.desk.views.facts import label_of
from steward.desk.views.parts import Value
from steward.desk.views.runs import asks, busy, count_of, share_of
from steward.runs.model import RunStatus, RunView
from steward.scoring.model import ModelView, Quality

TOP_FACTS = 10


@dataclass(frozen=True, slots=True)
class Number:
    """One of the numbers at the top."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure: on parcels never seen, and on sales after the training ended."""

    label: str
    grouped: str
    forward: Value
    means: str


@dataclass(frozen=True, slots=True)
class Weight:
    """How far a fact moves a value on average; `share` is of the strongest."""

    label: str
    amount: str
    share: float


@dataclass(frozen=True, slots=True)
class InUse:
    """The model in use."""

    six: Sequence[Number]
    tested: str
    metrics: Sequence[Metric]
    facts: Sequence[Weight]
    facts_note: str
    made: Sequence[tuple[str, str]]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Version:
    """A model in the history; `use` is where it is put to use again."""

    version: str
    active: bool
    error: str
    when: str
    retired: bool
    use: str = ""


@dataclass(frozen=True, slots=True)
class Moving:
    """A training or scoring under way, or one that waits with its reason."""

    title: str
    note: str
    text: str
    share: float


@dataclass(frozen=True, slots=True)
class Blank:
    """Why there is no model."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ModelsView:
    """The whole page."""

    href: str
    sentence: str
    live: bool
    can_train: bool
    verb: str
    running: Sequence[Moving]
    current: InUse | None
    versions: Sequence[Version]
    blank: Blank


def page(models: Sequence[ModelView], runs: Sequence[RunView], *, homes: int, href: str, now: datetime) -> ModelsView:
    """The page; `runs` are those of training and scoring, newest first."""
    current = next((model for model in models if model.active), None)
    moving = [run for run in runs if busy(run) or (run.status is RunStatus.WAITING and not asks(run))]
    training = any(run.kind == "training" for run in moving)
    return ModelsView(
        href=href,
        sentence=sentence(current),
        live=any(busy(run) for run in moving),
        can_train=bool(homes) and not training,
        verb="Train again" if current else "Train a model",
        running=[under_way(run) for run in moving],
        current=in_use(current, now) if current else None,
        versions=[version(model, href, now) for model in models],
        blank=blank(models, runs, homes),
    )


def sentence(current: ModelView | None) -> str:
    """`Model 3 values every home; half its values are within 7.4 % of the price.`"""
    if current is None:
        return "A model learns what homes sell for, and says of every home what it is worth and why."
    error = words.percent(current.grouped.median_error, 1)
    return f"Model {current.version} is in use; half of its values are within {error} of a price it never saw."


def under_way(run: RunView) -> Moving:
    """A training or scoring as a card."""
    title = "Training" if run.kind == "training" else "Scoring"
    if run.status is RunStatus.WAITING:
        return Moving(f"{title} waits", "", run.reason, 0.0)
    done = count_of(run, "out", "in")
    note = f"{words.count(done)} of {words.plural(run.total, 'home')}" if run.total else ""
    text = f"{words.span(run.seconds)} so far" if run.seconds else "just begun"
    return Moving(title, note, text, share_of(run))


def in_use(model: ModelView, now: datetime) -> InUse:
    """The model in use."""
    good, later = model.grouped, model.forward
    numbers = [
        Number("Version", model.version, f"trained {words.then(model.trained_at, now)}"),
        Number("Median error", words.percent(good.median_error, 1), "on parcels never seen"),
        Number("Fit, R²", f"{good.r2:.3f}", "1 would be perfect"),
        Number("Within 10 %", words.percent(good.within_10), "of values"),
        Number("80 % range holds", words.percent(good.coverage_80, 1), "of prices"),
        Number("Learnt from", words.count(model.rows), f"sales of {words.plural(model.parcels, 'parcel')}"),
    ]
    strongest = max(model.weights.values(), default=0.0)
    ranked = sorted(model.weights.items(), key=lambda one: -one[1])
    weights = [
        Weight(label_of(name), f"± {words.percent(exp(size) - 1, 1)}", size / strongest if strongest else 0.0) for name, size in ranked
    ]
    forward = f"; later ones are {words.plural(later.rows, 'sale')} from {words.day(later.from_day)} on" if later and later.from_day else ""
    more = len(weights) - TOP_FACTS
    note = "how far each moves a value on average" + (f"; {more} smaller ones left out" if more > 0 else "")
    return InUse(numbers, f"{words.plural(good.rows, 'sale')} held out in turn{forward}", metrics(good, later), weights[:TOP_FACTS], note,
                 made(model), list(model.notes))  # fmt: skip


def metrics(good: Quality, later: Quality | None) -> list[Metric]:
    """The measures side by side."""

    def both(label: str, name: str, means: str, digits: int = 1) -> Metric:
        said = [words.percent(getattr(one, name), digits) if one else "" for one in (good, later)]
        return Metric(label, said[0], Value(said[1]) if later else Value("too few sales", "none"), means)

    fit = Metric(
        "R²",
        f"{good.r2:.3f}",
        Value(f"{later.r2:.3f}") if later else Value("too few sales", "none"),
        "how much of the differences it explains",
    )
    return [
        both("Median error", "median_error", "half of the values are nearer to the price than this"),
        both("Within 10 %", "within_10", "share of values that are that near"),
        both("80 % range holds", "coverage_80", "share of prices inside the range; 80 % is right"),
        fit,
    ]


def made(model: ModelView) -> list[tuple[str, str]]:
    """What it was made from, and with what."""
    lines = [
        ("Sales", words.count(model.rows)),
        ("Parcels", words.count(model.parcels)),
        ("From", words.day(model.first_day)),
        ("To", words.day(model.as_of)),
        ("Left out", f"{words.count(model.left_out)}, whose price is none" if model.left_out else "none"),
        ("Imports", words.count(len(model.sources))),
        ("Facts", words.count(len(model.columns))),
        ("Method", f"{model.algorithm.replace('lightgbm', 'LightGBM')}, on the logarithm of the price"),
        ("Size", words.size(model.size)),
        ("Checksum", f"{model.sha256[:6]}…{model.sha256[-4:]}"),
    ]
    return [(label, text) for label, text in lines if text]


def version(model: ModelView, href: str, now: datetime) -> Version:
    """A line of the history."""
    use = "" if model.active or model.retired else f"{href}/{model.version}/activate"
    return Version(
        model.version, model.active, words.percent(model.grouped.median_error, 1), words.when(model.trained_at, now), model.retired, use
    )


def blank(models: Sequence[ModelView], runs: Sequence[RunView], homes: int) -> Blank:
    """Why there is no model, and what to do. A training may succeed with advice on its model, so only `model` says it made none."""
    last = next((run for run in runs if run.kind == "training" and not busy(run)), None)
    if last and (last.error or (last.warnings and not last.result.get("model"))):
        return Blank("The last training made no model", last.error or last.warnings[0])
    if homes and models and models[0].retired:
        return Blank(f"Model {models[0].version} is out of use", models[0].notes[-1])
    if homes:
        return Blank("No model yet", "Train one on the sales that are here; it takes well under a minute for a county.")
    return Blank("Nothing to learn from yet", "A model is trained by itself once the first county with sales is in.")
