"""Limits on how often something may be done: GCRA, which keeps one moment a bucket. Without a plan or a setting none applies.

A bucket is full when nothing was taken of it for long enough. `due` is the moment at which it is full again, in
microseconds; a call takes one interval of it, and may do so while no more than `burst` intervals are missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from steward.kernel.command import Command

if TYPE_CHECKING:
    from steward.kernel.context import Call

SECOND = 1_000_000
SET_BACK = 60 * SECOND
"""A bucket that is due later than can be, by more than this, was filled before somebody set the clock back."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` calls in so many `seconds`, and `burst` of them at once."""

    count: int
    seconds: int
    burst: int

    @property
    def interval(self) -> int:
        """Microseconds that one call costs, rounded up so that never more get through."""
        return -(-self.seconds * SECOND // self.count)

    @property
    def depth(self) -> int:
        """Microseconds that a full bucket holds."""
        return self.burst * self.interval

    def __str__(self) -> str:
        return f"{self.count}/{self.seconds},{self.burst}"


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a call takes from: `name` is what an answer calls the limit, `id` whose bucket of this rate it is, in one workspace."""

    name: str
    workspace: str
    id: str
    rate: Rate


@dataclass(frozen=True, slots=True)
class Level:
    """What is left of a bucket: calls `remaining`, seconds until it is full (`reset`), and until a refused call may come again (`wait`)."""

    name: str
    rate: Rate
    remaining: int
    reset: int
    wait: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking from buckets made of them: when each is due now, and its level. Where one refuses, none is taken from."""

    due: Sequence[int]
    levels: Sequence[Level]

    @property
    def refused(self) -> bool:
        """Whether the call is over a limit."""
        return any(level.wait for level in self.levels)


class Buckets(Protocol):
    """Where buckets are kept. Exact among all who share an engine: together they never get more than `burst` and `count` in time."""

    def take(self, buckets: Sequence[Bucket], now: datetime) -> Sequence[Level]:
        """Take one call from every bucket, or from none where one refuses. Raises Unavailable when the engine cannot tell."""
        ...


class Limits(Protocol):
    """Counts calls."""

    def spend(self, command: Command, call: "Call", now: datetime) -> None:
        """Count a call and note in it what its limits leave. Raises TooMany when one is over."""
        ...

    def tell(self) -> None:
        """Log how many calls were over a limit since the last time; they leave no receipt."""
        ...


class Unlimited:
    """The limits of an installation that sets none."""

    def spend(self, command: Command, call: "Call", now: datetime) -> None:
        """Nothing is counted."""

    def tell(self) -> None:
        """Nothing was refused."""


def micros(moment: datetime) -> int:
    """A moment in microseconds."""
    return round(moment.timestamp() * SECOND)


def take(buckets: Sequence[Bucket], due: Sequence[int], now: int) -> Taken:
    """Take one call from each of the buckets that are due at these moments, or from none."""
    rates = [bucket.rate for bucket in buckets]
    before = [_possible(rate, moment, now) for rate, moment in zip(rates, due, strict=True)]
    after = [moment + rate.interval for rate, moment in zip(rates, before, strict=True)]
    over = any(moment - now > rate.depth for rate, moment in zip(rates, after, strict=True))
    kept = before if over else after
    waits = [max(0, moment - now - rate.depth) for rate, moment in zip(rates, after, strict=True)] if over else [0] * len(buckets)
    levels = [_level(bucket, moment - now, wait) for bucket, moment, wait in zip(buckets, kept, waits, strict=True)]
    return Taken(kept, levels)


def _possible(rate: Rate, due: int, now: int) -> int:
    """A moment that can be: of a bucket filled before the clock was set back, one call is left."""
    return now + rate.depth - rate.interval if due > now + rate.depth + SET_BACK else max(due, now)


def _level(bucket: Bucket, missing: int, wait: int) -> Level:
    rate = bucket.rate
    remaining = max(0, (rate.depth - missing) // rate.interval)
    return Level(bucket.name, rate, remaining, -(-missing // SECOND), -(-wait // SECOND))
