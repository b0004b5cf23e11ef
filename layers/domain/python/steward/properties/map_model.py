"""A map of properties: what it is asked with, and what it shows."""

from collections.abc import Sequence

from pydantic import Field

from steward.kernel.model import Output
from steward.properties.inputs import Filters

MOST_HOMES = 3_000
"""Homes that a map shows one by one; where there are more they are told as groups."""


class MapProperties(Filters):
    """The properties of a list as a map shows them: within `bbox`, or within the frame that holds nearly all of them; one by one where
    there are at most `most`, else as groups unless `groups` is false."""

    most: int = Field(default=MOST_HOMES, ge=1, le=MOST_HOMES)
    groups: bool = True


class MapHome(Output):
    """A home on a map: where it is, what it is called by, what is asked for it, and how good a deal it is."""

    ref: int
    lat: float
    lon: float
    address: str | None = None
    city: str | None = None
    zip: str | None = None
    parcel: str | None = None
    asking_price: float | None = None
    estimate: float | None = None
    score: float | None = None


class MapGroup(Output):
    """Homes too many to be shown one by one: how many lie in a part of the map, and a place among them."""

    lat: float
    lon: float
    count: int
    bbox: Sequence[float]


class MapTown(Output):
    """A town's name at the middle of its homes that the map shows."""

    name: str
    lat: float
    lon: float
    count: int


class MapView(Output):
    """A map. `total` match, `placed` of them have coordinates, `within` of those lie in `bbox` (west, south, east, north; None where no
    home has a place). Either `homes` or `groups` tells all that lie within, if groups were asked for."""

    total: int
    placed: int
    within: int
    bbox: Sequence[float] | None = None
    homes: Sequence[MapHome] = ()
    groups: Sequence[MapGroup] = ()
    towns: Sequence[MapTown] = ()
