"""Receipts as people look them up, and the seals that hold them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import Field

from steward.kernel.actor import Surface
from steward.kernel.keys import place
from steward.kernel.model import Input, Moment, Output
from steward.kernel.ports import ABSENT, Json, Key, Put, Stored
from steward.kernel.stamp import mark
from steward.kernel.time import from_iso, iso

SEALS = "receipt.seal"


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain of seals ends: the number of its last seal, the receipts under it and all before, and its stamp."""

    number: int = 0
    count: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """One link: receipts by id and stamp, and the stamp of the seal before. `gap` tells of a loss that a person accepted."""

    number: int
    at: datetime
    count: int
    previous: str
    receipts: Sequence[tuple[str, str]]
    digest: str = ""
    gap: str = ""

    @classmethod
    def of(cls, row: Stored) -> Self:
        """The seal of a row whose stamp holds."""
        body: Any = row.body
        receipts = [(id, digest) for id, digest in body["receipts"]]
        return cls(body["number"], from_iso(body["at"]), body["count"], body["previous"], receipts, mark(body), body["gap"])

    @property
    def head(self) -> Head:
        """Where the chain ends with this seal."""
        return Head(self.number, self.count, self.digest)

    def put(self, workspace: str) -> Put:
        """The row of this seal, not yet stamped."""
        body: dict[str, Json] = {
            "number": self.number,
            "at": iso(self.at),
            "count": self.count,
            "previous": self.previous,
            "receipts": [list(one) for one in self.receipts],
            "gap": self.gap,
        }
        return Put(seal_key(workspace, self.number), body, 1, expect=ABSENT)


def seal_key(workspace: str, number: int) -> Key:
    """Where a seal lies."""
    return place(workspace, SEALS, f"{number:010d}")


class Filters(Input):
    """Which receipts. `who` is the id of an actor or a member, `command` a name or pattern as permission rules have them,
    `subject` the id of a record; from `since` on and before `until`. `by` is "people" for what they, their keys and those they
    let in did, "steward" for its own steps."""

    who: str = Field(default="", max_length=100)
    command: str = Field(default="", max_length=100)
    outcome: Literal["", "done", "refused", "forbidden", "approval_needed", "too_many"] = ""
    surface: Surface | None = None
    by: Literal["", "people", "steward"] = ""
    subject: str = Field(default="", max_length=100)
    since: Moment | None = None
    until: Moment | None = None


class ListReceipts(Filters):
    """Receipts, newest first. A page may hold fewer than `limit` where many do not match; `next` leads on all the same."""

    cursor: str = Field(default="", max_length=2_000)
    limit: int = Field(default=50, ge=1, le=200)


class ExportReceipts(Filters):
    """Receipts as a file, newest first."""


class Touched(Output):
    """A record that was changed, and its version then: 0 when it went, none when it was only added to."""

    kind: str
    id: str
    version: int | None


class ReceiptView(Output):
    """A receipt as an answer shows it. `name` is who `actor` is today; `origin` says whether it is known
    where it came from: "erased" also when that ran out, "changed" when it was changed behind Steward's back; then, and where nothing
    was said, `ip` and `user_agent` are "".

    `about` is what `subject` is called today, "" once it is gone, and `subject_ref` its number; the address of an account is told to the
    installation's owner alone. `unusual` is why it is, told to owners and admins. `approved_by` is who said yes to what was done, while the
    approval is kept.
    """

    id: str
    at: datetime
    actor: str
    actor_kind: str
    name: str
    role: str = ""
    member: str = ""
    surface: str
    command: str
    outcome: str
    rule: str
    subject: str = ""
    subject_kind: str = ""
    subject_ref: int = 0
    about: str = ""
    touched: Sequence[Touched] = ()
    changes: int = 0
    rows: int = 0
    unusual: Sequence[str] = ()
    approval: str = ""
    approved_by: str = ""
    correlation: str = ""
    origin: Literal["", "known", "erased", "changed"] = ""
    ip: str = ""
    user_agent: str = ""


class ReceiptPage(Output):
    """A page of receipts; `next` is the cursor of the following one, "" at the end."""

    rows: Sequence[ReceiptView]
    next: str


class SealReceipts(Input):
    """All receipts that no seal holds yet."""


class Sealed(Output):
    """How many receipts were sealed now, and how many are in all."""

    sealed: int
    count: int


class VerifyReceipts(Input):
    """The whole chain of this workspace; at the command line without a workspace, those of all."""


class Verified(Output):
    """What the chain says: `count` receipts are sealed under `head`, `unsealed` wait for the next seal.

    When it is not `ok`, `broken` names the first receipt (or row in its place) that is not as it was written, `why` says what
    is wrong with it, `workspace` where, and `faults` counts them. `gaps` are losses that somebody accepted.
    """

    ok: bool
    count: int
    head: str
    unsealed: int
    gaps: int = 0
    faults: int = 0
    broken: str = ""
    workspace: str = ""
    why: str = ""


class AcceptLoss(Input):
    """Why the records end before the chain that was anchored, such as a backup that was put back."""

    reason: str = Field(min_length=1, max_length=500)


class Accepted(Output):
    """The seal that tells of the loss, how many receipts are gone, and how many are left under seal."""

    seal: int
    lost: int
    count: int


class ForgetOrigins(Input):
    """Whose addresses and browsers to erase: the id of an actor, as receipts show it."""

    actor: str = Field(min_length=1, max_length=100)


class Forgotten(Output):
    """How many origins were erased, and whether there are more."""

    erased: int
    more: bool
