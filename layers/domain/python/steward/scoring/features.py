"""Properties as a matrix for a model. Runs in the training child only.

The trap this guards against: LightGBM reads a missing value as 0 in a column that had none in training. So a column
where next to nothing was missing is filled, in training and prediction alike, with what is usual; only a column with
real gaps keeps them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steward.scoring.facts import BY_DATE, COLUMNS, FIELDS, TYPES

Floats = NDArray[np.float64]
GAPS = 0.05
"""Share of missing values from which a column keeps them."""
_FALLBACK = {"neighbours_area": "living_area", "neighbours_lot": "lot_area", "year_renewed": "year_built"}
"""Where a column is unknown, the one that says most about it."""


@dataclass(frozen=True, slots=True)
class Home:
    """A property as the child reads it: its numbers (not known: NaN is left out), sales as (ordinal day, cents) newest first.

    `group` is the same for every sale of a parcel, and stays the same when the parcel is imported again.
    """

    id: str
    version: int
    group: str
    numbers: dict[str, float]
    asking: int | None
    sales: list[tuple[int, int]]


@dataclass(slots=True)
class Recipe:
    """What of the training homes is needed to read another home as they were read; plain JSON.

    `centre` is the middle of the county and how many degrees of latitude one of longitude is; `places` the middle of
    each ZIP; `usual` the median of each column, `kept` the columns that say anything, `gappy` those that keep gaps;
    `zips` every ZIP with a sale, `area` the south, west, north and east end of the sales, empty where none has coordinates.
    """

    centre: tuple[float, float, float] = (0.0, 0.0, 1.0)
    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    usual: dict[str, float] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    gappy: list[str] = field(default_factory=list)
    zips: list[int] = field(default_factory=list)
    area: list[float] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    def knows_zip(self, numbers: Mapping[str, float]) -> bool:
        """Whether a home lies in a ZIP with a sale."""
        return numbers.get("zip") in self.zips

    def surrounds(self, numbers: Mapping[str, float]) -> bool:
        """Whether a home's coordinates lie between those of the sales."""
        if not self.area or not {"lat", "lon"} <= numbers.keys():
            return False
        south, west, north, east = self.area
        return south <= numbers["lat"] <= north and west <= numbers["lon"] <= east

    @staticmethod
    def of(told: dict[str, Any]) -> "Recipe":
        """From JSON."""
        return Recipe(**{**told, "centre": tuple(told["centre"]), "places": {zip: tuple(at) for zip, at in told["places"].items()}})


def blocks(path: Path, size: int = 1_000) -> Iterator[list[Home]]:
    """The homes of a file of JSON lines, as `homes.line` writes them, some at a time."""
    with path.open("r", encoding="utf-8") as lines:
        while block := [home_of(json.loads(line)) for line in islice(lines, size)]:
            yield block


def home_of(told: dict[str, Any]) -> Home:
    """A home of its JSON. Dates become ordinals, the ZIP and the type numbers."""
    numbers = {name: float(told[name]) for name in FIELDS if told.get(name) is not None}
    zip_code = str(told.get("zip") or "")[:5]
    if zip_code.isascii() and zip_code.isdigit():
        numbers["zip"] = float(zip_code)
    if told.get("type") in TYPES:
        numbers["type"] = float(TYPES.index(told["type"]))
    sales = [(date.fromisoformat(day).toordinal(), int(cents)) for day, cents in told.get("sales", ())]
    return Home(told["id"], int(told["version"]), told["group"], numbers, told.get("asking"), sales)


