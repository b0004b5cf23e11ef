"""The atlas: a map of many homes as links, over streets that are drawn from addresses; for where no script draws one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import cos, radians
from statistics import fmean

from steward.packets.figures.ink import PAGE
from steward.packets.figures.streets import Place, Street
from steward.packets.figures.svg import Pen, Style, clean, line_of, num

Box = tuple[float, float, float, float]
"""West, south, east, north."""
Size = tuple[float, float]
Point = tuple[float, float]

NAME = Style(14, 600, "ink")
MANY = Style(12, 600, "on-fill")
CELL = 46
"""Units within which homes are drawn as one mark."""
MAIN = 24
TOUCHED = 12
"""Radius of what one touches to follow a mark, larger than what is seen of it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A home, or `count` of them near each other: where, what it leads to, how it is read out, how good a deal."""

    at: Place
    href: str
    said: str
    score: float | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Town:
    """A name and where it stands."""

    name: str
    at: Place


@dataclass(frozen=True, slots=True)
class Atlas:
    """What is drawn within a box."""

    box: Box
    marks: Sequence[Mark]
    streets: Sequence[Street] = field(default=())
    towns: Sequence[Town] = ()


def atlas(told: Atlas, size: Size, *, title: str) -> str:
    """The drawing, whose marks are links; it fills its place."""
    pen, to = Pen(PAGE), projection(told.box, size)
    width, height = num(size[0]), num(size[1])
    lines = [pen.path(line_of([to(at) for at in one.line]), "line", width=5 if one.count > MAIN else 3) for one in told.streets]
    names = [pen.text(*to(town.at), town.name, NAME, anchor="middle", halo="surface") for town in told.towns]
    marks = [_mark(pen, mark, to(mark.at)) for mark in sorted(told.marks, key=lambda one: (one.count, one.score or 0))]
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" class="fig atlas" viewBox="0 0 {width} {height}" role="group"'
    return f'{opening} aria-label="{clean(title)}">{"".join([*lines, *marks, *names])}</svg>'


def projection(box: Box, size: Size) -> Callable[[Place], Point]:
    """From degrees to units: the whole box in the middle of the drawing, no direction stretched."""
    west, south, east, north = box
    narrow = cos(radians((south + north) / 2))
    unit = min(size[0] / max((east - west) * narrow, 1e-9), size[1] / max(north - south, 1e-9))
    lon, lat = (west + east) / 2, (south + north) / 2
    return lambda at: (size[0] / 2 + (at[0] - lon) * narrow * unit, size[1] / 2 - (at[1] - lat) * unit)


def gathered(marks: Sequence[Mark], box: Box, size: Size, zoomed: Callable[[Box], str]) -> list[Mark]:
    """Homes of the same cell of the drawing as one mark, which leads to where they lie apart."""
    to, cells = projection(box, size), dict[tuple[int, int], list[Mark]]()
    for mark in marks:
        x, y = to(mark.at)
        cells.setdefault((int(x // CELL), int(y // CELL)), []).append(mark)
    return [near[0] if len(near) == 1 else _one(near, zoomed) for near in cells.values()]


def _one(near: Sequence[Mark], zoomed: Callable[[Box], str]) -> Mark:
    lons, lats = [mark.at[0] for mark in near], [mark.at[1] for mark in near]
    room = 0.0005
    where = (min(lons) - room, min(lats) - room, max(lons) + room, max(lats) + room)
    return Mark((fmean(lons), fmean(lats)), zoomed(where), f"{len(near):,} homes", count=len(near))


def _mark(pen: Pen, mark: Mark, at: Point) -> str:
    x, y = at
    touched = f'<circle cx="{num(x)}" cy="{num(y)}" r="{TOUCHED}" fill="transparent"/>'
    if mark.count > 1:
        radius = 9 + min(11, mark.count**0.5 / 1.6)
        shape = pen.circle(x, y, radius, fill="enamel-fill", stroke="surface", width=1.5)
        shape += pen.text(x, y + 4, _short(mark.count), MANY, anchor="middle")
    elif mark.score is None:
        shape = pen.circle(x, y, 4, fill="surface", stroke="control", width=1.5)
    else:
        shape = pen.dot(x, y, 4.5, strength=0.3 + 0.65 * mark.score / 100)
    return f'<a href="{clean(mark.href)}" aria-label="{clean(mark.said)}">{touched}{shape}</a>'


def _short(count: int) -> str:
    return str(count) if count < 1_000 else f"{count / 1_000:.0f} k"
