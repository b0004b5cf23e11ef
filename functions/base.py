"""The Chalice app of every function.

Chalice keeps the request in hand on the app, where another thread's request takes its place. Here it lives in the
context that runs, so the host may answer many requests at once.
"""

from contextvars import ContextVar
from typing import Any

from chalice.app import Chalice, Request, RestAPIEventHandler

_request: ContextVar[Request | None] = ContextVar("request", default=None)
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
