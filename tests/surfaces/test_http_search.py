"""Searching over REST: every spelling of its sources leads to it, with what is asked in the address or in the body."""

import json
from typing import Any

import pytest

from steward.surfaces import http
from steward.surfaces.wire import Request
from steward.workspaces.model import CreateKey
from tests.support.worlds import World
from tests.unit.finding.homes import homes


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    homes(made)
    return made


@pytest.fixture(scope="module")
def key(world: World) -> str:
    made: str = world.run(CreateKey(name="reader", scope=["read:properties"])).key
    return made


def ask(world: World, key: str, method: str, path: str, *, body: Any = None, **query: str) -> tuple[int, Any]:
    sent = b"" if body is None else json.dumps(body).encode()
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    answer = http.handle(Request(method, path, {name: [value] for name, value in query.items()}, headers, sent), world.product)
    return answer.status, json.loads(answer.body)


PATHS = ("/v1/search/hybrid", "/search/hybrid", "/v1/properties/search", "/api/properties/search")


@pytest.mark.parametrize("path", PATHS)
def test_a_search_is_posted_in_the_address_or_in_the_body(world: World, key: str, path: str) -> None:
    for status, told in (
        ask(world, key, "POST", path, q="Kent condos under 400k"),
        ask(world, key, "POST", path, body={"query": "Kent condos", "price_max": 400_000}),
        ask(world, key, "POST", path, body={"city": "Kent", "type": "condo", "price": "..400000"}),
    ):
        assert status == 200
        assert [hit["ref"] for hit in told["hits"]] == [1]


def test_homes_like_one_and_the_inventory_are_got(world: World, key: str) -> None:
    assert len(ask(world, key, "GET", "/search/similar/1", limit="2")[1]["hits"]) == 2
    status, told = ask(world, key, "GET", "/inventory/search", q="Kent", beds_min="3", limit="1")
    assert (status, len(told["data"]), told["total"]) == (200, 1, 2)
    assert ask(world, key, "GET", "/inventory/2")[1]["ref"] == 2


def test_an_unknown_filter_is_a_422(world: World, key: str) -> None:
    status, told = ask(world, key, "GET", "/inventory/search", garage="2")
    assert (status, told["errors"][0]["pointer"]) == (422, "/garage")


def test_what_changes_something_takes_no_query(world: World, key: str) -> None:
    assert ask(world, key, "POST", "/watchlists", name="mine")[0] == 400
