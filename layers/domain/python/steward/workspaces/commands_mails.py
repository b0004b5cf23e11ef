"""The internal commands behind every mail: claim it, note what came of it."""

from datetime import timedelta
from math import ceil

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.ids import fingerprint
from steward.kernel.model import Nothing
from steward.workspaces.accounts import by_email
from steward.workspaces.entering import signs_in
from steward.workspaces.identity import workspaces
from steward.workspaces.links import NAME, Claim, token_of
from steward.workspaces.mails import want
from steward.workspaces.model_approvals import APPROVALS, ApprovalStatus
from steward.workspaces.model_mails import (
    MAILS,
    TOKENS,
    ClaimedMail,
    ClaimMail,
    Invite,
    MailStatus,
    MailToken,
    NoteMail,
    Purpose,
    WantedMail,
)
from steward.workspaces.model_members import ACCOUNTS, MEMBERS
from steward.workspaces.rules import random_text
from steward.workspaces.rules_mails import LIVES, written

LEASE = timedelta(minutes=2)


@command("auth.invite", scope="admin:workspace", danger=Danger.WRITE, internal=True)
def invite(cmd: Invite, ctx: Context) -> Nothing:
    """Have the way in sent to a member who is invited, or was made one and has nothing yet to sign in with."""
    member = MEMBERS.require(ctx, cmd.member)
    if member.left_at is None and (member.joined_at is None or not signs_in(ctx, member.account)):
        want(ctx, Purpose.JOIN, member.email, account=member.account, workspace=ctx.workspace, member=member.id)
    return Nothing()


@command("auth.claim_mail", scope="admin:workspace", danger=Danger.WRITE, internal=True)
def claim_mail(cmd: ClaimMail, ctx: Context) -> ClaimedMail:
    """Take a mail in hand, with a link made for it; the link of an earlier try keeps working until its own end."""
    mail = MAILS.get(ctx, cmd.mail)
    if mail is None or mail.status not in (MailStatus.NEW, MailStatus.CLAIMED):
        return ClaimedMail()
    if mail.status is MailStatus.CLAIMED and mail.lease_until and mail.lease_until > ctx.now:
        return ClaimedMail(wait=ceil((mail.lease_until - ctx.now).total_seconds()))
    account = ACCOUNTS.get(ctx, mail.account) if mail.account else by_email(ctx, mail.to)
    if account is None or not account.is_active or _decided(ctx, mail):
        MAILS.replace(ctx, mail.model_copy(update={"status": MailStatus.DROPPED}))
        return ClaimedMail()
    claim = {"status": MailStatus.CLAIMED, "fence": mail.fence + 1, "lease_until": ctx.now + LEASE}
    MAILS.replace(ctx, mail.model_copy(update=claim))
    token = _token(ctx, mail, account.id) if mail.purpose in LIVES else _signed(ctx, mail)
    place = next((one.name for one in workspaces(ctx.door.ports.records) if one.id == mail.workspace), "")
    subject, text = written(mail.purpose, url=ctx.door.ports.url, token=token, place=place)
    return ClaimedMail(to=mail.to, subject=subject, text=text, fence=mail.fence + 1)


@command("auth.note_mail", scope="admin:workspace", danger=Danger.WRITE, internal=True)
def note_mail(cmd: NoteMail, ctx: Context) -> Nothing:
    """Note that a mail in hand was sent, or why it was not."""
    mail = MAILS.get(ctx, cmd.mail)
    if mail and mail.status is MailStatus.CLAIMED and mail.fence == cmd.fence:
        failed = MailStatus.FAILED if cmd.final else MailStatus.NEW
        status = failed if cmd.problem else MailStatus.SENT
        MAILS.replace(ctx, mail.model_copy(update={"status": status, "carrier": cmd.carrier, "problem": cmd.problem, "lease_until": None}))
    return Nothing()


def _decided(ctx: Context, mail: WantedMail) -> bool:
    """Whether a mail asks for a decision that is made already."""
    found = APPROVALS.get(ctx, mail.approval) if mail.approval else None
    return found is not None and found.status_at(ctx.now) is not ApprovalStatus.PENDING


def _signed(ctx: Context, mail: WantedMail) -> str:
    """The token of the link that decides over an approval, "" for any other mail and where no secret signs."""
    found = APPROVALS.get(ctx, mail.approval) if mail.approval else None
    secret = ctx.door.ports.secrets.get(NAME)
    if found is None or not secret:
        return ""
    return token_of(Claim(ctx.workspace, found.id, mail.member, int(found.expires_at.timestamp())), secret)


def _token(ctx: Context, mail: WantedMail, account: str) -> str:
    text = random_text(ctx.entropy, 43)
    made = MailToken(
        id=fingerprint(text), created_at=ctx.now, updated_at=ctx.now, purpose=mail.purpose, email=mail.to, account=account,
        workspace=mail.workspace, member=mail.member, expires_at=ctx.now + LIVES[mail.purpose],
    )  # fmt: skip
    TOKENS.insert(ctx, made)
    return text
