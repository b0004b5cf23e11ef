"""Buckets as rows of Records: exact among all processes that share them, at the price of a read and a write a call."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from steward.kernel.errors import Conflict
from steward.kernel.keys import place
from steward.kernel.limits import SECOND, Bucket, Level, micros, take
from steward.kernel.ports import ABSENT, Put, Records

KIND = "limit"
TRIES = 30
KEPT = 86_400
"""Seconds that the row of a full bucket lives on."""


class RecordsBuckets:
    """As `limits.Buckets` says."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def take(self, buckets: Sequence[Bucket], now: datetime) -> Sequence[Level]:
        """As `limits.Buckets` says. Who loses to others every time is refused for a second, so that none gets through uncounted."""
        keys = [place(bucket.workspace, KIND, bucket.id) for bucket in buckets]
        for _ in range(TRIES):
            rows = self._records.get(keys)
            taken = take(buckets, [int(str(row.body["due"])) if row else 0 for row in rows], micros(now))
            if taken.refused:
                return taken.levels
            puts = [
                Put(key, {"due": due}, row.version + 1 if row else 1, expect=row.version if row else ABSENT, expires=due // SECOND + KEPT)
                for key, row, due in zip(keys, rows, taken.due, strict=True)
            ]
            try:
                self._records.commit(puts)
            except Conflict:
                continue
            return taken.levels
        return [replace(level, wait=1) for level in taken.levels]
