"""In which workspace a request of a browser acts: that of its address, whatever else it says or leaves out."""

import json

import pytest

from steward.surfaces import http
from steward.surfaces.wire import Request
from steward.workspaces.model import CreateWorkspace, MakeLink, OpenSession
from steward.workspaces.model_permissions import ListPermissions, SetPermission
from steward.workspaces.model_roster import AddMember
from tests.surfaces.test_auth import LOGIN, OWN, Client
from tests.unit.workspaces.people import DANA


class Desks(Client):
    """The browser of somebody who owns two desks and is signed in."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = (self.desk(name) for name in ("First", "Second"))
        self.ask("POST", "/v1/auth/login", LOGIN)

    def desk(self, name: str, role: str = "owner") -> str:
        made: str = self.world.run(CreateWorkspace(name=name), workspace="system").id
        self.world.run(AddMember(email=DANA, role=role), workspace=made)
        return made


@pytest.fixture
def desks() -> Desks:
    return Desks()


def test_a_rule_is_set_in_the_workspace_of_the_address(desks: Desks) -> None:
    rule = {"command_pattern": "delete_*", "permission": "deny"}
    assert desks.ask("POST", "/v1/workspaces/second/permissions", rule).status == 200
    assert desks.ask("POST", "/v1/workspaces/second/permissions", rule, {**OWN, "x-workspace": "first"}).status == 200
    assert [desks.world.run(ListPermissions(), workspace=id).total for id in (desks.first, desks.second)] == [0, 1]


@pytest.mark.parametrize("named", [{}, {"x-workspace": "second"}])
def test_a_rule_holds_for_its_workspace_in_an_address_whatever_the_header_says(desks: Desks, named: dict[str, str]) -> None:
    rule = SetPermission.model_validate({"command_pattern": "workspaces.get", "permission": "deny"})
    desks.world.run(rule, workspace=desks.first)
    assert desks.ask("GET", "/v1/workspaces/second", headers={**OWN, **named}).status == 200
    refused = desks.ask("GET", "/v1/workspaces/first", headers={**OWN, **named})
    assert (refused.status, json.loads(refused.body)["detail"]) == (403, "Command 'workspaces.get' is denied by workspace policy")


def test_an_owner_makes_a_workspace_without_naming_the_one_they_have(desks: Desks) -> None:
    made = json.loads(desks.ask("POST", "/v1/workspaces", {"name": "Third"}).body)
    seen = [one["slug"] for one in json.loads(desks.ask("GET", "/v1/workspaces").body)["rows"]]
    assert (made["slug"], made["owner_email"], seen) == ("third", DANA, ["first", "second", "third"])


@pytest.mark.parametrize("path", ["/v1/properties", "/v1/auth/login"])
def test_a_browsers_body_says_that_it_is_json(desks: Desks, path: str) -> None:
    body = json.dumps({"address": "1 Alder Road"}).encode()
    headers = {"cookie": f"steward={desks.cookies['steward']}", "sec-fetch-site": "same-origin"}
    answer = http.handle(Request("POST", path, {}, headers, body), desks.product)
    assert (answer.status, b"content-type: application/json" in answer.body) == (400, True)
    assert not desks.world.rows("property", desks.first)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_installation_is_no_workspace_of_an_address(desks: Desks, method: str) -> None:
    link = desks.world.run(MakeLink(), workspace="system")
    desks.cookies["steward"] = desks.world.run(OpenSession(token=link.token), workspace="system").token
    path = {"GET": "/v1/workspaces/system/usage", "POST": "/v1/workspaces/system/agents/create"}[method]
    assert desks.ask(method, path, {"email": "eve@example.com"}).status == 404
