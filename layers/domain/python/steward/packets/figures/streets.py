"""Streets drawn from addresses alone: walk the house numbers of each street, break at gaps, let the two sides meet."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import cos, hypot, radians

METRES_A_DEGREE = 111_320.0
HALF_MILE = 804.7
GAP = 420.0
"""Metres between neighbouring numbers beyond which a street is taken to be two."""
ENOUGH = 4
"""Addresses that make a street."""
_REACH = 5

Place = tuple[float, float]
"""Longitude, latitude in degrees."""


@dataclass(frozen=True, slots=True)
class Address:
    """A house number on a street of a town, and where it is."""

    town: str
    street: str
    number: int
    at: Place


@dataclass(frozen=True, slots=True)
class Street:
    """A line with a name; `count` addresses lie on it."""

    name: str
    line: Sequence[Place]
    count: int


def metres(a: Place, b: Place) -> float:
    """Distance of two near places; flat, right to a per mille over a few miles."""
    return hypot((a[0] - b[0]) * cos(radians((a[1] + b[1]) / 2)), a[1] - b[1]) * METRES_A_DEGREE


def streets(addresses: Iterable[Address]) -> list[Street]:
    """The streets on which at least four neighbouring addresses are known."""
    ordered = sorted(addresses, key=lambda one: (one.town, one.street, one.number, one.at))
    found = []
    for (_, name), group in groupby(ordered, key=lambda one: (one.town, one.street)):
        for run in _runs([one.at for one in group]):
            if len(run) >= ENOUGH:
                found.append(Street(name, _smoothed(run), len(run)))
    return found


def _runs(places: Sequence[Place]) -> Iterator[list[Place]]:
    run: list[Place] = []
    for place in places:
        if run and metres(run[-1], place) > GAP:
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _smoothed(run: Sequence[Place]) -> list[Place]:
    """A moving mean over both sides of the street, so odd and even numbers meet in its middle."""
    windows = [run[max(0, place - _REACH) : place + _REACH + 1] for place in range(0, len(run), 2)]
    return [(sum(lon for lon, _ in near) / len(near), sum(lat for _, lat in near) / len(near)) for near in windows]
