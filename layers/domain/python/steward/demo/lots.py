"""Where an invented county's houses stand: numbered lots along both sides of its streets, and parcels that no street reaches."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import hypot
from random import Random

from steward.demo.streets import STEP, Ground, Point, Street

SETBACK = 17.0
METRES_PER_NUMBER_PAIR = 9.0
CELL = 12.0
FEWEST = 5
"""A street with fewer houses is left out: nothing could draw it from its addresses."""
BLOCK = 22
"""Lots of one tax block."""


@dataclass(frozen=True, slots=True)
class Lot:
    """A piece of land. `number` is its house number, None where no street reaches it. `reach` and `river` are metres to the
    town's centre and to the river."""

    town: int
    street: str
    number: int | None
    at: Point
    rural: bool
    reach: float
    river: float
    zip: str
    block: int = 0
    parcel: str = ""


def lots(rng: Random, ground: Ground, *, about: int) -> list[Lot]:
    """About `about` lots in parcel order: even numbers left of each street, odd ones right of it."""
    candidates = _numbered(rng, ground)
    rural = sum(lot.rural for lot in candidates)
    share = (about - rural) / (len(candidates) - rural)
    kept = [lot for lot in candidates if lot.rural or rng.random() < share]
    counts = Counter((lot.town, lot.street) for lot in kept)
    kept = [lot for lot in kept if counts[lot.town, lot.street] >= FEWEST]
    return list(_parcels([*kept, *_remote(rng, ground, count=about // 36)]))


def _numbered(rng: Random, ground: Ground) -> list[Lot]:
    roadway: dict[tuple[int, int], set[int]] = {}
    for index, street in enumerate(ground.streets):
        for point in street.line:
            roadway.setdefault(_cell(point), set()).add(index)
    taken: dict[tuple[int, int], int] = {}
    found = []
    for index, street in enumerate(ground.streets):
        for number, at in _sites(rng, street):
            if _others(roadway, at, index) or taken.get(_cell(at), index) != index:
                continue
            for cell in _around(at):
                taken.setdefault(cell, index)
            found.append(_lot(ground, street, number, at))
    return found


def _lot(ground: Ground, street: Street, number: int | None, at: Point) -> Lot:
    reaches = [hypot(at[0] - town.bend.centre[0], at[1] - town.bend.centre[1]) for town in ground.towns]
    index = reaches.index(min(reaches)) if street.rural else street.town
    town = ground.towns[index]
    east, west, outside = town.zips
    zip_code = outside if street.rural else east if at[0] > town.bend.centre[0] else west
    return Lot(index, street.name, number, at, street.rural, reaches[index], ground.to_river(at), zip_code)


def _sites(rng: Random, street: Street) -> Iterator[tuple[int, Point]]:
    """House numbers and places of one street, from its start to its end, side by side."""
    length = (len(street.line) - 1) * STEP
    for side, odd in ((1, 0), (-1, 1)):
        walked = rng.uniform(60, 220) if street.rural else rng.uniform(14, 24)
        while walked < length - (60 if street.rural else 12):
            number = street.first - 1 + 2 * int(walked / METRES_PER_NUMBER_PAIR) + (1 if odd else 2)
            yield number, _beside(street.line, walked, side * (SETBACK + rng.uniform(-1.5, 3.5)))
            walked += rng.uniform(100, 260) if street.rural else rng.uniform(22, 38)


def _beside(line: Sequence[Point], walked: float, offset: float) -> Point:
    """The place `offset` metres left of a line (right when negative), `walked` metres from its start."""
    index = min(int(walked / STEP), len(line) - 2)
    (x0, y0), (x1, y1) = line[index], line[index + 1]
    part, length = walked / STEP - index, hypot(x1 - x0, y1 - y0) or 1.0
    return x0 + (x1 - x0) * part - (y1 - y0) / length * offset, y0 + (y1 - y0) * part + (x1 - x0) / length * offset


def _remote(rng: Random, ground: Ground, *, count: int) -> Iterator[Lot]:
    """Land behind the roads, which has a road's name or none, and no number."""
    roads = [street for street in ground.streets if street.rural]
    for _ in range(count):
        road = rng.choice(roads)
        walked = rng.uniform(0.1, 0.9) * (len(road.line) - 1) * STEP
        at = _beside(road.line, walked, rng.choice((-1, 1)) * rng.uniform(90, 520))
        lot = _lot(ground, road, None, at)
        yield lot if rng.random() < 0.4 else replace(lot, street="")


def _parcels(found: Sequence[Lot]) -> Iterator[Lot]:
    """The lots with their parcel numbers: book (a town), block (a stretch of street) and lot, as in 41-118-06."""
    ordered = sorted(found, key=lambda lot: (lot.town, lot.number is None, lot.street, lot.number or 0, lot.at))
    for town, group in groupby(ordered, key=lambda lot: lot.town):
        block, previous, used = 101, "", 0
        for lot in group:
            if used == BLOCK or lot.street != previous:
                block, used = block + _gap(block), 0
            used, previous = used + 1, lot.street
            yield replace(lot, block=block, parcel=f"{22 + 9 * town}-{block}-{used:02d}")


def _gap(block: int) -> int:
    """Blocks are numbered with gaps, as grown counties are."""
    return 1 + block % 3


def _others(roadway: dict[tuple[int, int], set[int]], at: Point, own: int) -> bool:
    return any(index != own for cell in _around(at) for index in roadway.get(cell, ()))


def _cell(point: Point) -> tuple[int, int]:
    return int(point[0] // CELL), int(point[1] // CELL)


def _around(point: Point) -> Iterator[tuple[int, int]]:
    x, y = _cell(point)
    return ((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
