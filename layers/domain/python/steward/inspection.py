"""What the files of a home say before they are opened: those that a newer Steward wrote stop the start."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from steward.settings import QUEUE, RECORDS, SEARCH, SEARCH_FALLBACK, Finding, Findings, Settings

HEADER = b"SQLite format 3\0"
VERSION_AT = 60
"""Where a database file has its schema's number, in four bytes."""


def inspect_files(settings: Settings) -> Findings:
    """Each file of a newer Steward; reading the head of a file changes nothing beside it, as opening it would."""
    return Findings(tuple(_newer(settings)))


def _newer(settings: Settings) -> Iterator[Finding]:
    for setting, engine, port in (
        (RECORDS, settings.records, "records"),
        (SEARCH, settings.search, "search"),
        (SEARCH_FALLBACK, settings.search_fallback, "search"),
        (QUEUE, settings.queue, "queue"),
    ):
        if engine.kind == "sqlite" and engine.path and version_in(engine.path) > import_module(f"steward.adapters.{port}.sqlite").VERSION:
            problem = f"names {engine.path}, which a newer Steward wrote"
            yield Finding(setting.variable, problem, "start that version, or set STEWARD_HOME to another folder")


def version_in(path: Path) -> int:
    """The number of a database file's schema, 0 for a file that is none or cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(VERSION_AT + 4)
    except OSError:
        return 0
    return int.from_bytes(head[VERSION_AT:]) if head.startswith(HEADER) else 0
