"""Where an invented county's streets run: towns as gently bent grids, courts off their edges, and roads from town to town.

Points are metres east and north of the county's south-west corner. A town's streets are lines of one grid seen through one smooth bend,
so streets that cross in the plan meet at one point on the map.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, hypot, pi, sin
from random import Random

from steward.demo import words

Point = tuple[float, float]
STEP = 10.0
"""Metres between two points of a street's line."""


@dataclass(frozen=True, slots=True)
class Street:
    """A named line. `first` is the house number at its start; `rural` roads have few, wide lots."""

    name: str
    town: int
    line: tuple[Point, ...]
    first: int
    rural: bool = False


@dataclass(frozen=True, slots=True)
class Bend:
    """How a town's square plan lies on the ground: waves along both axes, then a turn and a move to its centre."""

    centre: Point
    heading: float
    along: tuple[float, float, float]
    across: tuple[float, float, float]

    def place(self, point: Point) -> Point:
        u, v = point
        (height, length, phase), (depth, width, shift) = self.along, self.across
        u, v = u + depth * sin(v / width + shift), v + height * sin(u / length + phase)
        return (
            self.centre[0] + u * cos(self.heading) - v * sin(self.heading),
            self.centre[1] + u * sin(self.heading) + v * cos(self.heading),
        )


@dataclass(frozen=True, slots=True)
class Town:
    """A town: its name, its bend, the places where a road may leave it, and its ZIPs (east, west, outside)."""

    name: str
    bend: Bend
    gates: tuple[Point, ...]
    zips: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Ground:
    """A county before its houses: towns, streets, and a river that wanders north with a phase in radians."""

    towns: tuple[Town, ...]
    streets: tuple[Street, ...]
    river: float

    def to_river(self, at: Point) -> float:
        """Metres from a place to the river, about."""
        return abs(at[0] - 6_150 - 420 * sin(at[1] / 760 + self.river))


def plan(rng: Random, size: int) -> Ground:
    """The ground of a county with `size` towns."""
    towns: list[Town] = []
    streets: list[Street] = []
    names = iter(rng.sample(words.STREETS, len(words.STREETS)))
    town_names = rng.sample(words.TOWNS, size)
    for index, (centre, name) in enumerate(zip(_centres(rng, size), town_names, strict=True)):
        bend = _bend(rng, centre)
        lines, gates = _grid(rng, share=1.0 - 0.11 * index)
        towns.append(Town(name, bend, tuple(bend.place(gate) for gate in gates), _zips(index)))
        for kind, ends in lines:
            line = tuple(bend.place(point) for point in _walk(ends))
            streets.append(Street(f"{next(names)} {rng.choice(_SUFFIXES[kind])}", index, line, _first_number(rng, kind)))
    streets.extend(_roads(rng, towns))
    return Ground(tuple(towns), tuple(streets), rng.uniform(0, 2 * pi))


_SUFFIXES = {"row": ("St", "Ave", "Row", "St"), "column": ("Ln", "St", "Way", "Pl", "Ter"), "court": ("Ct", "Close", "Ct")}


def _first_number(rng: Random, kind: str) -> int:
    return 1 if kind == "court" else rng.choice((1, 1, 101, 201, 401, 1001))


def _zips(index: int) -> tuple[str, str, str]:
    first = 56_801 + 5 * index
    return str(first), str(first + 1), str(first + 3)


def _centres(rng: Random, size: int) -> Iterator[Point]:
    """Town centres: the first in the county's middle, the others 3.4 to 4.6 km out."""
    start = rng.uniform(0.0, 2 * pi)
    for index in range(size):
        if index == 0:
            yield 6_000 + rng.uniform(-400, 400), 6_000 + rng.uniform(-400, 400)
            continue
        angle = start + 2 * pi * (index + rng.uniform(-0.16, 0.16)) / (size - 1)
        reach = rng.uniform(3_400, 4_600)
        yield 6_000 + reach * cos(angle), 6_000 + reach * sin(angle)


def _bend(rng: Random, centre: Point) -> Bend:
    def wave() -> tuple[float, float, float]:
        return rng.uniform(45, 85), rng.uniform(430, 650), rng.uniform(0, 2 * pi)

    return Bend(centre, rng.uniform(-0.6, 0.6), wave(), wave())


Line = tuple[str, tuple[Point, Point]]


