"""REST: addresses, credentials, bodies and problems."""

import json
from typing import Any

import pytest

from steward.kernel.actor import Surface
from steward.surfaces import http
from steward.surfaces.wire import Request, Response
from steward.workspaces.model import CreateKey, CreateWorkspace, MakeLink, OpenSession, RevokeKey
from steward.workspaces.rules import new_secret
from tests.support.worlds import World


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace="system").id
    return made


def ask(world: World, method: str, path: str, *, key: str = "", body: Any = None, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if key:
        named["authorization"] = f"Bearer {key}"
    raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    path, _, query = path.partition("?")
    pairs = [part.split("=", 1) for part in query.split("&") if part]
    return http.handle(Request(method, path, {name: [value] for name, value in pairs}, named, raw), world.product)


def told(response: Response) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(response.body)
    return answer


def key_of(world: World, *scopes: str) -> str:
    secret: str = world.run(CreateKey(name="test", scope=list(scopes) or ["*"])).key
    return secret


def test_the_service_says_what_it_is_and_that_it_lives(world: World) -> None:
    assert told(ask(world, "GET", "/"))["name"] == "Steward"
    for path in ("/health", "/healthz", "/ping"):
        assert told(ask(world, "GET", path))["status"] == "ok"
    assert told(ask(world, "GET", "/openapi.json"))["openapi"] == "3.1.0"


@pytest.mark.parametrize("path", ["/v1/workspaces", "/workspaces", "/api/workspaces"])
def test_every_spelling_of_an_address_leads_to_the_same_command(world: World, path: str) -> None:
    response = ask(world, "GET", path, key=key_of(world))
    assert (response.status, [row["slug"] for row in told(response)["rows"]]) == (200, ["hudson-desk"])


def test_without_a_key_nobody_is_signed_in(world: World) -> None:
    response = ask(world, "GET", "/v1/workspaces")
    assert (response.status, told(response)["detail"]) == (401, "Missing API key")
    assert response.headers["content-type"] == "application/problem+json"


def test_a_key_works_in_either_header_until_it_is_revoked(world: World) -> None:
    created = world.run(CreateKey(name="test"))
    assert ask(world, "GET", "/v1/workspaces", x_api_key=created.key).status == 200
    world.run(RevokeKey(id=created.id))
    response = ask(world, "GET", "/v1/workspaces", key=created.key)
    assert (response.status, told(response)["detail"]) == (401, "Invalid API key")


def test_a_junk_key_is_refused_without_a_read(world: World) -> None:
    world.ports.records.get = None  # type: ignore[method-assign, assignment]
    assert ask(world, "GET", "/v1/workspaces", key="stw_" + "a" * 36).status == 401


def test_a_missing_scope_is_named(world: World) -> None:
    response = ask(world, "POST", "/v1/keys", key=key_of(world, "read:*"), body={"name": "x"})
    assert (response.status, told(response)["detail"]) == (403, "Missing required scope: admin:api_keys")


def test_head_answers_as_get_does(world: World) -> None:
    key = key_of(world)
    seen, head = (ask(world, method, "/v1/workspaces", key=key) for method in ("GET", "HEAD"))
    assert (head.status, head.headers) == (seen.status, seen.headers)


def test_an_unknown_address_and_a_wrong_method_say_so(world: World) -> None:
    assert ask(world, "GET", "/v1/nowhere").status == 404
    response = ask(world, "DELETE", "/v1/keys", key=key_of(world))
    assert (response.status, response.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"name": NaN}', 400),
        (b'{"name":"a","name":"b"}', 400),
        (b"[" * 99, 400),
        (b'{"name":"\\ud800"}', 400),
        (b"x" * 1_000_001, 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_and_never_a_fault_of_ours(world: World, body: bytes, status: int) -> None:
    assert ask(world, "POST", "/v1/keys", key=key_of(world), body=body).status == status


def test_wrong_fields_are_listed_with_their_pointers(world: World) -> None:
    response = ask(world, "POST", "/v1/keys", key=key_of(world), body={"name": "x", "secret_hash": "x", "version": 3})
    assert response.status == 422
    assert {error["pointer"] for error in told(response)["errors"]} == {"/secret_hash", "/version"}


def test_a_form_post_is_told_to_send_json(world: World) -> None:
    response = ask(world, "POST", "/v1/keys", key=key_of(world), body=b"name=x", content_type="application/x-www-form-urlencoded")
    assert response.status == 400
    assert "application/json" in told(response)["detail"]


@pytest.mark.parametrize("path", ["/v1/runs/" + "9" * 5000, "/v1/runs/%ff", "/v1/runs/%00"])
def test_an_address_out_of_all_measure_is_refused(world: World, path: str) -> None:
    assert ask(world, "GET", path, key=key_of(world)).status == 400


def test_a_record_carries_an_etag_that_a_change_and_a_second_look_may_name(world: World) -> None:
    key = key_of(world)
    made = ask(world, "POST", "/v1/properties", key=key, body={"address": "218 Tannery Row"})
    path = f"/v1/properties/{told(made)['id']}"
    seen = ask(world, "GET", path, key=key)
    assert ask(world, "GET", path, key=key, if_none_match=seen.headers["etag"]).status == 304
    assert ask(world, "PATCH", path, key=key, body={"bedrooms": 3}).status == 428
    changed = ask(world, "PATCH", path, key=key, body={"bedrooms": 3}, if_match=seen.headers["etag"])
    assert (changed.status, told(changed)["version"]) == (200, 2)
    stale = ask(world, "PATCH", path, key=key, body={"bedrooms": 4}, if_match='"1"')
    assert (stale.status, told(stale)["current_version"]) == (412, 2)


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ("*", 200),
        ('"1"', 200),
        ('"1-00c0ffee"', 200),
        ('W/"1"', 412),
        ('"one"', 412),
        ('""', 412),
        ('"9999999999999999"', 412),
        ("1", 400),
        ("W/1", 400),
        ('"1', 400),
        ('"1", "2"', 400),
        ("²", 400),
    ],
)
def test_a_version_is_named_by_a_strong_etag_in_its_quotes_or_by_a_star(world: World, tag: str, status: int) -> None:
    key = key_of(world)
    made = ask(world, "POST", "/v1/properties", key=key, body={"address": "218 Tannery Row"})
    answer = ask(world, "PATCH", f"/v1/properties/{told(made)['id']}", key=key, body={"bedrooms": 3}, if_match=tag)
    assert (answer.status, status == 200 or '"3"' in told(answer)["detail"]) == (status, True)


