"""What the OpenAPI document says of addresses, headers and kinds of values, and that the API keeps to it."""

import json

import pytest

from steward.kernel.errors import Invalid
from steward.kernel.parse import check_kinds
from steward.surfaces import http, openapi
from steward.surfaces.wire import Request
from steward.workspaces.model import CreateKey, CreateWorkspace, RotateKey
from tests.support.worlds import World

DOCUMENT = openapi.make()


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def key(world: World) -> str:
    workspace = world.run(CreateWorkspace(name="Hudson desk"), workspace="system").id
    secret: str = world.run(CreateKey(name="test", scope=["*"]), workspace=workspace).key
    return secret


@pytest.mark.parametrize("path", ["/health", "/v1/keys", "/v1/members/invite", "/v1/workspaces/{workspace}"])
def test_an_address_takes_the_methods_that_are_described(path: str) -> None:
    described = {method.upper() for method in DOCUMENT["paths"][path]}
    assert http.methods(path.replace("{workspace}", "own")) == described


def test_an_address_that_is_none_takes_nothing() -> None:
    assert http.methods("/v1/none") == frozenset()


@pytest.mark.parametrize("path", ["/", "/health"])
def test_a_service_address_names_its_method(world: World, path: str) -> None:
    answer = http.handle(Request("PUT", path), world.product)
    assert (answer.status, answer.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize("path", ["/v1/agents/%20/permissions", "/v1/agents//permissions"])
def test_a_blank_part_of_an_address_names_nothing(world: World, key: str, path: str) -> None:
    body = json.dumps({"command_pattern": "*", "permission": "deny"}).encode()
    answer = http.handle(Request("POST", path, {}, {"authorization": f"Bearer {key}"}, body), world.product)
    assert answer.status == 404


@pytest.mark.parametrize(("told", "words"), [({"hours": False}, "a whole number"), ({"hours": "3"}, "a whole number")])
def test_json_of_another_kind_is_refused_by_its_place(told: dict[str, object], words: str) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        check_kinds(RotateKey, told)
    assert [fault.pointer for fault in caught.value.faults] == ["/hours"]


@pytest.mark.parametrize("told", [{"hours": 3}, {"hours": 3.0}, {"hours": None}, {"id": "3"}, {"unknown": "3"}])
def test_json_of_the_right_kind_goes_on(told: dict[str, object]) -> None:
    check_kinds(RotateKey, told)


@pytest.mark.parametrize("moment", ["2027", "0.5", "1e9", "20270131", 2027])
def test_a_number_is_no_moment(moment: object) -> None:
    with pytest.raises(ValueError, match="write a day or a moment"):
        CreateKey.model_validate({"name": "x", "expires": moment})


def test_what_is_destroyed_by_address_asks_for_its_key_there() -> None:
    named = {one["name"]: one for one in DOCUMENT["paths"]["/v1/properties/{id}"]["delete"]["parameters"]}
    assert (named["Idempotency-Key"]["required"], named["If-Match"]["required"]) == (True, False)


def test_a_file_has_the_type_that_its_address_ends_in() -> None:
    assert list(DOCUMENT["paths"]["/v1/properties.csv"]["get"]["responses"]["200"]["content"]) == ["text/csv"]
