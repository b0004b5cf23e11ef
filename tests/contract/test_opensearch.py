"""The real OpenSearch that the contract of Search is held against, and the pipelines it is asked with."""

import json
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.support.engines import MISSING

SEARCH = Path(__file__).resolve().parents[2] / "infra" / "search"


@pytest.mark.parametrize("name", ["weights", "rrf"])
def test_the_server_takes_the_pipelines_as_they_are_kept(request: pytest.FixtureRequest, name: str) -> None:
    address: str | None = request.getfixturevalue("_opensearch")
    if address is None:
        pytest.skip(MISSING)
    body = (SEARCH / f"{name}.json").read_bytes()
    wanted = Request(f"{address}/_search/pipeline/{name}", body, {"Content-Type": "application/json"}, method="PUT")
    with urlopen(wanted, timeout=30) as answer:
        assert json.load(answer) == {"acknowledged": True}
