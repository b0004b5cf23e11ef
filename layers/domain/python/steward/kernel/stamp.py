"""The stamp: a keyed digest over every stored column of a row, so that one changed behind our back is known at once."""

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b, sha256
from hmac import compare_digest
from typing import Any

from steward.kernel.ports import Json, Put, Stored

FIELD = "stamp"
NAME = "receipts.key"
"""The name of the installation's secret that stamps are made with."""
LENGTH = 16
"""Bytes of a digest."""
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=repr)


class Stamp:
    """Marks rows and tells whether a mark still holds. `name` tells one secret from another without giving it away."""

    def __init__(self, secret: str) -> None:
        self._key = sha256(secret.encode()).digest()
        self.name = self.hidden("name")[:6]

    def put(self, row: Put) -> Put:
        """The row with its mark in its body."""
        return replace(row, body={**row.body, FIELD: self.of(row)})

    def of(self, row: Put | Stored) -> str:
        """The mark that a row should have, over its key, version, body and places in the indexes."""
        body = {name: value for name, value in row.body.items() if name != FIELD}
        columns = [row.key.pk, row.key.sk, row.version, body, row.due, row.external, row.expires]
        return f"{self.name}.{self._digest(_text(columns), b'row')}"

    def holds(self, row: Stored) -> bool:
        """Whether a row is as it was marked, to the letter."""
        return literal(row) and compare_digest(mark(row.body).encode("utf-8", "replace"), self.of(row).encode())

    def hidden(self, *words: str) -> str:
        """A name for some words that only this installation can make: the same each time, and no way back."""
        return self._digest(json.dumps(words), b"word")

    def _digest(self, text: str, person: bytes) -> str:
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=LENGTH, key=self._key, person=person).hexdigest()


def mark(body: Mapping[str, Json]) -> str:
    """The mark that a body has, "" for none."""
    found: Any = body.get(FIELD, "")
    return found if isinstance(found, str) else ""


def literal(row: Stored) -> bool:
    """Whether the text of a row's body is the one that we would write, without a blank or a name more."""
    return row.text in ("", _text(row.body))


def _text(told: object) -> str:
    """JSON as the engines keep it; what is none of it, as only a stranger writes, becomes some text."""
    return _COMPACT.encode(told)
