"""How many comparable sales there are around each of many homes at once. Runs in the training child only."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

from steward.scoring.comparables import EARTH, REACHES
from steward.scoring.features import Floats, Home

REACH = REACHES[0]
MEASURES = ("lat", "lon", "living_area_sqft", "type")
Kept = Mapping[str, Sequence[Any]]


def last_sales(homes: Sequence[Home]) -> Kept:
    """Each home's last sale, where place and size are known: what a model keeps to count comparable sales by; plain JSON."""
    sold = [home for home in homes if home.sales and {"lat", "lon", "living_area_sqft"} <= home.numbers.keys()]
    return {
        "group": [home.group for home in sold],
        "day": [home.sales[0][0] for home in sold],
        "type": [home.numbers.get("type", -1.0) for home in sold],
        **{name: [home.numbers[name] for home in sold] for name in ("lat", "lon", "living_area_sqft")},
    }


class Nearby:
    """The sales that the nearest reach of `comparables` allows before the day `as_of`, ready to be counted."""

    def __init__(self, kept: Kept, as_of: int) -> None:
        recent = [place for place, day in enumerate(kept["day"]) if 0 <= as_of - day <= REACH.days]
        lat, lon, self._area, self._kind = (np.array([kept[name][place] for place in recent], dtype=np.float64) for name in MEASURES)
        self._numbers = {kept["group"][place]: number for number, place in enumerate(recent)}
        self._across = float(np.cos(np.radians(np.median(lat)))) if recent else 1.0
        self._tree = cKDTree(self._metres(lat, lon)) if recent else None

    def counts(self, homes: Sequence[Home]) -> list[int]:
        """For each home, how many other homes' last sales lie within reach."""
        lat, lon, area, kind = (np.array([home.numbers.get(name, np.nan) for home in homes]) for name in MEASURES)
        placed = np.flatnonzero(~np.isnan(lat) & ~np.isnan(lon) & ~np.isnan(area))
        if self._tree is None or not len(placed):
            return [0] * len(homes)
        subjects = cKDTree(self._metres(lat[placed], lon[placed]))
        pairs = subjects.sparse_distance_matrix(self._tree, REACH.metres, output_type="ndarray")
        home, sale = placed[pairs["i"]], pairs["j"]
        mine = np.array([self._numbers.get(home.group, -1) for home in homes])
        alike = (np.abs(self._area[sale] / area[home] - 1) <= REACH.size) & (mine[home] != sale)
        alike &= (self._kind[sale] == kind[home]) | (self._kind[sale] < 0) | np.isnan(kind[home])
        counted: list[int] = np.bincount(home[alike], minlength=len(homes)).tolist()
        return counted

    def _metres(self, lat: Floats, lon: Floats) -> Floats:
        return np.column_stack([lat, lon * self._across]) * (EARTH * np.pi / 180)
