"""What a file is, from its first bytes: refused by name when it is no table, else its encoding, delimiter and header."""

import csv
import re
from collections import Counter
from collections.abc import Sequence

from steward.kernel.errors import Fault, Invalid
from steward.properties.intake.reading import legible
from steward.properties.intake.values import day, decimal, shown
from steward.properties.model import Layout

SAMPLE_BYTES = 262_144
"""How much of a file is looked at to tell what it is."""
MAX_COLUMNS, MAX_NAME = 300, 120

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "an image (PNG)"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF8", "an image (GIF)"),
    (b"II*\x00", "an image (TIFF)"),
    (b"MM\x00*", "an image (TIFF)"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet (Excel)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf", "a compressed file (7-Zip)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"\xfd7zXZ", "a compressed file (xz)"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a SQLite database"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"<", "a web page or XML file"),
)
_PATTERNS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"BM.{4}\0{4}", re.DOTALL), "an image (BMP)"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "an image (WebP)"),
    (re.compile(rb".{4}ftyp", re.DOTALL), "an image or a film"),
    (re.compile(rb'[\[{]\s*[\[{"\d\]}]'), "a JSON file"),
)
_ZIP_KINDS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"PK\x03\x04.{26,30}xl/", re.DOTALL), "a spreadsheet (Excel)"),
    (re.compile(rb"PK\x03\x04.{26,30}word/", re.DOTALL), "a text document (Word)"),
    (re.compile(rb"PK\x03\x04.{26,30}Index/", re.DOTALL), "a spreadsheet (Numbers)"),
    (re.compile(rb"opendocument\.spreadsheet"), "a spreadsheet (OpenDocument)"),
)
_MEND = "Save the sheet as CSV and drop that file."
_CHOOSE = "Choose a CSV file with one property a line."
_MENDS = {
    "compressed": "Unpack it and drop the CSV file in it.",
    "image": _CHOOSE,
    "PDF": "Ask whoever made it for the table as CSV and drop that file.",
    "web page": "Ask the site for a CSV download and drop that file.",
    "JSON": "Export the table as CSV and drop that file.",
    "Parquet": "Export the table as CSV and drop that file.",
    "database": "Export the table as CSV and drop that file.",
}
"""What to do instead, by a word of what the file is."""
_DELIMITERS = ",\t;|"
_CALLED = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "|"}


def sniff(head: bytes, *, whole: bool) -> Layout:
    """The layout of a file that begins with `head`; `whole` says that nothing comes after it.

    Raises Invalid with a sentence for what is no table of properties: another kind of file, an empty one, one with
    lines before its header, without a header, or with two columns of one name.
    """
    _refuse_kinds(head)
    encoding, mark = _encoding(head, whole=whole)
    text = head[mark:].decode(encoding, "surrogateescape" if "16" not in encoding else "ignore")
    newline = "\n" if "\n" in text else "\r" if "\r" in text else "\n"
    _refuse_binary(text[:512])
    if not whole and newline not in text:
        raise Invalid(f"The first line goes on for more than {SAMPLE_BYTES:,} bytes, so it names no columns. {_MEND}")
    lines = text.split(newline)
    if not whole and len(lines) > 1:
        lines = lines[:-1]
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise Invalid("The file is empty; choose another one.")
    delimiter = _delimiter(lines[first : first + 200])
    records = list(_records(lines[first : first + 200], newline, delimiter))
    header = [_name(cell) for cell in records[0]]
    _check_header(header, records[1:], lines[first:])
    above = newline.join([*lines[:first], _header_text(lines[first:], newline, delimiter)]) + newline
    start = mark + len(above.encode(encoding, "surrogateescape" if "16" not in encoding else "strict"))
    named = [name or f"column {number}" for number, name in enumerate(header, 1)]
    return Layout(encoding=encoding, delimiter=delimiter, newline=newline, header=named, start=start, line=above.count(newline) + 1)


def _refuse_kinds(head: bytes) -> None:
    body = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not body.strip(b"\x00"):
        raise Invalid("The file is empty; choose another one.")
    if body.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        kind = next((name for mark, name in _ZIP_KINDS if mark.search(head)), "a ZIP archive")
        raise Invalid(f"This is {kind}, which cannot be read yet. {_MEND if 'ZIP' not in kind else _MENDS['compressed']}")
    kind = next((name for mark, name in _SIGNATURES if body.startswith(mark)), "")
    kind = kind or next((name for pattern, name in _PATTERNS if pattern.match(body)), "")
    if kind:
        mend = next((mend for word, mend in _MENDS.items() if word in kind), _MEND)
        raise Invalid(f"This is {kind}, not a table of properties. {mend}")


def _refuse_binary(text: str) -> None:
    """A stray NUL is a broken row's own matter; a file full of control characters is no text."""
    controls = sum(letter < " " and letter not in "\t\n\r\f\x1a" for letter in text)
    if controls > 8 + len(text) // 20:
        raise Invalid(f"This is a binary file, not a table of properties. {_CHOOSE}")


