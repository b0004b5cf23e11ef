"""The county's values judged from outside, by the file that an export writes: each price beside what the unseen fold said of its day."""

import csv
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory

from tests.bench.bench import Figure, Missing, at_least, at_most, bench
from tests.bench.home import SHARED, county_home


@bench("value")
def value() -> Iterator[Figure]:
    """R², median error and coverage over the last sale of every parcel."""
    if not SHARED.exists():
        raise Missing("the county's file is not here; an invented one says nothing about a model")
    home, _ = county_home()
    home.steward("score", "--all")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "homes.csv"
        home.steward("export", "properties", str(file))
        told = [row for row in csv.DictReader(file.open(newline="")) if row["estimate_at_sale"]]
    sold, said, low, high = ([float(row[name]) for row in told] for name in COLUMNS)
    middle = fmean(sold)
    missed = sum((price - value) ** 2 for price, value in zip(sold, said, strict=True))
    inside = fmean(at <= price <= top for price, at, top in zip(sold, low, high, strict=True))
    error = 100 * median(abs(value / price - 1) for price, value in zip(sold, said, strict=True))
    beside = f"{len(told):,} last sales"
    yield Figure("export: R² of the values at sale", 1 - missed / sum((price - middle) ** 2 for price in sold), "", at_least(0.89), beside)
    yield Figure("export: median error at sale", error, "%", at_most(8.5))
    yield Figure("export: median error at sale (less is a leak)", error, "%", at_least(6))
    yield Figure("export: 80 % range at sale holds at least", 100 * inside, "%", at_least(78))
    yield Figure("export: 80 % range at sale holds at most", 100 * inside, "%", at_most(82))


COLUMNS = ("last_sale_price", "estimate_at_sale", "estimate_at_sale_low", "estimate_at_sale_high")
