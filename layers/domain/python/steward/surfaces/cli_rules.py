"""`steward permissions import FILE` and `export FILE`: rules as a file in the exchange form."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from steward.kernel.errors import Invalid
from steward.kernel.parse import json_object
from steward.surfaces.cli_args import Words
from steward.surfaces.cli_forms import Desk, Form


def import_rules(words: Sequence[str], desk: Desk) -> int:
    """`permissions import FILE [--replace]`"""
    parser = Words(prog="steward permissions import", description="Take in rules from a JSON file, all or none.", allow_abbrev=False)
    parser.add_argument("file")
    parser.add_argument("--replace", action="store_true", help="in place of the rules that are there")
    told = parser.parse_args(words)
    try:
        said = json_object(Path(told.file).read_bytes())
    except OSError as error:
        raise Invalid(f"{told.file} cannot be read ({error.strerror}); check the path and who may read it.") from error
    desk.terminal.answer(desk.run("permissions.import", {**said, "replace": told.replace}))
    return 0


def export_rules(words: Sequence[str], desk: Desk) -> int:
    """`permissions export [FILE]`"""
    parser = Words(prog="steward permissions export", description="Write all rules as JSON.", allow_abbrev=False)
    parser.add_argument("file", nargs="?", default="")
    told = parser.parse_args(words)
    rules = desk.run("permissions.export", {})
    if not told.file:
        desk.terminal.text(json.dumps(rules, indent=2, ensure_ascii=False))
        return 0
    try:
        Path(told.file).write_text(json.dumps(rules, indent=2, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise Invalid(f"{told.file} cannot be written ({error.strerror}); name another file.") from error
    desk.terminal.answer({"file": told.file, "rules": sum(len(part) for part in rules.values())})
    return 0


PAIRS: Mapping[tuple[str, ...], Form] = {("permissions", "import"): import_rules, ("permissions", "export"): export_rules}
"""Commands with a form of their own, by their two words."""
