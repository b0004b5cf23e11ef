"""Finding real listings by sentences: 300 queries that were judged by what the listings say, over the command line."""

import json
import math
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.bench import Failed, Figure, Missing, at_least, bench
from tests.bench.home import ROOT, STEWARD, Home

SHARED = ROOT.parent / "shared/data/listings_uci_apartments"
FILE, QUERIES = SHARED / "apartments_for_rent_dev.csv", SHARED / "queries.jsonl"
FIRST = 10
BM25 = 0.343
"""What plain BM25 of the whole query reaches on the same."""


@bench("listings")
def listings() -> Iterator[Figure]:
    """How well the first ten hits answer, and how many hits a query that has answers is left without."""
    if not QUERIES.exists():
        raise Missing("needs ../shared/data/listings_uci_apartments")
    judged = [json.loads(line) for line in QUERIES.read_text("utf-8").splitlines()]
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.steward("import", str(FILE), "--as", "listings", "--yes")
        answers = _asked(home, [one["query"] for one in judged])
    gains = [_gain([hit["source_id"] for hit in told["hits"]], set(one["relevant"])) for one, told in zip(judged, answers, strict=True)]
    beside = f"{sum(gain == 0 for gain in gains)} of {len(gains)} without an answer; BM25 {BM25}"
    yield Figure("real listings by sentences: nDCG@10", sum(gains) / len(gains), "", at_least(0.85), beside)
    times = sorted(told["ms"] for told in answers)
    yield Figure("real listings by sentences: p50 with near misses", times[len(times) // 2], "ms", beside=f"p99 {times[-3]:.1f} ms")


def _asked(home: Home, queries: Sequence[str]) -> list[dict[str, Any]]:
    file = home.folder / "queries.txt"
    file.write_text("\n".join(queries) + "\n", "utf-8")
    ran = subprocess.run([STEWARD, "search", "--file", str(file)], env=home.environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise Failed(f"steward search --file: exit {ran.returncode}: {ran.stderr.strip()[-300:]}")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def _gain(found: Sequence[str], relevant: set[str]) -> float:
    """nDCG of the first ten, each listing being right or not."""
    gained = sum(1 / math.log2(place + 2) for place, id in enumerate(found[:FIRST]) if id in relevant)
    return gained / sum(1 / math.log2(place + 2) for place in range(min(FIRST, len(relevant))))
