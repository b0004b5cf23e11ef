"""The SQLite engine of Search with its index files made at once, which else happens by and by."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from steward.adapters.search.sqlite import SqliteSearch
from steward.kernel.search import Document, Filter, Gone, Scalar
from steward.kernel.time import Clock


class FoldedSearch(SqliteSearch):
    """Makes its index files after each write, or after the first one of a workspace only."""

    def __init__(self, path: Path, clock: Clock, *, once: bool = False) -> None:
        super().__init__(path, clock)
        self._once = once
        self._folded: set[tuple[str, str]] = set()

    def write(self, workspace: str, documents: Sequence[Document | Gone]) -> None:
        super().write(workspace, documents)
        for kind in sorted({document.kind for document in documents}):
            self._fold(workspace, kind)

    def amend(self, workspace: str, kind: str, where: Filter, fields: Mapping[str, Scalar]) -> None:
        super().amend(workspace, kind, where, fields)
        self._fold(workspace, kind)

    def replace(self, workspace: str, kind: str, documents: Iterable[Document]) -> int:
        count = super().replace(workspace, kind, documents)
        self._fold(workspace, kind)
        return count

    def _fold(self, workspace: str, kind: str) -> None:
        first = (workspace, kind) not in self._folded
        if (first or not self._once) and self._tables[kind].found:
            self._folded.add((workspace, kind))
            self.fold(workspace, kind)
