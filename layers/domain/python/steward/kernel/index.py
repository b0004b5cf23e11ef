"""How a kind of record is listed: an IndexSpec and a function that makes its documents from the records."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from steward.kernel.search import Document, Gone, IndexSpec

if TYPE_CHECKING:
    from steward.kernel.context import Context

Documents = Callable[["Context", Sequence[str]], Sequence[Document | Gone]]
Maker = TypeVar("Maker", bound=Documents)


@dataclass(frozen=True, slots=True)
class Index:
    """A kind's spec, and its documents for given ids: one Document or Gone an id."""

    spec: IndexSpec
    documents: Documents


INDEXES: dict[str, Index] = {}


def indexer(spec: IndexSpec) -> Callable[[Maker], Maker]:
    """Register the function that makes the documents of a kind; it is run after each commit and by a rebuild."""

    def register(documents: Maker) -> Maker:
        if spec.kind in INDEXES:
            raise ValueError(f"two indexes of {spec.kind}")
        INDEXES[spec.kind] = Index(spec, documents)
        return documents

    return register
