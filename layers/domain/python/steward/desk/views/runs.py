"""Runs as pages show them: their state in a word, their figures, how far they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steward.desk import words
from steward.runs.model import ENDED, RunStatus, RunView

LOOKS: Mapping[RunStatus, str] = {
    RunStatus.QUEUED: "enamel",
    RunStatus.RUNNING: "enamel",
    RunStatus.WAITING: "warn",
    RunStatus.SUCCEEDED: "good",
    RunStatus.FAILED: "bad",
    RunStatus.CANCELLED: "",
}
"""The chip of a state."""
WORDS: Mapping[RunStatus, str] = {
    RunStatus.QUEUED: "queued",
    RunStatus.RUNNING: "running",
    RunStatus.WAITING: "waiting",
    RunStatus.SUCCEEDED: "done",
    RunStatus.FAILED: "failed",
    RunStatus.CANCELLED: "stopped",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the five stages; `look` is its chip's."""

    text: str
    look: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """A run under way: what it does, how far, how fast."""

    verb: str
    done: str
    of: str
    share: float
    pace: Sequence[tuple[str, str]]
    stages: Sequence[Stage]
    stop: str = ""


def count_of(run: RunView, *names: str) -> int:
    """A figure of a run: of its result when it has ended, else of its counts; 0 when it has none of these names."""
    for name in names:
        for told in (run.result, run.counts):
            if isinstance(told.get(name), int):
                return int(told[name])
    return 0


def busy(run: RunView) -> bool:
    """Whether a run is at work or about to be."""
    return run.status in (RunStatus.QUEUED, RunStatus.RUNNING)


def ended(run: RunView) -> bool:
    """Whether nothing more will happen to a run."""
    return run.status in ENDED


def asks(run: RunView) -> bool:
    """Whether an import waits for a person to confirm its columns."""
    return run.kind == "import" and run.status is RunStatus.WAITING and run.stage == "mapped"


def state_of(run: RunView) -> str:
    """A run's state in a word or two."""
    return "columns to confirm" if asks(run) else WORDS[run.status]


def done_of(run: RunView) -> int:
    """How much of its work a run has done."""
    return count_of(run, "rows", "out", "in")


def unit_of(run: RunView) -> tuple[str, str]:
    """What a run goes through, one and many of it."""
    return ("property", "properties") if run.kind == "undo" else ("row", "rows")


def share_of(run: RunView) -> float:
    """How far a run is, from 0 to 1."""
    done = done_of(run)
    return min(1.0, done / run.total) if run.total else 0.0


def moving(run: RunView, verb: str, total: int, *, stages: Sequence[Stage], stop: str) -> ProgressView:
    """A run under way, of `total` where it does not know its own."""
    of = run.total or total
    done = min(done_of(run), of) if of else done_of(run)
    one, many = unit_of(run)
    seconds = run.seconds or 0.0
    rate = done / seconds if seconds > 0.5 else 0.0
    left = (of - done) / rate if rate and of > done else 0.0
    pace = [(words.count(round(rate)), f"{many} a second")] if rate >= 1 else []
    pace += [(words.span(left), "left")] if left else []
    pace += [(words.count(count_of(run, "quarantined", "failed", "held")), "held back")] if run.kind == "import" else []
    pace = pace or [(words.span(seconds), "so far")]
    said = f"of {words.plural(of, one, many)}" if of else ""
    return ProgressView(verb, words.count(done) if of else "", said, done / of if of else 0.0, pace, stages, stop)