def _name(cell: str) -> str:
    """A column's name in one line, with nothing in it that cannot be shown."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in legible(cell)).split())


def _encoding(head: bytes, *, whole: bool) -> tuple[str, int]:
    """The encoding's name and the length of its byte order mark. Text with more broken than whole UTF-8 is Windows' own."""
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8", 3
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise Invalid("The file is UTF-32 text, which cannot be read. Save it as UTF-8 and drop it again.")
    if head.startswith(b"\xff\xfe"):
        return "utf-16-le", 2
    if head.startswith(b"\xfe\xff"):
        return "utf-16-be", 2
    even, odd = head[:4096:2].count(0), head[1:4096:2].count(0)
    if max(even, odd) > len(head[:4096]) // 5:
        return ("utf-16-le" if odd > even else "utf-16-be"), 0
    letters = [letter for letter in head.decode("utf-8", "surrogateescape") if letter > "\x7f"]
    broken = sum("\udc80" <= letter <= "\udcff" for letter in (letters if whole else letters[:-3]))
    return ("cp1252" if broken > len(letters) - broken else "utf-8"), 0


def _records(lines: Sequence[str], newline: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader((line + newline for line in lines), delimiter=delimiter, skipinitialspace=True):
            if any(cell.strip() for cell in row):
                rows.append(row)
    except csv.Error:
        return rows
    return rows


def _delimiter(lines: Sequence[str]) -> str:
    """The delimiter that cuts most lines into the same number of fields, more than one."""

    def worth(delimiter: str) -> tuple[int, int]:
        counts = Counter(len(row) for row in _records(lines, "\n", delimiter))
        width, often = max(counts.items(), key=lambda pair: (pair[0] > 1, pair[1]), default=(1, 0))
        return (often if width > 1 else 0, width)

    best = max(_DELIMITERS, key=worth)
    if worth(best)[0] == 0:
        raise Invalid("No columns were found: the fields of a line must be separated by comma, tab, semicolon or |.")
    return best


def _header_text(lines: Sequence[str], newline: str, delimiter: str) -> str:
    """The header as it stands in the file, over several lines when a quoted name holds a line break."""
    taken: list[str] = []

    def feed() -> "list[str]":
        taken.append(lines[len(taken)])
        return taken

    reader = csv.reader((feed()[-1] + newline for _ in lines), delimiter=delimiter, skipinitialspace=True)
    next(reader)
    return newline.join(taken)


def _check_header(header: list[str], rows: Sequence[Sequence[str]], lines: Sequence[str]) -> None:
    width = Counter(len(row) for row in rows).most_common(1)[0][0] if rows else len(header)
    other = next((one for one in _DELIMITERS if len(header) == 1 < width == len(next(iter(_records(lines[:1], "\n", one)), []))), "")
    if other:
        used = next(one for one in _DELIMITERS if rows and rows[0] in _records(lines[1:20], "\n", one))
        said = f"The fields of the header are separated by {_CALLED[other]}, those of the rows by {_CALLED[used]}"
        raise Invalid(f"{said}. Separate all by one of them and drop the file again.")
    padded = _padded(header, rows)
    if padded or (width > 1 and len(header) < width and len(header) <= max(2, width // 2)):
        above = padded or next((number for number, row in enumerate(rows, 1) if len(row) == width), 1)
        begins = shown(lines[0].strip().rstrip(_DELIMITERS))
        raise Invalid(f"The file begins with {_count(above)} before its header ({begins}). Take that out and drop it again.")
    filled = [name for name in header if name]
    if sum(_is_value(name) for name in filled) * 2 > len(filled):
        raise Invalid(f"The first line holds values ({shown(lines[0])}), not the names of columns. Add a header line and drop it again.")
    if len(header) > MAX_COLUMNS:
        raise Invalid(f"The file has {len(header):,} columns; {MAX_COLUMNS} is the most. Leave some out and drop it again.")
    long = next((name for name in filled if len(name) > MAX_NAME), "")
    if long:
        raise Invalid(f"The column {shown(long)} has a name of {len(long):,} characters; {MAX_NAME} is the most. Shorten it.")
    seen = Counter(name.casefold() for name in filled)
    twice = next((name for name in filled if seen[name.casefold()] > 1), "")
    if twice:
        raise Invalid(
            f"Two columns are named {shown(twice)}. Rename one of them and drop the file again.", faults=[Fault("/header", twice[:100])]
        )


def _padded(header: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """How many lines stand before the header, where a spreadsheet filled the first of them up with empty cells; else 0."""
    if not header[0] or any(header[1:]):
        return 0
    for number, row in enumerate(rows[:20], 1):
        names = [cell for cell in row if cell.strip()]
        if len(names) > 1:
            return number if not any(map(_is_value, names)) else 0
    return 0


def _count(lines: int) -> str:
    return "a line" if lines == 1 else f"{lines} lines"


def _is_value(text: str) -> bool:
    if text in ("-", "."):
        return True
    if re.fullmatch(r"[A-Za-z].*", text) and not re.search(r"\d{4}", text):
        return False
    for parse in (decimal, day):
        try:
            if parse(text) is not None:
                return True
        except ValueError:
            continue
    return False
