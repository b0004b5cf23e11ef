"""Search where there is no engine: every list says so."""

from collections.abc import Sequence

from steward.kernel.errors import Unavailable
from steward.kernel.ports import Document, Filter, Gone, Hits, IndexSpec, Sort


class NoSearch:
    """`reason` is a clause that says why there is no engine here."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def define(self, spec: IndexSpec) -> bool:
        """Nothing to make ready."""
        return False

    def write(self, workspace: str, documents: Sequence[Document | Gone]) -> None:
        """Nothing is kept: an engine set up later is filled from Records."""

    def page(
        self, workspace: str, kind: str, where: Filter, *, sort: Sort, start: int | str = 0, limit: int = 100, facets: Sequence[str] = ()
    ) -> Hits:
        """Raises Unavailable."""
        raise Unavailable(f"Lists are not available here ({self._reason}); set STEWARD_SEARCH to an engine, or open a record by its ref.")

    def clear(self, workspace: str, kind: str) -> None:
        """Nothing to forget."""

    def close(self) -> None:
        """Nothing to close."""
