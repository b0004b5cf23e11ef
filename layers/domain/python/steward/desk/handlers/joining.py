"""Accepting an invitation: the page of its link, and what is sent from there."""

from urllib.parse import urlencode

from steward.desk import render
from steward.desk.forms import fields
from steward.desk.handlers.access import admitted, ask, ask_anyhow, door
from steward.desk.handlers.mailed import SPENT, spent
from steward.desk.naming import by_name
from steward.kernel.errors import Forbidden, Invalid, NotFound
from steward.kernel.product import Product
from steward.surfaces.problem import status_of
from steward.surfaces.wire import Request, Response
from steward.workspaces.model_accounts import Told
from steward.workspaces.model_invitations import GetInvitation, InvitationView, Join

USED = "It was used or has run out. If you have joined, sign in; else ask for a new one from whoever invited you."


def show(request: Request, product: Product) -> Response:
    """`GET /join`: to which desk one is invited, and how to come in."""
    return _page(request, product, (request.query.get("token") or [""])[-1][:200])


def join(request: Request, product: Product) -> Response:
    """`POST /join`: accept it."""
    told = fields(request.body)
    token = told.get("token", "")[:200]
    try:
        given = ask(request, product, Join(token=token, password=told.get("password", "")[:1_000]), Told)
    except Invalid as error:
        return _page(request, product, token, problem=error)
    except NotFound as error:
        return _taken_back(request, error)
    except Forbidden as error:
        return spent(request, error, to="/sign-in", label="To sign-in", text=USED)
    return admitted(request, product, given) if given.token or given.ticket else render.redirect("/sign-in?done=joined")


def _taken_back(request: Request, error: NotFound) -> Response:
    return door(request, "notice", SPENT, text=error.detail, status=status_of(error))


def _page(request: Request, product: Product, token: str, *, problem: Invalid | None = None) -> Response:
    try:
        found = ask_anyhow(request, product, GetInvitation(token=token or "none"), InvitationView)
    except Forbidden as error:
        return spent(request, error, to="/sign-in", label="To sign-in", text=USED)
    except NotFound as error:
        return _taken_back(request, error)
    named = "" if found.known else by_name(request, product, f"/join?{urlencode({'token': token})}")
    view = {"it": found, "token": token, "named": named, "problem": problem.detail if problem else ""}
    return door(request, "join", f"Join {found.workspace}", status=status_of(problem) if problem else 200, **view)
