"""Receipts: who attempted what, by which rule, and what came of it. Written with the command, never changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from steward.kernel.actor import Actor, Surface
from steward.kernel.effects import hidden
from steward.kernel.ids import is_id
from steward.kernel.keys import SYSTEM, kind_of, place, prefix_of
from steward.kernel.ports import ABSENT, Change, Check, Delete, Json, Key, Put
from steward.kernel.stamp import mark
from steward.kernel.time import iso

KIND = "receipt"
MOST_TOUCHED = 20
MOST_WRITTEN = 10_000
"""Receipts of a workspace that a process remembers; it seals them every minute."""
Touched = tuple[str, str, int | None]
"""Kind, id and new version of a record; 0 when it is gone, None when it was only added to."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One attempt. `outcome` is "done" or the kind of error; `request` the keyed fingerprint of the input; `subject` the id of
    what it was about and `subject_kind` its kind, which a change tells where it is not said; `touched` some of the records it
    changed and `changes` how many; `rows` how many an export gave out; `origin` the name of where it came from. Personal values are
    never in it: they are in the rows that it names, so these can be erased.
    """

    id: str
    at: datetime
    workspace: str
    actor: Actor
    surface: Surface
    command: str
    outcome: str
    rule: str
    request: str
    subject: str = ""
    subject_kind: str = ""
    correlation: str = ""
    approval: str = ""
    origin: str = ""
    changes: Sequence[Change] = ()
    rows: int = 0

    def put(self) -> Put:
        """The row of this receipt."""
        changes = [change for change in self.changes if not isinstance(change, Check) and not self._apart(change.key)]
        body: dict[str, Json] = {
            "at": iso(self.at),
            "actor": self.actor.id,
            "actor_kind": self.actor.kind,
            "role": self.actor.role,
            "member": self.actor.member,
            "surface": str(self.surface),
            "command": self.command,
            "outcome": self.outcome,
            "rule": self.rule,
            "request": self.request,
            "subject": self.subject,
            "subject_kind": self.subject_kind or next((kind_of(one.key.pk) for one in changes if one.key.sk == self.subject), ""),
            "touched": [list(one) for one in touched(changes)],
            "changes": len(changes),
            "rows": self.rows,
            "correlation": self.correlation,
            "approval": self.approval,
            "origin": self.origin,
        }
        return Put(place(self.workspace, KIND, self.id), body, 1, expect=ABSENT)

    def _apart(self, key: Key) -> bool:
        """Whether a row is the installation's and no business of this workspace, such as somebody's account."""
        return self.workspace != SYSTEM and key.pk.startswith(prefix_of(SYSTEM)) and hidden(key)


class Written:
    """The receipts that this process has committed and not yet seen under a seal, by workspace: ids and stamps; and how far it has
    seen the seals to go.

    So one that is removed or changed before it is sealed is missed all the same, and so is the end of a chain that is cut off together
    with its anchors.
    """

    def __init__(self) -> None:
        self._stamps: dict[str, dict[str, str]] = {}
        self._reached: dict[str, int] = {}
        self._lock = Lock()

    def add(self, workspace: str, row: Put) -> None:
        """Remember a receipt that was committed."""
        with self._lock:
            known = self._stamps.setdefault(workspace, {})
            known[row.key.sk] = mark(row.body)
            if len(known) > MOST_WRITTEN:
                del known[next(iter(known))]

    def workspaces(self) -> list[str]:
        """Where there are any."""
        with self._lock:
            return list(self._stamps)

    def of(self, workspace: str) -> dict[str, str]:
        """Those of a workspace, as they are now."""
        with self._lock:
            return dict(self._stamps.get(workspace, {}))

    def reached(self, workspace: str, number: int = 0) -> int:
        """The number of the last seal that was seen with its anchor; `number` is one that is seen now."""
        with self._lock:
            self._reached[workspace] = max(self._reached.get(workspace, 0), number)
            return self._reached[workspace]

    def sealed(self, workspace: str, ids: Iterable[str]) -> None:
        """Let go of some."""
        with self._lock:
            known = self._stamps.get(workspace, {})
            for id in ids:
                known.pop(id, None)
            if not known:
                self._stamps.pop(workspace, None)


def touched(changes: Iterable[Change]) -> list[Touched]:
    """The records that changes are of, at most 20. A row whose key is made of words is no record and is left out."""
    found: list[Touched] = []
    for change in changes:
        if is_id(change.key.sk):
            version = change.version if isinstance(change, Put) else 0 if isinstance(change, Delete) else None
            found.append((kind_of(change.key.pk), change.key.sk, version))
            if len(found) == MOST_TOUCHED:
                break
    return found
