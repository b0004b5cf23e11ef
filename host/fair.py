"""Who goes next where several workspaces ask at once: each has a line of its own, and the one that got least lately goes first."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import copy_context
from time import monotonic
from typing import TypeVar

Given = TypeVar("Given")
Clock = Callable[[], float]
LATELY = 0.5
"""Seconds after which what a line got counts half, and a line that asked for nothing more is alone no reason to hold another back."""
PART = 2
"""Requests of one line that may be in hand at once while other lines ask too."""


class Lines:
    """Lines of requests that wait, and how much each got lately. Of one loop, so without a lock."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._halved = clock, clock()
        self._lines: dict[str, deque[asyncio.Future[None]]] = {}
        self._got: dict[str, float] = {}
        self._asked: dict[str, float] = {}

    @property
    def lately(self) -> int:
        """How many lines asked for something lately, or wait."""
        since = self._clock() - LATELY
        self._asked = {line: at for line, at in self._asked.items() if at > since or line in self._lines}
        return len(self._asked)

    def wait(self, line: str) -> asyncio.Future[None]:
        """Stand at the end of a line."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(line, deque()).append(place)
        self._asked[line] = self._clock()
        return place

    def call(self, may: Callable[[str], bool]) -> str | None:
        """Let one go: the first of the line that got least lately, of those that may. Its line, None where none waits that may."""
        self._forget()
        while line := min(filter(may, self._lines), key=lambda one: self._got.get(one, 0.0), default=None):
            place = self._lines[line].popleft()
            if not self._lines[line]:
                del self._lines[line]
            if not place.done():  # else whoever waited there has gone away
                self._got[line] = self._got.get(line, 0.0) + 1
                place.set_result(None)
                return line
        return None

    def _forget(self) -> None:
        now = self._clock()
        while now - self._halved >= LATELY and self._got:
            self._halved += LATELY
            self._got = {line: got / 2 for line, got in self._got.items() if got > 0.1}
        self._halved = max(self._halved, now - LATELY)


class OneByOne:
    """Runs short work on the loop itself, one piece a round, so that nobody waits behind all that came before."""

    def __init__(self, clock: Clock = monotonic) -> None:
        self._lines = Lines(clock)
        self._going = False

    async def run(self, line: str, work: Callable[[], Given]) -> Given:
        """What the work gives, when it is this line's turn."""
        place = self._lines.wait(line)
        if not self._going:
            self._next()
        try:
            await place
            return copy_context().run(work)
        finally:
            if not place.cancelled():
                asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        self._going = self._lines.call(lambda _: True) is not None


class Turns:
    """Lets `most` in at once. While several lines ask, a few of each only, so that what is in hand of one leaves the others
    the interpreter and the disk."""

    def __init__(self, most: int, clock: Clock = monotonic) -> None:
        self._most = most
        self._lines = Lines(clock)
        self._in_hand: Counter[str] = Counter()

    @asynccontextmanager
    async def of(self, line: str) -> AsyncIterator[None]:
        """Wait for a turn of this line, and have it until the block ends."""
        place = self._lines.wait(line)
        self._next()
        try:
            await place
            yield
        finally:
            if not place.cancelled():
                self._leave(line)

    def _leave(self, line: str) -> None:
        self._in_hand[line] -= 1
        if not self._in_hand[line]:
            del self._in_hand[line]
        self._next()

    def _next(self) -> None:
        part = self._most if self._lines.lately == 1 else PART
        while self._in_hand.total() < self._most:
            called = self._lines.call(lambda line: self._in_hand[line] < part)
            if called is None:
                return
            self._in_hand[called] += 1
