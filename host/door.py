"""The host's side for the command line of the same machine: what `own` answers, in a pool of its own."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from host import own
from host.events import Asked
from host.web import MAX_BODY, Answer, Receive, body_of
from steward.kernel.product import Product
from steward.surfaces.wire import Request

PREFIX = "/-/"
THREADS = 4


class Door:
    """Commands and blobs over loopback, for who has the home's token."""

    def __init__(self, product: Product, token: str) -> None:
        self._product, self._token = product, token
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="door")

    async def __call__(self, head: Asked, receive: Receive) -> Answer | None:
        """As `web.Side` says."""
        if not head.path.startswith(PREFIX):
            return None
        body = await body_of(receive, MAX_BODY)
        request = Request(head.method, head.path, {}, dict(head.headers), body, head.source_ip)
        loop = asyncio.get_running_loop()
        response = await loop.run_in_executor(self._pool, own.handle, request, self._product, self._token)
        return response.status, list(response.headers.items()), response.body
