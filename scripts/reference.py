"""Write the table of `docs/commands.md` from the manifest: every command that callers may run, slice by slice."""

import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from steward.kernel.command import Only
from steward.kernel.registry import Entry, manifest

PAGE = Path(__file__).resolve().parents[1] / "docs/commands.md"
MARK = "<!-- the table below is made from the registry -->\n"


def page(text: str) -> str:
    """The page with its table as the commands are now; `text` is the page as it stands."""
    told, _, _ = text.partition(MARK)
    entries = [entry for entry in manifest().commands.values() if not entry.internal]
    slices = groupby(entries, lambda entry: entry.name.partition(".")[0])
    return told + MARK + "".join(_section(name, entries) for name, entries in slices)


def _section(name: str, entries: Iterable[Entry]) -> str:
    head = ["", f"## {name}", "", "| command | route | scope | danger | |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(_row(entry) for entry in entries)]) + "\n"


def _row(entry: Entry) -> str:
    route = f"`{entry.http}`" if entry.http else ""
    return f"| `{entry.name}` | {route} | `{entry.scope}`{Only(entry.only).words} | {entry.danger} | {_cell(entry)} |"


def _cell(entry: Entry) -> str:
    return entry.summary.replace("|", "\\|") + (" *Answers with a run.*" if entry.batch else "")


def main() -> int:
    """Refresh the page; the exit code."""
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
