"""The lock-out of keys that are none: whoever goes on with one is answered without a look-up for a while."""

from datetime import datetime, timedelta

from steward.kernel.errors import TooMany
from steward.kernel.keys import SYSTEM
from steward.kernel.limits import Bucket, Buckets, Rate

RATE = Rate(100, 60, 100)
BEGINNING = 8
"""Letters by which keys are told apart, `stw_` and four more: so nobody else at that address is locked out."""
MOST = 10_000


class Guesses:
    """Counts refused keys by address and beginning, in this process."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets
        self._shut: dict[str, datetime] = {}

    def check(self, secret: str, address: str, now: datetime) -> None:
        """Raises TooMany while such keys are not looked at."""
        until = self._shut.get(_whose(secret, address), now)
        if until > now:
            raise TooMany(
                "Too many refused keys from this address; check the key and wait a moment.", retry_after=(until - now).seconds + 1
            )

    def note(self, secret: str, address: str, now: datetime) -> None:
        """Such a key was refused."""
        if not address:
            return
        whose = _whose(secret, address)
        (level,) = self._buckets.take([Bucket("guess", SYSTEM, whose, RATE)], now)
        if level.wait:
            if len(self._shut) >= MOST:
                self._shut.clear()
            self._shut[whose] = now + timedelta(seconds=level.wait)


def _whose(secret: str, address: str) -> str:
    return f"guess#{address}#{secret[:BEGINNING]}"
