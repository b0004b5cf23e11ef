"""The rows of a file as a stream. Memory stays bounded whatever the file holds, and every row knows where it ends."""

import csv
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from steward.properties.model import Layout

FIRST_BLOCK, BLOCK = 8_192, 65_536
"""Bytes read at first, and at most: a chunk of an import needs few."""
MAX_LINE = 262_144
"""Characters of a line that are kept in memory; the rest of a longer one is passed over."""
MAX_FIELD = 131_072
MAX_LINES = 200
"""Lines one row may go over; after that its opening quotation mark is taken for a mistake."""
SHOWN = 2_000
"""Characters of a broken row that are kept, to show it."""
csv.field_size_limit(MAX_FIELD)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins on, its cells, the byte and the line after it.

    `fault` says why it cannot be used, or "". A broken row has its text, shortened, as its only cell.
    """

    line: int
    cells: list[str]
    end: int
    after: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: int
    too_long: bool = False


class _Runaway(Exception):
    """A row that does not end where a row should."""


class _Lines:
    """Lines of a stream with their size in bytes; an iterator that remembers what one row has taken."""

    def __init__(self, stream: BinaryIO, layout: Layout) -> None:
        wide = layout.encoding.startswith("utf-16")
        self._stream = stream
        self._encoding, self._unit = layout.encoding, 2 if wide else 1
        self._errors = "replace" if wide else "surrogateescape"
        self._decoder = getincrementaldecoder(layout.encoding)(self._errors)
        self._newline = layout.newline
        self._waiting: deque[_Line] = deque()
        self._tail, self._head, self._passed = "", "", 0
        self._block, self._ended = FIRST_BLOCK, False
        self.taken: list[_Line] = []

    def __iter__(self) -> "Iterator[str]":
        return self

    def __next__(self) -> str:
        if not self._waiting:
            self._fill()
        if not self._waiting:
            raise StopIteration
        line = self._waiting.popleft()
        self.taken.append(line)
        if line.too_long or len(self.taken) > MAX_LINES:
            raise _Runaway
        return line.text

    def give_back(self) -> None:
        """Leave only the first line of what was taken; the others come again."""
        self._waiting.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]

    def _fill(self) -> None:
        while not self._waiting and not self._ended:
            block = self._stream.read(self._block)
            self._block, self._ended = min(self._block * 2, BLOCK), not block
            *whole, self._tail = (self._tail + self._decoder.decode(block, self._ended)).split(self._newline)
            for text in whole:
                self._add(text + self._newline)
            if len(self._tail) > MAX_LINE:
                self._head = self._head or self._tail[:SHOWN]
                self._passed += self._bytes(self._tail)
                self._tail = ""
        if self._ended and (self._tail or self._head):
            self._add(self._tail)
            self._tail = ""

    def _add(self, text: str) -> None:
        size = self._bytes(text) + self._passed
        self._waiting.append(_Line(self._head or text, size, too_long=bool(self._head)))
        self._head, self._passed = "", 0

    def _bytes(self, text: str) -> int:
        return len(text) * self._unit if text.isascii() else len(text.encode(self._encoding, self._errors))


def rows(stream: BinaryIO, layout: Layout, *, offset: int, line: int) -> Iterator[Row]:
    """The rows of a stream that stands at byte `offset`, where line `line` begins. Blank lines are passed over."""
    lines = _Lines(stream, layout)
    reader = csv.reader(lines, delimiter=layout.delimiter, skipinitialspace=True)
    while True:
        lines.taken.clear()
        cells, fault = _next(reader, lines)
        if not lines.taken:
            return
        offset += sum(one.size for one in lines.taken)
        begins, line = line, line + len(lines.taken)
        text = "".join(one.text for one in lines.taken)
        if not fault and not text.strip():
            continue
        fault = fault or _fault(cells, text, layout)
        yield Row(begins, _shown(cells, text) if fault else cells[: len(layout.header)], offset, line, fault)


def _next(reader: Iterator[list[str]], lines: _Lines) -> tuple[list[str], str]:
    """The cells of the next row, or what is wrong with its text."""
    try:
        cells = next(reader, [])
    except _Runaway:
        return [], _runaway(lines)
    except csv.Error as error:
        return [], _csv_fault(str(error))
    return (cells, "") if len(lines.taken) < 2 or not _open(lines) else ([], _runaway(lines))


def _shown(cells: list[str], text: str) -> list[str]:
    """The cells of a broken row as far as they can be told, else its text; at most `SHOWN` characters."""
    return [legible(one) for one in ([text[:SHOWN] + "…"] if len(text) > SHOWN else cells or [text.rstrip("\r\n")])]


def legible(text: str) -> str:
    """The text with a mark in place of every byte that is none."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _open(lines: _Lines) -> bool:
    """Whether the file ended inside quotation marks."""
    return sum(one.text.count('"') for one in lines.taken) % 2 == 1


def _runaway(lines: _Lines) -> str:
    if any(one.too_long for one in lines.taken):
        if len(lines.taken) == 1:
            return f"This row has more than {MAX_LINE:,} characters"
        lines.give_back()
    lines.give_back()
    return "A quotation mark is opened in this row and never closed"


def _csv_fault(reason: str) -> str:
    if "field limit" in reason:
        return f"A field of this row has more than {MAX_FIELD:,} characters"
    return "This row has a line break in the middle of a field without quotation marks"


def _fault(cells: list[str], text: str, layout: Layout) -> str:
    """Why a row cannot be used as it stands, "" when it can."""
    if "\0" in text:
        return "This row holds a NUL byte"
    if not text.isascii() and any("\udc80" <= letter <= "\udcff" or letter == "\ufffd" for letter in text):
        return f"This row holds bytes that are not {layout.encoding} text"
    count, width = len(cells), len(layout.header)
    if not text.endswith(layout.newline) and (count < width or text.count('"') % 2):
        return "The file is cut off in the middle of this row"
    if count < width or any(cell.strip() for cell in cells[width:]):
        return f"This row has {count} fields, the header has {width}"
    if cells[0].strip().casefold() == layout.header[0].casefold() and _same_names(cells, layout.header):
        return "This row repeats the header"
    return ""


def _same_names(cells: list[str], header: list[str]) -> bool:
    return all(cell.strip().casefold() == name.casefold() for cell, name in zip(cells, header, strict=False))
