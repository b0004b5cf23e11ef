"""Records in memory: for tests and rehearsals. Bodies are kept as text, so nothing is shared with the caller."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import assert_never

from steward.adapters.records import limits
from steward.adapters.records.limits import LAST, Checked, IndexName
from steward.kernel.keys import kind_of, prefix_of
from steward.kernel.ports import ABSENT, Add, Change, Check, Delete, Key, Page, Put, Stored
from steward.kernel.time import Clock, system_clock

INDEXES: tuple[IndexName, ...] = ("", "due", "external")


@dataclass(frozen=True, slots=True)
class _Row:
    version: int
    text: str
    due: str = ""
    external: str = ""
    expires: int | None = None

    def place(self, index: str, sk: str) -> tuple[str, ...] | None:
        """Where the row is in an order, None when it is not."""
        value = {"": sk, "due": self.due, "external": self.external}[index]
        return (sk,) if not index else (value, sk) if value else None

    def stored(self, key: Key) -> Stored:
        return Stored(key, self.version, limits.decode(self.text, key), self.due, self.external, self.expires, self.text)


@dataclass(slots=True)
class _Partition:
    rows: dict[str, _Row] = field(default_factory=dict)
    orders: dict[str, list[tuple[str, ...]]] = field(default_factory=lambda: {index: [] for index in INDEXES})


class MemoryRecords:
    """All or nothing under one lock."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._partitions: defaultdict[str, _Partition] = defaultdict(_Partition)
        self._lock = Lock()

    def get(self, keys: Sequence[Key]) -> Sequence[Stored | None]:
        """As the port says."""
        limits.check_keys(keys)
        with self._lock:
            rows = [self._live(key) for key in keys]
        return [row.stored(key) if row else None for key, row in zip(keys, rows, strict=True)]

    def query(self, pk: str, prefix: str = "", *, index: IndexName = "", start: str = "", limit: int = 100, forward: bool = True) -> Page:
        """As the port says."""
        limits.check_limit(limit)
        after = tuple(limits.place_of(start, prefix, 2 if index else 1)) if start else None
        with self._lock:
            partition = self._partitions.get(pk, _Partition())
            order = partition.orders[index]
            low, high = bisect_left(order, (prefix,)), bisect_right(order, (prefix + LAST,))
            if after:
                low, high = (max(low, bisect_right(order, after)), high) if forward else (low, min(high, bisect_left(order, after)))
            found = []
            for place in order[low:high] if forward else reversed(order[low:high]):
                if row := self._live(Key(pk, place[-1])):
                    found.append(row.stored(Key(pk, place[-1])))
                if len(found) > limit:
                    break
        return Page(found[:limit], limits.cursor_of(found[limit - 1], index) if len(found) > limit else "")

    def commit(self, changes: Sequence[Change]) -> None:
        """As the port says: first every expectation, then every write."""
        checked = limits.check(changes)
        with self._lock:
            rows = [self._outcome(one) for one in checked]
            for one, row in zip(checked, rows, strict=True):
                if not isinstance(one.change, Check):
                    self._set(one.change.key, row)

    def kinds(self, workspace: str) -> Sequence[str]:
        """As the port says."""
        with self._lock:
            return sorted(kind_of(pk) for pk, one in self._partitions.items() if pk.startswith(prefix_of(workspace)) and one.rows)

    def coming(self) -> AbstractContextManager[None]:
        """Nothing is grouped here, so nobody waits."""
        return nullcontext()

    def close(self) -> None:
        """Nothing to close."""

    def _outcome(self, one: Checked) -> _Row | None:
        """The row after a change, None when there is none."""
        before = self._live(one.change.key)
        version = before.version if before else ABSENT
        expect = None if isinstance(one.change, Add) else one.change.expect
        if expect is not None and expect != version:
            raise limits.conflict(version)
        match one.change:
            case Put() as put:
                return _Row(put.version, one.text, put.due, put.external, put.expires)
            case Add(_, amounts):
                row = before or _Row(0, "{}")
                return replace(row, version=version + 1, text=limits.encode(limits.added(limits.decode(row.text, one.change.key), amounts)))
            case Delete() | Check():
                return None
            case never:
                assert_never(never)

    def _set(self, key: Key, row: _Row | None) -> None:
        partition = self._partitions[key.pk]
        before = partition.rows.pop(key.sk, None)
        for index, order in partition.orders.items():
            if before and (place := before.place(index, key.sk)):
                del order[bisect_left(order, place)]
            if row and (place := row.place(index, key.sk)):
                insort(order, place)
        if row:
            partition.rows[key.sk] = row

    def _live(self, key: Key) -> _Row | None:
        partition = self._partitions.get(key.pk)
        row = partition.rows.get(key.sk) if partition else None
        return row if row and (row.expires is None or row.expires > self._clock().timestamp()) else None
