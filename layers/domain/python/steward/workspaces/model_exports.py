"""Exports: what was asked for when rows were taken away as a file."""

from datetime import timedelta
from typing import Any

from steward.kernel.rows import Record, Table

KEPT = timedelta(days=400)


class Export(Record):
    """What the receipt of an export refers to: the file and its filters in words, `asked` as it was asked, and how many rows it had.

    It is under no seal, as a filter may hold somebody's name; it ends after 400 days.
    """

    name: str
    asked: dict[str, Any]
    rows: int | None = None


def _end(export: Export) -> int:
    return int((export.created_at + KEPT).timestamp())


EXPORTS: Table[Export] = Table("export", Export, expires=_end)
