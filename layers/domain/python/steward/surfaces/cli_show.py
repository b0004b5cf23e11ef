"""Answers as people read them in a terminal, within its width: a table of rows, or names and values."""

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from shlex import quote
from textwrap import wrap
from typing import Any

from steward.surfaces import cli_effect

WIDTH = 40
COLUMNS = 8
NARROW = 10
"""Letters that a column keeps; one that needs more room is left out."""
WHOLE_COLUMNS = ("id", "workspace")
"""The columns that hold what is there to be copied."""
LABEL = 18
ENDLESS = 1_000_000
"""The width where nobody looks: a file or a pipe."""

LISTED: Mapping[str, Mapping[str, str]] = {
    "properties.list": {
        "ref": "ref", "address": "address", "city": "city", "zip": "zip", "asking_price": "asking", "last_sale_price": "last sold",
        "valuation.estimate.value": "estimate", "valuation.score": "score",
    },
    "runs.list": {"ref": "run", "kind": "kind", "name": "of", "status": "status", "stage": "stage", "seconds": "seconds", "reason": "why"},
    "receipts.list": {
        "at": "at", "name": "who", "surface": "by", "command": "did", "outcome": "outcome", "rule": "rule", "approved_by": "yes of",
        "subject_kind": "on", "subject": "subject",
    },
    "approvals.list": {
        "short": "approval", "spoken": "command", "requester": "asked by", "person": "of", "status": "status", "expires_at": "until",
        "why": "why",
    },
    "permissions.list": {
        "short": "rule", "command_pattern": "commands", "permission": "permission", "agent_name": "for", "minutes": "minutes",
        "approvers": "approvers",
    },
    "keys.list": {
        "name": "key", "scopes": "may", "made_by": "made by", "key_preview": "secret", "last_used_at": "last used", "expires_at": "ends",
        "revoked_at": "revoked", "id": "id",
    },
    "members.list": {"ref": "member", "name": "name", "email": "e-mail", "role": "role", "status": "status", "id": "id"},
    "workspaces.list": {
        "slug": "workspace", "name": "name", "plan_tier": "plan", "status": "status", "owner_email": "owner", "id": "id",
    },
    "models.list": {"version": "model", "active": "serves", "rows": "sales", "grouped.median_error": "error", "trained_at": "trained"},
}  # fmt: skip
"""What the rows of a list show, by its command, under which headings; all other lists show their first plain fields."""
BY_CURSOR = frozenset({"properties.list", "receipts.list"})
"""The lists whose next page is asked for by a cursor, and not by where it starts."""


MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
ASKING = ("minutes", "approvers", "own")
"""What a rule says of how an approval is asked for; of no account where it asks for none."""
WITH_EFFECT = frozenset({"approvals.get", "approvals.approve", "approvals.deny", "approvals.withdraw"})
"""Answers that end in what would be done, whole."""


def show(told: Mapping[str, Any], *, width: int = ENDLESS, command: str = "") -> str:
    """An answer as text, ending in a newline."""
    if command in WITH_EFFECT:
        rest = {name: value for name, value in told.items() if name not in ("says", "diff")}
        return f"{_named(rest, width, '')}\n{cli_effect.told(told['says'], told['diff'], width=width)}\n"
    told = _apt(told)
    rows = told.get("rows")
    if not isinstance(rows, list):
        return _named(told, width, "")
    more = (f"{told['total']:,} in all" if "total" in told else f"{len(rows):,} shown") + _onward(told, command) + "\n"
    more += f"{told['note']}\n" if told.get("note") else ""
    named = LISTED.get(command)
    shown = [{title: _found(_apt(row), path) for path, title in named.items()} for row in rows] if named else rows
    return (table(shown, width=width) if rows else "") + more


