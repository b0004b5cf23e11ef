"""Nothing of another workspace comes out of any search over REST, on the embedded engine or the server: whatever parameter asks."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from steward.finding.model import Op, SearchInventory, SearchProperties
from steward.finding.rules_chips import NUMBERS
from steward.kernel.dispatch import Door
from steward.kernel.limits import Unlimited
from steward.kernel.product import Product
from steward.kernel.search import Search
from steward.properties.index import SPEC
from steward.properties.inputs import CreateProperty, ListProperties
from steward.surfaces import http
from steward.surfaces.wire import Request
from steward.workspaces.model import CreateKey
from steward.workspaces.policy import RulePolicy
from tests.support.folding import FoldedSearch
from tests.support.worlds import START, World

__all__ = ["SPEC"]
WORD, MARK, FIGURE, ROOMS = "Zyxcanary", "Qwvmarker", 123_456_789, 37
FOREIGN: dict[str, Any] = {
    "address": f"7 {WORD} {MARK} Road", "city": f"{WORD} {MARK}", "county": f"{WORD} {MARK} County", "state": "WY", "zip": "82001",
    "title": f"{WORD} {MARK} manor", "remarks": f"The {WORD} of {MARK}, with a sauna.", "features": ["sauna"], "property_type": "mobile",
    "asking_price": FIGURE, "rent": FIGURE // 1000, "bedrooms": ROOMS, "bathrooms": 36.5, "living_area_sqft": 98_765,
    "lot_area_sqft": 198_765, "year_built": 1801, "lat": 41.14, "lon": -104.82,
}  # fmt: skip
OWN: dict[str, Any] = {"address": "1 Alder Road", "city": "Kent", "state": "WA", "zip": "98030", "remarks": "By the lake.", "bedrooms": 2}
SAID = (
    WORD,
    f"{WORD} {MARK}",
    "zyxcanery",
    str(FIGURE),
    f"{FIGURE - 1}..",
    "82001",
    "WY",
    "sauna",
    "mobile",
    str(ROOMS),
    "41.14,-104.82,20000",
)
ECHOES = frozenset({"query", "understood", "rest", "applied", "not_understood", "near", "relaxations", "notes", "ms"})


class Two(World):
    """Two brokerages on one engine: `mine` asks, `other` has what must not come out."""

    def __init__(self, search: Search) -> None:
        super().__init__()
        self.ports = replace(self.ports, search=search, entropy=os.urandom)
        self._define()
        self.door = Door(self.ports, policy=RulePolicy(self.ports.records), limits=Unlimited(), stamp=self.door.stamp)
        self.product = Product(self.door, Path("nowhere"), 2_000_000_000, secure=False, version="test")
        self.run(CreateProperty(**OWN), workspace="w1")
        self.theirs = [self.run(CreateProperty(**{**FOREIGN, "address": f"{at} {FOREIGN['address']}"}), workspace="w2") for at in range(3)]
        self.keys = {place: self.run(CreateKey(name="all", scope=["*"]), workspace=place).key for place in ("w1", "w2")}

    def ask(self, place: str, method: str, path: str, asked: Mapping[str, Any]) -> tuple[int, str]:
        body = json.dumps(asked).encode() if method == "POST" else b""
        query = {} if body else {name: [str(value)] for name, value in asked.items()}
        headers = {"authorization": f"Bearer {self.keys[place]}", "content-type": "application/json"}
        answer = http.handle(Request(method, path, query, headers, body), self.product)
        return answer.status, bytes(answer.body).decode()

    def leaked(self, method: str, path: str, asked: Mapping[str, Any]) -> str:
        """What came out of the other workspace; "" for nothing. What was asked is said again, and tells nothing."""
        status, text = self.ask("w1", method, path, asked)
        told = {name: value for name, value in json.loads(text).items() if name not in ECHOES} if status == 200 else {}
        for hit in told.get("hits", ()):
            del hit["reasons"]
        shown = json.dumps(told)
        secrets = [MARK, str(FIGURE), *(home.id for home in self.theirs)]
        found = [secret for secret in secrets if secret in shown or (secret in text and secret not in json.dumps(asked))]
        return text if found or told.get("total", 0) > 1 or status >= 500 else ""


@pytest.fixture(params=["sqlite folded", "opensearch"])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Two]:
    real = request.param == "opensearch"
    search: Search = request.getfixturevalue("real_search") if real else FoldedSearch(tmp_path / "search.db", lambda: START)
    made = Two(search)
    for path in ("/search/hybrid", "/v1/properties/search"):
        assert MARK in made.ask("w2", "POST", path, {"query": WORD, "facets": "city"})[1]
    yield made
    made.ports.search.close()


def questions() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every parameter of every search, each with what only the other workspace has."""
    facets = ",".join(field.name for field in SPEC.fields if field.facet)
    for said in SAID:
        for name in sorted(SearchProperties.model_fields.keys() - {"understood", "without"}):
            yield "POST", "/search/hybrid", {"query": WORD, name: said, "facets": facets}
        for name in sorted(SearchInventory.model_fields):
            yield "GET", "/inventory/search", {"status": "any", "facets": facets, name: said}
    for name in sorted(ListProperties.model_fields):
        yield "GET", "/v1/properties", {"facets": facets, name: WORD}
    for field in SPEC.fields:
        for sign in ("", "-"):
            yield "GET", "/inventory/search", {"sort": f"{sign}{field.name}", "status": "any"}
        value: Any = FIGURE if field.type in ("int", "float") else f"{WORD} {MARK}"
        for op in get_args(Op):
            several = [41.1, -104.8, 20_000.0] if op == "near" else [value] if op == "in" else value
            chips = [{"field": field.name, "op": op, "value": several, "text": "chip"}]
            yield "POST", "/v1/properties/search", {"query": WORD, "understood": chips, "facets": facets}


