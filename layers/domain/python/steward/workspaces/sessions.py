"""Opening and ending sessions: every sign-in and every change of what proves a person makes a new token."""

from dataclasses import replace
from datetime import datetime, timedelta

from steward.kernel.context import Context
from steward.kernel.errors import Forbidden
from steward.kernel.ids import fingerprint
from steward.kernel.keys import SYSTEM
from steward.workspaces.model import SESSIONS, OpenedSession, Session
from steward.workspaces.rules import random_text

LIFE = timedelta(hours=12)
MOST = 20
"""Sessions of one account; a further one ends the one that was idle longest."""


def own(ctx: Context) -> str:
    """The account of the person who asks. Raises Forbidden for a key and for nobody."""
    actor = ctx.actor
    if not actor.person:
        detail = "This is for a signed-in person, not for a key." if actor.known else "Sign in first."
        raise Forbidden(detail, rule="person", unknown=not actor.known)
    return actor.person


def opened(ctx: Context, account: str, *, how: str, until: datetime | None = None) -> OpenedSession:
    """A new session of an account, in this commit; its token is told this once. The one in hand ends."""
    token = random_text(ctx.entropy, 43)
    origin = ctx.door.origins.refer(replace(ctx.actor, id=account), ctx.origin, workspace=SYSTEM, now=ctx.now)
    session = Session(
        id=fingerprint(token), created_at=ctx.now, updated_at=ctx.now, seen_at=ctx.now,
        account=account, expires_at=until or ctx.now + LIFE, how=how, origin=origin,
    )  # fmt: skip
    known = sorted(SESSIONS.external_of(ctx, account), key=lambda one: one.seen_at, reverse=True)
    others = [one for one in known if one.id != ctx.actor.session]
    for one in [*others[MOST - 1 :], *(one for one in known if one.id == ctx.actor.session)]:
        SESSIONS.remove(ctx, one)
    SESSIONS.insert(ctx, session)
    return OpenedSession(token=token, expires_at=session.expires_at)


def end(ctx: Context, account: str, *, but: str = "") -> int:
    """End all sessions of an account but one; how many there were."""
    ended = [one for one in SESSIONS.external_of(ctx, account) if one.id != but]
    for one in ended:
        SESSIONS.remove(ctx, one)
    return len(ended)


def renewed(ctx: Context, account: str) -> OpenedSession:
    """A new token for the session in hand, and the end of all others: something of what proves the person has changed.

    Where there is no session, as at the command line, none is opened.
    """
    here = SESSIONS.get(ctx, ctx.actor.session) if ctx.actor.session else None
    end(ctx, account)
    return opened(ctx, account, how=here.how) if here else OpenedSession(token="", expires_at=ctx.now)
