"""What stands on a lot: its type, size, age and fittings."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from random import Random
from typing import Literal

from steward.demo.lots import Lot

Kind = Literal["house", "townhouse", "condo", "land"]
SQFT_PER_ACRE = 43_560
NEWEST = 2024
"""No home is built later, so that a county has the same homes on every day."""


@dataclass(frozen=True, slots=True)
class Block:
    """What the houses of one tax block have in common: whether they are a terrace, when they were built, how well."""

    terrace: bool
    era: int
    grade: int


@dataclass(frozen=True, slots=True)
class Home:
    """One property as it truly is. Areas are square feet; `built`, `renovated` (0: never) and `roof` are years.

    `grade` is 1 to 13, `condition` 1 to 5, `view` 0 to 4. `quality` is what no record shows, as a share of the price in logs.
    """

    lot: Lot
    kind: Kind
    quality: float
    land: int
    view: int
    waterfront: bool
    flood: str
    sewer: str
    unit: int = 0
    bedrooms: int = 0
    bathrooms: float = 0.0
    living: int = 0
    basement: int = 0
    floors: float = 0.0
    built: int = 0
    renovated: int = 0
    condition: int = 0
    grade: int = 0
    garage: int = 0
    heating: str = ""
    roof: int = 0


def block(rng: Random, lot: Lot) -> Block:
    """The block of a lot: towns grew outward from their centre."""
    era = rng.uniform(1915, NEWEST - 4) if lot.rural else 1890 + lot.reach * 0.095 + rng.gauss(0, 17)
    grade = round(rng.gauss(7.2 + lot.reach / 3_200, 0.9))
    return Block(not lot.rural and rng.random() < 0.13, round(min(max(era, 1884), NEWEST - 2)), grade)


def homes(rng: Random, lot: Lot, near: Block) -> Iterator[Home]:
    """The home on a lot; the flats of a condo building are several."""
    if lot.number is None:
        yield _land(rng, lot)
    elif not lot.rural and not near.terrace and lot.reach < 600 and rng.random() < 0.032:
        built = min(NEWEST - 1, max(1968, near.era + rng.randint(40, 95)))
        for unit in range(1, rng.randint(5, 9)):
            yield _flat(rng, lot, unit=unit, built=built)
    else:
        yield _house(rng, lot, near)


def _land(rng: Random, lot: Lot) -> Home:
    acres = min(18.0, 0.5 + rng.expovariate(0.45))
    land = round(acres * SQFT_PER_ACRE / 100) * 100
    return Home(lot, "land", rng.gauss(0, 0.08), land, _view(rng, lot), lot.river < 70, _flood(lot), "none")


def _house(rng: Random, lot: Lot, near: Block) -> Home:
    terrace = near.terrace
    built = near.era if terrace else min(NEWEST - 1, max(1884, near.era + rng.randint(-8, 13)))
    grade = min(12, max(4, near.grade + rng.choice((-1, 0, 0, 0, 1))))
    living = _living(rng, 1_250 if terrace else 1_480, grade=grade, built=built)
    age = NEWEST - built
    renovated = rng.randint(max(built + 15, NEWEST - 32), NEWEST - 1) if age > 25 and rng.random() < 0.22 else 0
    roof = max(built, renovated, NEWEST - rng.randint(1, 30)) if age > 3 else built
    basement = _tens(living * rng.uniform(0.2, 0.48)) if not terrace and rng.random() < 0.34 else 0
    return Home(
        lot, "townhouse" if terrace else "house", rng.gauss(0, 0.066), _yard(rng, lot, terrace=terrace), _view(rng, lot),
        lot.river < 55 and not terrace, _flood(lot), "septic" if lot.rural else "sewer", bedrooms=_bedrooms(rng, living),
        bathrooms=_bathrooms(rng, living, built=built), living=living, basement=basement, floors=_floors(rng, living, terrace=terrace),
        built=built, renovated=renovated, grade=grade, roof=roof, garage=_garage(rng, built=built, terrace=terrace),
        condition=min(5, max(1, round(rng.gauss(3.35 - max(0, age - 60) * 0.004 + (0.5 if renovated else 0), 0.62)))),
        heating="electric heat pump" if built > 2_008 else rng.choice(("gas furnace", "gas furnace", "oil boiler", "electric baseboard")),
    )  # fmt: skip


def _flat(rng: Random, lot: Lot, *, unit: int, built: int) -> Home:
    """A flat of a condo building; the smallest are one room, so no bedroom is counted."""
    living = _tens(rng.uniform(520, 1_420))
    return Home(
        lot, "condo", rng.gauss(0, 0.055), 0, _view(rng, lot), False, _flood(lot), "sewer", unit=unit, built=built, living=living,
        bedrooms=(living > 600) + (living > 720) + (living > 1_180), bathrooms=1.0 if living < 840 else rng.choice((1.5, 1.75, 2.0)),
        floors=1.0, condition=rng.choice((3, 3, 4, 4, 5)), grade=rng.choice((7, 7, 8, 8, 9)), garage=rng.choice((0, 1, 1)),
        heating="electric baseboard", roof=built,
    )  # fmt: skip


def _living(rng: Random, typical: float, *, grade: int, built: int) -> int:
    """Better and newer homes are larger."""
    return _tens(min(5_200, max(620, typical * exp(0.13 * (grade - 7) + 0.0022 * (built - 1960) + rng.gauss(0, 0.2)))))


def _yard(rng: Random, lot: Lot, *, terrace: bool) -> int:
    if terrace:
        return _tens(rng.uniform(1_500, 3_400))
    return _tens(rng.uniform(0.9, 4.5) * SQFT_PER_ACRE if lot.rural else 5_200 + lot.reach * 5 * rng.uniform(0.4, 1.6))


def _floors(rng: Random, living: int, *, terrace: bool) -> float:
    if terrace:
        return 2.0
    return rng.choice((1.0, 1.0, 1.5, 2.0)) if living < 2_300 else rng.choice((1.5, 2.0, 2.0, 2.5))


def _tens(area: float) -> int:
    return round(area / 10) * 10


def _bedrooms(rng: Random, living: int) -> int:
    return min(6, max(1, round(1.35 + living / 1_020 + rng.gauss(0, 0.45))))


def _bathrooms(rng: Random, living: int, *, built: int) -> float:
    quarters = round((0.55 + living / 1_250 + max(0, built - 1950) * 0.008 + rng.gauss(0, 0.3)) * 4)
    return 1.5 if quarters == 5 else min(5.0, max(1.0, quarters / 4))


def _garage(rng: Random, *, built: int, terrace: bool) -> int:
    if built < 1930:
        return rng.choice((0, 0, 0, 1))
    return rng.choice((0, 1, 1)) if terrace or built < 1965 else rng.choice((1, 2, 2, 2, 3))


def _view(rng: Random, lot: Lot) -> int:
    if lot.river < 90:
        return rng.choice((2, 3, 4))
    return rng.choice((0, 0, 1, 2)) if lot.river < 320 else rng.choice((0,) * 18 + (1, 2))


def _flood(lot: Lot) -> str:
    return "AE" if lot.river < 80 else "X"
