"""The internal commands behind every mail: claim it, note what came of it."""

from datetime import timedelta
from math import ceil

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.ids import fingerprint
from steward.kernel.model import Nothing
from steward.workspaces.accounts import by_email
from steward.workspaces.entering import signs_in
from steward.workspaces.identity import OWNER, workspaces
from steward.workspaces.links import NAME, Claim, mark_of, token_of
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
    TellNear,
    WantedMail,
)
from steward.workspaces.model_members import ACCOUNTS, MEMBERS, Account
from steward.workspaces.model_plans import Quota
from steward.workspaces.roster import running
from steward.workspaces.rules import random_text
from steward.workspaces.rules_mails import CHARGED, LIVES, Place, inviting, superseded, waits_until, written
from steward.workspaces.rules_plans import nearly

LEASE = timedelta(minutes=2)


@command("auth.invite", scope="admin:workspace", danger=Danger.WRITE, internal=True)
def invite(cmd: Invite, ctx: Context) -> Nothing:
    """Have the way in sent to a member who is invited, or was made one and has nothing yet to sign in with."""
    member = MEMBERS.require(ctx, cmd.member)
    if member.left_at is None and (member.joined_at is None or not signs_in(ctx, member.account)):
        said = inviting(cmd.by, member.role)
        want(ctx, Purpose.JOIN, member.email, account=member.account, workspace=ctx.workspace, member=member.id, said=said)
    return Nothing()


@command("auth.tell_near", scope="admin:workspace", danger=Danger.WRITE, internal=True)
def tell_near(cmd: TellNear, ctx: Context) -> Nothing:
    """Write to the owners and admins of a workspace that a quota of its plan comes near its end."""
    for one in running(ctx):
        want(ctx, Purpose.QUOTA, one.email, account=one.account, workspace=ctx.workspace, member=one.id, said=nearly(cmd))
    return Nothing()


@command("auth.claim_mail", scope="admin:workspace", danger=Danger.WRITE, internal=True)
def claim_mail(cmd: ClaimMail, ctx: Context) -> ClaimedMail:
    """Take a mail in hand, with a link made for it; the link of an earlier try keeps working until its own end.

    The first time it counts as an e-mail of its workspace. Raises TooMany, and nothing is written, while none is left.
    """
    mail = MAILS.get(ctx, cmd.mail)
    if mail is None or mail.status not in (MailStatus.NEW, MailStatus.CLAIMED):
        return ClaimedMail()
    if mail.status is MailStatus.CLAIMED and mail.lease_until and mail.lease_until > ctx.now:
        return ClaimedMail(wait=ceil((mail.lease_until - ctx.now).total_seconds()))
    account = ACCOUNTS.get(ctx, mail.account) if mail.account else by_email(ctx, mail.to)
    if account is None or not account.is_active or _decided(ctx, mail) or superseded(mail.purpose, mail.created_at, account):
        MAILS.replace(ctx, mail.model_copy(update={"status": MailStatus.DROPPED}))
        return ClaimedMail()
    mail = _addressed(mail, account)
    claim = {"status": MailStatus.CLAIMED, "fence": mail.fence + 1, "lease_until": ctx.now + LEASE, "charged": _charged(ctx, mail)}
    MAILS.replace(ctx, mail.model_copy(update=claim))
    token = _token(ctx, mail, account.id) if mail.purpose in LIVES else _signed(ctx, mail)
    subject, text = written(mail.purpose, _place(ctx, mail), token=token, said=mail.said)
    return ClaimedMail(to=mail.to, subject=subject, text=text, fence=mail.fence + 1)


@command("auth.note_mail", scope="admin:workspace", danger=Danger.WRITE, internal=True)
def note_mail(cmd: NoteMail, ctx: Context) -> Nothing:
    """Note that a mail in hand was sent, or why it was not; one that no server takes is not counted."""
    mail = MAILS.get(ctx, cmd.mail)
    if mail and mail.status is MailStatus.CLAIMED and mail.fence == cmd.fence:
        failed = MailStatus.FAILED if cmd.final else MailStatus.NEW
        status = failed if cmd.problem else MailStatus.SENT
        if status is MailStatus.FAILED and mail.charged == f"{ctx.now:%Y-%m}":
            ctx.use(Quota.EMAILS, -1)
        MAILS.replace(ctx, mail.model_copy(update={"status": status, "carrier": cmd.carrier, "problem": cmd.problem, "lease_until": None}))
    return Nothing()


def _addressed(mail: WantedMail, account: Account) -> WantedMail:
    """A workspace's mail goes to where its reader's account is now; the installation's owner gets a link only where that is confirmed."""
    if not mail.workspace:
        return mail
    known = account.is_verified or account.id != OWNER.id
    return mail.model_copy(update={"to": account.email or mail.to, "member": mail.member if known else ""})


def _charged(ctx: Context, mail: WantedMail) -> str:
    """Count a mail once, however often it is tried; the month it is counted in."""
    if mail.charged or mail.purpose not in CHARGED:
        return mail.charged
    ctx.use(Quota.EMAILS)
    return f"{ctx.now:%Y-%m}"


def _place(ctx: Context, mail: WantedMail) -> Place:
    found = next((one for one in workspaces(ctx.door.ports.records) if one.id == mail.workspace), None)
    if found is None:
        return Place(ctx.door.ports.url)
    asked = APPROVALS.get(ctx, mail.approval) if mail.approval else None
    return Place(ctx.door.ports.url, found.name, found.slug, waits_until(asked.expires_at, found.time_zone) if asked else "")


def _decided(ctx: Context, mail: WantedMail) -> bool:
    """Whether a mail asks for a decision that is made already."""
    found = APPROVALS.get(ctx, mail.approval) if mail.approval else None
    return found is not None and found.status_at(ctx.now) is not ApprovalStatus.PENDING


def _signed(ctx: Context, mail: WantedMail) -> str:
    """The token of the link that decides over an approval, "" for any other mail and where no secret signs."""
    found = APPROVALS.get(ctx, mail.approval) if mail.approval else None
    secret = ctx.door.ports.secrets.get(NAME)
    if found is None or not secret or not mail.member:
        return ""
    return token_of(Claim(ctx.workspace, found.id, mail.member, int(found.expires_at.timestamp()), mark_of(mail.to)), secret)


def _token(ctx: Context, mail: WantedMail, account: str) -> str:
    text = random_text(ctx.entropy, 43)
    made = MailToken(
        id=fingerprint(text), created_at=ctx.now, updated_at=ctx.now, purpose=mail.purpose, email=mail.to, account=account,
        workspace=mail.workspace, member=mail.member, expires_at=ctx.now + LIVES[mail.purpose],
    )  # fmt: skip
    TOKENS.insert(ctx, made)
    return text
