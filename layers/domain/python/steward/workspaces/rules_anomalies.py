"""What is unusual: pure rules over what receipts tell (spec B6.4). Each tells once, so that nobody learns to look away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from steward.workspaces.model_anomalies import Habit
from steward.workspaces.rules_members import DAYS

DAY, MINUTES = timedelta(days=1), 24 * 60


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where on something is unusual; the one place to change it.

    More than so many `rows` or `exports` of one actor `within` an hour; more than `margin` outside of working hours, by somebody who is
    known for `settled` days and never did so; the first grave call of a key that is `young`, or comes from a new place, until it is
    known to come from so many `places`.
    """

    rows: int = 5_000
    exports: int = 20
    within: timedelta = timedelta(hours=1)
    margin: timedelta = timedelta(hours=2)
    settled: timedelta = timedelta(days=7)
    young: timedelta = timedelta(days=1)
    places: int = 10


BOUNDS = Bounds()


@dataclass(frozen=True, slots=True)
class Deed:
    """What a receipt tells, as the rules need it. `rows` are those of an export, None of anything else; `grave` is an export, and what
    destroys or goes out; `place` a name for the address, "" where it is not known; `local` the time where the actor works.
    """

    at: datetime
    local: datetime
    done: bool
    by_key: bool
    grave: bool
    rows: int | None = None
    place: str = ""
    hours: str = ""
    made: datetime | None = None


Change = dict[str, Any]


def judged(habit: Habit, deed: Deed, bounds: Bounds = BOUNDS) -> tuple[Habit, Sequence[str]]:
    """What is known of the actor after this, and the reasons why it is unusual."""
    says: list[str] = []
    for rule in RULES:
        changes, reason = rule(habit, deed, bounds)
        habit = habit.model_copy(update=changes)
        if reason:
            says.append(reason)
    return habit, says


def _bulk(habit: Habit, deed: Deed, bounds: Bounds) -> tuple[Change, str]:
    """Much is taken away within an hour; told once a day."""
    if deed.rows is None or not deed.done:
        return {}, ""
    taken = [*((at, rows) for at, rows in habit.taken if at > deed.at - bounds.within), (deed.at, deed.rows)][-bounds.exports - 1 :]
    rows = sum(rows for _, rows in taken)
    if (rows <= bounds.rows and len(taken) <= bounds.exports) or _told(habit, "bulk", deed.at):
        return {"taken": taken}, ""
    many = f"{len(taken)} exports" if len(taken) > 1 else "one export"
    return {"taken": taken, **_telling(habit, "bulk", deed.at)}, f"{rows:,} rows were taken away within an hour, in {many}"


def _odd(habit: Habit, deed: Deed, bounds: Bounds) -> tuple[Change, str]:
    """Somebody works when they never did; told once of each, and of nobody who is new."""
    if deed.by_key or not deed.done or habit.odd or not outside(deed.hours, deed.local, bounds.margin):
        return {}, ""
    known = habit.since <= deed.at - bounds.settled
    return {"odd": True}, "It is the first time that they work outside of their hours" if known else ""


def _young(habit: Habit, deed: Deed, bounds: Bounds) -> tuple[Change, str]:
    """A key that was just made takes something away, sends or destroys; told once of each key."""
    if not deed.by_key or not deed.grave or "young" in habit.told or deed.made is None or deed.at >= deed.made + bounds.young:
        return {}, ""
    return _telling(habit, "young", deed.at), "The key was made less than a day before"


def _moved(habit: Habit, deed: Deed, bounds: Bounds) -> tuple[Change, str]:
    """A key comes from where it never came from; told once a day, and of none that comes from everywhere."""
    if not deed.by_key or not deed.place or deed.place in habit.places or len(habit.places) >= bounds.places:
        return {}, ""
    changes: Change = {"places": [*habit.places, deed.place]}
    if not deed.grave or not habit.places or _told(habit, "moved", deed.at):
        return changes, ""
    return {**changes, **_telling(habit, "moved", deed.at)}, "The key came from an address that it never came from"


RULES: Sequence[Callable[[Habit, Deed, Bounds], tuple[Change, str]]] = (_bulk, _odd, _young, _moved)


def outside(hours: str, at: datetime, margin: timedelta) -> bool:
    """Whether a moment is outside of working hours such as `mon-fri 09:00-17:30`, by more than a margin; never where there are none."""
    slack, spans = margin // timedelta(minutes=1), [part.split() for part in hours.split(", ") if part]
    return bool(spans) and not any(_within(days, span, at, slack) for days, span in spans)


def _within(days: str, span: str, at: datetime, slack: int) -> bool:
    start, end = (int(text[:2]) * 60 + int(text[3:]) for text in span.split("-"))
    now = at.hour * 60 + at.minute
    near = ((at.weekday() + shift) % 7 for shift in (0, -1, 1))
    return any(
        _falls(days, day) and start - slack <= now + late <= end + slack for day, late in zip(near, (0, MINUTES, -MINUTES), strict=True)
    )


def _falls(days: str, day: int) -> bool:
    first, _, last = days.partition("-")
    low, high = DAYS.index(first), DAYS.index(last or first)
    return low <= day <= high if low <= high else day >= low or day <= high


def _told(habit: Habit, rule: str, at: datetime) -> bool:
    return rule in habit.told and habit.told[rule] > at - DAY


def _telling(habit: Habit, rule: str, at: datetime) -> Change:
    return {"told": {**habit.told, rule: at}}
