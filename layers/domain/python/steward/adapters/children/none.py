"""Children where no process may be started: every call says so."""

from typing import NoReturn

from steward.kernel.errors import Unavailable
from steward.kernel.ports import Json


class NoChildren:
    """`reason` is a clause that says why no child can run here."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def call(self, module: str, request: Json, *, timeout: float, keep: bool = False) -> NoReturn:
        """Raises Unavailable."""
        raise Unavailable(f"This needs a process of its own, which cannot run here ({self._reason}); set STEWARD_CHILDREN=process.")

    def close(self) -> None:
        """Nothing to close."""