def _apt(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer without what does not count: a rule that allows or denies asks nobody."""
    asks_nobody = "command_pattern" in told and told.get("permission") != "require_approval"
    return {name: value for name, value in told.items() if name not in ASKING} if asks_nobody else told


def _onward(told: Mapping[str, Any], command: str) -> str:
    """How to see what does not fit on this page."""
    option = "cursor" if command in BY_CURSOR else "start"
    return f"; there are more: --{option} {quote(told['next'])}" if told.get("next") else ""


def table(rows: Sequence[Mapping[str, Any]], *, width: int = ENDLESS, lines: int = 1) -> str:
    """Rows under their names: plain values only, at most eight columns and as many as the width has room for.

    A cell that is too long goes on below, up to so many `lines`.
    """
    plain = [name for name in dict.fromkeys(name for row in rows for name in row) if all(_plain(row.get(name)) for row in rows)]
    names = [name for name in plain if any(row.get(name) not in (None, "") for row in rows)][:COLUMNS]
    cells = [[_value(row.get(name)) for name in names] for row in rows]
    widths = _widths({name: max(len(name), *(len(row[at]) for row in cells)) for at, name in enumerate(names)}, width)
    right = [all(isinstance(row.get(name), int | float | None) for row in rows) for name in widths]
    told = [[_label(name) for name in names], *cells]
    kept = [names.index(name) for name in widths]
    return "".join(_line([line[at] for at in kept], list(widths.values()), right, lines=lines) for line in told)


def _widths(wanted: Mapping[str, int], width: int) -> Mapping[str, int]:
    """How wide each column is: the widest gives way first, and at last the columns on the right. What is there to be
    copied stays whole as long as there is anything else."""
    found = {name: min(most, WIDTH) for name, most in wanted.items()}
    while sum(found.values()) + 2 * (len(found) - 1) > width and len(found) > 1:
        yielding = [name for name in found if name not in WHOLE_COLUMNS] or list(found)
        widest = max(yielding, key=lambda name: found[name])
        if found[widest] <= NARROW:
            del found[yielding[-1]]
        else:
            found[widest] -= 1
    return found


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool], *, lines: int) -> str:
    parts = [
        [row.rjust(width) if end else row.ljust(width) for row in wrap(cell, width, max_lines=lines, placeholder="…")]
        for cell, width, end in zip(cells, widths, right, strict=False)
    ]
    rows = zip_longest(*parts)
    return "".join(
        "  ".join(cell or " " * width for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in rows
    ) or "\n"  # fmt: skip


def _named(told: Mapping[str, Any], width: int, indent: str) -> str:
    """Names and their values; what holds more names, or rows, follows below its name."""
    found = ""
    for name, value in told.items():
        if value in (None, "", [], {}):
            continue
        label = f"{indent}{_label(name)}"
        if isinstance(value, list) and isinstance(value[0], Mapping):
            rows = table(value, width=max(width - len(indent) - 4, NARROW), lines=4)
            found += f"{label}\n" + "".join(f"{indent}    {line}\n" for line in rows.splitlines())
        elif isinstance(value, Mapping) and any(isinstance(part, list | Mapping) and part for part in value.values()):
            found += f"{label}\n" + _named(value, width, f"{indent}    ")
        else:
            label = f"{label}  ".ljust(len(indent) + LABEL)
            found += "\n".join(wrap(_value(value), width, initial_indent=label, subsequent_indent=" " * len(label), **WHOLE)) + "\n"
    return found


WHOLE: Mapping[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
"""Ids, keys and addresses stay in one piece, to be copied."""


def _found(row: Mapping[str, Any], path: str) -> Any:
    """The value at `a.b.c`, None where there is none."""
    found: Any = row
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return _value(found) if isinstance(found, list) else found


def _plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool | None)


def _label(name: str) -> str:
    return name.replace("_", " ")


def _value(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case float():
            return f"{value:,.2f}".rstrip("0").rstrip(".")
        case Mapping():
            return ", ".join(f"{_label(name)} {_value(part)}" for name, part in value.items() if part not in (None, "", [], {}))
        case list():
            return ", ".join(_value(part) for part in value)
        case str() if MOMENT.fullmatch(value):
            return f"{value[:10]} {value[11:19]} UTC"
        case _:
            return printable(str(value))


def printable(text: str) -> str:
    """A text without what would steer the terminal: control characters and changes of direction become spaces."""
    return text if text.isprintable() else "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)