def test_a_foreign_id_answers_as_an_absent_one(world: World) -> None:
    other = world.run(CreateWorkspace(name="Other"), workspace="system")
    key = key_of(world)
    foreign, absent = (told(ask(world, "GET", f"/v1/workspaces/{name}", key=key)) for name in (other.id, "absent"))
    assert foreign["status"] == absent["status"] == 404


def test_a_repeat_with_the_same_idempotency_key_is_replayed(world: World) -> None:
    key = key_of(world)
    first = ask(world, "POST", "/v1/keys", key=key, body={"name": "x"}, idempotency_key="one")
    again = ask(world, "POST", "/v1/keys", key=key, body={"name": "x"}, idempotency_key="one")
    assert (first.status, again.status, again.headers["idempotent-replayed"]) == (201, 201, "true")
    assert told(again)["key"] == ""
    assert told(again)["id"] == told(first)["id"]
    assert len(world.rows("key")) == 2


def test_a_member_signs_in_by_a_link_that_works_once(world: World) -> None:
    link = world.run(MakeLink(), workspace="system")
    opened = world.run(OpenSession(token=link.token), workspace="system", surface=Surface.DESK)
    page = ask(world, "GET", "/v1/keys", cookie=f"steward={opened.token}", x_workspace="hudson-desk")
    assert page.status == 200
    foreign = ask(
        world,
        "POST",
        "/v1/keys",
        cookie=f"steward={opened.token}",
        x_workspace="hudson-desk",
        body={"name": "x"},
        sec_fetch_site="cross-site",
    )
    assert foreign.status == 403


def test_an_unexpected_fault_is_answered_with_a_reference(world: World) -> None:
    world.ports.records.get = None  # type: ignore[method-assign, assignment]
    key = new_secret(lambda length: b"\1" * length)
    response = ask(world, "GET", "/v1/workspaces", key=key)
    assert response.status == 500
    assert told(response)["reference"] in told(response)["detail"]


@pytest.mark.parametrize(
    ("said", "kept"), [("01m7z8:order-7_a.b", "01m7z8:order-7_a.b"), ("jane@example.com", ""), ("Jane Roe", ""), ("x" * 65, "")]
)
def test_a_correlation_id_is_kept_with_the_receipt_and_other_words_are_not(world: World, said: str, kept: str) -> None:
    ask(
        world,
        "POST",
        "/v1/permissions",
        key=key_of(world),
        body={"command_pattern": "delete_*", "permission": "deny"},
        x_correlation_id=said,
    )
    assert world.rows("receipt")[-1].body["correlation"] == kept


@pytest.mark.parametrize(
    "path",
    ["/", "/health", "/nowhere", "/v1/properties", "/v1/properties.csv", "/v1/properties/none", "/v1/permissions/export", "/v1/keys/x"],
)
@pytest.mark.parametrize("known", [True, False])
def test_no_answer_is_kept_on_its_way_or_taken_for_anything_else(world: World, path: str, *, known: bool) -> None:
    headers = ask(world, "GET", path, key=key_of(world) if known else "").headers
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
