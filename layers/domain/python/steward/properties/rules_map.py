"""Where a map looks: the box that somebody names, the frame that holds nearly all homes, the quarters of a box."""

from collections.abc import Sequence
from math import inf, nextafter
from statistics import median

from steward.kernel.errors import Fault, Invalid
from steward.kernel.search import Clause

Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""
Place = tuple[float, float]
"""Longitude and latitude."""

STRAY, FEW = 100, 50
"""Of so many homes one at each side may lie far off, as a wrong coordinate does, and the frame does not stretch to it; not of a few."""
MARGIN, LEAST = 0.06, 0.004
"""Room around the outermost homes, as a share of the frame, and the least extent of a frame in degrees."""


def box_of(text: str) -> Box | None:
    """`-74.1,41.8,-73.9,42` as a box, None for no text. Raises Invalid for what is none."""
    if not text.strip():
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise _no_box(text) from error
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise _no_box(text)
    return west, south, east, north


def _no_box(text: str) -> Invalid:
    detail = f"'{text[:60]}' is no area; write west,south,east,north in degrees, for example -74.1,41.8,-73.9,42."
    return Invalid(detail, faults=[Fault("/bbox", "not an area")])


def within(box: Box) -> list[Clause]:
    """The clauses of what lies in a box."""
    west, south, east, north = box
    return [Clause("lat", "gte", south), Clause("lat", "lte", north), Clause("lon", "gte", west), Clause("lon", "lte", east)]


def frame(places: Sequence[Place]) -> Box | None:
    """The box around places, without those that lie far off; None without any."""
    if not places:
        return None
    stray = 0 if len(places) < FEW else max(1, len(places) // STRAY)
    west, east = _span(sorted(lon for lon, _ in places), stray)
    south, north = _span(sorted(lat for _, lat in places), stray)
    return wider((west, south, east, north), MARGIN)


def _span(ordered: Sequence[float], stray: int) -> tuple[float, float]:
    """The ends, or those without the strays where these lie further off than the rest is wide."""
    low, high = ordered[stray], ordered[-1 - stray]
    reach = max(high - low, LEAST)
    return (low if low - ordered[0] > reach else ordered[0]), (high if ordered[-1] - high > reach else ordered[-1])


def wider(box: Box, share: float) -> Box:
    """A box with so much more to each side, and never thinner than a map can be."""
    west, south, east, north = box
    across, up = max((east - west) * share, LEAST / 2), max((north - south) * share, LEAST / 2)
    return max(-180.0, west - across), max(-90.0, south - up), min(180.0, east + across), min(90.0, north + up)


def quarters(box: Box) -> list[Box]:
    """Four boxes that make up this one; no place lies in two of them."""
    west, south, east, north = box
    lon, lat = (west + east) / 2, (south + north) / 2
    after, above = nextafter(lon, inf), nextafter(lat, inf)
    return [(west, south, lon, lat), (after, south, east, lat), (west, above, lon, north), (after, above, east, north)]


def middle(places: Sequence[Place]) -> Place:
    """The median of places, near which there are always some."""
    return median(lon for lon, _ in places), median(lat for _, lat in places)
