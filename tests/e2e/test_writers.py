"""The host's pool: how many requests that write are worked on at once, and that none waits for long behind those that take long."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Barrier, Lock
from time import sleep
from typing import Any

import pytest

from host import web
from host.waiting import Waiting
from host.web import BUSY, Means, Web
from steward.adapters.waits import waits
from tests.e2e.fronts import ask
from tests.support.worlds import World

LONG = 60.0


def answers(work: Callable[[], object], count: int) -> list[int]:
    """The statuses of so many writes that come at once, each of which does the work."""

    def handler(event: Any, context: Any) -> Any:
        work()
        return {"statusCode": 200, "headers": {}, "body": ""}

    async def all_at_once() -> list[int]:
        app = Web(handler, [], Means(nullcontext, Waiting(World().product), lambda _: "desk"))
        app.ready = True
        try:
            return await asyncio.gather(*(ask(app, "POST") for _ in range(count)))
        finally:
            app.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, all_at_once()).result()


def test_only_a_few_writers_work_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "PATIENCE", LONG)
    lock, now, most = Lock(), 0, 0

    def work() -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        sleep(0.01)
        with lock:
            now -= 1

    assert answers(work, 12) == [200] * 12
    assert most <= BUSY


def test_who_waits_for_a_commit_lets_others_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "PATIENCE", LONG)
    together = Barrier(BUSY + 3, timeout=LONG / 3)

    def work() -> None:
        waits.get()()
        together.wait()

    assert answers(work, BUSY + 3) == [200] * (BUSY + 3)


def test_writers_that_take_long_hold_no_other_up_for_good() -> None:
    together = Barrier(BUSY + 1, timeout=LONG / 3)
    assert answers(together.wait, BUSY + 1) == [200] * (BUSY + 1)
