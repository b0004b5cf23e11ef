"""To the identity provider and back. The state that one leaves with is kept by the browser, so nobody else's trip ends here."""

from hmac import compare_digest

from steward.desk import render
from steward.desk.handlers.access import admitted, ask, ask_anyhow, door
from steward.kernel.errors import Forbidden, StewardError
from steward.kernel.product import Product
from steward.surfaces import credentials
from steward.surfaces.problem import status_of
from steward.surfaces.wire import Request, Response
from steward.workspaces.model_accounts import SignedIn
from steward.workspaces.model_providers import BeginProvider, Departure, EndProvider

SECONDS = 300


def leave(request: Request, product: Product) -> Response:
    """`GET /sign-in/provider/leave`: to the provider, from a page of ours."""
    try:
        gone = ask(request, product, BeginProvider(), Departure)
    except StewardError as error:
        return _failed(request, error)
    kept = credentials.cookie(_cookie(product), gone.state, product, seconds=SECONDS)
    return render.redirect(gone.to, kept)


def come_back(request: Request, product: Product) -> Response:
    """`GET /sign-in/provider`: back from it, with a code."""
    told = {name: (request.query.get(name) or [""])[-1][:1_000] for name in ("state", "code", "iss")}
    kept = request.cookie(_cookie(product))
    try:
        if not kept or not compare_digest(kept.encode(), told["state"].encode()):
            raise Forbidden("This is not the browser that left for the provider; begin again.", rule="provider")
        back = EndProvider(state=told["state"], code=told["code"], issuer=told["iss"])
        given = ask_anyhow(request, product, back, SignedIn)
    except StewardError as error:
        return _failed(request, error)
    answer = admitted(request, product, given)
    gone = credentials.cookie(_cookie(product), "", product, seconds=0)
    return Response(answer.status, answer.headers, answer.body, (*answer.cookies, gone))


def _cookie(product: Product) -> str:
    return f"{credentials.cookie_name(product)}-trip"


def _failed(request: Request, error: StewardError) -> Response:
    return door(request, "notice", "That did not work", text=error.detail, status=status_of(error))
