"""The signed link of an approval: it lets one member decide one approval, until it runs out, without signing in.

It holds no state: an approval is decided once, and whoever has left or may not decide any more is refused at the door.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from steward.kernel.actor import Actor
from steward.kernel.errors import Forbidden
from steward.kernel.ids import fingerprint
from steward.kernel.keys import SYSTEM, place
from steward.kernel.ports import Records
from steward.workspaces.identity import OWNER
from steward.workspaces.model_members import ACCOUNTS, MEMBERS, Account, Member
from steward.workspaces.roles import held

NAME = "approvals.key"
"""The secret that signs them."""
USELESS = "This link is not one of ours, or was cut off; open the desk, where the approval waits."
MOVED = "This link went to an address that is not yours any more; open the desk, where the approval waits."
OVER = "This link has run out, as its approval has. Have the request made again: a new link comes with it."


@dataclass(frozen=True, slots=True)
class Claim:
    """What a link says: who may decide what, until when (seconds), and the mark of the address that it went to."""

    workspace: str
    approval: str
    member: str
    until: int
    to: str


def token_of(claim: Claim, secret: str) -> str:
    """The claim and its signature, as an address can hold them."""
    text = f"{claim.workspace}.{claim.approval}.{claim.member}.{claim.until}.{claim.to}"
    return f"{text}.{_signed(text, secret)}"


def claim_of(token: str, secret: str | None, now: datetime) -> Claim:
    """The claim of a link. Raises Forbidden for one that was not made here, or has run out."""
    text, _, signature = token.rpartition(".")
    if not secret or not hmac.compare_digest(signature.encode(), _signed(text, secret).encode()):
        raise Forbidden(USELESS, rule="link")
    workspace, approval, member, until, to = text.split(".")
    if int(until) <= now.timestamp():
        raise Forbidden(OVER, rule="link")
    return Claim(workspace, approval, member, int(until), to)


def approver(records: Records, claim: Claim) -> Actor:
    """The member whom a link was made for, with the rights they have now; or the owner. Raises Forbidden when they have left, or
    have another address than the link went to."""
    if claim.member == OWNER.id:
        _check_address(records, claim, OWNER.id, "")
        return OWNER
    (row,) = records.get([place(claim.workspace, MEMBERS.kind, claim.member)])
    member = Member.of(row) if row else None
    if member is None or not member.active:
        raise Forbidden(USELESS, rule="link")
    _check_address(records, claim, member.account, member.email)
    return Actor(
        member.id, "member", member.name, held(member.role), role=member.role, workspace=claim.workspace, member=member.id,
        person=member.account, line=member.line,
    )  # fmt: skip


def mark_of(address: str) -> str:
    """What stands for an address in a link."""
    return fingerprint(address)[:16]


def _check_address(records: Records, claim: Claim, account: str, email: str) -> None:
    (row,) = records.get([place(SYSTEM, ACCOUNTS.kind, account)])
    if claim.to != mark_of((row and Account.of(row).email) or email):
        raise Forbidden(MOVED, rule="link")


def _signed(text: str, secret: str) -> str:
    return urlsafe_b64encode(hmac.digest(secret.encode(), f"approval to {text}".encode(), sha256)).decode().rstrip("=")
