"""When each API key was last used: noted in memory at every use, written once in five minutes."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock

from steward.kernel.actor import Actor
from steward.kernel.errors import Conflict, Unavailable
from steward.kernel.keys import place
from steward.kernel.ports import MAX_CHANGES, Put, Records
from steward.kernel.time import from_iso, iso

log = logging.getLogger("steward.keys")
KIND = "key.use"
EXACT = timedelta(minutes=5)
Place = tuple[str, str]
"""A key's workspace and id."""


class KeyUses:
    """Where ticks come (`ticked`), they write what is noted; elsewhere the use that finds it due does."""

    def __init__(self, records: Records, *, ticked: bool) -> None:
        self._records, self._ticked = records, ticked
        self._seen: dict[Place, datetime] = {}
        self._written: dict[Place, datetime] = {}
        self._lock = Lock()

    def note(self, actor: Actor, now: datetime) -> None:
        """A key was used."""
        with self._lock:
            self._seen[actor.workspace, actor.id.removeprefix("key:")] = now
        if not self._ticked:
            self.flush(now)

    def flush(self, now: datetime) -> None:
        """Write every use whose key was not written in the last five minutes. What cannot be written waits for the next time."""
        with self._lock:
            self._written = {key: at for key, at in self._written.items() if now < at + EXACT}
            due = [(key, at) for key, at in self._seen.items() if key not in self._written][:MAX_CHANGES]
            self._written.update(due)
        if not due:
            return
        try:
            self._records.commit([Put(place(workspace, KIND, key), {"at": iso(at)}, 1) for (workspace, key), at in due])
        except (Conflict, Unavailable) as error:
            log.warning("the last use of %d keys waits: %s", len(due), error.detail)
            with self._lock:
                for key, _ in due:
                    del self._written[key]
            return
        with self._lock:
            for key, at in due:
                if self._seen.get(key) == at:
                    del self._seen[key]


def last_used(records: Records, workspace: str, keys: Sequence[str]) -> Mapping[str, datetime]:
    """When the keys of these ids were last used, as far as it is written."""
    found: dict[str, datetime] = {}
    for start in range(0, len(keys), 100):
        part = keys[start : start + 100]
        rows = records.get([place(workspace, KIND, key) for key in part])
        found |= {key: from_iso(str(row.body["at"])) for key, row in zip(part, rows, strict=True) if row}
    return found
