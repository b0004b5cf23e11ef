"""Receipts: who attempted what, by which rule, and what came of it. Written with the command, never changed."""

from dataclasses import dataclass
from datetime import datetime

from steward.kernel.actor import Actor, Surface
from steward.kernel.keys import place
from steward.kernel.ports import ABSENT, Put
from steward.kernel.time import iso


@dataclass(frozen=True, slots=True)
class Receipt:
    """One attempt. `outcome` is "done" or the kind of error; `request` the fingerprint of the input; `subject` the
    id of what it was about. Personal values are never in it."""

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
    correlation: str = ""
    approval: str = ""

    def put(self) -> Put:
        """The row of this receipt."""
        body = {
            "at": iso(self.at),
            "actor": self.actor.id,
            "actor_kind": self.actor.kind,
            "surface": str(self.surface),
            "command": self.command,
            "outcome": self.outcome,
            "rule": self.rule,
            "request": self.request,
            "subject": self.subject,
            "correlation": self.correlation,
            "approval": self.approval,
        }
        return Put(place(self.workspace, "receipt", self.id), body, 1, expect=ABSENT)
