"""Files on one machine: `PUT /uploads/{token}` streams to disk, then the event of a file that has arrived is told.

A thread is held only while a part is written, never while one is waited for: slow senders hold up nobody.
"""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from host import events
from host.events import Asked
from host.web import DRAINED, Answer, Receive, refused
from steward.kernel.actor import Surface, system
from steward.kernel.context import Call
from steward.kernel.errors import Invalid, StewardError
from steward.kernel.ports import Blob, Draft
from steward.kernel.product import Product
from steward.properties.intake_model import ExpectUpload

PREFIX = "/uploads/"
THREADS = 4
PART = 256_000
"""Bytes that are gathered before they are written."""
SECONDS = 60
"""For the handler that hears of the file."""
Accept = Callable[[str], Draft]
"""`accept_upload` of a blobs engine that takes files itself (S3 takes its own). Raises Forbidden for a bad token; the
draft raises Invalid when the file becomes too large."""
Told = Callable[[events.Event, events.Context], object]
Result = TypeVar("Result")


class Arriving:
    """A request's body, part by part."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._more = receive, True
        self._most = self._left = most

    async def part(self) -> bytes:
        """The next bytes, empty at the end. Raises Invalid when it was cut off or is too large."""
        gathered = bytearray()
        while self._more and len(gathered) < PART:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._more = False
                raise Invalid("The file was cut off on its way; send it again.")
            gathered += message.get("body", b"")
            self._more = message.get("more_body", False)
        self._left -= len(gathered)
        if self._left < 0:
            raise Invalid(f"The file has more than {self._most:,} bytes; split it, or raise STEWARD_MAX_UPLOAD.", too_large=True)
        return bytes(gathered)

    async def drain(self, most: int) -> None:
        """Read on to the end, or as far as that, so that the sender sees the answer."""
        while self._more and most > 0:
            message = await self._receive()
            self._more = message.get("more_body", False)
            most -= len(message.get("body", b""))


class Uploads:
    """The host's side for files."""

    def __init__(self, accept: Accept, told: Told, product: Product) -> None:
        self._accept, self._told, self._product = accept, told, product
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="upload")
        self._taking = Lock()

    async def __call__(self, head: Asked, receive: Receive) -> Answer | None:
        """As `web.Side` says."""
        if not head.path.startswith(PREFIX):
            return None
        arriving = Arriving(receive, self._product.max_upload)
        try:
            blob = await self._take(head, arriving)
        except StewardError as error:
            await arriving.drain(DRAINED)
            return refused(error, head.path)
        return 201, [("content-type", "application/json")], json.dumps({"size": blob.size, "etag": blob.etag}).encode()

    async def _take(self, head: Asked, arriving: Arriving) -> Blob:
        if head.method not in ("PUT", "POST"):
            raise Invalid("Send the file with PUT.", malformed=True)
        draft = await self._aside(self._accept, head.path.removeprefix(PREFIX))
        try:
            await self._aside(self._awaited, draft.key)
            while part := await arriving.part():
                await self._aside(draft.write, part)
            return await self._aside(self._kept, draft)
        finally:
            await self._aside(draft.drop)

    def _awaited(self, blob: str) -> None:
        """Raises Conflict for a file that no import waits for any more: an address takes one file."""
        asked = ExpectUpload(blob=blob)
        self._product.door.dispatch(Call("properties.expect_upload", asked, system("uploads"), blob.split("/")[1], Surface.SYSTEM))

    def _kept(self, draft: Draft) -> Blob:
        with self._taking:  # of two senders to one address, only the first finds the import waiting
            self._awaited(draft.key)
            blob = draft.keep()
            self._told(events.object_created(blob, self._product.ports.clock()), events.Context(blob.etag, seconds=SECONDS))
        return blob

    async def _aside(self, work: Callable[..., Result], *given: object) -> Result:
        """Do in a thread what waits for a disk."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *given)
