"""Refs: the short numbers people say ("property 5"), counted per workspace and kind."""

from threading import Lock

from steward.kernel.errors import Conflict
from steward.kernel.keys import place
from steward.kernel.ports import ABSENT, Put, Records

BLOCK = 256
TRIES = 20
COUNTER = "counter"
"""The kind of the rows that hold the next ref of each kind."""


class Refs:
    """Hands out refs from blocks reserved in Records, so that many writers do not wait for one row.

    The first block is one number, each further one twice as large up to 256; what is left of a block at a graceful
    stop is given back. Only a killed process leaves a gap.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._blocks: dict[tuple[str, str], tuple[int, int, int]] = {}
        self._lock = Lock()

    def take(self, workspace: str, kind: str, count: int = 1) -> int:
        """The first of `count` refs in a row that nobody else gets."""
        with self._lock:
            start, end, size = self._blocks.get((workspace, kind), (0, 0, 1))
            if end - start >= count:
                self._blocks[workspace, kind] = (start + count, end, size)
                return start
            if count >= size:
                return self._reserve(workspace, kind, count)
            first = self._reserve(workspace, kind, size)
            self._blocks[workspace, kind] = (first + count, first + size, min(size * 2, BLOCK))
            return first

    def close(self) -> None:
        """Give back what was reserved last and never used."""
        with self._lock:
            for (workspace, kind), (start, end, _) in self._blocks.items():
                if start < end:
                    self._give_back(workspace, kind, start=start, end=end)
            self._blocks.clear()

    def _reserve(self, workspace: str, kind: str, count: int) -> int:
        key = place(workspace, COUNTER, kind)
        for _ in range(TRIES):
            (stored,) = self._records.get([key])
            version = stored.version if stored else ABSENT
            first = int(str(stored.body["next"])) if stored else 1
            try:
                self._records.commit([Put(key, {"next": first + count}, version + 1, expect=version)])
            except Conflict:
                continue
            if count == 1:
                self._blocks.setdefault((workspace, kind), (0, 0, 2))
            return first
        raise Conflict(f"The counter of {kind} is in too much demand; try again.")

    def _give_back(self, workspace: str, kind: str, *, start: int, end: int) -> None:
        key = place(workspace, COUNTER, kind)
        (stored,) = self._records.get([key])
        if stored and stored.body["next"] == end:
            try:
                self._records.commit([Put(key, {"next": start}, stored.version + 1, expect=stored.version)])
            except Conflict:
                return
