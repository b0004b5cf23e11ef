"""HTTP on one machine: each request becomes the event that API Gateway would send, for the same handler.

Short reads of the API run where they arrive, one by one, unless they may have to wait for another machine; all else waits in a
pool, so that writers share an fsync. At both doors each workspace has a line of its own, and the lines take turns.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from threading import Semaphore
from typing import Any, Protocol
from urllib.parse import quote

from functions.api import METHODS
from host import events
from host.events import Asked
from host.fair import OneByOne, Turns
from host.waiting import Waiting
from steward.adapters.waits import waits
from steward.kernel.errors import Invalid, StewardError, Unavailable
from steward.surfaces import http, problem
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
THREADS, BUSY, PATIENCE = 24, 2, 0.5
"""Threads that answer what takes longer, how many that write work at once (more would only contend for the interpreter, while those that
wait for the disk need none of it), and the seconds after which one more begins all the same."""
READS, ALIVE = ("GET", "HEAD"), "/healthz"
NEEDS_APPROVAL = 428
FUNCTION_SECONDS = 29


class Side(Protocol):
    """What the host serves beside the handlers: it takes a request whose body has not been read yet."""

    async def __call__(self, head: Asked, receive: Receive) -> Answer | None:
        """The answer, None when the address is not its own."""
        ...


@dataclass(frozen=True, slots=True)
class Means:
    """`coming` is how the records are told that a write is on its way, `waiting` keeps requests open until they are decided, `line`
    says in whose line a request waits; `afar` is whether a read may have to wait for another machine."""

    coming: Callable[[], AbstractContextManager[None]]
    waiting: Waiting
    line: Callable[[Asked], str]
    afar: bool = False


class Web:
    """The ASGI application. `ready` opens it; `stopping` lets nothing new in; `in_hand` counts what is being answered."""

    def __init__(self, handler: Handler, sides: Sequence[Side], means: Means) -> None:
        self._handler, self._sides, self._means = handler, sides, means
        self._short, self._long = OneByOne(), Turns(THREADS)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        self._busy = Semaphore(BUSY)
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
        finally:
            self.in_hand -= 1

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown()

    async def _answer(self, head: Asked, receive: Receive) -> Answer:
        try:
            return await self._taken(head, receive)
        except StewardError as error:
            return refused(error, head.path)

    async def _taken(self, head: Asked, receive: Receive) -> Answer:
        """What a side or the handler answers. Raises Invalid for a body that is too large or was cut off."""
        if (self.stopping or not self.ready) and head.path != "/healthz":
            doing = "stopping" if self.stopping else "starting"
            return refused(Unavailable(f"Steward is {doing}; try again in a moment."), head.path, retry_after=1)
        for side in self._sides:
            answer = await side(head, receive)
            if answer is not None:
                return answer
        body = await body_of(receive, MAX_BODY) if _bears(head) else b""
        if head.method not in METHODS:
            # Chalice would refuse it in its own words
            allowed = ", ".join(sorted(http.methods(head.path)) or METHODS)
            return refused(Invalid(f"There is no method {head.method[:16]}; use {allowed}."), head.path, status=405, allow=allowed)
        asked = Asked(head.method, head.path, head.query, head.headers, body, head.source_ip)
        return await self._patient(asked, await self._handled(asked), receive)

    async def _patient(self, asked: Asked, answer: Answer, receive: Receive) -> Answer:
        """The answer of a request that waits for a decision, for as long as its sender listens."""
        if answer[0] != NEEDS_APPROVAL:
            return answer
        gone = asyncio.ensure_future(_gone(receive))
        try:
            return await self._means.waiting.decided(asked, answer, again=self._handled, over=lambda: self.stopping or gone.done())
        finally:
            gone.cancel()

    async def _handled(self, asked: Asked) -> Answer:
        line, work = self._means.line(asked), partial(self._worked, asked)
        if _short(asked) and (not self._means.afar or asked.path == ALIVE):
            return await self._short.run(line, work)
        async with self._long.of(line):
            # said here already: the thread that will write may have to wait for its turn at the interpreter
            reads = asked.method in READS
            with nullcontext() if reads else self._means.coming():
                turn = partial(copy_context().run, work) if reads else partial(copy_context().run, self._busily, work)
                return await asyncio.get_running_loop().run_in_executor(self._pool, turn)

    def _busily(self, work: Callable[[], Answer]) -> Answer:
        """Work as one of a few threads, until the end or a first commit: that one waits with others, and has little to do after it.
        Who takes long, as a child process does, holds the others up for a moment only."""
        with ExitStack() as place:
            if self._busy.acquire(timeout=PATIENCE):
                place.callback(self._busy.release)
                waits.set(place.close)
            return work()

    def _worked(self, asked: Asked) -> Answer:
        """What the handler answers; nothing of it is done before it is the request's turn."""
        try:
            event = events.http(asked)
        except ValueError:
            return refused(Invalid("The address has too many query fields; leave some out.", malformed=True), asked.path)
        return events.answered(self._handler(event, events.Context(secrets.token_hex(8), seconds=FUNCTION_SECONDS)))


def refused(error: StewardError, path: str, *, status: int = 0, retry_after: int = 0, allow: str = "") -> Answer:
    """A problem document from the host itself."""
    status = status or problem.status_of(error)
    headers = [("content-type", "application/problem+json"), ("cache-control", "no-store"), ("connection", "close")]
    more = [("retry-after", str(retry_after or "")), ("allow", allow)]
    return status, headers + [one for one in more if one[1]], problem.body(error, status=status, instance=path[:200])


async def body_of(receive: Receive, most: int) -> bytes:
    """A request's whole body. Raises Invalid when it is larger than `most` (it is drained then) or was cut off."""
    parts, size, more = [], 0, True
    while more and size <= DRAINED:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Invalid("The request was cut off on its way; send it again.", malformed=True)
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size <= most:
            parts.append(part)
    if size > most:
        raise Invalid(f"The request is larger than {most:,} bytes; send files as uploads.", too_large=True)
    return b"".join(parts)


def _head(scope: Mapping[str, Any]) -> Asked:
    raw = scope["raw_path"]
    path = raw.decode() if raw.isascii() else quote(raw, safe="/%")
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    return Asked(scope["method"], path, scope["query_string"].decode("latin-1"), headers, b"", (scope["client"] or ("", 0))[0])


async def _gone(receive: Receive) -> None:
    """Until the sender has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _bears(head: Asked) -> bool:
    """Whether a request has a body, or may have one; asking for it costs a way through the server and back."""
    told = dict(head.headers)
    return "transfer-encoding" in told or told.get("content-length", "0") != "0" or head.method not in READS


def _short(asked: Asked) -> bool:
    """Whether a request is a quick read: of the API, of no file."""
    if asked.method not in READS:
        return False
    if asked.path in ADDRESSES:
        return asked.path != "/"
    return asked.path.startswith("/v1/") and "." not in asked.path and "export" not in asked.path
