"""One's own sign-in: name, address, password, passkeys, codes of an app, sessions."""

from collections.abc import Sequence
from typing import Any

from steward.desk import render
from steward.desk.door import Visit
from steward.desk.forms import fields
from steward.desk.handlers.around import page
from steward.desk.naming import by_name
from steward.desk.views import account
from steward.kernel.errors import Forbidden, Invalid, StewardError
from steward.kernel.model import Input
from steward.surfaces import credentials
from steward.surfaces.problem import status_of
from steward.surfaces.wire import Response
from steward.workspaces.model import OpenedSession
from steward.workspaces.model_accounts import (
    ChangeAccount,
    Ended,
    GetAccount,
    ListSessions,
    RevokeOthers,
    RevokeSession,
    SessionPage,
    SetPassword,
    Told,
    Verify,
)
from steward.workspaces.model_factors import (
    AccountView,
    BeginTotp,
    ConfirmTotp,
    Recovery,
    RemovePasskey,
    RemoveTotp,
    TotpSecret,
)


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/account`"""
    return _page(visit)


def change(visit: Visit) -> Response:
    """`POST /w/{desk}/account`: name and address."""
    told = fields(visit.request.body)
    cmd = ChangeAccount(full_name=told.get("full_name", ""), email=told.get("email", ""), current=told.get("current", ""))
    try:
        visit.ask(cmd, AccountView)
    except StewardError as error:
        return _again(visit, error)
    return _done(visit, "saved")


def verify(visit: Visit) -> Response:
    """`POST /w/{desk}/account/verify`: the mail again."""
    try:
        visit.ask(Verify(), Told)
    except StewardError as error:
        return _again(visit, error)
    return _done(visit, "mailed")


def set_password(visit: Visit) -> Response:
    """`POST /w/{desk}/account/password`"""
    told = fields(visit.request.body)
    return _renewed(visit, SetPassword(password=told.get("password", ""), current=told.get("current", "")), "password")


def remove_passkey(visit: Visit) -> Response:
    """`POST /w/{desk}/account/passkeys/remove`"""
    return _renewed(visit, RemovePasskey(id=fields(visit.request.body).get("id", "")[:1_400]), "saved")


def begin_totp(visit: Visit) -> Response:
    """`POST /w/{desk}/account/totp`: the picture for the app."""
    try:
        setup = visit.ask(BeginTotp(current=fields(visit.request.body).get("current", "")), TotpSecret)
    except StewardError as error:
        return _again(visit, error)
    return _page(visit, setup={"secret": setup.secret, "picture": render.drawn(setup.picture)})


def confirm_totp(visit: Visit) -> Response:
    """`POST /w/{desk}/account/totp/confirm`: the first code, and the recovery codes."""
    try:
        given = visit.ask(ConfirmTotp(code=fields(visit.request.body).get("code", "")), Recovery)
    except StewardError as error:
        return _again(visit, error)
    kept = credentials.kept(given, visit.product)
    answer = page(visit, "account", {**_view(visit, []), "codes": given.codes.split()})
    return Response(answer.status, answer.headers, answer.body, (*answer.cookies, kept))


def remove_totp(visit: Visit) -> Response:
    """`POST /w/{desk}/account/totp/remove`"""
    return _renewed(visit, RemoveTotp(code=fields(visit.request.body).get("code", "")), "saved")


def end_session(visit: Visit) -> Response:
    """`POST /w/{desk}/account/sessions/end`"""
    try:
        visit.ask(RevokeSession(id=fields(visit.request.body).get("id", "")[:64]), Ended)
    except StewardError as error:
        return _again(visit, error)
    return _done(visit, "ended")


def end_others(visit: Visit) -> Response:
    """`POST /w/{desk}/account/sessions/others`"""
    visit.ask(RevokeOthers(), Ended)
    return _done(visit, "ended")


def _renewed(visit: Visit, cmd: Input, done: str) -> Response:
    try:
        given = visit.ask(cmd, OpenedSession)
    except (Forbidden, Invalid, StewardError) as error:
        return _again(visit, error)
    return render.redirect(f"{visit.base}/account?done={done}", credentials.kept(given, visit.product))


def _done(visit: Visit, code: str) -> Response:
    return render.redirect(f"{visit.base}/account?done={code}")


def _again(visit: Visit, error: StewardError) -> Response:
    """The page once more, with what went wrong; somebody whose session has ended goes to the door."""
    if isinstance(error, Forbidden) and error.unknown:
        raise error
    return _page(visit, problem=error.detail, status=status_of(error))


def _page(visit: Visit, *, problem: str = "", setup: dict[str, Any] | None = None, status: int = 200) -> Response:
    sessions = visit.ask(ListSessions(), SessionPage).rows
    return page(visit, "account", {**_view(visit, sessions), "problem": problem, "setup": setup}, status=status)


def _view(visit: Visit, sessions: Sequence[Any]) -> dict[str, Any]:
    named = by_name(visit.request, visit.product, f"{visit.base}/account")
    own = account.page(visit.ask(GetAccount(), AccountView), sessions, elsewhere=named, now=visit.now)
    return {"title": "Your sign-in", "it": own, "problem": "", "setup": None, "codes": [], "removing": visit.asked("remove")}
