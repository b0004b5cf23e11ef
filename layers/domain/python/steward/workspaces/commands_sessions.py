"""Commands on one's own sessions."""

from typing import Any

from steward.kernel.actor import PUBLIC
from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import NotFound
from steward.kernel.keys import SYSTEM, place
from steward.workspaces.model import SESSIONS, Session
from steward.workspaces.model_accounts import Ended, ListSessions, RevokeOthers, RevokeSession, SessionPage, SessionView
from steward.workspaces.rules_auth import device_of
from steward.workspaces.sessions import end, own


@command("sessions.list", scope=PUBLIC, danger=Danger.READ, http="GET /sessions")
def list_sessions(cmd: ListSessions, ctx: Context) -> SessionPage:
    """List one's own sessions: from where, by what and when they were last used."""
    living = [one for one in SESSIONS.external_of(ctx, own(ctx)) if one.living(ctx.now)]
    living.sort(key=lambda one: (one.id == ctx.actor.session, one.seen_at), reverse=True)
    return SessionPage(rows=[_view(one, ctx) for one in living], total=len(living))


@command("sessions.revoke", scope=PUBLIC, danger=Danger.WRITE, http="POST /sessions/{id}/revoke")
def revoke_session(cmd: RevokeSession, ctx: Context) -> Ended:
    """End one of one's own sessions at once."""
    account, found = own(ctx), SESSIONS.get(ctx, cmd.id)
    if found is None or found.account != account:
        raise NotFound(f"There is no session '{cmd.id[:64]}' of yours.")
    SESSIONS.remove(ctx, found)
    return Ended(ended=1)


@command("sessions.revoke_others", scope=PUBLIC, danger=Danger.WRITE, http="POST /sessions/revoke-others")
def revoke_others(cmd: RevokeOthers, ctx: Context) -> Ended:
    """End all of one's own sessions but this one."""
    return Ended(ended=end(ctx, own(ctx), but=ctx.actor.session))


def _view(session: Session, ctx: Context) -> SessionView:
    row = ctx.get(place(SYSTEM, "origin", session.origin)) if session.origin else None
    told: dict[str, Any] = dict(row.body) if row else {}
    return SessionView(
        id=session.id, current=session.id == ctx.actor.session, how=session.how, device=device_of(str(told.get("user_agent", ""))),
        place=str(told.get("ip", "")), created_at=session.created_at, seen_at=session.seen_at, expires_at=session.expires_at,
    )  # fmt: skip
