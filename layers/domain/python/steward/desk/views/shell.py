"""What stands around every page: the rail, the desks, the mark of an invented workspace."""

from collections.abc import Sequence
from dataclasses import dataclass

from steward.desk import words


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the rail."""

    label: str
    icon: str
    href: str
    key: str
    current: bool = False
    short: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """A workspace one can go to."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything around the page. `demo` is the address of an invented workspace, from one that is not."""

    base: str
    desk: str
    invented: bool
    member: str
    initials: str
    nav: Sequence[Entry]
    desks: Sequence[Desk]
    demo: str = ""
    notice: str = ""
    q: str = ""
    more: bool = False


PAGES = (
    ("today", "Today", "sun", "t", ""),
    ("properties", "Properties", "house", "p", "Homes"),
    ("imports", "Imports", "upload", "i", ""),
    ("models", "Models", "scale", "m", ""),
)


def nav(base: str, page: str) -> list[Entry]:
    """The rail's entries."""
    return [Entry(label, icon, f"{base}/{name}", key, name == page, short) for name, label, icon, key, short in PAGES]


def initials(name: str) -> str:
    """The letters of a face."""
    return words.initials(name)
