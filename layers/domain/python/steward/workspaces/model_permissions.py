"""Permission rules, and the one row of a workspace that every call is judged by."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from steward.kernel.keys import place
from steward.kernel.ports import Key, Records
from steward.kernel.rows import Record


class Permission(StrEnum):
    """What a rule says."""

    ALLOW = "allow"
    DENY = "deny"
    REQUIRE_APPROVAL = "require_approval"


class Rule(BaseModel):
    """A permission rule (spec A3.1). `member` is empty for all; `approvers` are roles or member ids.

    `minutes` is how long an approval may wait, `own` whether the one who asks may decide.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    id: str
    command_pattern: str
    permission: Permission
    member: str = ""
    created_at: datetime
    minutes: int = 15
    approvers: tuple[str, ...] = ("owner",)
    own: bool = True


class Standing(Record):
    """What decides over every call of a workspace, in one row: its rules, its plan and whether it is open."""

    KIND: ClassVar[str] = "standing"
    ONLY: ClassVar[str] = "1"

    rules: list[Rule] = Field(default_factory=list)
    plan: str = ""
    closed: str = ""


def standing_key(workspace: str) -> Key:
    """Where a workspace's standing lies."""
    return place(workspace, Standing.KIND, Standing.ONLY)


def standing(records: Records, workspace: str) -> Standing | None:
    """The standing of a workspace; None when nothing was ever decided there."""
    (row,) = records.get([standing_key(workspace)])
    return Standing.of(row) if row else None
