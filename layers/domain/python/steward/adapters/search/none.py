"""Search where there is no engine: every list says so."""

from collections.abc import Iterable, Mapping, Sequence

from steward.kernel.errors import Unavailable
from steward.kernel.search import Counts, Document, Filter, Found, Gone, Hits, IndexSpec, Scalar, Sort, Wish


class NoSearch:
    """`reason` is a clause that says why there is no engine here."""

    name = "none"

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def belong(self, installation: str) -> None:
        """Nothing is kept."""

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

    def find(self, workspace: str, kind: str, wish: Wish, *, facets: Sequence[str] = ()) -> Found:
        """Raises Unavailable."""
        raise Unavailable(f"Nothing can be looked for here ({self._reason}); set STEWARD_SEARCH to an engine, or open a record by its ref.")

    def count(self, workspace: str, kind: str, wheres: Sequence[Filter]) -> Counts:
        """Raises Unavailable."""
        raise Unavailable(f"Nothing can be counted here ({self._reason}); set STEWARD_SEARCH to an engine, or open a record by its ref.")

    def amend(self, workspace: str, kind: str, where: Filter, fields: Mapping[str, Scalar]) -> None:
        """Nothing is kept."""

    def replace(self, workspace: str, kind: str, documents: Iterable[Document]) -> int:
        """Nothing is kept."""
        return 0

    def settle(self) -> int:
        """Nothing is made in the background."""
        return 0

    def close(self) -> None:
        """Nothing to close."""
