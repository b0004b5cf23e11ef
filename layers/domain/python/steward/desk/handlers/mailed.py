"""What the links of mails lead to: a new password, a confirmed address. A link is used by a button, never by looking at it."""

from steward.desk.forms import fields
from steward.desk.handlers.access import admitted, ask, door, works
from steward.kernel.errors import Forbidden, Invalid, StewardError, TooMany
from steward.kernel.product import Product
from steward.surfaces.problem import status_of
from steward.surfaces.wire import Request, Response
from steward.workspaces.model_accounts import Reset, Told, Verify
from steward.workspaces.model_mails import Purpose

FORGOTTEN, NEW, SPENT = "A new password", "Choose a new password", "This link works no more"
ANOTHER, CONFIRM = "Have another one sent", "To your desk, for another one"
GONE = "It was used or has run out; ask for a new one."


def ask_reset(request: Request, product: Product) -> Response:
    """`GET /reset`: where to send the mail, or for its token the new password."""
    token = _token(request)
    if not token:
        return _reset_form(request)
    if not works(request, product, token, Purpose.RESET):
        return _gone(request, to="/reset", label=ANOTHER)
    return door(request, "reset", NEW, token=token, problem="")


def reset(request: Request, product: Product) -> Response:
    """`POST /reset`: have the mail sent, or set the new password."""
    told = fields(request.body)
    token = told.get("token", "")[:200]
    if not token:
        return _send(request, product, told.get("email", "")[:320])
    try:
        given = ask(request, product, Reset(token=token, password=told.get("password", "")[:1_000]), Told)
    except Invalid as error:
        return door(request, "reset", NEW, token=token, problem=error.detail, status=status_of(error))
    except Forbidden as error:
        return spent(request, error, to="/reset", label=ANOTHER)
    return admitted(request, product, given)


def ask_verify(request: Request, product: Product) -> Response:
    """`GET /verify`: a button that confirms the address."""
    if not works(request, product, _token(request), Purpose.VERIFY):
        return _gone(request, to="/today", label=CONFIRM)
    text = "With this your address is confirmed, and mails for a new password reach you there."
    return door(request, "verify", "Confirm your address", token=_token(request), text=text)


def verify(request: Request, product: Product) -> Response:
    """`POST /verify`: confirm the address."""
    try:
        given = ask(request, product, Verify(token=fields(request.body).get("token", "")[:200] or "none"), Told)
    except Forbidden as error:
        return spent(request, error, to="/today", label=CONFIRM)
    return door(request, "notice", given.detail, text="You can close this page.", to="/today", label="To the desk")


def spent(request: Request, error: Forbidden, *, to: str, label: str, text: str = GONE) -> Response:
    """The page of a link that does not work any more, and the way to a new one."""
    if error.rule != "link":
        raise error
    return _gone(request, to=to, label=label, text=text)


def _gone(request: Request, *, to: str, label: str, text: str = GONE) -> Response:
    return door(request, "notice", SPENT, text=text, to=to, label=label, status=403)


def _send(request: Request, product: Product, email: str) -> Response:
    try:
        given = ask(request, product, Reset(email=email), Told)
    except (Invalid, TooMany) as error:
        return _reset_form(request, email=email, problem=error)
    return door(request, "notice", "Look into your mail", text=given.detail)


def _reset_form(request: Request, *, email: str = "", problem: StewardError | None = None) -> Response:
    text = "Where do your mails go? If there is an account with that address, a link comes that works once, for 30 minutes."
    view = {"token": "", "email": email, "text": text, "problem": problem.detail if problem else ""}
    return door(request, "reset", FORGOTTEN, status=status_of(problem) if problem else 200, **view)


def _token(request: Request) -> str:
    return (request.query.get("token") or [""])[-1][:200]
