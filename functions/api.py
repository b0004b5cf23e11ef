"""The one HTTP entry: the API under `/v1`, the service's addresses, and for a browser the desk."""

from time import sleep
from typing import Any

from chalice.app import Blueprint, Response

from functions import desk
from functions.edge import arrived, product, sent
from steward.surfaces import waiting
from steward.surfaces.wire import Request
from steward.surfaces.wire import Response as Answer

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
KEPT = 5
"""Seconds of a function's time that are left for doing what was waited for."""
blueprint = Blueprint(__name__)


@blueprint.route("/v1/{proxy+}", methods=METHODS, content_types=[])
def command() -> Response:
    """Every route of the API; `surfaces.http` finds its command."""
    return sent(_answer(arrived(blueprint.current_request)))


@blueprint.route("/", methods=METHODS, content_types=[])
def root() -> Response:
    """What this service is, or the desk."""
    return _either()


@blueprint.route("/{proxy+}", methods=METHODS, content_types=[])
def bare() -> Response:
    """A page of the desk where a browser asks for one, else an alias of the API."""
    return _either()


def _either() -> Response:
    request = arrived(blueprint.current_request)
    return sent(desk.answer(request, product()) if desk.asks(request) else _answer(request))


def _answer(request: Request) -> Answer:
    """A function waits itself for a decision, within its own time; a host does so around it."""
    context: Any = blueprint.lambda_context
    seconds = 0 if getattr(context, "hosted", False) else int(context.get_remaining_time_in_millis()) // 1000 - KEPT
    return waiting.attended(request, product(), seconds=seconds, sleep=sleep)
