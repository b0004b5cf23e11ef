"""The one tree of errors: eight kinds, no status codes.

Each surface owns a table from kind to its own code (`surfaces/problem.py`, `surfaces/cli.py`). A message is one plain
sentence that says what to do next; it is shown to people as it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

DISK_FULL = "The disk is full; free some space, then this goes on."


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong place of an input: a JSON pointer (`/price`) and what is wrong there."""

    pointer: str
    detail: str


class StewardError(Exception):
    """Root of everything Steward raises on purpose."""

    kind: ClassVar[str] = "internal"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Invalid(StewardError):
    """The input is wrong. `malformed` says it could not even be parsed; `too_large` that it was not read to its end."""

    kind = "invalid"

    def __init__(self, detail: str, *, faults: Sequence[Fault] = (), malformed: bool = False, too_large: bool = False) -> None:
        super().__init__(detail)
        self.faults = tuple(faults)
        self.malformed = malformed
        self.too_large = too_large


class Forbidden(StewardError):
    """The actor may not do this; `rule` names the scope or rule. `unknown` means nobody is signed in."""

    kind = "forbidden"

    def __init__(self, detail: str, *, rule: str = "", unknown: bool = False) -> None:
        super().__init__(detail)
        self.rule = rule
        self.unknown = unknown


class NotFound(StewardError):
    """Nothing of that id in this workspace (another workspace's id answers the same)."""

    kind = "not_found"


class Conflict(StewardError):
    """Somebody changed it since it was read. `current` is the version now; `stale` means the caller named one."""

    kind = "conflict"

    def __init__(self, detail: str, *, current: int | None = None, stale: bool = False) -> None:
        super().__init__(detail)
        self.current = current
        self.stale = stale


class ApprovalNeeded(StewardError):
    """A person has to agree first; `approval` is the id to ask for, empty when a precondition header is missing."""

    kind = "approval_needed"

    def __init__(self, detail: str, *, approval: str = "", rule: str = "") -> None:
        super().__init__(detail)
        self.approval = approval
        self.rule = rule

    @classmethod
    def of(cls, reason: str, *, approval: str, rule: str) -> "ApprovalNeeded":
        """One that waits, told by the words of the rule that asks, and its id."""
        return cls(f"{reason.removesuffix('.')}. It waits as approval {approval}.", approval=approval, rule=rule)


class TooMany(StewardError):
    """A limit is reached; `retry_after` is in seconds. One that a `rule` names leaves a receipt; one on how often leaves none,
    so that a flood costs no writes.
    """

    kind = "too_many"

    def __init__(self, detail: str, *, retry_after: int = 1, rule: str = "") -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.rule = rule


class Unavailable(StewardError):
    """This cannot be done here or now; the detail names the reason and the setting or the mend.

    `passing` says that only an engine is in the way, so that what Steward does by itself is worth another try.
    """

    kind = "unavailable"

    def __init__(self, detail: str, *, passing: bool = False) -> None:
        super().__init__(detail)
        self.passing = passing


class Internal(StewardError):
    """A fault of Steward's own; `reference` finds it in the log."""

    kind = "internal"

    def __init__(self, detail: str, *, reference: str = "") -> None:
        super().__init__(detail)
        self.reference = reference