def raw_columns(homes: Sequence[Home], days: Floats, recipe: Recipe) -> dict[str, Floats]:
    """Every column before anything is filled, NaN where it is not known."""
    facts = {name: np.array([home.numbers.get(name, np.nan) for home in homes]) for name in (*FIELDS, "zip", "type")}
    living = np.where(facts["living_area_sqft"] > 0, facts["living_area_sqft"], np.nan)
    above = np.where(np.isnan(facts["above_sqft"]), living, facts["above_sqft"])
    basement = np.where(np.isnan(facts["basement_sqft"]), living - above, facts["basement_sqft"])
    built, renovated = facts["year_built"], facts["year_renovated"]
    zips, lat, lon = _placed(facts["zip"], facts["lat"], facts["lon"], recipe)
    north, east = lat - recipe.centre[0], (lon - recipe.centre[1]) * recipe.centre[2]
    return {
        "zip": zips, "lat": lat, "lon": lon, "northeast": north + east, "northwest": north - east,
        "living_area": living, "lot_area": facts["lot_area_sqft"],
        "neighbours_area": facts["living15_sqft"], "neighbours_lot": facts["lot15_sqft"],
        "basement_share": np.where(np.isnan(facts["basement_sqft"]) & np.isnan(facts["above_sqft"]), np.nan, basement / living),
        "year_built": built, "year_renewed": np.where(renovated > 0, renovated, built),
        "type": facts["type"], BY_DATE: days,
        **{name: facts[name] for name in ("bedrooms", "bathrooms", "floors", "condition", "grade", "view", "waterfront", "garage_spaces")},
    }  # fmt: skip


def _placed(zips: Floats, lat: Floats, lon: Floats, recipe: Recipe) -> tuple[Floats, Floats, Floats]:
    """ZIP and coordinates, each from the other where only one is known: a ZIP's middle, the ZIP whose middle is nearest.

    A ZIP without a sale is one that the trees know nothing of, so it is read as not known.
    """
    zips, lat, lon = np.where(np.isin(zips, recipe.zips), zips, np.nan) if recipe.zips else zips.copy(), lat.copy(), lon.copy()
    if not recipe.places:
        return zips, lat, lon
    middles = np.array(list(recipe.places.values()))
    names = np.array([float(name) for name in recipe.places])
    for place in np.flatnonzero(np.isnan(zips) & ~np.isnan(lat) & ~np.isnan(lon)):
        away = (middles[:, 0] - lat[place]) ** 2 + ((middles[:, 1] - lon[place]) * recipe.centre[2]) ** 2
        zips[place] = names[int(np.argmin(away))]
    for place in np.flatnonzero((np.isnan(lat) | np.isnan(lon)) & ~np.isnan(zips)):
        lat[place], lon[place] = recipe.places.get(f"{zips[place]:.0f}", (np.nan, np.nan))
    return zips, lat, lon


def learn(homes: Sequence[Home], days: Floats) -> Recipe:
    """The recipe of the training homes."""
    recipe = Recipe()
    lat = np.array([home.numbers.get("lat", np.nan) for home in homes])
    lon = np.array([home.numbers.get("lon", np.nan) for home in homes])
    zips = np.array([home.numbers.get("zip", np.nan) for home in homes])
    recipe.zips = [int(code) for code in np.unique(zips[~np.isnan(zips)])]
    here = ~np.isnan(lat) & ~np.isnan(lon)
    if here.any():
        recipe.area = [float(end) for end in (lat[here].min(), lon[here].min(), lat[here].max(), lon[here].max())]
        middle = float(np.median(lat[here]))
        recipe.centre = (middle, float(np.median(lon[here])), float(np.cos(np.radians(middle))))
        for code in np.unique(zips[here & ~np.isnan(zips)]):
            inside = here & (zips == code)
            recipe.places[f"{code:.0f}"] = (float(np.median(lat[inside])), float(np.median(lon[inside])))
    for name, column in raw_columns(homes, days, recipe).items():
        missing = float(np.isnan(column).mean())
        if missing < 1:
            recipe.usual[name] = float(np.nanmedian(column))
            recipe.kept.append(name)
        if GAPS <= missing < 1:
            recipe.gappy.append(name)
    recipe.kept.sort(key=COLUMNS.index)
    return recipe


def matrix(homes: Sequence[Home], days: Floats, recipe: Recipe) -> Floats:
    """One row a home, one column a name of `recipe.kept`; `days` are the ordinals of the dates asked for."""
    columns = raw_columns(homes, days, recipe)
    filled = {}
    for name in recipe.kept:
        column = columns[name]
        if name not in recipe.gappy:
            column = np.where(np.isnan(column), columns[_FALLBACK.get(name, name)], column)
            column = np.where(np.isnan(column), recipe.usual[name], column)
        filled[name] = column
    return np.column_stack([filled[name] for name in recipe.kept])
