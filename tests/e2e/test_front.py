"""What the host's front asks of its server."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Barrier
from typing import Any

import pytest

from host.waiting import Waiting
from host.web import Means, Web
from tests.e2e.fronts import ask
from tests.support.worlds import World


def asked_for(method: str, *headers: tuple[bytes, bytes]) -> int:
    """How often the server is asked for the body of such a request."""
    pulled = 0

    async def receive() -> Any:
        nonlocal pulled
        pulled += 1
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        pass

    async def answer() -> None:
        app = Web(lambda event, context: {"statusCode": 200, "headers": {}, "body": ""}, [], means())
        app.ready = True
        scope = {"method": method, "raw_path": b"/v1/properties", "query_string": b"", "headers": list(headers), "client": ("127.0.0.1", 1)}
        await app(scope, receive, send)
        app.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, answer()).result()
    return pulled


def means(*, afar: bool = False) -> Means:
    return Means(nullcontext, Waiting(World().product), lambda _: "desk", afar)


def test_a_read_that_waits_for_another_machine_holds_nobody_up() -> None:
    """Each of two waits until the other is in hand too."""
    both = Barrier(2, timeout=30)

    def handler(event: Any, context: Any) -> Any:
        both.wait()
        return {"statusCode": 200, "headers": {}, "body": ""}

    async def two() -> list[int]:
        app = Web(handler, [], means(afar=True))
        app.ready = True
        try:
            return list(await asyncio.gather(ask(app, "GET"), ask(app, "GET")))
        finally:
            app.close()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(asyncio.run, two()).result() == [200, 200]


@pytest.mark.parametrize("headers", [(), ((b"content-length", b"0"),)])
def test_a_read_without_a_body_is_answered_without_asking_for_one(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    assert asked_for("GET", *headers) == 0


@pytest.mark.parametrize("header", [(b"content-length", b"2"), (b"transfer-encoding", b"chunked")])
def test_a_body_that_comes_with_a_read_is_taken_off_the_line(header: tuple[bytes, bytes]) -> None:
    assert asked_for("GET", header) == 1
