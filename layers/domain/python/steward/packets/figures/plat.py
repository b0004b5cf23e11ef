"""The plat: a map without tiles. Streets come from our own addresses, homes are their number plates."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, degrees, radians, sin

from steward.packets.figures.ink import Ink
from steward.packets.figures.streets import HALF_MILE, METRES_A_DEGREE, Place, Street
from steward.packets.figures.svg import STRONG, Pen, Style, figure, line_of, width_of

SMALL = Style(11, 400, "ink2")
QUIET = Style(11, 400, "ink3")
PLATE = Style(11, 700, "enamel", condensed=True)
MINE = Style(17, 700, "on-fill", condensed=True)
FOOT = 0.3048
RING = "half mile"
_SCALES = ((1000 * FOOT, "1,000 ft"), (1609.344, "1 mile"), (5 * 1609.344, "5 miles"))

Box = tuple[float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Spot:
    """A home on the map: where it is, its number (empty: a dot), and how strongly a dot is drawn (0 to 1)."""

    at: Place
    label: str = ""
    strength: float = 0.6


@dataclass(frozen=True, slots=True)
class Plat:
    """What the map shows. `reach` is metres from the subject to the nearer edge. Without streets it is dots only."""

    subject: Spot
    comps: Sequence[Spot] = ()
    around: Sequence[Spot] = ()
    streets: Sequence[Street] = ()
    reach: float = HALF_MILE * 1.2


def plat(place: Plat, ink: Ink, *, title: str, size: tuple[float, float] = (376, 300)) -> str:
    """The drawing. With streets: plates, ring and street names. Dots only: the subject ringed and named."""
    pen, to = Pen(ink), _projection(place, size)
    width, height = size
    shapes = [pen.rect((0, 0, width, height), fill=ink.map_ground, round_=7)]
    lines = [(street, [to(point) for point in street.line]) for street in place.streets]
    lines = [(street, points) for street, points in lines if any(_inside(point, size, -40) for point in points)]
    shapes += [_street(pen, points, main=street.count > 24) for street, points in lines]
    shapes += [pen.dot(x, y, 2.1 if lines else 3, strength=spot.strength) for spot, (x, y) in _seen(place.around, to, size)]
    ring, label = _ring(pen, place, size) if place.reach < HALF_MILE * 2 else ("", "")
    foot = _foot(place, size)
    taken = [_mine(place.subject, (width / 2, height / 2), plate=bool(lines)), (0, height - 42, 80, 42)]
    taken += [_box((foot[0], foot[1] - 4), width_of(RING, 11) + 8, 18)] if label else []
    comps = _plates(pen, _seen(place.comps, to, size), size, taken)
    shapes += [ring, *_names(pen, lines, size, taken), label, *comps]
    shapes += _subject(pen, place.subject, (width / 2, height / 2), plate=bool(lines))
    shapes.append(_scale_bar(pen, place, size))
    return figure(size, title, shapes, kind="fig map")


def _projection(place: Plat, size: tuple[float, float]) -> Callable[[Place], Point]:
    lon, lat = place.subject.at
    unit = min(size) / 2 / place.reach
    east = METRES_A_DEGREE * cos(radians(lat)) * unit
    return lambda at: (size[0] / 2 + (at[0] - lon) * east, size[1] / 2 - (at[1] - lat) * METRES_A_DEGREE * unit)


def _inside(point: Point, size: tuple[float, float], margin: float) -> bool:
    return margin < point[0] < size[0] - margin and margin < point[1] < size[1] - margin


def _seen(spots: Sequence[Spot], to: Callable[[Place], Point], size: tuple[float, float]) -> list[tuple[Spot, Point]]:
    placed = [(spot, to(spot.at)) for spot in spots]
    return [(spot, point) for spot, point in placed if _inside(point, size, 4)]


def _box(centre: Point, width: float, height: float) -> Box:
    return (centre[0] - width / 2, centre[1] - height / 2, width, height)


def _hits(box: Box, others: Sequence[Box]) -> bool:
    x, y, width, height = box
    return any(x < ox + ow and ox < x + width and y < oy + oh and oy < y + height for ox, oy, ow, oh in others)


def _street(pen: Pen, points: Sequence[Point], *, main: bool) -> str:
    return pen.path(line_of(points), "line", width=7 if main else 4.5, rare=' stroke-linecap="round"')


def _ring(pen: Pen, place: Plat, size: tuple[float, float]) -> tuple[str, str]:
    """The ring, and its label, which is drawn over the streets' names."""
    ring = pen.circle(size[0] / 2, size[1] / 2, _radius(place, size), stroke="control", dash="4 4")
    return ring, pen.text(*_foot(place, size), RING, QUIET, anchor="middle", halo=pen.ink.map_ground)


def _radius(place: Plat, size: tuple[float, float]) -> float:
    return HALF_MILE / place.reach * min(size) / 2


def _foot(place: Plat, size: tuple[float, float]) -> Point:
    """Where the ring's label stands: under the ring, and in the picture."""
    return (size[0] / 2, min(size[1] / 2 + _radius(place, size) + 15, size[1] - 7))


