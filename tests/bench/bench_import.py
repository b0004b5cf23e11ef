"""The main job: a county's file to durable rows, a model, values and scores; and what a ten times longer file costs."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.bench import Figure, Missing, at_least, at_most, bench
from tests.bench.county import write_county
from tests.bench.home import SHARED, county_file, county_home, empty_home


@bench("import")
def speed() -> Iterator[Figure]:
    """Rows a second until they are durable and listed, and the whole job's seconds."""
    _, job = county_home()
    answer = job.imported.answer
    source = "the county's file" if county_file() == SHARED else "an invented file"
    yield Figure("import: rows to durable and listed", answer["rows"] / answer["seconds"], "rows/s", at_least(3000), source)
    yield Figure("import + train + score, whole", job.seconds, "s", at_most(60), f"import {job.imported.seconds:.1f} s")


@bench("memory")
def memory() -> Iterator[Figure]:
    """How much more memory a file of 200,000 rows takes than one of 20,000."""
    with TemporaryDirectory() as folder:
        short, long = (_peak(write_county(Path(folder) / f"{rows}.csv", rows=rows)) for rows in (20_000, 200_000))
    beside = f"{short:,.0f} MB and {long:,.0f} MB"
    yield Figure("import: memory of 200,000 rows over that of 20,000", long - short, "MB", at_most(100), beside)


def _peak(file: Path) -> float:
    with empty_home() as home:
        return home.steward("import", str(file), "--yes").peak


@bench("model")
def model() -> Iterator[Figure]:
    """What the county's model is worth, on parcels it never saw and on a time it never saw."""
    if not SHARED.exists():
        raise Missing("the county's file is not here; an invented one says nothing about a model")
    home, _ = county_home()
    trained: dict[str, Any] = home.steward("train").answer
    grouped, forward = trained["grouped"], trained["forward"]
    yield Figure("model: R², by parcel", grouped["r2"], "", at_least(0.89))
    yield Figure("model: median error, by parcel", 100 * grouped["median_error"], "%", at_most(8.5))
    yield Figure("model: median error, by parcel (less is a leak)", 100 * grouped["median_error"], "%", at_least(6))
    yield Figure("model: 80 % interval covers at least", 100 * grouped["coverage_80"], "%", at_least(78))
    yield Figure("model: 80 % interval covers at most", 100 * grouped["coverage_80"], "%", at_most(82))
    yield Figure("model: median error, forward in time", 100 * forward["median_error"], "%", at_most(9.5))
