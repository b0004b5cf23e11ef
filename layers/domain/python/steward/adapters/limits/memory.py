"""Buckets in this process: exact among its threads, forgotten at its end."""

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from steward.kernel.limits import Bucket, Level, micros, take

MOST = 100_000
"""Buckets kept before the full ones are forgotten, which are as good as new."""


class MemoryBuckets:
    """As `limits.Buckets` says."""

    def __init__(self) -> None:
        self._due: dict[tuple[str, str], int] = {}
        self._lock = Lock()

    def take(self, buckets: Sequence[Bucket], now: datetime) -> Sequence[Level]:
        """As `limits.Buckets` says."""
        places, moment = [(bucket.workspace, bucket.id) for bucket in buckets], micros(now)
        with self._lock:
            taken = take(buckets, [self._due.get(place, 0) for place in places], moment)
            if not taken.refused:
                if len(self._due) >= MOST:
                    self._due = {place: due for place, due in self._due.items() if due > moment}
                self._due.update(zip(places, taken.due, strict=True))
        return taken.levels
