"""Files on one machine: `PUT /uploads/{token}` streams to disk, then the event of a file that has arrived is told."""

import asyncio
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, cast

from host import events
from host.events import Asked
from host.web import DRAINED, Answer, Receive, refused
from steward.kernel.errors import Invalid, StewardError
from steward.kernel.ports import Blob
from steward.kernel.time import Clock

PREFIX = "/uploads/"
THREADS = 4
SECONDS = 60
"""For the handler that hears of the file."""
Accept = Callable[[str, BinaryIO], Blob]
"""`accept_upload` of a blobs engine that takes files itself (S3 takes its own). Raises Forbidden for a bad token, Invalid
for a file that is too large."""
Told = Callable[[events.Event, events.Context], object]


class Arriving(io.RawIOBase):
    """A request's body as a file, read in a thread while it arrives. Raises Invalid when it was cut off or is too large."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop, most: int) -> None:
        self._receive, self._loop = receive, loop
        self._rest, self._more = b"", True
        self._most = self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest and self._more:
            message = asyncio.run_coroutine_threadsafe(_next(self._receive), self._loop).result()
            if message["type"] == "http.disconnect":
                self._more = False
                raise Invalid("The file was cut off on its way; send it again.")
            self._rest, self._more = message.get("body", b""), message.get("more_body", False)
        size = min(len(buffer), len(self._rest))
        self._left -= size
        if self._left < 0:
            raise Invalid(f"The file has more than {self._most:,} bytes; split it, or raise STEWARD_MAX_UPLOAD.", too_large=True)
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    async def drain(self, most: int) -> None:
        """Read on to the end, or as far as that, so that the sender sees the answer. No thread waits for it."""
        while self._more and most > 0:
            message = await self._receive()
            self._more = message.get("more_body", False)
            most -= len(message.get("body", b""))


class Uploads:
    """The host's side for files."""

    def __init__(self, accept: Accept, told: Told, clock: Clock, most: int) -> None:
        self._accept, self._told, self._clock, self._most = accept, told, clock, most
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="upload")

    async def __call__(self, head: Asked, receive: Receive) -> Answer | None:
        """As `web.Side` says."""
        if not head.path.startswith(PREFIX):
            return None
        loop = asyncio.get_running_loop()
        arriving = Arriving(receive, loop, self._most)
        answer = await loop.run_in_executor(self._pool, self._take, head, arriving)
        await arriving.drain(DRAINED)
        return answer

    def _take(self, head: Asked, arriving: Arriving) -> Answer:
        try:
            if head.method not in ("PUT", "POST"):
                raise Invalid("Send the file with PUT.", malformed=True)
            blob = self._accept(head.path.removeprefix(PREFIX), cast(BinaryIO, arriving))
            self._told(events.object_created(blob, self._clock()), events.Context(blob.etag, seconds=SECONDS))
        except StewardError as error:
            return refused(error, head.path)
        return 201, [("content-type", "application/json")], json.dumps({"size": blob.size, "etag": blob.etag}).encode()


async def _next(receive: Receive) -> dict[str, Any]:
    return dict(await receive())
