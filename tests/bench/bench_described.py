"""The served API against its description, longer than the tests have time for."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.bench import Figure, at_most, bench
from tests.e2e.described import tried
from tests.e2e.homes import Home

EXAMPLES, SEEDS = 25, (11, 12)


@bench("described")
def described() -> Iterator[Figure]:
    """schemathesis with all of its checks: 25 examples a route, from two seeds."""
    requests = failures = 0
    for seed in SEEDS:
        with TemporaryDirectory() as folder:
            found = tried(Home(Path(folder), {}), examples=EXAMPLES, seed=seed, seconds=1_200)
        requests, failures = requests + found.requests, failures + found.failures
    yield Figure("described API: failures of schemathesis", failures, f"of {requests:,}", at_most(0))
