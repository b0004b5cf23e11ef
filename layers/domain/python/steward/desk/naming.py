"""The desk by its name: browsers give passkeys to names only, so on this machine they are to be had at `localhost`, not at a number."""

from urllib.parse import urlsplit

from steward.kernel.product import Product
from steward.surfaces.wire import Request
from steward.workspaces.rules_auth import relying_party


def by_name(request: Request, product: Product, path: str) -> str:
    """The address of a page where passkeys work, "" where the browser is there already."""
    _, (origin,) = relying_party(product.url)
    there = urlsplit(origin)
    here = request.headers.get("host", "")
    return f"{origin}{path}" if there.hostname == "localhost" and here.rpartition(":")[0] != "localhost" and here != "localhost" else ""
