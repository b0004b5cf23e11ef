"""What the edges share: the Chalice app, the translation of HTTP, and the product.

Chalice keeps the request in hand on the app, where another thread's request takes its place. Here it lives in the
context that runs, so the host may answer many requests at once.
"""

import logging
from contextvars import ContextVar
from functools import cache
from typing import Any

from chalice.app import Chalice, RestAPIEventHandler
from chalice.app import Request as Arrived
from chalice.app import Response as Sent

from steward import bootstrap
from steward.kernel.product import Product
from steward.surfaces.wire import Request, Response

_request: ContextVar[Arrived | None] = ContextVar("request", default=None)
_lambda: ContextVar[Any] = ContextVar("lambda", default=None)


class AnyAnswer(RestAPIEventHandler):
    """Every body travels as bytes, whatever the client says it accepts."""

    def _validate_binary_response(self, *_: object) -> bool:
        return True


class App(Chalice):
    """Chalice with the request and the Lambda context of each call apart."""

    def __init__(self, name: str) -> None:
        super().__init__(name, configure_logs=False)
        self.api.binary_types = ["*/*"]

    current_request = property(lambda _: _request.get(), lambda _, arrived: _request.set(arrived) and None)
    lambda_context = property(lambda _: _lambda.get(), lambda _, context: _lambda.set(context) and None)

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        self.lambda_context = context
        handler = AnyAnswer(self.routes, self.api, self.log, self.debug, middleware_handlers=self._get_middleware_handlers("http"))
        self.current_request = handler.create_request_object(event, context)
        answer: dict[str, Any] = handler(event, context)
        return answer


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


@cache
def product() -> Product:
    """The product of this process, with its log as JSON lines."""
    from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

    handler = logging.StreamHandler()
    handler.setFormatter(LambdaPowertoolsFormatter(service="steward"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    return bootstrap.product()