def _grid(rng: Random, *, share: float) -> tuple[list[Line], list[Point]]:
    """Straight streets of a plan in its own axes, and its four gates; `share` makes later towns smaller."""
    rows = _spaced(rng, round(7 * share), (145, 245))
    columns = _spaced(rng, round(9 * share), (155, 285))
    lines: list[Line] = []
    for index, v in enumerate(rows):
        trunk = index == len(rows) // 2
        left, right = (0, len(columns) - 1) if trunk else _extent(rng, len(columns))
        lines.append(("row", ((columns[left] - (0 if trunk else _stub(rng)), v), (columns[right] + (0 if trunk else _stub(rng)), v))))
    for index, u in enumerate(columns):
        trunk = index == len(columns) // 2
        low, high = (0, len(rows) - 1) if trunk else _extent(rng, len(rows))
        lines.append(("column", ((u, rows[low]), (u, rows[high]))))
    for _ in range(round(4 * share)):
        lines.append(("court", _court(rng, rows, columns)))
    middle_u, middle_v = columns[len(columns) // 2], rows[len(rows) // 2]
    gates = [(columns[0], middle_v), (columns[-1], middle_v), (middle_u, rows[0]), (middle_u, rows[-1])]
    return lines, gates


def _spaced(rng: Random, count: int, gap: tuple[float, float]) -> list[float]:
    places = [0.0]
    for _ in range(count - 1):
        places.append(places[-1] + rng.uniform(*gap))
    return [place - places[-1] / 2 for place in places]


def _extent(rng: Random, count: int) -> tuple[int, int]:
    return rng.choice((0, 0, 1, 2)), count - 1 - rng.choice((0, 0, 1, 2))


def _stub(rng: Random) -> float:
    return rng.choice((0.0, 0.0, rng.uniform(90, 240)))


def _court(rng: Random, rows: Sequence[float], columns: Sequence[float]) -> tuple[Point, Point]:
    """A short dead end that leaves the outermost row between two columns."""
    outward = rng.choice((-1, 1))
    v = rows[0] if outward < 0 else rows[-1]
    left, right = rng.choice(list(pairwise(columns[2:-2] if len(columns) > 6 else columns[1:-1])))
    u = left + (right - left) * rng.uniform(0.35, 0.65)
    length = rng.uniform(150, 260)
    return (u, v), (u + rng.uniform(-0.35, 0.35) * length, v + outward * length)


def _walk(ends: tuple[Point, Point]) -> list[Point]:
    (u0, v0), (u1, v1) = ends
    count = max(2, round(hypot(u1 - u0, v1 - v0) / STEP))
    return [(u0 + (u1 - u0) * step / count, v0 + (v1 - v0) * step / count) for step in range(count + 1)]


def _roads(rng: Random, towns: Sequence[Town]) -> Iterator[Street]:
    """A road from the middle town to each other, leaving and arriving in the direction of the streets it continues."""
    for name, (index, town) in zip(rng.sample(words.ROADS, len(towns) - 1), list(enumerate(towns))[1:], strict=True):
        middle = towns[0]
        start = min(middle.gates, key=lambda gate: _apart(gate, town.bend.centre))
        end = min(town.gates, key=lambda gate: _apart(gate, start))
        line = tuple(_curve(start, end, (_away(middle, start), _away(town, end))))
        yield Street(f"{name} Rd", index, line, rng.choice((11, 201, 1001)), rural=True)


def _apart(a: Point, b: Point) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])


def _away(town: Town, gate: Point) -> float:
    return atan2(gate[1] - town.bend.centre[1], gate[0] - town.bend.centre[0])


def _curve(start: Point, end: Point, headings: tuple[float, float]) -> Iterator[Point]:
    """A cubic curve from `start` to `end` that leaves either end along its heading (radians)."""
    pull = _apart(start, end) / 3
    first = (start[0] + pull * cos(headings[0]), start[1] + pull * sin(headings[0]))
    second = (end[0] + pull * cos(headings[1]), end[1] + pull * sin(headings[1]))
    count = round(_apart(start, end) / STEP)
    for step in range(count + 1):
        t = step / count
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        corners = (start, first, second, end)
        yield (
            sum(weight * corner[0] for weight, corner in zip(weights, corners, strict=True)),
            sum(weight * corner[1] for weight, corner in zip(weights, corners, strict=True)),
        )
