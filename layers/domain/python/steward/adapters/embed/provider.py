"""Any model behind an address that answers as OpenAI's `/v1/embeddings` does."""

import math
import struct
from collections.abc import Sequence

from steward.adapters.provider import Provider

PATIENCE = 5.0
AT_ONCE = 100
"""Texts of one request."""
LONGEST = 8_000
"""Characters of a text that are sent; providers refuse longer ones."""


class ProviderEmbedder:
    """One model of a provider; `key` is "" where it asks for none, as on this machine."""

    def __init__(self, address: str, name: str, *, dimension: int, key: str = "") -> None:
        self._provider = Provider(address, key, kind="embedding model", setting="STEWARD_EMBEDDING", patience=PATIENCE)
        self._name, self.dimension = name, dimension

    @property
    def model(self) -> str:
        return f"{self._name}/{self.dimension}"

    def embed(self, texts: Sequence[str]) -> Sequence[bytes]:
        """As `kernel.embedding.Embedder` says."""
        vectors = [b""] * len(texts)
        told = [at for at, text in enumerate(texts) if text.strip()]
        for start in range(0, len(told), AT_ONCE):
            part = told[start : start + AT_ONCE]
            for at, vector in zip(part, self._asked([texts[at][:LONGEST] for at in part]), strict=True):
                vectors[at] = vector
        return vectors

    def _asked(self, texts: Sequence[str]) -> list[bytes]:
        answer = self._provider.ask({"model": self._name, "input": texts})
        try:
            found = sorted(answer["data"], key=lambda one: int(one["index"]))
            vectors = [_packed([float(number) for number in one["embedding"]]) for one in found]
        except (KeyError, TypeError, ValueError) as error:
            raise self._provider.failed("answers what is no list of embeddings") from error
        if len(vectors) != len(texts) or any(len(vector) not in (0, 4 * self.dimension) for vector in vectors):
            raise self._provider.failed(f"does not answer {self.dimension} numbers a text")
        return vectors


def _packed(numbers: Sequence[float]) -> bytes:
    length = math.hypot(*numbers)
    return struct.pack(f"<{len(numbers)}f", *(number / length for number in numbers)) if 0 < length < math.inf else b""
