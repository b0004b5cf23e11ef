"""Answers as people read them in a terminal: a table of rows, or names and values."""

from collections.abc import Mapping, Sequence
from typing import Any

WIDTH = 40
COLUMNS = 8


def show(told: Mapping[str, Any]) -> str:
    """An answer as text, ending in a newline."""
    rows = told.get("rows")
    if isinstance(rows, list):
        more = f"{told.get('total', len(rows)):,} in all\n"
        return (table(rows) if rows else "") + more
    return "".join(f"{_label(name)}  {_value(value)}\n" for name, value in told.items() if value not in (None, "", [], {}))


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows under their names, at most eight columns, those with plain values only."""
    plain = [name for name in rows[0] if all(isinstance(row.get(name), str | int | float | bool | None) for row in rows)]
    names = [name for name in plain if any(row.get(name) not in (None, "") for row in rows)][:COLUMNS]
    cells = [[_value(row.get(name))[:WIDTH] for name in names] for row in rows]
    widths = [max(len(name), *(len(row[place]) for row in cells)) for place, name in enumerate(names)]
    lines = [names, *cells]
    return "".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines)


def _label(name: str) -> str:
    return name.replace("_", " ").ljust(16)


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
            return ", ".join(f"{name} {_value(part)}" for name, part in value.items() if part not in (None, "", [], {}))
        case list():
            if value and isinstance(value[0], Mapping):
                return "".join(f"\n    {_value(part)}" for part in value)
            return ", ".join(_value(part) for part in value)
        case _:
            return printable(str(value))


def printable(text: str) -> str:
    """A text without what would steer the terminal: control characters and changes of direction become spaces."""
    return text if text.isprintable() else "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)
