"""The API does what its OpenAPI document says, and nothing that it does not say."""

from pathlib import Path

from tests.e2e.described import tried
from tests.e2e.homes import Home

FEWEST = 3_000
"""Requests of a run that has tried every route; it makes about 5,700 with three examples a route."""


def test_the_served_api_is_the_described_one(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    found = tried(Home(home, {}), examples=3, seed=7, seconds=240)
    assert found.failures == 0, found.said
    assert found.requests >= FEWEST
