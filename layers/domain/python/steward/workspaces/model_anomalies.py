"""What is unusual: how each actor is known to act, where looking stands, and what was found."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import Field

from steward.kernel.model import Input, Output
from steward.kernel.pages import Listed
from steward.kernel.rows import Record, Table

KEPT = timedelta(days=400)


class Habit(Record):
    """How an actor (its id) is known to act: since when, whether ever at `odd` hours, from which `places` (keyed hashes of addresses),
    the rows `taken` away of late, and when each rule last told of it."""

    since: datetime
    odd: bool = False
    places: list[str] = Field(default_factory=list)
    taken: list[tuple[datetime, int]] = Field(default_factory=list)
    told: dict[str, datetime] = Field(default_factory=dict)


class Finding(Record):
    """Something unusual, by the id of its receipt: who did it, and the reasons in words."""

    actor: str
    says: list[str]


class Watch(Record):
    """Up to which receipt was looked."""

    upto: str


WATCHED = "1"
"""The id of the one row that says where looking stands."""


def _end(record: Record) -> int:
    return int((record.updated_at + KEPT).timestamp())


HABITS: Table[Habit] = Table("habit", Habit, expires=_end)
FINDINGS: Table[Finding] = Table("finding", Finding, expires=_end)
WATCHES: Table[Watch] = Table("watch", Watch)


class LookOver(Input):
    """Look at the receipts that are new."""


class Looked(Output):
    """How many findings there were, and whether there is more to look at."""

    found: int
    more: bool


class TellUnusual(Input):
    """The findings to write about."""

    findings: Sequence[str]


class ListUnusual(Input):
    """What was unusual of late, newest first."""

    limit: int = Field(default=50, ge=1, le=200)


class UnusualView(Output):
    """Something unusual: the receipt's id and time, who `actor` is today, what was done, and the reasons."""

    id: str
    at: datetime
    actor: str
    name: str
    command: str
    says: Sequence[str]


class UnusualPage(Listed[UnusualView]):
    """What was unusual."""
