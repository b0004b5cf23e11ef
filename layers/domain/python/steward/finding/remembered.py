"""What is remembered of each workspace for a short while, by the process that looked."""

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steward.finding.places import Known

KEPT = 200
"""Workspaces that are remembered."""


class Remembered:
    """The places of workspaces, each by itself; the one that was longest not written goes first."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._lock = Lock()

    def of(self, workspace: str) -> "Known | None":
        """What is remembered of a workspace."""
        with self._lock:
            return self._known.get(workspace)

    def keep(self, workspace: str, known: "Known") -> None:
        """Remember this of a workspace."""
        with self._lock:
            self._known[workspace] = known
            self._known.move_to_end(workspace)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
