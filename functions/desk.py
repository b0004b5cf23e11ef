"""The desk's edge: which requests are for its pages, and the way there."""

from steward.kernel.product import Product
from steward.surfaces.service import ADDRESSES
from steward.surfaces.wire import Request, Response

OWN = ("/static/", "/favicon")
TABLES = (".csv", ".json")


def asks(request: Request) -> bool:
    """Whether a request is the desk's: from a browser, from a fragment of a page, or for a page's rows as a file."""
    if request.path.startswith(OWN):
        return True
    if request.path in ADDRESSES and request.path != "/":
        return False
    return request.wants_html() or "hx-request" in request.headers or request.path.endswith(TABLES)


def answer(request: Request, product: Product) -> Response:
    """The page. The desk is imported on the first one, which keeps it out of the API's cold start."""
    from steward.desk.pages import handle

    return handle(request, product)
