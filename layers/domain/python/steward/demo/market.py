"""What an invented county's homes sell for, when, and at what price some are offered now.

A price is the home's worth in logs, plus the market's index at that month, plus the season, plus the luck of the sale.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, exp, log, pi
from random import Random

from steward.demo.houses import SQFT_PER_ACRE, Home

FIRST_YEAR = 1995
GROWTH = (
    (1995, 0.030), (1999, 0.058), (2003, 0.085), (2006, 0.012), (2007, -0.055), (2009, -0.045), (2011, -0.020), (2012, 0.055),
    (2014, 0.075), (2018, 0.050), (2020, 0.022), (2022, -0.010), (2024, 0.014),
)  # fmt: skip
"""From which year on the market grew by how much a year, in logs; the last goes on."""
LUCK = 0.08
"""Standard deviation of a sale's price about the home's worth, in logs."""


@dataclass(frozen=True, slots=True)
class Market:
    """A county's own levels in logs: each town's and each ZIP's, and the phase of its river."""

    towns: tuple[float, ...]
    zips: dict[str, float]


@dataclass(frozen=True, slots=True)
class Sale:
    """A deed: its day and price in dollars; 0 where the deed names none."""

    on: date
    price: int


@dataclass(frozen=True, slots=True)
class Listing:
    """An offer on the market: its day, its asking price in dollars, and whether a buyer's offer was accepted."""

    on: date
    asking: int
    pending: bool


def market(rng: Random, zips: list[str], *, towns: int) -> Market:
    """The levels of `towns` towns, the first one dearest, and of their ZIPs."""
    return Market(tuple(0.16 - 0.11 * town + rng.gauss(0, 0.03) for town in range(towns)), {code: rng.gauss(0, 0.05) for code in zips})


def index(on: date) -> float:
    """The market's level on a day, in logs, 0 at the start of 1995; spring is dearer than winter."""
    at = on.year + (on.timetuple().tm_yday - 1) / 365.25
    level = 0.0
    for (start, growth), (end, _) in zip(GROWTH, (*GROWTH[1:], (9_999, 0.0)), strict=True):
        level += growth * max(0.0, min(at, end) - start)
    return level + 0.014 * cos(2 * pi * (at - 0.45))


def worth(home: Home, levels: Market, *, on: date) -> float:
    """What a home is worth on a day, in logs of dollars."""
    place = levels.towns[home.lot.town] + levels.zips[home.lot.zip] + index(on)
    place += home.quality + 0.045 * home.view + (0.24 if home.waterfront else 0.0)
    if home.kind == "land":
        return 10.02 + 0.52 * log(home.land / SQFT_PER_ACRE) + place
    age = max(0, on.year - home.built)
    fresh = 0.11 * max(0.0, 1 - (on.year - home.renovated) / 30) if home.renovated and home.renovated <= on.year else 0.0
    ground = 0.07 * log(home.land / 8_000) if home.land else -0.06
    told = (
        0.61 * log(home.living / 1_600) + 0.00007 * home.basement + 0.055 * (home.bathrooms - 2) + 0.028 * min(home.garage, 2)
        + 0.088 * (home.grade - 7) + 0.042 * (home.condition - 3) - 0.0031 * min(age, 70) + 0.0016 * max(0, age - 85) + fresh
    )  # fmt: skip
    drawback = 0.00006 * min(home.lot.reach, 2_500) + (0.05 if home.flood == "AE" else 0.0) + (0.05 if home.kind == "townhouse" else 0.0)
    return 11.88 + place + ground + told - drawback


def sales(rng: Random, home: Home, levels: Market, *, until: date) -> Iterator[Sale]:
    """A home's deeds from 1995 to `until`, oldest first. A longer time adds sales and changes none."""
    pace = 0.045 if home.kind == "land" else 0.11 if home.kind == "condo" else 0.082
    years = FIRST_YEAR + rng.expovariate(pace)
    if home.built >= FIRST_YEAR:
        years = home.built + rng.uniform(0.2, 1.0)
    while years < until.year + 1:
        on = date(int(years), 1, 1) + timedelta(days=int(years % 1 * 365))
        on += timedelta(days=(0, 0, 0, 0, 0, -1, -2)[on.weekday()])
        luck, gift, forced = rng.gauss(0, LUCK), rng.random() < 0.02, rng.random() < 0.025
        price = exp(worth(home, levels, on=on) + luck - (0.33 if forced else 0.0))
        if on <= until:
            yield Sale(on, 0 if gift else _round(price))
        years += 0.8 + rng.expovariate(pace)


def listing(rng: Random, home: Home, levels: Market, *, today: date) -> Listing | None:
    """The home's offer on the market, if it has one; one in nine is well under its worth."""
    if rng.random() >= (0.30 if home.kind == "land" else 0.155):
        return None
    on = today - timedelta(days=round(rng.triangular(1, 190, 12)))
    eager = rng.uniform(-0.27, -0.13) if rng.random() < 0.11 else rng.gauss(0.035, 0.05)
    asking = exp(worth(home, levels, on=today) + eager)
    price = _round(asking) - (100 if asking > 90_000 and rng.random() < 0.4 else 0)
    return Listing(on, price, pending=on < today - timedelta(days=20) and rng.random() < 0.16)


def _round(price: float) -> int:
    step = (500, 1_000, 2_500, 5_000)[bisect_right((150_000, 400_000, 1_000_000), price)]
    return max(step, round(price / step) * step)
