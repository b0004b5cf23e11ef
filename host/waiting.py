"""Requests that wait for a person's decision (`Prefer: wait=N`, RFC 7240): on the event loop, so that they hold no thread."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from host.events import Asked
from steward.kernel.product import Product
from steward.surfaces import http
from steward.surfaces.waiting import APPLIED, awaited, preferred
from steward.surfaces.waiting import over as ended
from steward.surfaces.wire import Request
from steward.workspaces.deciding import OVER, status_of
from steward.workspaces.model_approvals import ApprovalStatus

Answer = tuple[int, Sequence[tuple[str, str]], bytes]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Again = Callable[[Asked], Awaitable[Answer]]
LOOK_EVERY = 0.2
MOST = 200
"""Requests that may wait at once; more are told at once that an approval is needed."""


class Waiting:
    """Keeps requests open that asked for it and need an approval, until it is decided."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._count = 0

    async def decided(self, asked: Asked, answer: Answer, *, again: Again, over: Callable[[], bool]) -> Answer:
        """The answer once it is decided: what came of the request, or the refusal; the first answer when the wait is over before.

        `over` says that nobody listens any more, or that the host stops.
        """
        wait, approval = preferred(asked.headers), awaited(answer[0], answer[2])
        if not (wait and approval) or self._count >= MOST:
            return answer
        self._count += 1
        try:
            workspace = await asyncio.to_thread(self._workspace, asked)
            until = asyncio.get_running_loop().time() + wait
            while (status := await self._status(workspace, approval)) is ApprovalStatus.PENDING:
                if over() or asyncio.get_running_loop().time() >= until:
                    break
                await asyncio.sleep(LOOK_EVERY)
        finally:
            self._count -= 1
        if status in OVER:
            late = ended(asked.path, status)
            answer = late.status, list(late.headers.items()), late.body
        elif status is not ApprovalStatus.PENDING:
            answer = await again(asked)
        return answer[0], [*answer[1], (APPLIED, f"wait={wait}")], answer[2]

    def _workspace(self, asked: Asked) -> str:
        return http.workspace_of(Request(asked.method, asked.path, {}, dict(asked.headers), b"", asked.source_ip), self._product)

    async def _status(self, workspace: str, approval: str) -> ApprovalStatus:
        ports = self._product.ports
        return await asyncio.to_thread(status_of, ports.records, workspace, approval, now=ports.clock())
