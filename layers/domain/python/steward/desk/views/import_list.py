"""The list of imports, and the rows that one of them held back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from steward.desk import words
from steward.desk.views.runs import LOOKS, busy, count_of, state_of
from steward.properties.intake_model import HeldPage, ImportView
from steward.runs.model import RunView


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a list's row, with what it is for a narrow page."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class RunLine:
    """An import in the list."""

    name: str
    href: str
    state: str
    look: str
    figures: Sequence[Figure]
    when: str


@dataclass(frozen=True, slots=True)
class ImportsPage:
    """The list of imports with its drop zone."""

    href: str
    sentence: str
    most: str
    rows: Sequence[RunLine]
    live: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a row as it came."""

    text: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A row held back."""

    number: str
    why: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason rows were held back for."""

    label: str
    count: int
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class HeldView:
    """The rows held back."""

    title: str
    note: str
    total: int
    reasons: Sequence[Reason]
    rows: Sequence[HeldLine]
    shown: str
    csv: str


def listing(runs: Sequence[RunView], *, href: str, most: int, now: datetime) -> ImportsPage:
    """The list of imports."""
    rows = [
        RunLine(
            run.name,
            f"{href}/{run.ref}",
            state_of(run),
            LOOKS[run.status],
            [
                Figure(label, words.count(count_of(run, name)))
                for label, name in (("Rows", "rows"), ("New", "added"), ("Changed", "updated"), ("Held back", "quarantined"))
            ],
            words.when(run.created_at, now),
        )
        for run in runs
    ]
    said = (
        words.plural(len(rows), "import") + ", newest first."
        if rows
        else "A county’s roll or sales file becomes homes with a value and a reason."
    )
    return ImportsPage(href, said, words.size(most), rows, live=any(busy(run) for run in runs))


def held(one: ImportView, found: HeldPage | None, *, href: str, about: str) -> HeldView | None:
    """Rows held back, with the reason and the wrong value marked."""
    if found is None or not found.about:
        return None
    total = sum(found.about.values())
    wrong = {column.name: place for place, column in enumerate(one.columns)}
    lines = [
        HeldLine(
            words.count(row.row),
            row.reason,
            [Cell(text, place in {wrong.get(name) for name in row.columns}) for place, text in enumerate(row.cells)],
        )
        for row in found.rows
    ]
    reasons = [Reason("All", total, f"{href}#held", on=not about)]
    reasons += [
        Reason(label, count, f"{href}?{urlencode({'about': label})}#held", on=label == about) for label, count in found.about.items()
    ]
    others = max(0, count_of(one.run, "rows") - total)
    note = f"the other {words.plural(others, 'row')} did not wait for {'it' if total == 1 else 'them'}" if others else ""
    return HeldView(
        words.plural(total, "row"), note, total, reasons, lines, f"{len(lines)} of {words.count(total)} shown", f"{href}/held.csv"
    )
