"""Mails that are to be sent, and the single-use tokens of their links."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from steward.kernel.model import Input, Output
from steward.kernel.rows import InstallationTable, Record
from steward.workspaces.model_plans import Quota


class Purpose(StrEnum):
    """What a mail, or the token of its link, is for."""

    RESET = "reset"
    VERIFY = "verify"
    JOIN = "join"
    CHANGED = "changed"
    MOVED = "moved"
    APPROVE = "approve"
    QUOTA = "quota"
    UNUSUAL = "unusual"


class MailStatus(StrEnum):
    """NEW until it is CLAIMED; DROPPED when there is nobody to write to, FAILED when no server would take it."""

    NEW = "new"
    CLAIMED = "claimed"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"


class WantedMail(Record):
    """A mail that a command asked for. `account` is given where it is known, `workspace` and `member` of an invitation and of
    who may decide over an `approval`.

    `charged` is the month in which it was counted as an e-mail of its workspace, "" before; `said` is what it has to tell.
    It holds no token: that is made while the mail is claimed, and only its hash is kept.
    """

    to: str
    purpose: Purpose
    account: str = ""
    workspace: str = ""
    member: str = ""
    approval: str = ""
    said: str = ""
    charged: str = ""
    status: MailStatus = MailStatus.NEW
    fence: int = 0
    lease_until: datetime | None = None
    carrier: str = ""
    problem: str = ""


class MailToken(Record):
    """A single-use way to prove that one reads an address; its id is the hash of the token."""

    purpose: Purpose
    email: str
    account: str
    workspace: str = ""
    member: str = ""
    expires_at: datetime
    used_at: datetime | None = None


KEPT = timedelta(days=60)
"""Longer than a mail can wait for the next month's e-mails."""


def _kept(mail: WantedMail) -> int:
    return int((mail.created_at + KEPT).timestamp())


def _end(token: MailToken) -> int:
    return int(token.expires_at.timestamp()) + 86_400


MAILS: InstallationTable[WantedMail] = InstallationTable("mail", WantedMail, expires=_kept)
TOKENS: InstallationTable[MailToken] = InstallationTable("token", MailToken, expires=_end)


class ClaimMail(Input):
    """Take a mail in hand."""

    mail: str


class ClaimedMail(Output):
    """The mail as it is to be sent; no `to` when there is nothing to send, `wait` in seconds while another has it in hand."""

    SHOWN_ONCE: ClassVar[frozenset[str]] = frozenset({"to", "text"})

    to: str = ""
    subject: str = ""
    text: str = ""
    fence: int = 0
    wait: int = 0


class NoteMail(Input):
    """What came of a mail in hand: the carrier's id, or the problem, and whether it is tried again."""

    mail: str
    fence: int
    carrier: str = ""
    problem: str = ""
    final: bool = False


class TellNear(Input):
    """A quota that comes near its end: what is used, and how much there is."""

    quota: Quota
    used: int
    limit: int


class Invite(Input):
    """Write to a member who is invited; `by` is who invites them, "" where they were made one at once."""

    member: str
    by: str = ""
