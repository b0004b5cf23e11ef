"""Files on one machine: `PUT /uploads/{token}` streams to disk, then the event of a file that has arrived is told."""

import asyncio
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, BinaryIO, cast

from host import events
from host.events import Asked
from host.web import DRAINED, Answer, Receive, refused
from steward.kernel.errors import Invalid, StewardError
from steward.kernel.ports import Blob
from steward.kernel.time import Clock

PREFIX = "/uploads/"
THREADS = 4
PART = 65_536
SECONDS = 60
"""For the handler that hears of the file."""
Accept = Callable[[str, BinaryIO], Blob]
"""`accept_upload` of a blobs engine that takes files itself (S3 takes its own). Raises Forbidden for a bad token, Invalid
for a file that is too large."""
Told = Callable[[events.Event, events.Context], object]


class Arriving(io.RawIOBase):
    """A request's body as a file, read in a thread while it arrives. Raises Invalid when it was cut off."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._receive, self._loop = receive, loop
        self._rest, self._more = b"", True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest and self._more:
            message = asyncio.run_coroutine_threadsafe(_next(self._receive), self._loop).result()
            if message["type"] == "http.disconnect":
                raise Invalid("The file was cut off on its way; send it again.")
            self._rest, self._more = message.get("body", b""), message.get("more_body", False)
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    def drain(self, most: int) -> None:
        """Read on to the end, or as far as that, so that the sender sees the answer."""
        left = memoryview(bytearray(PART))
        with suppress(Invalid):
            while most > 0 and (size := self.readinto(left)):
                most -= size


class Uploads:
    """The host's side for files."""

    def __init__(self, accept: Accept, told: Told, clock: Clock) -> None:
        self._accept, self._told, self._clock = accept, told, clock
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="upload")

    async def __call__(self, head: Asked, receive: Receive) -> Answer | None:
        """As `web.Side` says."""
        if not head.path.startswith(PREFIX):
            return None
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._take, head, Arriving(receive, loop))

    def _take(self, head: Asked, arriving: Arriving) -> Answer:
        try:
            if head.method not in ("PUT", "POST"):
                raise Invalid("Send the file with PUT.", malformed=True)
            blob = self._accept(head.path.removeprefix(PREFIX), cast(BinaryIO, arriving))
            self._told(events.object_created(blob, self._clock()), events.Context(blob.etag, seconds=SECONDS))
        except StewardError as error:
            arriving.drain(DRAINED)
            return refused(error, head.path)
        return 201, [("content-type", "application/json")], json.dumps({"size": blob.size, "etag": blob.etag}).encode()


async def _next(receive: Receive) -> dict[str, Any]:
    return dict(await receive())
