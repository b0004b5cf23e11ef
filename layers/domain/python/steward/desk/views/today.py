"""Today: what is under way, what waits for a person, the best scores, and the desk at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.desk import words
from steward.desk.query import State
from steward.desk.views import filters
from steward.desk.views.approvals import ApprovalCard
from steward.desk.views.parts import Line, Plate, name_of_home
from steward.desk.views.rows import bed_bath
from steward.desk.views.runs import asks, busy, count_of, done_of, ended, share_of, unit_of
from steward.desk.views.workspace import STATES, TITLES
from steward.properties.model import PropertyRow
from steward.runs.model import RunStatus, RunView
from steward.scoring.model import ModelView
from steward.workspaces.model_plans import Quota, Used

VERBS = {"import": "Importing "}
ICONS = {"import": "upload", "undo": "undo-2", "training": "scale", "scoring": "scale", "memo": "file-text"}
LATELY = 6
NEWS = timedelta(days=7)
"""How long what happened is worth a look."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the page rests on: runs newest first, the best homes, and how many homes there are of each sort.

    `nearly` are the quotas of the plan that are near their end or used up, for who sees to that.
    `held` are the imports of late that held rows back, each file once.
    `under` are offered at a tenth under their value or lower, `cheaper` are not offered and were sold at that.
    """

    runs: Sequence[RunView]
    best: Sequence[PropertyRow]
    homes: int
    scored: int
    under: int
    cheaper: int
    unpriced: int
    waiting: int
    spread: Sequence[tuple[int, int]]
    asked: Sequence[ApprovalCard] = ()
    nearly: Sequence[Used] = ()
    held: Sequence[RunView] = ()
    model: "ModelCard | None" = None


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the queue: one verb, and how far it is where it moves by itself."""

    title: str
    text: str
    href: str
    verb: str
    icon: str
    left: str = ""
    share: float | None = None
    plate: Plate | None = None
    due: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together."""

    title: str
    note: str
    rows: Sequence[Task]


@dataclass(frozen=True, slots=True)
class Best:
    """A home with a high score."""

    plate: Plate
    name: str
    text: str
    href: str
    score: int


@dataclass(frozen=True, slots=True)
class Recent:
    """Something that ended lately."""

    icon: str
    text: str
    at: str
    when: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The model in use, in a few lines."""

    name: str
    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TodayView:
    """The whole page."""

    href: str
    date: str
    title: str
    sentence: str
    first: bool
    live: bool
    groups: Sequence[Group]
    best: Sequence[Best]
    best_note: str
    tally: Sequence[Line]
    spread: Sequence[filters.Choice]
    spread_note: str
    model: ModelCard | None
    recent: Sequence[Recent]


def page(known: Known, base: str, now: datetime) -> TodayView:
    """The page."""
    moving = [task(run, base) for run in known.runs if busy(run)]
    waiting = decisions(known, base)
    groups = [
        Group("Under way", "goes on by itself", moving),
        Group("Waiting for you", f"{len(waiting)} to decide", waiting),
        news(known, base),
    ]
    return TodayView(
        href=f"{base}/today",
        date=words.long_day(now),
        title=title(len(waiting), len(moving), known.homes),
        sentence=sentence(known),
        first=not known.homes and not moving and not waiting,
        live=bool(moving),
        groups=[group for group in groups if group.rows],
        best=[best(home, base) for home in known.best if home.valuation.score is not None],
        best_note=f"of {words.count(known.scored)} scored",
        tally=tally(known, base),
        spread=spread(known, base),
        spread_note=f"{words.count(known.scored)} homes",
        model=known.model,
        recent=[recent(run, base, now) for run in known.runs if ended(run)][:LATELY],
    )


def title(waiting: int, moving: int, homes: int) -> str:
    """`Two things are waiting on you`"""
    if waiting:
        return words.several(waiting, "thing is waiting on you", "things are waiting on you")
    if moving:
        return "Steward is at work"
    return "Nothing is waiting on you" if homes else "Welcome to your desk"


def sentence(known: Known) -> str:
    """What is here, in a sentence."""
    if not known.homes:
        return "Bring in a county and every home gets a value, a score and the reasons."
    lead = f"{words.plural(known.homes, 'home is', 'homes are')} here"
    if known.under:
        ask = "asks" if known.under == 1 else "ask"
        return f"{lead}; {words.count(known.under)} of them {ask} at least 10 % less than the middle of the estimate."
    return f"{lead}, {words.count(known.scored)} with a score." if known.scored else f"{lead}; their values come with the first model."


def task(run: RunView, base: str) -> Task:
    """A run that moves by itself."""
    share = share_of(run)
    text = (
        f"{words.count(done_of(run))} of {words.plural(run.total, *unit_of(run))}" if run.total else run.stage.capitalize() or "Just begun"
    )
    return Task(
        f"{VERBS.get(run.kind, '')}{run.name}",
        text,
        link(run, base),
        "Watch",
        ICONS.get(run.kind, "clock"),
        left=words.percent(share) if share else "now",
        share=share,
    )


def link(run: RunView, base: str) -> str:
    """Where a run is looked at."""
    match run.kind:
        case "import":
            return f"{base}/imports/{run.ref}"
        case "undo":
            return f"{base}/imports/{run.subject}"
        case "training" | "scoring":
            return f"{base}/models"
        case _:
            return f"{base}/properties"


