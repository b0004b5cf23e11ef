"""The service's own addresses: what it is, whether it lives, and what it can do."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from steward.kernel.errors import StewardError
from steward.kernel.keys import place
from steward.kernel.product import Product
from steward.surfaces.wire import GUARD, Response

OPENAPI = Path(__file__).parents[1] / "openapi.json"
JSON = {"content-type": "application/json", **GUARD}


def information(product: Product) -> Response:
    """`GET /`: what this is and where its doors are."""
    return _json(200, {"name": "Steward", "version": product.version, "api": "/v1", "openapi": "/openapi.json", "health": "/health"})


def alive(product: Product) -> Response:
    """`GET /healthz`: the process lives."""
    return _json(200, {"status": "ok", "version": product.version})


def ping(product: Product) -> Response:
    """`GET /ping`: one round trip to the records."""
    try:
        product.ports.records.get([place("system", "heartbeat", "tick")])
    except StewardError as error:
        return _json(503, {"status": "unavailable", "detail": error.detail})
    return _json(200, {"status": "ok"})


def health(product: Product) -> Response:
    """`GET /health`: every engine that a request needs, 503 when one of them does not answer."""
    checks = {"records": _check(lambda: product.ports.records.get([place("system", "heartbeat", "tick")]))}
    checks["queue"] = _check(product.ports.queue.depth)
    ok = all(state == "ok" for state in checks.values())
    (tick,) = product.ports.records.get([place("system", "heartbeat", "tick")]) if ok else (None,)
    told = {
        "status": "ok" if ok else "unavailable",
        "version": product.version,
        "checks": checks,
        "sys_heartbeat": tick.body["at"] if tick else None,
    }
    return _json(200 if ok else 503, told)


def openapi(product: Product) -> Response:
    """`GET /openapi.json`: the OpenAPI 3.1 document."""
    return Response(200, {**JSON, "cache-control": "public, max-age=300"}, OPENAPI.read_bytes())


ADDRESSES: Mapping[str, Callable[[Product], Response]] = {
    "/": information,
    "/health": health,
    "/healthz": alive,
    "/ping": ping,
    "/openapi.json": openapi,
}


def _check(ask: Callable[[], object]) -> str:
    try:
        ask()
    except StewardError as error:
        return error.detail
    return "ok"


def _json(status: int, told: Mapping[str, object]) -> Response:
    return Response(status, JSON, json.dumps(told).encode())
