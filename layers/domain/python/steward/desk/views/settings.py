"""The tabs of a desk's settings."""

from collections.abc import Sequence
from dataclasses import dataclass

PAGES = (
    ("people", "People"),
    ("permissions", "Permissions"),
    ("keys", "API keys"),
    ("usage", "Plan and usage"),
    ("desk", "Desk"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the settings."""

    label: str
    href: str
    current: bool


def tabs(base: str, page: str) -> Sequence[Tab]:
    """The tabs, one of them current."""
    return [Tab(label, f"{base}/settings/{name}", name == page) for name, label in PAGES]
