"""Time: aware UTC everywhere, handed in as a clock."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment as an aware UTC datetime."""


def system_clock() -> datetime:
    """The machine's clock; the only place that reads it."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """`2026-11-20T09:42:00.000000Z`: fixed width, so texts sort as the moments do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_iso(text: str) -> datetime:
    """The moment of a text made by `iso`, or of any ISO 8601 text with an offset. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"'{text}' has no offset from UTC")
    return moment.astimezone(UTC)
