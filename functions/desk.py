"""The desk's edge: which requests are for its pages, and the way there."""

from steward.kernel.product import Product
from steward.surfaces.service import ADDRESSES
from steward.surfaces.wire import Request, Response

OWN = ("/w/", "/static/", "/sign-", "/reset", "/verify", "/join", "/approve", "/favicon")


def asks(request: Request) -> bool:
    """Whether a request is the desk's: at an address of its own, or from a browser or a fragment of a page."""
    if request.path in ADDRESSES and request.path != "/":
        return False
    return request.path.startswith(OWN) or request.wants_html() or "hx-request" in request.headers


def answer(request: Request, product: Product) -> Response:
    """The page. The desk is imported on the first one, which keeps it out of the API's cold start."""
    from steward.desk.pages import handle

    return handle(request, product)
