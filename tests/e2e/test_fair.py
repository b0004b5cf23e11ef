"""Lines that take turns: what a workspace notices of another one, counted in pieces of work instead of in time."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import pytest

from host.fair import OneByOne, Turns

PIECES = 3_000
Result = TypeVar("Result")
Asked = Callable[[str], "asyncio.Future[None]"]


def alone(work: Coroutine[Any, Any, Result]) -> Result:
    """What the work comes to, in a thread of its own: a browser of other tests may keep a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class Hours:
    """A clock that a piece of work moves on, and how many there were."""

    def __init__(self) -> None:
        self.pieces, self.at = 0, 0.0

    def __call__(self) -> float:
        return self.at

    def work(self) -> None:
        self.pieces += 1
        self.at += 0.0005


async def beside(loud: int, ask: Callable[[Hours], Asked]) -> float:
    """How many pieces were done, for whomever, while a request of the quiet line's two was on its way, in the mean."""
    hours = Hours()
    asked, took = ask(hours), list[int]()

    async def client(line: str) -> None:
        while hours.pieces < PIECES:
            before = hours.pieces
            await asyncio.sleep(0)
            await asked(line)
            if line == "quiet":
                took.append(hours.pieces - before)

    async with asyncio.TaskGroup() as group:
        for line, count in (("loud", loud), ("quiet", 2)):
            for _ in range(count):
                group.create_task(client(line))
    return sum(took) / len(took)


def one_by_one(hours: Hours) -> Asked:
    lines = OneByOne(hours)
    return lambda line: asyncio.ensure_future(lines.run(line, hours.work))


def in_turns(hours: Hours) -> Asked:
    turns = Turns(24, hours)

    async def ask(line: str) -> None:
        async with turns.of(line):
            for _ in range(10):
                await asyncio.sleep(0)
            hours.work()

    return lambda line: asyncio.ensure_future(ask(line))


@pytest.mark.parametrize("ask", [one_by_one, in_turns])
def test_twenty_times_the_share_of_one_costs_another_at_most_a_fifth(
    ask: Callable[[Hours], Asked],
) -> None:
    calm, noisy = (alone(beside(loud, ask)) for loud in (2, 40))
    assert noisy <= 1.2 * calm


def test_alone_a_line_has_all_the_room_and_beside_another_two_places() -> None:
    async def run() -> tuple[int, int]:
        turns, open_, at_once = Turns(24), asyncio.Event(), list[str]()

        async def ask(line: str) -> None:
            async with turns.of(line):
                at_once.append(line)
                await open_.wait()

        alone = [asyncio.create_task(ask("a")) for _ in range(30)]
        await asyncio.sleep(0.01)
        first = len(at_once)
        other = [asyncio.create_task(ask("b")) for _ in range(30)]
        open_.set()
        await asyncio.gather(*alone, *other)
        open_.clear()
        at_once.clear()
        both = [asyncio.create_task(ask(line)) for line in "ab" for _ in range(30)]
        await asyncio.sleep(0.01)
        second = len(at_once)
        open_.set()
        await asyncio.gather(*both)
        return first, second

    assert alone(run()) == (24, 4)


def test_a_line_that_asked_a_second_ago_holds_no_other_back() -> None:
    async def run() -> int:
        hours = Hours()
        turns, at_once = Turns(24, hours), list[str]()

        async def ask(line: str) -> None:
            async with turns.of(line):
                at_once.append(line)
                await asyncio.sleep(0.01)

        await asyncio.gather(*(ask("b") for _ in range(100)))
        hours.at += 1
        at_once.clear()
        both = [asyncio.create_task(ask("a")) for _ in range(30)]
        await asyncio.sleep(0)
        begun = len(at_once)
        await asyncio.gather(*both)
        return begun

    assert alone(run()) > 2


@pytest.mark.parametrize("moment", [0, 1])
def test_who_goes_away_while_waiting_holds_up_nobody(moment: int) -> None:
    async def run() -> list[str]:
        reads, turns, done = OneByOne(), Turns(1), list[str]()

        async def write(name: str) -> None:
            async with turns.of(name):
                await asyncio.sleep(0)
                done.append(name)

        gone = [asyncio.create_task(reads.run("a", lambda: done.append("gone"))) for _ in range(3)] + [
            asyncio.create_task(write("gone")) for _ in range(3)
        ]
        for _ in range(moment):
            await asyncio.sleep(0)
        for task in gone:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*gone)
        await reads.run("b", lambda: done.append("read"))
        await write("written")
        return [name for name in done if name != "gone"]

    async def soon() -> list[str]:
        return await asyncio.wait_for(run(), 5)

    assert alone(soon()) == ["read", "written"]
