"""Limits over HTTP: what an answer says of them, and keys that are none."""

import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from steward.adapters.limits.memory import MemoryBuckets
from steward.limits_line import limits
from steward.surfaces import http
from steward.surfaces.wire import Request, Response
from steward.workspaces.limiting import CallLimits
from steward.workspaces.model import CreateKey, CreateWorkspace
from steward.workspaces.rules import new_secret
from tests.support.worlds import World


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace="system").id
    return made


def limit(world: World, line: str) -> None:
    own = MemoryBuckets()
    world.door.limits = CallLimits(world.records, limits(line), own=own, shared=own)


def ask(world: World, key: str, path: str = "/v1/keys", *, method: str = "GET", body: Any = None) -> Response:
    raw = json.dumps(body).encode() if body is not None else b""
    return http.handle(Request(method, path, {}, {"authorization": f"Bearer {key}"}, raw, "203.0.113.7"), world.product)


def test_without_a_limit_an_answer_says_nothing_of_limits(world: World) -> None:
    headers = ask(world, world.run(CreateKey(name="k", scope=["*"])).key).headers
    assert not [name for name in headers if name.startswith("ratelimit")]


def test_an_answer_says_what_its_limits_leave_also_where_it_is_a_refusal(world: World) -> None:
    key = world.run(CreateKey(name="k", scope=["*"])).key
    limit(world, "key=3/min workspace=100/h")
    seen = ask(world, key)
    assert seen.headers["ratelimit-policy"] == '"key";q=3;w=60, "workspace";q=100;w=3600'
    assert seen.headers["ratelimit"] == '"key";r=2;t=20, "workspace";r=99;t=36'
    wrong = ask(world, key, method="POST", body={"nome": "x"})
    assert (wrong.status, wrong.headers["ratelimit"]) == (422, '"key";r=1;t=40, "workspace";r=98;t=72')


def test_two_limits_of_one_kind_have_two_names(world: World) -> None:
    key = world.run(CreateKey(name="k", scope=["*"])).key
    limit(world, "key=3/s key=20/min")
    seen = ask(world, key)
    assert seen.headers["ratelimit-policy"] == '"key";q=3;w=1, "key-2";q=20;w=60'
    assert seen.headers["ratelimit"] == '"key";r=2;t=1, "key-2";r=19;t=3'


def test_a_call_over_a_limit_is_429_and_says_when_to_come_again(world: World) -> None:
    key = world.run(CreateKey(name="k", scope=["*"])).key
    limit(world, "key=3/min")
    for _ in range(3):
        assert ask(world, key).status == 200
    over = ask(world, key)
    told = json.loads(over.body)
    assert (over.status, told["type"], over.headers["content-type"]) == (429, "urn:steward:problem:too_many", "application/problem+json")
    assert (over.headers["retry-after"], over.headers["ratelimit"]) == ("20", '"key";r=0;t=20')


def test_a_refused_key_that_goes_on_is_not_looked_up_for_a_while_and_others_are(world: World) -> None:
    old, new = new_secret(Random(4).randbytes), world.run(CreateKey(name="new", scope=["*"]))
    statuses = [ask(world, old).status for _ in range(150)]
    assert statuses[:100] == [401] * 100
    assert 429 in statuses
    get, world.records.get = world.records.get, None  # type: ignore[method-assign, assignment]
    assert ask(world, old).status == 429
    world.records.get = get  # type: ignore[method-assign]
    assert ask(world, new.key).status == 200
    world.clock.at += timedelta(minutes=2)
    assert ask(world, old).status == 401


@pytest.mark.parametrize("path", ["/v1/api-keys", "/api-keys", "/api/api-keys"])
def test_the_sources_spelling_makes_lists_and_ends_a_key(world: World, path: str) -> None:
    key = world.run(CreateKey(name="k", scope=["*"])).key
    made = ask(world, key, path, method="POST", body={"name": "Dashboard Read-Only", "scopes": ["read:properties"], "expires_days": 30})
    told = json.loads(made.body)
    assert (made.status, told["name"], told["scopes"]) == (201, "Dashboard Read-Only", ["read:properties"])
    assert told["api_key"].startswith("stw_")
    assert told["expires_at"]
    listed = json.loads(ask(world, key, path).body)["rows"]
    assert {"id", "name", "scopes", "last_used_at", "key_preview"} <= set(listed[-1])
    assert told["api_key"] not in json.dumps(listed)
    assert json.loads(ask(world, key, f"{path}/{told['id']}/revoke", method="POST").body)["message"] == "API key revoked"


def test_a_replay_over_rest_shows_no_secret(world: World) -> None:
    key = world.run(CreateKey(name="k", scope=["*"])).key
    request = Request("POST", "/v1/keys", {}, {"authorization": f"Bearer {key}", "idempotency-key": "once"}, b'{"name": "x"}')
    first, again = (http.handle(request, world.product) for _ in range(2))
    assert json.loads(first.body)["key"].startswith("stw_")
    assert (json.loads(again.body)["key"], json.loads(again.body)["api_key"], again.headers["idempotent-replayed"]) == ("", "", "true")


def test_a_key_that_names_another_workspace_is_of_no_use_there(world: World) -> None:
    key = world.run(CreateKey(name="k", scope=["*"])).key
    for named, status in ((world.workspace, 200), ("hudson-desk", 200), ("elsewhere", 401)):
        headers = {"authorization": f"Bearer {key}", "x-workspace": named}
        answer = http.handle(Request("GET", "/v1/keys", {}, headers), world.product)
        assert answer.status == status
    assert json.loads(answer.body)["detail"] == "Invalid workspace"


def test_nobody_hears_that_first_whatever_else_is_wrong(world: World) -> None:
    for body in (b"", b"{", b'{"nome": 1}'):
        answer = http.handle(Request("POST", "/v1/keys", {}, {}, body), world.product)
        assert (answer.status, json.loads(answer.body)["detail"]) == (401, "Missing API key")


def test_who_lacks_the_scope_hears_that_before_what_is_wrong_with_the_request(world: World) -> None:
    key = world.run(CreateKey(name="k", scope=["read:properties"])).key
    answer = ask(world, key, method="POST", body={"nome": "x"})
    assert (answer.status, json.loads(answer.body)["detail"]) == (403, "Missing required scope: admin:api_keys")
