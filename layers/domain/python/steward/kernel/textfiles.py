"""CSV that spreadsheets open safely and that comes back unchanged."""

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

_NEGATIVE = re.compile(r"-[0-9]{1,30}(\.[0-9]{1,30})?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def cell(value: object) -> str:
    """A value as a cell. A text that a spreadsheet would run as a formula gets an apostrophe before it, as does one that
    begins with an apostrophe, so `plain` gives back exactly what was there. Numbers stay as they are, as text too."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.10g}" if value % 1 else f"{value:.0f}"
    text = str(value)
    return "'" + text if _runs(text) else text


def _runs(text: str) -> bool:
    if _NEGATIVE.fullmatch(text):
        return False
    first = unicodedata.normalize("NFKC", text[:200]).lstrip(" \n\u200b\ufeff")[:1]
    return text.startswith(_FORMULA) or first in _FORMULA


def plain(text: str) -> str:
    """What `cell` was given: the text without the apostrophe that only guards it."""
    return text[1:] if text[:1] == "'" and _runs(text[1:]) else text


class _Source(io.RawIOBase):
    def __init__(self, parts: Iterable[str]) -> None:
        self._parts: Iterator[str] = iter(parts)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = part.encode("utf-8", "replace")
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def stream(parts: Iterable[str]) -> BinaryIO:
    """Texts as one stream of UTF-8 bytes, made as it is read."""
    return cast(BinaryIO, io.BufferedReader(_Source(parts), 262_144))
