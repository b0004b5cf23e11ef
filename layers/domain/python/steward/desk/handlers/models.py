"""Models: how good the one in use is, what it was made from, and training another."""

from steward.desk.door import Visit
from steward.surfaces.wire import Response


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/models`"""
    raise NotImplementedError


def train(visit: Visit) -> Response:
    """`POST /w/{desk}/models/train`"""
    raise NotImplementedError
