"""The limits of the Records port, the same on every engine: they are DynamoDB's, so the small engines cannot tempt us."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from steward.kernel.errors import Conflict, Internal, Invalid
from steward.kernel.ports import MAX_CHANGES, MAX_ROW_BYTES, Add, Body, Change, Json, Key, Put, Stored

MAX_COMMIT_BYTES = 4_000_000
"""Bytes of all rows of one commit (a DynamoDB transaction's limit)."""
IndexName = Literal["", "due", "external"]
MAX_KEYS = 100
MAX_PAGE = 1_000
PK_BYTES, SK_BYTES = 2_048, 1_024
WHOLE = 2**63
_COMPACT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
LAST = "\U0010ffff"
"""Sorts after whatever else may follow a prefix."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A change within the limits, with the JSON text of its body (empty unless it is a Put)."""

    change: Change
    text: str = ""


def check(changes: Sequence[Change]) -> list[Checked]:
    """The changes with their bodies as text. Raises Invalid over a limit."""
    if len(changes) > MAX_CHANGES:
        raise Invalid(f"One commit holds at most {MAX_CHANGES} changes, not {len(changes)}; split it.")
    if len({change.key for change in changes}) < len(changes):
        raise Invalid("One commit changes each row once; merge the changes of the same row.")
    checked = [Checked(change, _text(change)) for change in changes]
    if sum(len(one.text) for one in checked) > MAX_COMMIT_BYTES:
        raise Invalid("One commit holds at most 4 MB; split it.")
    return checked


def check_keys(keys: Sequence[Key]) -> None:
    """Raises Invalid over 100 keys."""
    if len(keys) > MAX_KEYS:
        raise Invalid(f"One read takes at most {MAX_KEYS} keys, not {len(keys)}; split it.")


def check_limit(limit: int) -> None:
    """Raises Invalid outside of 1 to 1,000."""
    if not 0 < limit <= MAX_PAGE:
        raise Invalid(f"A page holds 1 to {MAX_PAGE} rows, not {limit}.")


def storable(key: Key) -> bool:
    """Whether a row could be at this key at all; text from outside may be too long or no Unicode."""
    return _fits(key.pk, PK_BYTES) and _fits(key.sk, SK_BYTES)


def cursor_of(last: Stored, index: IndexName) -> str:
    """The `next` of a page with this last row: its sk, or its value in the index and its sk."""
    place = [getattr(last, index), last.key.sk] if index else [last.key.sk]
    return json.dumps(place, ensure_ascii=False, separators=(",", ":"))


def place_of(start: str, prefix: str, parts: int) -> list[str]:
    """The place a cursor names. Raises Invalid for anything that no page of this query gave."""
    refusal = Invalid("This is no page of this list that was given out; start at its first page.")
    try:
        place = json.loads(start)
    except (ValueError, RecursionError) as error:
        raise refusal from error
    if not isinstance(place, list) or len(place) != parts or not all(isinstance(part, str) and _fits(part, SK_BYTES) for part in place):
        raise refusal
    if not place[0].startswith(prefix):
        raise refusal
    return place


def encode(body: Body) -> str:
    """A body as compact JSON. Raises Invalid for what JSON or UTF-8 cannot hold."""
    try:
        text = _COMPACT.encode(body)
        size = len(text) if text.isascii() else len(text.encode())
    except ValueError as error:
        raise Invalid("A row's body holds a number or text that cannot be stored; send finite numbers and valid Unicode.") from error
    if size > MAX_ROW_BYTES:
        raise Invalid(f"A row holds at most {MAX_ROW_BYTES:,} bytes, not {size:,}; put what is large into a blob.")
    return text


def decode(text: str | bytes | None, key: Key) -> dict[str, Json]:
    """A stored body. Raises Internal, with the row's sk as its reference, for one that Steward cannot have written."""
    try:
        body = json.loads(text if isinstance(text, str) else (text or b"").decode())
    except (ValueError, TypeError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Internal(f"The row '{key.sk}' of {key.pk} is damaged; put a backup of the records in its place.", reference=key.sk)
    return body


def added(body: Body, amounts: Mapping[str, int]) -> Body:
    """A body with the amounts added. Raises Invalid where a field is no whole number."""
    sums: dict[str, Json] = dict(body)
    for name, amount in amounts.items():
        before = sums.get(name, 0)
        if not isinstance(before, int) or isinstance(before, bool):
            raise Invalid(f"'{name}' is no whole number, so nothing can be added to it.")
        sums[name] = before + amount
    return sums


def conflict(current: int) -> Conflict:
    """The refusal for a row that is not at the version its writer expected."""
    return Conflict("Somebody else changed this since it was read; read it again and repeat the change.", current=current or None)


def _text(change: Change) -> str:
    if not storable(change.key):
        raise Invalid(f"A row's key has 1 to {PK_BYTES} and 1 to {SK_BYTES} bytes.")
    match change:
        case Put():
            if not all(value == "" or _fits(value, SK_BYTES) for value in (change.due, change.external)):
                raise Invalid(f"A row's place in an index has at most {SK_BYTES} bytes.")
            if not 0 < change.version < WHOLE:
                raise Invalid("A row's version is a whole number from 1.")
            return encode(change.body)
        case Add():
            if not all(type(amount) is int and -WHOLE < amount < WHOLE for amount in change.amounts.values()):
                raise Invalid("Only whole numbers can be added to a row.")
    return ""


def _fits(text: str, most: int) -> bool:
    if len(text) > most:
        return False
    if text.isascii():
        return bool(text)
    try:
        return 0 < len(text.encode()) <= most
    except UnicodeEncodeError:
        return False