def test_no_parameter_of_a_search_tells_of_another_workspace(two: Two) -> None:
    asked = list(questions())
    assert len(asked) > 500
    assert {name for _, _, told in asked for name in told} >= {f"{name}_min" for name in NUMBERS}
    leaks = [(path, told, text) for method, path, told in asked if (text := two.leaked(method, path, told))]
    assert leaks == []


def test_a_place_of_another_workspace_is_neither_known_nor_proposed(two: Two) -> None:
    for query in (f"{WORD} {MARK}", "zyxcanary qwvmarkr", f"homes in {WORD} {MARK} County", "near 82001"):
        told = json.loads(two.ask("w1", "POST", "/search/hybrid", {"query": query})[1])
        assert [chip for chip in told["understood"] if chip["field"] in ("city", "county")] == []
        assert (told["hits"], told["near"]) == ([], []) or all(hit["city"] == "Kent" for hit in told["hits"])


def test_an_id_a_cursor_and_a_kept_search_of_another_workspace_are_of_no_use(two: Two) -> None:
    theirs = two.theirs[0]
    for path in (f"/search/similar/{theirs.id}", f"/inventory/{theirs.id}", f"/inventory/{theirs.ref + 1}", f"/search/similar/{MARK}"):
        assert two.ask("w1", "GET", path, {})[0] == 404
    cursor = json.loads(two.ask("w2", "GET", "/inventory/search", {"status": "any", "sort": "city", "limit": "1"})[1])["next_cursor"]
    assert two.leaked("GET", "/inventory/search", {"status": "any", "sort": "city", "cursor": cursor}) == ""
    kept = json.loads(two.ask("w2", "POST", "/watchlists", {"name": MARK, "query": WORD})[1])["id"]
    for method, path in (("GET", f"/watchlists/{kept}"), ("GET", f"/watchlists/{kept}/matches"), ("POST", f"/watchlists/{kept}/news")):
        assert two.ask("w1", method, path, {})[0] == 404
    assert two.ask("w1", "POST", "/search/hybrid", {"query": f"similar to {theirs.id}"})[1].count(MARK) == 0
