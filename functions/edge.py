"""What the edges share: the translation of HTTP, and the product."""

from functools import cache
from typing import Any

from chalice.app import Request as Arrived
from chalice.app import Response as Sent

from functions.logs import log_lines
from steward import bootstrap
from steward.kernel.product import Product
from steward.surfaces.wire import Request, Response


def arrived(request: Arrived) -> Request:
    """An API Gateway request as the surfaces take it; its path is as it came, percent-encoded."""
    path = request.path.replace("{proxy+}", (request.uri_params or {}).get("proxy", ""))
    query = {name: request.query_params.getlist(name) for name in request.query_params} if request.query_params else {}
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = request.raw_body
    source = request.context.get("identity", {}).get("sourceIp", "")
    return Request(request.method, path, query, headers, body if isinstance(body, bytes) else body.encode(), source)


def sent(response: Response) -> Sent:
    """An answer of a surface as Chalice sends it."""
    headers: dict[str, Any] = dict(response.headers)
    if response.cookies:
        headers["set-cookie"] = list(response.cookies)
    return Sent(response.body, headers, response.status)


def product() -> Product:
    """The product of this process: what the host handed in, else that of the environment, assembled on first use."""
    return _given[-1] if _given else _own()


def use(given: Product) -> None:
    """Have every function of this process use this product."""
    _given.append(given)


_given: list[Product] = []


@cache
def _own() -> Product:
    log_lines()
    return bootstrap.product()
