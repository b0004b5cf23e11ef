"""Ids: opaque, sortable texts of 19 or 26 small letters and digits.

A record with a ref (the short number people say) has an id derived from workspace, kind and ref, so a ref finds its
record without an index row. Everything else gets an id from the time and some entropy.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b, sha256

Entropy = Callable[[int], bytes]
"""Gives that many unpredictable bytes."""

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
LONG = 26
"""Letters of an id that was not derived from a ref."""
_ID = re.compile(f"[{_LETTERS}]{{19}}([{_LETTERS}]{{7}})?")


_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]


def _base32(number: int, width: int) -> str:
    """The last `width` digits of a number, two at a time."""
    return "".join([_PAIRS[(number >> place) & 1023] for place in range(5 * (width + width % 2) - 10, -1, -10)])[-width:]


def derive(workspace: str, kind: str, ref: int) -> str:
    """The id of the record of `kind` that is number `ref` in a workspace; ids sort as the refs do."""
    digest = blake2b(f"{workspace}|{kind}|{ref}".encode(), digest_size=8).digest()
    return _base32(ref, 7) + _base32(int.from_bytes(digest) >> 4, 12)


def sortable(moment: datetime, entropy: Entropy) -> str:
    """An id that sorts by the time it was made (milliseconds, then 80 random bits)."""
    return _base32(int(moment.timestamp() * 1000), 10) + _base32(int.from_bytes(entropy(10)), 16)


def earliest(moment: datetime) -> str:
    """Where the ids made at a moment begin: none of an earlier one sorts after it."""
    return _base32(max(int(moment.timestamp() * 1000), 0), 10)


def made_at(id: str) -> datetime:
    """The moment that an id of `sortable` was made at; 1970 for a text that is none."""
    return datetime.fromtimestamp(_number(id[:10]) / 1000, UTC) if is_id(id) and len(id) == LONG else datetime.fromtimestamp(0, UTC)


def ref_of(id: str) -> int:
    """The ref that an id was derived from; 0 for one that was not."""
    return _number(id[:7]) if is_id(id) and len(id) < LONG else 0


def _number(text: str) -> int:
    number = 0
    for letter in text:
        number = number * 32 + _LETTERS.index(letter)
    return number


def is_id(text: object) -> bool:
    """Whether this is an id of ours, and not words from outside."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def fingerprint(text: str | bytes) -> str:
    """SHA-256 in hex: how secrets and payloads are kept for comparison."""
    return sha256(text.encode() if isinstance(text, str) else text).hexdigest()
