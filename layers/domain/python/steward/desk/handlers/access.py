"""The pages before the desk: signing in by password, one-time link or whatever else there is, and out again.

Opening a link shows a button: what fetches links ahead cannot burn it.
"""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from steward.desk import render
from steward.desk.forms import fields
from steward.desk.naming import by_name
from steward.kernel.actor import NOBODY, Actor, Surface
from steward.kernel.context import Call
from steward.kernel.errors import Forbidden, StewardError, TooMany
from steward.kernel.keys import SYSTEM
from steward.kernel.model import Input, Nothing, Output
from steward.kernel.product import Product
from steward.kernel.provider import Provider
from steward.kernel.registry import taking
from steward.surfaces import credentials
from steward.surfaces.problem import status_of
from steward.surfaces.wire import Request, Response
from steward.workspaces import identity
from steward.workspaces.model import OpenedSession, OpenSession
from steward.workspaces.model_accounts import SIGN_IN, CheckLink, LinkView, Login, Logout, SignedIn
from steward.workspaces.model_factors import SecondFactor

Answer = TypeVar("Answer", bound=Output)
HEADING, CODE = "Sign in to Steward", "And a code"
NOTICES = {
    "joined": "You have joined. Sign in as you always do.",
    "verified": "Your address is confirmed.",
    "password": "Your new password is set. Sign in with it.",
}
"""What the page says after something was done; the address carries the code."""


def ask_in(request: Request, product: Product) -> Response:
    """`GET /sign-in`: for a link's token a button, else every way in."""
    token = _asked(request, "token")[:200]
    if token and not works(request, product, token, SIGN_IN):
        return _used(request)
    if token:
        return door(request, "sign_in_link", HEADING, text="This link works once, in this browser.", token=token)
    return _ways(request, product)


def sign_in(request: Request, product: Product) -> Response:
    """`POST /sign-in`: by a link's token, or by address and password."""
    told = fields(request.body)
    return _by_link(request, product, told["token"]) if "token" in told else _by_password(request, product, told)


def second(request: Request, product: Product) -> Response:
    """`POST /sign-in/second`: the code that is asked for after the password."""
    told = fields(request.body)
    ticket, code = told.get("ticket", "")[:200], told.get("code", "")[:40]
    try:
        given = ask(request, product, SecondFactor(ticket=ticket, code=code), SignedIn)
    except (Forbidden, TooMany) as error:
        if error.kind == "forbidden" and getattr(error, "rule", "") == "ticket":
            return _ways(request, product, problem=error)
        return door(request, "second", CODE, status=status_of(error), ticket=ticket, problem=error.detail)
    return admitted(request, product, given)


def sign_out(request: Request, product: Product) -> Response:
    """`POST /sign-out`: close the session and forget its cookie."""
    try:
        ask(request, product, Logout(), Nothing)
    except StewardError:
        return render.redirect("/sign-in")
    return render.redirect("/sign-in", credentials.forgotten(product))


def ask(request: Request, product: Product, cmd: Input, answer: type[Answer]) -> Answer:
    """What a command answers to somebody at the door, who may be signed in already. Raises the errors of `kernel.errors`."""
    credentials.check_private(request, product)
    return ask_anyhow(request, product, cmd, answer)


def ask_anyhow(request: Request, product: Product, cmd: Input, answer: type[Answer]) -> Answer:
    """The same for who comes back from elsewhere, and proves it otherwise."""
    origin = credentials.origin_of(request, product)
    call = Call(taking(type(cmd)).name, cmd, _who(request, product), SYSTEM, Surface.DESK, origin=origin)
    given = product.door.dispatch(call).output
    if not isinstance(given, answer):
        raise TypeError(f"{call.command} answers {type(given).__name__}, not {answer.__name__}")
    return given


def works(request: Request, product: Product, token: str, purpose: str) -> bool:
    """Whether a link is one of that purpose that still works; looking does not use it up."""
    try:
        return ask_anyhow(request, product, CheckLink(token=token or "none"), LinkView).purpose == purpose
    except Forbidden:
        return False


def admitted(request: Request, product: Product, given: OpenedSession, *, to: str = "/today") -> Response:
    """On to the desk with the session's cookie; or to the second factor first."""
    if isinstance(given, SignedIn) and given.ticket:
        return door(request, "second", CODE, ticket=given.ticket, problem="")
    return render.redirect(to, credentials.kept(given, product))


def door(request: Request, name: str, heading: str, *, status: int = 200, **view: Any) -> Response:
    """A page before the desk."""
    return render.page(request, name, {"title": heading, "heading": heading, **view}, status=status)


def _by_link(request: Request, product: Product, token: str) -> Response:
    try:
        return admitted(request, product, ask(request, product, OpenSession(token=token[:200] or "none"), OpenedSession))
    except Forbidden as error:
        if error.rule in ("tls", "origin"):
            raise
        return _used(request)


def _used(request: Request) -> Response:
    text = "A link works once and runs out after an hour. On the machine that runs Steward, type:"
    return door(request, "notice", "This link has been used", text=text, command="steward sessions link", status=403)


def _by_password(request: Request, product: Product, told: Mapping[str, str]) -> Response:
    email, password = told.get("email", "")[:320], told.get("password", "")[:1_000]
    try:
        given = ask(request, product, Login(email=email, password=password), SignedIn)
    except (Forbidden, TooMany) as error:
        if getattr(error, "rule", "") in ("tls", "origin"):
            raise
        return _ways(request, product, email=email, problem=error)
    return admitted(request, product, given)


def _ways(request: Request, product: Product, *, email: str = "", problem: StewardError | None = None) -> Response:
    """The page with every way in."""
    view = {
        "email": email,
        "problem": problem.detail if problem else "",
        "notice": NOTICES.get(_asked(request, "done"), ""),
        "named": by_name(request, product, "/sign-in"),
        "provider": cast(Provider, product.ports.more[Provider]).label,
    }
    answer = door(request, "sign_in", HEADING, status=status_of(problem) if problem else 200, **view)
    if isinstance(problem, TooMany):
        return Response(answer.status, {**answer.headers, "Retry-After": str(problem.retry_after)}, answer.body, answer.cookies)
    return answer


def _who(request: Request, product: Product) -> Actor:
    try:
        return identity.acting(product.ports.records, credentials.person(request, product), SYSTEM)
    except Forbidden:
        return NOBODY


def _asked(request: Request, name: str) -> str:
    return (request.query.get(name) or [""])[-1]
