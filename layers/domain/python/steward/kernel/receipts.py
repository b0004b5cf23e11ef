"""Receipts: who attempted what, by which rule, and what came of it. Written with the command, never changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from steward.kernel.actor import Actor, Surface
from steward.kernel.ids import is_id
from steward.kernel.keys import kind_of, place
from steward.kernel.ports import ABSENT, Change, Check, Delete, Json, Put
from steward.kernel.time import iso

KIND = "receipt"
MOST_TOUCHED = 20
Touched = tuple[str, str, int | None]
"""Kind, id and new version of a record; 0 when it is gone, None when it was only added to."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One attempt. `outcome` is "done" or the kind of error; `request` the fingerprint of the input; `subject` the id of
    what it was about, `subject_kind` its kind where no change tells; `touched` some of the records it changed and `changes` how
    many; `origin` the name of where it came from. Personal values are never in it: they are in the rows that it names, so these
    can be erased.
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

    def put(self) -> Put:
        """The row of this receipt."""
        changes = [change for change in self.changes if not isinstance(change, Check)]
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
            "subject_kind": next((kind_of(one.key.pk) for one in changes if one.key.sk == self.subject), self.subject_kind),
            "touched": [list(one) for one in touched(changes)],
            "changes": len(changes),
            "correlation": self.correlation,
            "approval": self.approval,
            "origin": self.origin,
        }
        return Put(place(self.workspace, KIND, self.id), body, 1, expect=ABSENT)


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
