"""The calls of a month, as a process knows them: what the row says, the reads that are not written down yet, the changes in hand."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock, get_ident

from steward.kernel.errors import Conflict, Unavailable
from steward.kernel.keys import place
from steward.kernel.ports import Add, Records, Stored
from steward.kernel.time import Clock
from steward.workspaces import rules_plans as rules
from steward.workspaces.model_permissions import Standing, standing_key
from steward.workspaces.model_plans import USAGE, Quota

log = logging.getLogger("steward.quotas")
LOOK_EVERY = timedelta(minutes=1)


@dataclass(slots=True)
class Counts:
    """One workspace's: what its `row` said in that `version`, `most` of the plan (None: no end), and what the row does not tell of.

    `reads` wait to be written down, `writing` are being; the threads in `held` have a change on its way into the row.
    """

    looked_at: datetime
    row: str = ""
    version: int = 0
    stored: int = 0
    plan: str = ""
    most: int | None = None
    reads: int = 0
    writing: int = 0
    held: set[int] = field(default_factory=set)

    @property
    def used(self) -> int:
        """What was used, and is about to be."""
        return self.stored + self.reads + self.writing + len(self.held)

    @property
    def near(self) -> bool:
        """Whether the end is so near that each call has to look."""
        return self.most is not None and rules.is_near(self.used, self.most)

    def see(self, row: str, stored: Stored | None) -> None:
        """Note what a row says, unless a later version of it is known. The changes of other threads are in it, or have failed."""
        version = stored.version if stored else 0
        if self.row == row and version <= self.version:
            return
        self.row, self.version, self.stored = row, version, rules.number(stored.body if stored else {}, Quota.CALLS)
        self.held &= {get_ident()}


class Calls:
    """Counts reads in memory, against what all have counted. Of one process it is exact; others are seen within a minute."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records, self._clock = records, clock
        self._known: dict[str, Counts] = {}
        self._lock = Lock()

    def take(self, workspace: str, *, held: bool = False) -> Counts | None:
        """Count one read, or hold a change that its own commit counts. Where none is left nothing is, and what is known is told."""
        now, me = self._clock(), get_ident()
        known = self._of(workspace, now)
        if known.near:
            if held:
                self._write(workspace)
            self._look(workspace, now)
        with self._lock:
            known.held.discard(me)
            if known.most is not None and known.used >= known.most:
                return known
            if held:
                known.held.add(me)
            else:
                known.reads += 1
        return None

    def release(self, workspace: str) -> None:
        """The change that was held comes to nothing."""
        with self._lock:
            if known := self._known.get(workspace):
                known.held.discard(get_ident())

    def saw(self, workspace: str, row: str, stored: Stored | None) -> None:
        """The row was read."""
        with self._lock:
            if known := self._known.get(workspace):
                known.see(row, stored)

    def unwritten(self, workspace: str) -> int:
        """The reads that are not written down yet."""
        known = self._known.get(workspace)
        return known.reads + known.writing if known else 0

    def flush(self) -> None:
        """Write down the reads of all workspaces; what cannot be written now is kept."""
        for workspace in list(self._known):
            self._write(workspace)

    def _of(self, workspace: str, now: datetime) -> Counts:
        """What is known of a workspace, looked up at most a minute ago; then its reads are written down too."""
        with self._lock:
            known = self._known.setdefault(workspace, Counts(now))
            fresh = bool(known.row) and now < known.looked_at + LOOK_EVERY
            if not fresh:
                known.held.clear()
        if not fresh:
            self._write(workspace)
            self._look(workspace, now)
        return known

    def _look(self, workspace: str, now: datetime) -> None:
        row = rules.row_of(Quota.CALLS, now)
        standing, stored = self._records.get([standing_key(workspace), place(workspace, USAGE, row)])
        found = Standing.of(standing) if standing else None
        with self._lock:
            known = self._known[workspace]
            known.looked_at, known.plan = now, found.plan if found else ""
            known.most = rules.limits(found.plan, found.quotas).get(Quota.CALLS) if found else None
            known.see(row, stored)

    def _write(self, workspace: str) -> None:
        with self._lock:
            known = self._known.get(workspace)
            if known is None or not known.reads:
                return
            count, known.reads = known.reads, 0
            known.writing += count
        row, kept = rules.row_of(Quota.CALLS, self._clock()), 0
        try:
            self._records.commit([Add(place(workspace, USAGE, row), {Quota.CALLS: count})])
        except (Unavailable, Conflict) as error:
            log.warning("reads are written down later: %s", error.detail, extra={"workspace": workspace})
            kept = count
        with self._lock:
            known.writing -= count
            known.reads += kept
            known.stored += count - kept if known.row == row else 0
