"""A load generator for one machine: a fixed number of keep-alive connections, each sending its next request on an answer, or every
so many seconds.

It runs as a process of its own (`measure` starts it), so that it takes no time from the host's interpreter.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.bench.bench import quantile

CONNECTIONS = 24


@dataclass(frozen=True)
class Load:
    """What came of it: answers a second, the 50th and 95th percentile in milliseconds, and all answers that were no success."""

    count: int
    rate: float
    p50: float
    p95: float
    failed: int


def measure(address: str, key: str, **plan: Any) -> Load:
    """Send for `seconds` to `method` `path`; with `body`, every `#` in it is replaced by a number of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps({"address": address, "key": key, **plan}),
        capture_output=True,
        text=True,
        check=True,
    )
    return Load(**json.loads(told.stdout))


class Connection(asyncio.Protocol):
    """One connection: sends, reads one answer whole, notes how long it took, sends again until the time is up. With `every` a request
    is due every so many seconds, the first after `lag`, and one that could not be sent in time has waited since it was due."""

    def __init__(self, request: Callable[[], bytes], until: float, took: list[float], *, every: float = 0, lag: float = 0) -> None:
        self.request, self.until, self.took, self.every, self.lag = request, until, took, every, lag
        self.failed, self.rest, self.buffer, self.sent = 0, -1, b"", 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.sent = time.perf_counter() + self.lag - self.every
        self._next()

    def data_received(self, received: bytes) -> None:
        self.buffer += received
        if self.rest < 0:
            head, found, body = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            self.failed += not head.startswith(b"HTTP/1.1 2")
            self.rest, self.buffer = _length(head), body
        if len(self.buffer) >= self.rest:
            self.took.append(time.perf_counter() - self.sent)
            self.rest, self.buffer = -1, b""
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.failed += 1
            self.done.set_result(None)

    def _next(self) -> None:
        due = self.sent + self.every
        if not self.every or due <= time.perf_counter():
            self._send(due if self.every else 0)
        else:
            asyncio.get_running_loop().call_later(due - time.perf_counter(), self._send, due)

    def _send(self, due: float = 0) -> None:
        self.sent = due or time.perf_counter()
        if self.sent < self.until and not self.done.done():
            self.transport.write(self.request())
        elif not self.done.done():
            self.done.set_result(None)
            self.transport.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    raise ValueError("the answer has no length")


def requests(plan: Mapping[str, Any]) -> Callable[[], bytes]:
    """Makes the next request's bytes."""
    parts, number = urlsplit(plan["address"]), 0
    paths = plan["paths"]
    body = plan.get("body", "")
    head = f"Host: {parts.netloc}\r\nAuthorization: Bearer {plan['key']}\r\nContent-Type: application/json\r\n"

    def make() -> bytes:
        nonlocal number
        number += 1
        sent = body.replace("#", f"{plan.get('from', 0) + number}")
        return f"{plan['method']} {paths[number % len(paths)]} HTTP/1.1\r\n{head}Content-Length: {len(sent)}\r\n\r\n{sent}".encode()

    return make


async def run(plan: Mapping[str, Any]) -> Load:
    parts, loop = urlsplit(plan["address"]), asyncio.get_running_loop()
    took: list[float] = []
    started = time.perf_counter()
    request = requests(plan)
    until = started + float(plan["seconds"])
    made = [await loop.create_connection(lambda: Connection(request, until, took), parts.hostname, parts.port) for _ in range(CONNECTIONS)]
    await asyncio.gather(*(connection.done for _, connection in made))
    spent = time.perf_counter() - started
    return Load(len(took), len(took) / spent, quantile(took, 0.5), quantile(took, 0.95), sum(connection.failed for _, connection in made))


if __name__ == "__main__":
    print(json.dumps(vars(asyncio.run(run(json.load(sys.stdin))))))
