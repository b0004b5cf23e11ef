"""Anchors: where a chain of seals ends, said outside of the records, so that records cut short behind it are found.

Each seal writes one under a key of its own that nothing writes again, which is what a store with object lock wants. The last
hundred are kept, and every thousandth.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from steward.kernel.errors import NotFound
from steward.kernel.ports import Blobs
from steward.workspaces.model_receipts import Head, Seal

KEPT, LANDMARK = 100, 1_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """An end of the chain, and the first receipt of its last seal."""

    head: Head
    first: str


class Anchors:
    """The anchors of one workspace."""

    def __init__(self, blobs: Blobs, workspace: str) -> None:
        self._blobs, self._prefix = blobs, f"w/{workspace}/receipts/"

    def last(self) -> int:
        """The number of the newest one, 0 without any."""
        return max(self._numbers(), default=0)

    def get(self, number: int) -> Anchor | None:
        """The anchor of a seal, None when there is none that can be read."""
        try:
            with self._blobs.open(self._key(number)) as file:
                told = json.load(file)
            return Anchor(Head(number, int(told["count"]), str(told["head"])), str(told["first"]))
        except (NotFound, ValueError, TypeError, KeyError, RecursionError):
            return None

    def write(self, seal: Seal) -> None:
        """Anchor a seal, and let go of the one that is a hundred older."""
        first = seal.receipts[0][0] if seal.receipts else ""
        told = {"number": seal.number, "count": seal.count, "head": seal.digest, "first": first}
        self._blobs.put(self._key(seal.number), json.dumps(told).encode(), content_type="application/json")
        old = seal.number - KEPT
        if old > 0 and old % LANDMARK:
            self._blobs.delete(self._key(old))

    def _key(self, number: int) -> str:
        return f"{self._prefix}{number:010d}.json"

    def _numbers(self) -> Iterator[int]:
        for blob in self._blobs.list(self._prefix):
            name = blob.key.removeprefix(self._prefix).removesuffix(".json")
            if name.isascii() and name.isdigit():
                yield int(name)
