"""Workspaces and members over REST: their addresses, the source's spellings, and what a body may not say."""

import pytest

from steward.workspaces.model import CreateKey, CreateWorkspace
from steward.workspaces.model_approvals import Approve
from tests.support.worlds import World
from tests.surfaces.test_http import ask, key_of, told


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace="system").id
    return made


def test_members_are_added_listed_changed_and_removed(world: World) -> None:
    key = key_of(world)
    added = ask(world, "POST", "/v1/members", key=key, body={"email": "rosa@example.com", "name": "Rosa", "role": "admin"})
    member = told(added)
    assert (added.status, member["ref"], member["role"]) == (200, 1, "admin")
    changed = ask(world, "PATCH", "/v1/members/1", key=key, body={"role": "user"}, if_match=added.headers["etag"])
    assert told(changed)["role"] == "user"
    assert ask(world, "PATCH", "/v1/members/1", key=key, body={"role": "viewer"}, if_match=added.headers["etag"]).status == 412
    assert [row["email"] for row in told(ask(world, "GET", "/v1/members", key=key))["rows"]] == ["rosa@example.com"]
    assert told(ask(world, "DELETE", f"/v1/members/{member['id']}", key=key))["status"] == "left"


def test_the_sources_spellings_of_workspaces_lead_there_too(world: World) -> None:
    key = key_of(world)
    made = ask(world, "POST", "/workspaces/create", key=key, body={"name": "Alder desk"})
    assert (made.status, told(made)["slug"]) == (201, "alder-desk")
    for named in (world.workspace, "hudson-desk"):
        person = {"email": f"{named}@example.com"}
        assert ask(world, "POST", f"/workspaces/{named}/agents/create", key=key, body=person).status == 200
    asked = ask(world, "PUT", f"/workspaces/{world.workspace}", key=key, body={"name": "Hudson"}, if_match='"1"')
    assert (asked.status, told(asked)["rule"]) == (428, "dangerous")
    assert told(ask(world, "GET", f"/workspaces/{world.workspace}/usage", key=key))["rows"][4]["used"] == 2


@pytest.mark.parametrize("what", ["branding", "flags", "quotas"])
def test_what_a_workspace_is_like_is_read_and_written_at_one_address(world: World, what: str) -> None:
    key, address = key_of(world), f"/v1/workspaces/{world.workspace}/{what}"
    body = {"branding": {"primary": "#1f4d3a"}, "flags": {"flags": {"packets": False}}, "quotas": {"plan": "professional"}}[what]
    read = ask(world, "GET", address, key=key)
    waits = ask(world, "PUT", address, key=key, body=body, if_match=read.headers["etag"])
    world.run(Approve(id=told(waits)["approval"]))
    written = ask(world, "PUT", address, key=key, body=body, if_match=read.headers["etag"])
    assert (read.status, waits.status, written.status) == (200, 428, 200)
    assert told(ask(world, "GET", address, key=key)) == told(written) != told(read)


@pytest.mark.parametrize("path", ["", "/usage", "/branding", "/flags", "/quotas", "/logo"])
def test_another_workspace_in_an_address_is_as_good_as_none(world: World, path: str) -> None:
    other = world.run(CreateWorkspace(name="Alder desk"), workspace="system")
    key, answers = key_of(world), []
    for named in (other.id, other.slug, "nothing", "system"):
        answer = ask(world, "GET", f"/v1/workspaces/{named}{path}", key=key)
        answers.append((answer.status, told(answer)["detail"].replace(named, "…")))
    assert {status for status, _ in answers} == {404}
    assert len({detail.partition(" Did you mean")[0].partition(" `")[0] for _, detail in answers}) == 1


@pytest.mark.parametrize("path", ["agents/create", "erase", "restore", "permissions"])
def test_nothing_is_done_in_another_workspace_of_an_address(world: World, path: str) -> None:
    other = world.run(CreateWorkspace(name="Alder desk"), workspace="system")
    assert ask(world, "POST", f"/v1/workspaces/{other.id}/{path}", key=key_of(world), body={}).status == 404


@pytest.mark.parametrize("field", ["workspace", "owner", "scopes", "version", "account", "joined_at"])
def test_a_body_that_names_what_only_the_record_has_is_refused(world: World, field: str) -> None:
    answer = ask(world, "POST", "/v1/members", key=key_of(world), body={"email": "rosa@example.com", field: "x"})
    assert (answer.status, told(answer)["errors"][0]["pointer"]) == (422, f"/{field}")


def test_a_key_without_the_scope_adds_nobody(world: World) -> None:
    secret = world.run(CreateKey(name="k", scope=["write:*", "read:*"])).key
    answer = ask(world, "POST", "/v1/members", key=secret, body={"email": "rosa@example.com"})
    assert (answer.status, told(answer)["detail"]) == (403, "Missing required scope: admin:agents")
