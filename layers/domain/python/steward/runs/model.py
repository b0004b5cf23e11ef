"""The Run: one execution of machine work (spec K11), with its progress and where it goes on after a kill."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import Field

from steward.kernel.model import Input, Output
from steward.kernel.money import Dollars
from steward.kernel.rows import Record, Table, Upgrade


class RunStatus(StrEnum):
    """`waiting` is for a person, or for a place where the work can be done; the reason is on the run."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED})


def _with_work(body: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 knew only when work began, so all the time since then counts as worked."""
    begun, until = body.get("started_at"), body.get("finished_at") or body["updated_at"]
    return {**body, "worked": (datetime.fromisoformat(until) - datetime.fromisoformat(begun)).total_seconds() if begun else 0.0}


class Run(Record):
    """`params` is what it was asked, `cursor` where it stands, `chunk` how many chunks are committed, `counts` what it
    has done (`in` read, `out` written, `failed` held back, and the kind's own). `held` says that it waits for a place
    where it can be done, not for a person; `retried` that only an engine is in the way, so that it is called for each
    minute. `holder` is the process that works on it, until `lease_until`; `attempt` counts how often it was taken in hand
    since its last chunk. `taken_at` is when work on it began that goes on now, `worked` the seconds of work before that."""

    SCHEMA: ClassVar[int] = 2
    UPGRADES: ClassVar[Mapping[int, Upgrade]] = {1: _with_work}
    UNTOLD: ClassVar[frozenset[str]] = frozenset(
        {
            "kind", "trigger", "parent_id", "subject", "stage", "held", "retried", "attempt", "params", "cursor", "chunk", "counts",
            "warnings", "result", "error", "holder", "lease_until", "started_at", "taken_at", "worked", "finished_at", "reads", "writes",
            "model_calls", "cost",
        }
    )  # fmt: skip

    kind: str
    name: str
    trigger: str = "person"
    parent_id: str | None = None
    subject: str | None = None
    status: RunStatus = RunStatus.QUEUED
    stage: str = ""
    reason: str = ""
    held: bool = False
    retried: bool = False
    attempt: int = 0
    params: dict[str, Any] = Field(default_factory=dict)
    cursor: dict[str, Any] = Field(default_factory=dict)
    chunk: int = 0
    total: int | None = None
    counts: dict[str, int] = Field(default_factory=dict)
    warnings: list[str] = Field(default_factory=list)
    result: dict[str, Any] = Field(default_factory=dict)
    error: str | None = None
    holder: str | None = None
    lease_until: datetime | None = None
    started_at: datetime | None = None
    taken_at: datetime | None = None
    worked: float = 0.0
    finished_at: datetime | None = None
    reads: int = 0
    writes: int = 0
    model_calls: int = 0
    cost: int = 0

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in ENDED


def _due(run: Run) -> str:
    return "" if run.ended else run.created_at.isoformat()


RUNS: Table[Run] = Table("run", Run, due=_due)


class RunView(Output):
    """A run as an answer shows it; times are UTC, `seconds` counts the time that it was worked on."""

    run: str
    id: str
    ref: int
    version: int
    kind: str
    name: str
    trigger: str
    status: RunStatus
    stage: str
    reason: str
    attempt: int
    subject: str | None
    total: int | None
    counts: Mapping[str, int]
    warnings: list[str]
    result: Mapping[str, Any]
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
    cost: Dollars


class StartRun(Input):
    """Ask for a run of a kind. `subject` is the id of what it is about; `waiting` holds it until it is released."""

    kind: str
    name: str
    params: dict[str, Any] = Field(default_factory=dict)
    subject: str | None = None
    trigger: str = "person"
    total: int | None = None
    stage: str = ""
    waiting: str = ""


class RebuildSearch(Input):
    """The lists, to be made anew."""


class ReleaseRun(Input):
    """Let a waiting run go on."""

    run: str
    params: dict[str, Any] = Field(default_factory=dict)


class ClaimRun(Input):
    """Take a run in hand as a process, for `lease` seconds; `after` is the process that handed it on, "" when none did."""

    run: str
    holder: str
    after: str = ""
    lease: int
    exclusive: bool


class AdvanceRun(Input):
    """Record a committed chunk. `counts` are added; `cursor`, `stage`, `total` and `params` replace where given."""

    run: str
    chunk: int
    counts: dict[str, int] = Field(default_factory=dict)
    cursor: dict[str, Any] | None = None
    stage: str | None = None
    total: int | None = None
    params: dict[str, Any] | None = None
    warnings: list[str] = Field(default_factory=list)
    writes: int = 0


class HoldRun(Input):
    """Let go of a run, with the reason, until a person says more, it can be done in this place, an engine is well again,
    or its next turn comes."""

    run: str
    reason: str
    until: Literal["person", "place", "engine", "turn"] = "place"


class FinishRun(Input):
    """End a run: succeeded, failed with an error, or cancelled."""

    run: str
    error: str = ""
    cancelled: bool = False
    stage: str | None = None
    result: dict[str, Any] = Field(default_factory=dict)
    warnings: list[str] = Field(default_factory=list)


class GetRun(Input):
    """One run, by id or ref."""

    run: str


class ListRuns(Input):
    """Runs, newest first."""

    kind: str = ""
    open: bool = False
    start: str = ""
    limit: int = Field(default=50, ge=1, le=200)
