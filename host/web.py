"""HTTP on one machine: each request becomes the event that API Gateway would send, for the same handler.

Short reads of the API run where they arrive; all else waits in a pool, so that writers share an fsync.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol
from urllib.parse import quote

from host import events
from host.events import Asked
from steward.kernel.errors import Invalid, StewardError, Unavailable
from steward.surfaces import problem
from steward.surfaces.service import ADDRESSES

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = Sequence[tuple[str, str]]
Answer = tuple[int, Headers, bytes]
Handler = Callable[[events.Event, events.Context], events.Event]

MAX_BODY = 6_000_000
"""Bytes of a request; Lambda's own limit. Files come another way."""
DRAINED = 64_000_000
"""Bytes that are read of a body that is too large, so that its sender sees the answer."""
THREADS = 24
FUNCTION_SECONDS = 29


class Side(Protocol):
    """What the host serves beside the handlers: it takes a request whose body has not been read yet."""

    async def __call__(self, head: Asked, receive: Receive) -> Answer | None:
        """The answer, None when the address is not its own."""
        ...


class Gone(Exception):
    """The client went away before it had sent its whole request."""


class Web:
    """The ASGI application. `ready` opens it; `stopping` lets nothing new in; `in_hand` counts what is being answered."""

    def __init__(self, handler: Handler, sides: Sequence[Side]) -> None:
        self._handler = handler
        self._sides = sides
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        self.ready = self.stopping = False
        self.in_hand = 0

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        self.in_hand += 1
        try:
            status, headers, body = await self._answer(_head(scope), receive)
            raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            await send({"type": "http.response.start", "status": status, "headers": [*raw, (b"content-length", b"%d" % len(body))]})
            await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
        except Gone:
            return
        finally:
            self.in_hand -= 1

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown()

    async def _answer(self, head: Asked, receive: Receive) -> Answer:
        if (self.stopping or not self.ready) and head.path != "/healthz":
            doing = "stopping" if self.stopping else "starting"
            return refused(Unavailable(f"Steward is {doing}; try again in a moment."), head.path, retry_after=1)
        for side in self._sides:
            answer = await side(head, receive)
            if answer is not None:
                return answer
        body = await body_of(receive, MAX_BODY)
        if body is None:
            return refused(Invalid(f"The request is larger than {MAX_BODY:,} bytes; send files as uploads.", too_large=True), head.path)
        return await self._handled(Asked(head.method, head.path, head.query, head.headers, body, head.source_ip))

    async def _handled(self, asked: Asked) -> Answer:
        try:
            event = events.http(asked)
        except ValueError:
            return refused(Invalid("The address has too many query fields; leave some out.", malformed=True), asked.path)
        context = events.Context(secrets.token_hex(8), seconds=FUNCTION_SECONDS)
        if _short(asked):
            return events.answered(self._handler(event, context))
        loop = asyncio.get_running_loop()
        return events.answered(await loop.run_in_executor(self._pool, self._handler, event, context))


def refused(error: StewardError, path: str, *, retry_after: int = 0) -> Answer:
    """A problem document from the host itself."""
    headers = [("content-type", "application/problem+json"), ("cache-control", "no-store"), ("connection", "close")]
    more = [("retry-after", str(retry_after))] if retry_after else []
    return problem.status_of(error), [*headers, *more], problem.body(error, instance=path[:200])


async def body_of(receive: Receive, most: int) -> bytes | None:
    """A request's whole body, None when it is larger than `most` (it is drained then). Raises Gone."""
    parts, size, more = [], 0, True
    while more and size <= DRAINED:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size <= most:
            parts.append(part)
    return b"".join(parts) if size <= most else None


def _head(scope: Mapping[str, Any]) -> Asked:
    raw = scope["raw_path"]
    path = raw.decode() if raw.isascii() else quote(raw, safe="/%")
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    return Asked(scope["method"], path, scope["query_string"].decode("latin-1"), headers, b"", (scope["client"] or ("", 0))[0])


def _short(asked: Asked) -> bool:
    """Whether a request is a quick read: of the API, of no file."""
    if asked.method not in ("GET", "HEAD"):
        return False
    if asked.path in ADDRESSES:
        return asked.path != "/"
    return asked.path.startswith("/v1/") and "." not in asked.path and "export" not in asked.path
