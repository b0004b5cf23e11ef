"""Signing in by a one-time link, and out again. Opening the link shows a button: what fetches links ahead cannot burn it."""

from urllib.parse import urlsplit

from steward.desk import render
from steward.desk.door import cookie, from_own_page
from steward.desk.forms import fields
from steward.kernel.actor import NOBODY, Actor, Surface
from steward.kernel.context import Call
from steward.kernel.errors import Forbidden, StewardError
from steward.kernel.keys import SYSTEM
from steward.kernel.product import Product
from steward.surfaces.credentials import cookie_name
from steward.surfaces.wire import Request, Response
from steward.workspaces.model import CloseSession, OpenedSession, OpenSession

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def ask_in(request: Request) -> Response:
    """The page of a link: a button where there is a token, else how to get one."""
    token = (request.query.get("token") or [""])[-1][:200]
    if token:
        return door(request, "Sign in to Steward", "This link works once, in this browser.", token=token)
    return door(request, "Sign in to Steward", "You come in by a link. On the machine that runs Steward, type:")


def sign_in(request: Request, product: Product) -> Response:
    """Use the link: a session, and on to the desk."""
    from_own_page(request)
    if not (product.secure or urlsplit(product.url).hostname in LOOPBACK):
        text = "This address has no TLS, and a session must not travel in the open. Set STEWARD_TLS, or come by 127.0.0.1."
        return door(request, "Not over an open network", text, status=403)
    call = Call("sessions.open", OpenSession(token=fields(request.body).get("token", "")[:200] or "none"), NOBODY, SYSTEM, Surface.DESK)
    try:
        opened = product.door.dispatch(call).output
    except Forbidden:
        return door(
            request,
            "This link has been used",
            "A link works once and runs out after an hour. On the machine that runs Steward, type:",
            status=403,
        )
    if not isinstance(opened, OpenedSession):
        raise TypeError("sessions.open answers something else")
    seconds = int((opened.expires_at - product.ports.clock()).total_seconds())
    return render.redirect("/today", cookie(cookie_name(product), opened.token, product, seconds=seconds))


def sign_out(request: Request, product: Product) -> Response:
    """Close the session and forget its cookie."""
    from_own_page(request)
    name = cookie_name(product)
    if token := request.cookie(name):
        actor = Actor("owner", "member", "Owner", frozenset())
        try:
            product.door.dispatch(Call("sessions.close", CloseSession(token=token[:200]), actor, SYSTEM, Surface.DESK))
        except StewardError:
            return render.redirect("/sign-in")
    return render.redirect("/sign-in", cookie(name, "", product, seconds=0))


def door(request: Request, heading: str, text: str, *, token: str = "", status: int = 200) -> Response:
    """The page before the desk."""
    return render.page(request, "sign_in", {"title": heading, "heading": heading, "text": text, "token": token}, status=status)