def decisions(known: Known, base: str) -> list[Task]:
    """What only a person can decide."""
    waiting = [one for run in known.runs if (one := asked(run, base))]
    failed = [
        Task(f"{run.name} failed", run.error or "", link(run, base), "Look", "triangle-alert", "failed")
        for run in known.runs
        if run.status is RunStatus.FAILED
    ]
    yeses = [decision(one) for one in known.asked]
    quotas = [quota(one, base) for one in known.nearly]
    return [*yeses, *waiting, *failed[:3], *quotas, *unpriced(known, base)]


def news(known: Known, base: str) -> Group:
    """What is worth a look; nobody needs to do anything about it."""
    return Group("Worth a look", "nothing to decide", [held_back(run, base) for run in known.held])


def decision(one: ApprovalCard) -> Task:
    """A request that waits for this person's yes or no."""
    who = f"{one.who} asked" if one.mine else f"{one.who} asks"
    return Task(one.title, f"{who}. {one.why}", one.href, "Decide", "circle-check", one.left, one.share, due=True)


def asked(run: RunView, base: str) -> Task | None:
    """A run that waits: for its columns to be confirmed, or for the reason it gives; None when it waits for nobody here."""
    if asks(run):
        rows = f"{words.plural(run.total or 0, 'row')} wait for it; nothing is stored before"
        return Task(f"Confirm the columns of {run.name}", rows, link(run, base), "Look", "table", "waits")
    if run.status is RunStatus.WAITING and run.stage != "upload":
        return Task(f"{run.name} waits", run.reason, link(run, base), "Look", "pause", "waits")
    return None


def quota(one: Used, base: str) -> Task:
    """A quota of the plan that nears its end."""
    state, _ = STATES[one.state]
    say = words.size if one.quota is Quota.STORAGE else words.count
    text = f"{say(one.used)} of {say(one.limit or 0)}{' this month' if one.monthly else ''}"
    return Task(f"{TITLES[one.quota]}: {state}", text, f"{base}/settings/usage", "See", "circle-alert", words.percent(one.share or 0))


def may_tell(run: RunView, now: datetime) -> bool:
    """Whether an import held rows back of late."""
    late = run.finished_at is not None and now - run.finished_at < NEWS
    return late and run.kind == "import" and run.status is RunStatus.SUCCEEDED and count_of(run, "quarantined") > 0


def held_back(run: RunView, base: str) -> Task:
    """Rows of an import that were left out."""
    said = words.plural(count_of(run, "quarantined"), "row was", "rows were")
    return Task(f"{said} held back", f"from {run.name}, each with its reason", f"{link(run, base)}#held", "Read", "circle-alert", "news")


def unpriced(known: Known, base: str) -> list[Task]:
    """Homes that have no score for want of a price."""
    if not known.unpriced:
        return []
    where = State(f"{base}/properties", filters.UNPRICED).href()
    said = f"{words.plural(known.unpriced, 'home has', 'homes have')} no price"
    why = "A score compares a price with the value; give an asking price and it appears"
    return [Task(said, why, where, "See them", "tag", "when you can")]


def best(home: PropertyRow, base: str) -> Best:
    """A home with a high score."""
    name = name_of_home(home)
    gap = float(home.valuation.gap or 0)
    against = "asking" if home.valuation.price_basis == "asking" else "the last sale, brought forward"
    said = f"{words.near(abs(gap))} {'under' if gap >= 0 else 'over'} the middle, vs {against}"
    text = ". ".join(
        part for part in (said, ", ".join(part for part in (name.place if home.address else "", bed_bath(home)) if part)) if part
    )
    return Best(name.plate, name.text, text, f"{base}/properties/{home.ref}", round(home.valuation.score or 0))


def tally(known: Known, base: str) -> list[Line]:
    """The homes in figures."""
    if not known.homes:
        return []
    bare = State(f"{base}/properties")
    lines = [Line(known.homes, "known"), Line(known.scored, "with a score", bare.with_filter("score", "known").href())]
    if known.under:
        lines.append(Line(known.under, "asking 10 % or more under their value", State(bare.path, filters.UNDER).href()))
    if known.cheaper:
        said = "not offered, last sale brought forward 10 % or more under"
        lines.append(Line(known.cheaper, said, State(bare.path, filters.CHEAPER).href()))
    if known.waiting:
        lines.append(Line(known.waiting, "without an estimate", bare.with_filter("estimate", "unknown").href()))
    return lines


def spread(known: Known, base: str) -> list[filters.Choice]:
    """How the scores are spread, as bars that lead to their homes."""
    top = max((count for _, count in known.spread), default=0)
    bare = State(f"{base}/properties")
    return [
        filters.Choice(str(low), count, bare.with_filter("score", f"{low}..{low + 10}").href(), share=count / top if top else 0)
        for low, count in known.spread
    ]


def model_card(model: ModelView, now: datetime) -> ModelCard:
    """The model in use, in a few lines."""
    lines = [
        ("Median error", words.percent(model.grouped.median_error, 1)),
        ("Range holds", words.percent(model.grouped.coverage_80, 1)),
        ("Sales", words.count(model.rows)),
        ("Trained", words.when(model.trained_at, now)),
    ]
    return ModelCard(f"{model.model} {model.version}", lines)


def recent(run: RunView, base: str, now: datetime) -> Recent:
    """Something that ended lately."""
    moment = run.finished_at or run.created_at
    ends = {RunStatus.SUCCEEDED: "is done", RunStatus.FAILED: "failed", RunStatus.CANCELLED: "was stopped"}
    return Recent(
        ICONS.get(run.kind, "clock"),
        f"{run.name} {ends.get(run.status, '')}".strip(),
        moment.isoformat(),
        words.when(moment, now),
        link(run, base),
    )
