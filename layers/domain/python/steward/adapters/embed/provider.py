"""Any model behind an address that answers as OpenAI's `/v1/embeddings` does."""

import json
import math
import struct
from collections.abc import Sequence
from http.client import HTTPException
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from steward.kernel.errors import Unavailable

PATIENCE = 5.0
REST = 30.0
"""Seconds in which a provider that failed is not asked again, so that nobody waits for it over and over."""
AT_ONCE = 100
"""Texts of one request."""
LONGEST = 8_000
"""Characters of a text that are sent; providers refuse longer ones."""
MOST = 50_000_000


class _Straight(HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """The key goes nowhere else."""


class ProviderEmbedder:
    """One model of a provider; `key` is "" where it asks for none, as on this machine."""

    def __init__(self, address: str, name: str, *, dimension: int, key: str = "") -> None:
        self._address, self._name, self._key = address, name, key
        self.dimension = dimension
        self._opener: OpenerDirector = build_opener(_Straight)
        self._rests_until = 0.0

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
        if monotonic() < self._rests_until:
            raise self._failed("did not answer a moment ago")
        answer = self._answer({"model": self._name, "input": texts})
        try:
            found = sorted(answer["data"], key=lambda one: int(one["index"]))
            vectors = [_packed([float(number) for number in one["embedding"]]) for one in found]
        except (KeyError, TypeError, ValueError) as error:
            raise self._failed("answers what is no list of embeddings") from error
        if len(vectors) != len(texts) or any(len(vector) not in (0, 4 * self.dimension) for vector in vectors):
            raise self._failed(f"does not answer {self.dimension} numbers a text")
        return vectors

    def _answer(self, asked: dict[str, object]) -> Any:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self._key}"} if self._key else {})
        request = Request(self._address, json.dumps(asked).encode(), headers)  # noqa: S310 - checked where the address is read
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                return json.loads(answer.read(MOST))
        except HTTPError as refused:
            refused.close()
            raise self._failed(f"refuses ({refused.code})") from refused
        except (OSError, HTTPException, ValueError) as error:
            self._rests_until = monotonic() + REST
            raise self._failed("does not answer") from error

    def _failed(self, how: str) -> Unavailable:
        place = urlsplit(self._address).netloc
        return Unavailable(f"The embedding model at {place} {how}; try again later, or look at STEWARD_EMBEDDING and its key.")


def _packed(numbers: Sequence[float]) -> bytes:
    length = math.hypot(*numbers)
    return struct.pack(f"<{len(numbers)}f", *(number / length for number in numbers)) if 0 < length < math.inf else b""
