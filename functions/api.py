"""The one HTTP entry: the API under `/v1`, the service's addresses, and for a browser the desk."""

from chalice.app import Blueprint, Response

from functions import desk
from functions.edge import arrived, product, sent
from steward.surfaces import http

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
blueprint = Blueprint(__name__)


@blueprint.route("/v1/{proxy+}", methods=METHODS, content_types=[])
def command() -> Response:
    """Every route of the API; `surfaces.http` finds its command."""
    return sent(http.handle(arrived(blueprint.current_request), product()))


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
    return sent(desk.answer(request, product()) if desk.asks(request) else http.handle(request, product()))
