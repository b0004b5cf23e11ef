"""A small county made from a seed: prices follow size, place, age and date, with noise, so that a model has something to learn."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from steward.scoring import child
from steward.scoring.explaining import Appraiser
from steward.scoring.features import Home, home_of

FIRST = date(2014, 5, 2)
DAYS = 390


def rows(count: int = 900, *, seed: int = 3, without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Homes as JSON, sold once or twice each; the facts in `without` are left out."""
    chance = np.random.default_rng(seed)
    return [{name: value for name, value in _row(number, chance).items() if name not in without} for number in range(count)]


def _row(number: int, chance: np.random.Generator) -> dict[str, Any]:
    area, north, east = int(chance.integers(700, 4000)), float(chance.uniform(0, 0.2)), float(chance.uniform(0, 0.2))
    built, grade = int(chance.integers(1920, 2014)), int(chance.integers(5, 11))
    worth = 11.2 + 0.45 * np.log(area / 1000) + 1.8 * north - 0.9 * east + 0.1 * (grade - 7) + 0.001 * (built - 1970)
    days = sorted((int(day) for day in chance.integers(0, DAYS, size=2 if number % 10 == 0 else 1)), reverse=True)
    return {
        "id": f"h{number:05}", "version": 1, "group": f"p{number}", "zip": f"98{int(north * 50)}{int(east * 50):02}",
        "lat": 47.4 + north, "lon": -122.4 + east, "bedrooms": int(chance.integers(1, 6)), "bathrooms": 2.0, "living_area_sqft": area,
        "lot_area_sqft": int(area * chance.uniform(2, 6)), "year_built": built, "year_renovated": 0, "grade": grade, "asking": None,
        "sales": [((FIRST + timedelta(day)).isoformat(), _cents(worth + 0.0002 * day, chance)) for day in days],
    }  # fmt: skip


def _cents(worth: float, chance: np.random.Generator) -> int:
    return int(np.exp(worth + chance.normal(0, 0.12)) * 100)


def homes(count: int = 900, **options: Any) -> list[Home]:
    """The same as the child reads them."""
    return [home_of(row) for row in rows(count, **options)]


def trained(folder: Path, known: list[Home]) -> tuple[Appraiser, dict[str, Any]]:
    """A model of these homes, ready to be asked, and what its training says."""
    told = child.train(known, folder / "model.json")
    return child.appraiser_of(json.loads((folder / "model.json").read_bytes())), told
