"""An invented county, made from one number: its towns, streets, homes, owners, assessments, sales and listings.

Nothing in it is real. The same number and day give the same county to the byte; a later day adds sales and changes no older one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import exp
from random import Random

from steward.demo import houses, lots, market, owners, remarks, streets, words
from steward.demo.houses import Home
from steward.demo.market import Listing, Market, Sale
from steward.demo.owners import Owner

STATE = "MN"
ORIGIN = (46.412, -95.318)
"""Latitude and longitude of the county's south-west corner: farmland where no such county is."""
METRES_PER_DEGREE = (111_320.0, 76_750.0)
LOTS = 1_800
TOWNS = 4
UNKNOWN = {
    "bathrooms": 0.012, "built": 0.015, "land": 0.01, "condition": 0.03, "garage": 0.05,
    "heating": 0.08, "roof": 0.45, "sewer": 0.06, "flood": 0.04,
}  # fmt: skip
"""How often the roll lacks a fact."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One property of the county. Money is whole dollars; `county` and `town` are names.

    `unknown` are the facts that the roll leaves empty.
    """

    home: Home
    county: str
    town: str
    owner: Owner
    assessed: int
    tax: int
    sales: tuple[Sale, ...]
    listing: Listing | None
    remarks: str
    unknown: frozenset[str]

    @property
    def reference(self) -> str:
        """The parcel number as the county writes it; a flat has its unit behind it."""
        return f"{self.home.lot.parcel}-{self.home.unit}" if self.home.unit else self.home.lot.parcel


@dataclass(frozen=True, slots=True)
class County:
    """An invented county as of a day."""

    name: str
    seed: int
    today: date
    towns: tuple[str, ...]
    parcels: tuple[Parcel, ...]


def name_of(seed: int) -> str:
    """The name of a number's county."""
    return Random(f"{seed}/name").choice(words.COUNTIES)


def county(seed: int, *, today: date) -> County:
    """The county of a number as of a day: about 2,000 parcels in parcel order."""
    rng = Random(f"{seed}/ground")
    ground = streets.plan(rng, TOWNS)
    names = tuple(town.name for town in ground.towns)
    levels = market.market(Random(f"{seed}/market"), [code for town in ground.towns for code in town.zips], towns=TOWNS)
    frame = _Frame(seed, name_of(seed), names, levels, today)
    homes = _homes(seed, lots.lots(rng, ground, about=LOTS))
    return County(frame.county, seed, today, names, tuple(_parcel(home, frame) for home in homes))


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all parcels of a county have in common."""

    seed: int
    county: str
    towns: tuple[str, ...]
    levels: Market
    today: date


def _homes(seed: int, found: list[lots.Lot]) -> Iterator[Home]:
    blocks: dict[tuple[int, int], houses.Block] = {}
    for lot in found:
        place = (lot.town, lot.block)
        if place not in blocks:
            blocks[place] = houses.block(Random(f"{seed}/block/{place}"), lot)
        yield from houses.homes(Random(f"{seed}/lot/{lot.parcel}"), lot, blocks[place])


def _parcel(home: Home, frame: _Frame) -> Parcel:
    """A home's parcel. Each part has a stream of its own, so that a change of one leaves the others as they were."""
    own = f"{frame.seed}/{home.lot.parcel}/{home.unit}"
    sold = tuple(market.sales(Random(f"{own}/sales"), home, frame.levels, until=frame.today))
    offer = market.listing(Random(f"{own}/listing"), home, frame.levels, today=frame.today)
    roll, town = Random(f"{own}/roll"), frame.towns[home.lot.town]
    assessed = _assessment(roll, home, frame.levels, today=frame.today)
    unknown = frozenset(fact for fact, share in UNKNOWN.items() if roll.random() < share)
    held_by = owners.owner(Random(f"{own}/owner/{len(sold)}"), home, state=STATE)
    told = remarks.remarks(Random(f"{own}/remarks"), home, town=town) if offer else ""
    return Parcel(home, frame.county, town, held_by, assessed, _tax(assessed), sold, offer, told, unknown)


def _assessment(rng: Random, home: Home, levels: Market, *, today: date) -> int:
    """The assessor's value: last year's worth, a little low and a little wrong."""
    return round(0.91 * exp(market.worth(home, levels, on=date(today.year - 1, 1, 1)) + rng.gauss(0, 0.09)) / 100) * 100


def _tax(assessed: int) -> int:
    """Two equal instalments in whole dollars."""
    return round(assessed * 0.0118 / 2) * 2


def coordinates(home: Home) -> tuple[float, float]:
    """Latitude and longitude of a home, to a metre."""
    east, north = home.lot.at
    return round(ORIGIN[0] + north / METRES_PER_DEGREE[0], 5), round(ORIGIN[1] + east / METRES_PER_DEGREE[1], 5)
