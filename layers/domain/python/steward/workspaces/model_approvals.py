"""Approvals (spec K10): a person's single-use yes to one request of one actor, and who waits for one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from steward.kernel.model import Input, Output
from steward.kernel.pages import Listed
from steward.kernel.rows import Record, Table, Upgrade


class ApprovalStatus(StrEnum):
    """PENDING until somebody decides, who asked takes it back, or the time runs out; APPROVED until it is used, once."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    USED = "used"
    WITHDRAWN = "withdrawn"


class Approval(Record):
    """A request for a yes. `args_hash` is the keyed fingerprint of command and input that it is bound to, `says` and `diff` what would
    be done and `shown` the mark of that, `why` the words of the rule that asks, `reason` those of who decided.

    `requester` is the name of who asked; where that is a key, `person` is the name of who made it. `approvers` are roles or member
    ids; `own` says whether the one who asked may decide; `line` is the API key that this one
    goes back to, as `Actor` tells.
    """

    command: str
    spoken: str
    args_hash: str
    why: str
    rule: str
    says: Sequence[str] = ()
    diff: list[dict[str, Any]]
    shown: str = ""
    requested_by: str
    requester: str
    person: str = ""
    member: str = ""
    line: str = ""
    approvers: Sequence[str]
    own: bool
    status: ApprovalStatus = ApprovalStatus.PENDING
    expires_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""

    def status_at(self, now: datetime) -> ApprovalStatus:
        """The status as of a moment: what runs out undecided or unused is expired."""
        if self.status in (ApprovalStatus.PENDING, ApprovalStatus.APPROVED) and self.expires_at <= now:
            return ApprovalStatus.EXPIRED
        return self.status


class Waiting(BaseModel):
    """One entry of a requester's open requests; `pending` until it is decided."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    approval: str
    request: str
    actor: str
    until: datetime
    pending: bool = True


def _with_actors(body: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 had a row for each actor."""
    return {**body, "open": [{**one, "actor": body["id"]} for one in body["open"]]}


class Requester(Record):
    """The open requests of one person, also by their keys, so that five are the most and a repeat finds its own.

    Its id is the member's; of keys that nobody made who is one, that of the first of those that made one another.
    """

    SCHEMA: ClassVar[int] = 2
    UPGRADES: ClassVar[Mapping[int, Upgrade]] = {1: _with_actors}

    open: list[Waiting]


def _end(approval: Approval) -> int:
    return int(approval.expires_at.timestamp()) + 30 * 86_400


APPROVALS: Table[Approval] = Table("approval", Approval, expires=_end)
REQUESTERS: Table[Requester] = Table("requester", Requester)


class ListApprovals(Input):
    """Approvals, newest first; `pending` leaves out what is decided or has run out."""

    pending: bool = False
    start: str = ""
    limit: int = Field(default=50, ge=1, le=200)


class GetApproval(Input):
    """One approval, by id; the last six letters are enough of one that waits."""

    id: str


class Approve(Input):
    """Say yes, once, to exactly what the approval shows; the last six letters of its id are enough."""

    id: str
    reason: str = Field(default="", max_length=500)


class Deny(Input):
    """Say no; the last six letters of its id are enough."""

    id: str
    reason: str = Field(default="", max_length=500)


class Withdraw(Input):
    """Take one's own request back; the last six letters of its id are enough."""

    id: str


class Change(Output):
    """One field of one record, before and after; `field` is "" when the whole record goes, `a.b` for a part of one.

    `name` is what people call the record; the `id` of one that would be new is `new`, `new 2`…
    """

    kind: str
    id: str
    name: str = ""
    field: str
    before: Any
    after: Any


class ApprovalView(Output):
    """An approval as an answer shows it (spec K10). `short` is enough of its id to name it while it waits; `mine` says that the
    caller asked for it, `decidable` that the caller may decide over it here and now."""

    id: str
    short: str
    version: int
    command: str
    spoken: str
    args_hash: str
    why: str
    rule: str
    says: Sequence[str]
    diff: Sequence[Change]
    requested_by: str
    requester: str
    person: str
    approvers: Sequence[str]
    status: ApprovalStatus
    reason: str
    decided_by: str
    created_at: datetime
    decided_at: datetime | None
    expires_at: datetime
    mine: bool
    decidable: bool


class ApprovalPage(Listed[ApprovalView]):
    """A page of approvals."""


class TellApprovers(Input):
    """Write to those who may decide over an approval."""

    approval: str
