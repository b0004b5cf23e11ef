"""What the script of passkeys asks: challenges out, answers in, both as JSON."""

import json
from collections.abc import Callable
from typing import Any

from steward.desk.door import Visit
from steward.desk.handlers.access import ask
from steward.kernel.errors import Invalid, StewardError
from steward.kernel.parse import json_object
from steward.kernel.product import Product
from steward.surfaces import credentials, problem
from steward.surfaces.wire import Request, Response
from steward.workspaces.model import OpenedSession
from steward.workspaces.model_accounts import SignedIn, Told
from steward.workspaces.model_factors import AddPasskey, AssertPasskey, BeginAssertion, BeginPasskey, Challenge
from steward.workspaces.model_invitations import BeginJoin, Join

JSON = {"Content-Type": "application/json", "Cache-Control": "no-store"}


def begin_in(request: Request, product: Product) -> Response:
    """`POST /sign-in/passkey/begin`"""
    return _as_json(lambda: _challenge(ask(request, product, BeginAssertion(), Challenge)))


def sign_in(request: Request, product: Product) -> Response:
    """`POST /sign-in/passkey`: the session of whoever's passkey has signed."""

    def run() -> Response:
        told = _told(request)
        given = ask(request, product, AssertPasskey(ticket=told["ticket"], credential=told["credential"]), SignedIn)
        return _on(given, product, to="/today")

    return _as_json(run)


def begin_join(request: Request, product: Product) -> Response:
    """`POST /join/passkey/begin`: a passkey for whoever is invited."""
    return _as_json(lambda: _challenge(ask(request, product, BeginJoin(token=_told(request)["token"]), Challenge)))


def join(request: Request, product: Product) -> Response:
    """`POST /join/passkey`: accept the invitation with the passkey that was made."""

    def run() -> Response:
        told = _told(request)
        accepted = Join(token=told["token"], ticket=told["ticket"], credential=told["credential"])
        return _on(ask(request, product, accepted, Told), product, to="/today")

    return _as_json(run)


def begin(visit: Visit) -> Response:
    """`POST /w/{desk}/account/passkeys/begin`"""
    return _as_json(lambda: _challenge(visit.ask(BeginPasskey(current=_told(visit.request)["current"]), Challenge)))


def add(visit: Visit) -> Response:
    """`POST /w/{desk}/account/passkeys`: keep the passkey that was made."""

    def run() -> Response:
        told = _told(visit.request)
        added = AddPasskey(ticket=told["ticket"], credential=told["credential"], name=told["name"])
        return _on(visit.ask(added, OpenedSession), visit.product, to=f"{visit.base}/account?done=passkey")

    return _as_json(run)


def _told(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Invalid("Send JSON (content-type: application/json).", malformed=True)
    told = {name: str(value) for name, value in json_object(request.body).items()}
    most = {"ticket": 200, "credential": 20_000, "name": 60, "token": 200, "current": 1_000}
    return {name: told.get(name, "")[:length] for name, length in most.items()}


def _challenge(given: Challenge) -> Response:
    return _json(200, {"ticket": given.ticket, "options": given.options})


def _on(given: OpenedSession, product: Product, *, to: str) -> Response:
    answer = _json(200, {"to": to})
    return Response(answer.status, answer.headers, answer.body, (credentials.kept(given, product),))


def _as_json(run: Callable[[], Response]) -> Response:
    try:
        return run()
    except StewardError as error:
        return Response(problem.status_of(error), {**JSON, "Content-Type": "application/problem+json"}, problem.body(error))


def _json(status: int, told: dict[str, Any]) -> Response:
    return Response(status, JSON, json.dumps(told).encode())
