"""An invented county's sales file in the form of the real one, of any length, written as a stream."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

HEAD = (
    "id date price bedrooms bathrooms sqft_living sqft_lot floors waterfront view condition grade sqft_above sqft_basement yr_built "
    "yr_renovated zipcode lat long sqft_living15 sqft_lot15"
).split()


def write_county(path: Path, *, rows: int) -> Path:
    """Write `rows` sales, each of a parcel of its own; the same every time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        writer.writerows(_sales(rows))
    return path


def _sales(rows: int) -> Iterator[list[object]]:
    chance = random.Random(7)
    for number in range(rows):
        living = chance.randrange(600, 5000, 10)
        above = chance.randrange(living // 2, living + 1, 10)
        lot = chance.randrange(1000, 20_000)
        day = f"2014{chance.randrange(5, 13):02}{chance.randrange(1, 29):02}T000000"
        east, north = chance.random(), chance.random()
        price = round((80 + 220 * north) * living + 4 * lot + chance.gauss(0, 20_000), -2)
        yield [
            *(f"{7_000_000_000 + number}", day, int(max(price, 80_000)), chance.randrange(1, 7), chance.randrange(2, 10) / 2, living, lot),
            *(
                chance.choice(("1", "1.5", "2")),
                0,
                chance.randrange(5),
                chance.randrange(1, 6),
                chance.randrange(5, 13),
                above,
                living - above,
            ),
            *(
                chance.randrange(1900, 2015),
                0,
                f"98{chance.randrange(1, 99):03}",
                round(47.2 + 0.6 * north, 4),
                round(-122.5 + 0.9 * east, 3),
            ),
            *(living, lot),
        ]
