"""Requests that wait for a person's decision (`Prefer: wait=N`, RFC 7240): what they ask for, what they wait on, how it ends.

A host keeps them open on its event loop (`host/waiting.py`); a function, which has one request at a time, looks again and again.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from steward.kernel.errors import Forbidden
from steward.kernel.product import Product
from steward.surfaces import http
from steward.surfaces.wire import Request, Response
from steward.workspaces.deciding import OVER, status_of
from steward.workspaces.model_approvals import ApprovalStatus

LONGEST = 60
"""Seconds that a request waits at most."""
LOOK_EVERY = 1.0
APPLIED = "preference-applied"
NEEDS_APPROVAL = 428


def preferred(headers: Iterable[tuple[str, str]]) -> int:
    """The seconds of `Prefer: wait=N`, at most a minute; 0 where nothing readable is preferred."""
    for name, value in headers:
        for part in value.split(",") if name == "prefer" else ():
            key, _, seconds = part.partition(";")[0].strip().partition("=")
            if key.strip().lower() == "wait" and seconds.strip().isascii() and seconds.strip().isdigit():
                return min(int(seconds.strip()[:4]), LONGEST)
    return 0


def awaited(status: int, body: bytes) -> str:
    """The approval that an answer waits for, "" for none."""
    return str(json.loads(body).get("approval", "")) if status == NEEDS_APPROVAL else ""


def over(path: str, status: ApprovalStatus) -> Response:
    """The answer where nobody decided in time, or the request was taken back."""
    return http.refuse(Forbidden(OVER[status], rule="approval"), Request("", path))


def attended(request: Request, product: Product, *, seconds: int, sleep: Callable[[float], None]) -> Response:
    """The answer to a request of the API, which waits for a decision where it wants to, at most so many seconds."""
    answer = http.handle(request, product)
    wait, approval = min(preferred(request.headers.items()), seconds), awaited(answer.status, answer.body)
    if wait <= 0 or not approval:
        return answer
    ports, workspace = product.ports, http.workspace_of(request, product)
    until, status = ports.clock() + timedelta(seconds=wait), ApprovalStatus.PENDING
    while status is ApprovalStatus.PENDING and ports.clock() < until:
        sleep(LOOK_EVERY)
        status = status_of(ports.records, workspace, approval, now=ports.clock())
    if status in OVER:
        answer = over(request.path, status)
    elif status is not ApprovalStatus.PENDING:
        answer = http.handle(request, product)
    return replace(answer, headers={**answer.headers, APPLIED: f"wait={wait}"})
