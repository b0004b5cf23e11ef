"""What stands around every page: the rail, the desks, the mark of an invented workspace."""

from collections.abc import Sequence
from dataclasses import dataclass

from steward.desk import words


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the rail; `note` counts what waits there."""

    label: str
    icon: str
    href: str
    key: str
    current: bool = False
    short: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """A workspace one can go to."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything around the page. `demo` is the address of an invented workspace, from one that is not; `demo_maker` says that
    this person may make one."""

    base: str
    desk: str
    invented: bool
    member: str
    initials: str
    nav: Sequence[Entry]
    also: Sequence[Entry]
    desks: Sequence[Desk]
    demo: str = ""
    demo_maker: bool = False
    notice: str = ""
    q: str = ""
    more: bool = False

    @property
    def waiting(self) -> str:
        """How many approvals wait for this person, "" for none."""
        return next((entry.note for entry in self.also if entry.note), "")


PAGES = (
    ("today", "Today", "sun", "t", ""),
    ("properties", "Properties", "house", "p", "Homes"),
    ("imports", "Imports", "upload", "i", ""),
    ("models", "Models", "scale", "m", ""),
)
ALSO = (
    ("approvals", "Approvals", "circle-check", "a", "approvals"),
    ("activity", "Activity", "clock", "c", "activity"),
    ("settings", "Settings", "settings", "s", "settings"),
)


def nav(base: str, page: str) -> list[Entry]:
    """The rail's entries."""
    return [Entry(label, icon, f"{base}/{name}", key, name == page, short) for name, label, icon, key, short in PAGES]


def also(base: str, page: str, *, waiting: int) -> list[Entry]:
    """The rail's second group: who may do what, and what was done; `waiting` is how many approvals wait for this person."""
    return [
        Entry(label, icon, f"{base}/{where}", key, name == page, note=str(waiting) if name == "approvals" and waiting else "")
        for name, label, icon, key, where in ALSO
    ]


def initials(name: str) -> str:
    """The letters of a face."""
    return words.initials(name)
