"""Commands on sign-in links and sessions."""

from datetime import datetime, timedelta
from typing import Any

from steward.kernel.actor import PUBLIC
from steward.kernel.command import Danger, Only, command
from steward.kernel.context import Context
from steward.kernel.errors import Forbidden
from steward.kernel.ids import fingerprint
from steward.kernel.keys import place
from steward.kernel.model import Nothing
from steward.kernel.ports import ABSENT, Delete, Put
from steward.kernel.rows import Record, Table
from steward.workspaces.failing import Failures
from steward.workspaces.identity import OWNER
from steward.workspaces.joining import check_open
from steward.workspaces.mails import SPENT, token_of
from steward.workspaces.model import (
    HOME,
    LINKS,
    SESSIONS,
    CloseSession,
    Link,
    MakeLink,
    OpenedSession,
    OpenSession,
    SignInLink,
)  # fmt: skip
from steward.workspaces.model_accounts import SIGN_IN, CheckLink, LinkView
from steward.workspaces.model_mails import TOKENS, Purpose
from steward.workspaces.rules import random_text
from steward.workspaces.sessions import opened


@command("sessions.link", scope="admin:workspace", danger=Danger.WRITE, only=Only.INSTALLATION)
def make_link(cmd: MakeLink, ctx: Context) -> Link:
    """Make a one-time sign-in link for the owner."""
    ctx.announce(f"Makes a link by which somebody signs in as the owner, once, within {cmd.minutes} minutes.")
    token = random_text(ctx.entropy, 43)
    expires = ctx.now + timedelta(minutes=cmd.minutes)
    _put(ctx, LINKS, SignInLink(id=fingerprint(token), created_at=ctx.now, updated_at=ctx.now, expires_at=expires))
    return Link(token=token, url=f"{ctx.door.ports.url}/sign-in?token={token}", expires_at=expires)


@command("auth.link", scope=PUBLIC, danger=Danger.READ, http="POST /auth/link")
def check_link(cmd: CheckLink, ctx: Context) -> LinkView:
    """Say what a link is for, without using it; one that was used or has run out is refused."""
    mailed = TOKENS.get(ctx, fingerprint(cmd.token))
    if mailed:
        found = token_of(ctx, cmd.token, mailed.purpose)
        if found.purpose is Purpose.JOIN:
            check_open(ctx, found.workspace, found.member)
        return LinkView(purpose=found.purpose, expires_at=found.expires_at)
    stored = ctx.get(place(HOME, LINKS.kind, fingerprint(cmd.token)))
    link = SignInLink.of(stored) if stored else None
    if link is None or not link.living(ctx.now):
        raise Forbidden(SPENT, rule="link", unknown=True)
    return LinkView(purpose=SIGN_IN, expires_at=link.expires_at)


@command("sessions.open", scope=PUBLIC, danger=Danger.WRITE)
def open_session(cmd: OpenSession, ctx: Context) -> OpenedSession:
    """Use a one-time sign-in link; a second use is refused."""
    key = place(HOME, LINKS.kind, fingerprint(cmd.token))
    stored = ctx.get(key)
    link = SignInLink.of(stored) if stored else None
    if link is None or not link.living(ctx.now):
        late = Forbidden("This sign-in link was used or has run out; `steward sessions link` makes a new one.", rule="link", unknown=True)
        raise ctx.port(Failures).refused(ctx, "sessions.open", late, account=OWNER.id if link else "")
    used = link.model_copy(update={"used_at": ctx.now, "updated_at": ctx.now})
    ctx.write(Put(key, used.body(), link.version + 1, expect=link.version, expires=_until(link.expires_at)))
    return opened(ctx, OWNER.id, how="link")


@command("sessions.close", scope=PUBLIC, danger=Danger.WRITE)
def close_session(cmd: CloseSession, ctx: Context) -> Nothing:
    """Sign out."""
    ctx.write(Delete(place(HOME, SESSIONS.kind, fingerprint(cmd.token))))
    return Nothing()


def _put(ctx: Context, table: Table[Any], record: Record) -> None:
    """Write a record of the installation, whatever workspace the context is in."""
    expires = record.expires_at if isinstance(record, SignInLink) else None
    ctx.write(Put(place(HOME, table.kind, record.id), record.body(), 1, expect=ABSENT, expires=_until(expires) if expires else None))


def _until(moment: datetime) -> int:
    return int(moment.timestamp()) + 86_400
