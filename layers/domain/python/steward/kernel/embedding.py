"""The port of embeddings: texts become vectors whose likeness can be compared."""

from collections.abc import Sequence
from typing import Protocol


class Embedder(Protocol):
    """A model. Its id and dimension are part of an index, so that vectors of two models are never compared."""

    @property
    def model(self) -> str:
        """The model's id with its version; "" where there is none, and every vector is empty then."""
        ...

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        ...

    def embed(self, texts: Sequence[str]) -> Sequence[bytes]:
        """A vector a text: float32, little-endian, of length 1; b"" for a text in which no word is known.

        Raises Unavailable when the model cannot be asked now.
        """
        ...
