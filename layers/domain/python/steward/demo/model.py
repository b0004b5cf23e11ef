"""What the demo keeps: where it came from. Everything else in it are the records of the other slices."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from steward.kernel.effects import ALL
from steward.kernel.model import Input
from steward.kernel.rows import Record, Table

SLUG = "demo"
SEED = 18
"""The number of the county that is made when nobody says one."""


class Demo(Record):
    """The mark of an invented workspace, in that workspace: its number and day, and the run that makes it, which belongs to the
    workspace that asked for it."""

    UNTOLD: ClassVar[frozenset[str]] = frozenset({ALL})

    seed: int
    day: date
    asked_in: str
    run: str


DEMOS: Table[Demo] = Table("demo", Demo)


class CreateDemo(Input):
    """An invented county in a workspace of its own. The same `seed` makes the same county."""

    seed: int = Field(default=SEED, ge=0, le=2**31)