def _nudges() -> Iterator[Point]:
    """Where a plate may stand, from its own place outwards."""
    yield (0, 0)
    for reach in (20, 30, 42, 56):
        yield from ((0, -reach), (reach, 0), (0, reach), (-reach, 0), (reach, -reach), (-reach, reach), (reach, reach), (-reach, -reach))


def _plates(pen: Pen, comps: Sequence[tuple[Spot, Point]], size: tuple[float, float], taken: list[Box]) -> list[str]:
    """Outlined plates that neither hide each other nor the subject; one that had to move keeps a line to its place."""
    shapes, plates = [], []
    for spot, (x, y) in comps:
        width = max(27.0, width_of(spot.label, 11) * 0.78 + 13)
        tries = [((x + dx, y + dy), _box((x + dx, y + dy), width, 18)) for dx, dy in _nudges()]
        whole = [(at, box) for at, box in tries if _inside(at, size, 14) and 2 <= box[0] <= size[0] - 2 - width]
        free = [(at, box) for at, box in whole if not _hits(box, taken)]
        (left, top), box = (free or whole or tries)[0]
        taken.append((box[0] - 2, box[1] - 2, box[2] + 4, box[3] + 4))
        if (left, top) != (x, y):
            shapes += [pen.path(line_of([(x, y), (left, top)]), "enamel"), pen.circle(x, y, 2.5, fill="enamel")]
        plates.append(
            pen.rect(box, fill="surface", stroke="enamel", round_=4) + pen.text(left, top + 4, spot.label, PLATE, anchor="middle")
        )
    return shapes + plates


def _names(pen: Pen, lines: Sequence[tuple[Street, Sequence[Point]]], size: tuple[float, float], taken: list[Box]) -> list[str]:
    """A name along each street, where it lies clear of plates and of other names."""
    shapes: dict[str, str] = {}
    for street, points in sorted(lines, key=lambda one: -one[0].count):
        for (ax, ay), (bx, by) in _middle_out(list(pairwise(points))):
            centre, angle = ((ax + bx) / 2, (ay + by) / 2), degrees(atan2(by - ay, bx - ax))
            turn = angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle
            room = _room(centre, turn, width_of(street.name, 11))
            free = all(_inside((x, y), size, 2) and _inside((x + wide, y + tall), size, 2) for x, y, wide, tall in room)
            if free and street.name not in shapes and not any(_hits(box, taken) for box in room):
                taken += room
                shapes[street.name] = pen.text(*centre, street.name, SMALL, anchor="middle", halo=pen.ink.map_ground, turn=turn)
    return list(shapes.values())


def _room(centre: Point, turn: float, long: float) -> list[Box]:
    """The room a slanted name takes, as small squares along it."""
    steps = max(2, round(long / 11))
    offsets = [long * (place / (steps - 1) - 0.5) for place in range(steps)]
    return [_box((centre[0] + far * cos(radians(turn)), centre[1] + far * sin(radians(turn))), 12, 12) for far in offsets]


def _middle_out(pairs: list[tuple[Point, Point]]) -> list[tuple[Point, Point]]:
    middle = len(pairs) / 2
    return [pair for _, pair in sorted(enumerate(pairs), key=lambda one: abs(one[0] + 0.5 - middle))]


def _mine(spot: Spot, at: Point, *, plate: bool) -> Box:
    """The room the subject takes: its plate, or its ring and the words beside it."""
    if plate:
        return _box(at, max(50.0, width_of(spot.label, 17) * 0.78 + 20) + 4, 34)
    return (at[0] - 16, at[1] - 16, 40 + width_of(spot.label, 13), 32)


def _subject(pen: Pen, spot: Spot, at: Point, *, plate: bool) -> list[str]:
    x, y = at
    if not plate:
        ringed = [pen.circle(x, y, 6, fill="enamel-fill"), pen.circle(x, y, 13, stroke="enamel", width=2)]
        return [*ringed, pen.text(x + 20, y + 4.5, spot.label, STRONG, halo=pen.ink.map_ground)]
    width = _mine(spot, at, plate=True)[2] - 4
    inner = pen.rect(_box(at, width - 5, 25), stroke="on-fill", round_=4, rare=' stroke-opacity=".65"')
    return [pen.rect(_box(at, width, 30), fill="enamel-fill", round_=6), inner, pen.text(x, y + 6, spot.label, MINE, anchor="middle")]


def _scale_bar(pen: Pen, place: Plat, size: tuple[float, float]) -> str:
    unit = min(size) / 2 / place.reach
    length, said = next(((far * unit, words) for far, words in _SCALES if far * unit >= 24), (_SCALES[-1][0] * unit, _SCALES[-1][1]))
    bottom = size[1] - 13
    bracket = pen.path(f"M12 {bottom - 7:g}v7h{length:.1f}v-7", "ink2", width=1.5)
    return bracket + pen.text(12, bottom - 13, said, SMALL, halo=pen.ink.map_ground)
