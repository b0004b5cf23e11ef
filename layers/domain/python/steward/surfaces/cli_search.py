"""`steward search` in its short forms: a query and its hits, a file of queries, and `steward reindex`."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from steward.kernel.errors import Invalid, StewardError
from steward.surfaces.cli_args import Words
from steward.surfaces.cli_show import table
from steward.surfaces.terminal import Terminal

if TYPE_CHECKING:
    from steward.surfaces.cli_forms import Desk

SEARCH, REBUILD = "finding.search", "search.rebuild"
HALF = ("import", "undo")
"""What has to be whole before it can be found."""
COLUMNS = {
    "ref": "ref", "address": "address", "city": "city", "price": "price", "rent": "rent", "bedrooms": "beds", "bathrooms": "baths",
    "why": "why",
}  # fmt: skip
LINES = 4
"""Lines that a reason may go over."""


def search(words: Sequence[str], desk: "Desk") -> int:
    """`search "QUERY" [--limit N]`: find properties by a sentence; `--file FILE` answers each line of a file with one line of JSON."""
    parser = Words(prog="steward search", description="Find properties by a sentence, such as 'Kent condos under 500k with a view'.")
    parser.add_argument("query", nargs="*", help="what to find, in words")
    parser.add_argument("--limit", default="", metavar="N", help="how many hits, at most 200")
    parser.add_argument("--file", default="", metavar="FILE", help="a query a line, - for what is typed or piped in")
    told = parser.parse_args(words)
    if bool(told.file) == bool(told.query):
        raise Invalid("Say what to find (`steward search 'Kent condos'`), or `--file FILE` with a query a line.")
    asked = {"limit": told.limit} if told.limit else {}
    desk.finish(HALF, everywhere=True)
    if told.file:
        with _opened(told.file) as file:
            for query in _lines(file):
                desk.terminal.line(_one(desk, {"query": query, **asked}))
        return 0
    answer = desk.run(SEARCH, {"query": " ".join(told.query), **asked})
    if desk.terminal.as_json:
        desk.terminal.answer(answer)
    else:
        _show(answer, desk.terminal)
    return 0


def reindex(words: Sequence[str], desk: "Desk") -> int:
    """`reindex`: make every list and index anew from the records; they stay readable meanwhile."""
    Words(prog="steward reindex", description="Make every list and index anew from the records.").parse_args(words)
    desk.finish(HALF, everywhere=True)
    desk.terminal.answer(desk.settled(desk.run(REBUILD, {})))
    return 0


def _opened(name: str) -> AbstractContextManager[BinaryIO]:
    try:
        return nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb")
    except OSError as error:
        raise Invalid(f"{name} cannot be read ({error.strerror}); check the path and who may read it.") from error


def _lines(file: BinaryIO) -> Iterator[str]:
    for line in file:
        yield line.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\r\n")


def _one(desk: "Desk", asked: Mapping[str, Any]) -> str:
    """The answer to one query of many, or why there is none, on one line."""
    try:
        answer = desk.run(SEARCH, asked)
    except StewardError as error:
        answer = {"query": asked["query"], "error": {"kind": error.kind, "detail": error.detail}}
    return json.dumps(answer, ensure_ascii=False)


def _show(answer: Mapping[str, Any], terminal: Terminal) -> None:
    """Hits as a table, under what was understood and over what comes near."""
    from steward.finding.model import Chip
    from steward.finding.rules_chips import wording

    chips = "  ".join(f"[{wording(Chip.model_validate(chip))}]" for chip in answer["understood"])
    read = f"{chips}  looked for: {answer['rest']}" if answer["rest"] else chips
    hits = [{**hit, "address": hit.get("address") or hit["title"], "why": " ".join(hit["reasons"])} for hit in answer["hits"]]
    rows = [{title: hit.get(name) for name, title in COLUMNS.items()} for hit in hits]
    found = table(rows, width=terminal.width, lines=LINES).rstrip() if rows else "Nothing is like that."
    near = [f"{one['text']}." for one in answer["near"]]
    count = f"{len(hits):,} of {answer['total']:,} that match, in {answer['ms']:,.0f} ms"
    terminal.text("\n".join([*filter(None, [read.strip()]), found, count, *near, *answer["notes"]]))
