"""How a kind of record is listed: an IndexSpec and a function that makes its documents from the records."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from steward.kernel.embedding import Embedder
from steward.kernel.ports import Stored
from steward.kernel.search import Document, Gone, IndexSpec

if TYPE_CHECKING:
    from steward.kernel.context import Context

Documents = Callable[["Context", Sequence[str]], Sequence[Document | Gone]]
Maker = TypeVar("Maker", bound=Documents)
Versions = Callable[["Context", Sequence[Stored]], Sequence[int]]
BEYOND, UNEMBEDDED = "beyond", "unembedded"
"""In a document's row: by how much its version is above its record's; and that its text has no vector, as the model could not be asked."""


def own_versions(_: "Context", rows: Sequence[Stored]) -> Sequence[int]:
    """The versions of documents that are made of one record each."""
    return [row.version for row in rows]


@dataclass(frozen=True, slots=True)
class Index:
    """A kind's spec, and its documents for given ids: one Document or Gone an id. `embedded` says that they have vectors; `versions`
    which versions the documents of some records have to be of."""

    spec: IndexSpec
    documents: Documents
    embedded: bool = False
    versions: Versions = own_versions

    def made_with(self, embedder: Embedder) -> IndexSpec:
        """The spec with the model that makes the vectors, so that another model makes another index."""
        return replace(self.spec, embedding=embedder.model, dimension=embedder.dimension) if self.embedded else self.spec


INDEXES: dict[str, Index] = {}


def indexer(spec: IndexSpec, *, embedded: bool = False, versions: Versions = own_versions) -> Callable[[Maker], Maker]:
    """Register the function that makes the documents of a kind; it is run after each commit and by a rebuild."""

    def register(documents: Maker) -> Maker:
        if spec.kind in INDEXES:
            raise ValueError(f"two indexes of {spec.kind}")
        INDEXES[spec.kind] = Index(spec, documents, embedded, versions)
        return documents

    return register
