"""The owner at the machine's command line: in which workspace a line acts, and what they see of the installation itself."""

from typing import Any

import pytest

from host import own
from steward.kernel.actor import NOBODY, Surface
from steward.kernel.errors import NotFound
from steward.surfaces import http
from steward.surfaces.wire import Request
from steward.workspaces.model import CreateWorkspace, MakeLink, OpenSession
from steward.workspaces.model_accounts import ChangeAccount
from tests.support.worlds import World
from tests.unit.workspaces.people import HERE, account, actor_of, ask, sign_in, verified


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace="system").id
    made.run(CreateWorkspace(name="Acme Realty"), workspace="system")
    return made


def run(world: World, name: str, at: str = "", **told: Any) -> dict[str, Any]:
    return own.run(world.product, name, told, workspace=at, key="", expected=None)


def test_a_workspace_is_shown_by_name_by_option_or_as_ones_own(world: World) -> None:
    assert run(world, "workspaces.get")["slug"] == "hudson-desk"
    assert run(world, "workspaces.get", "acme-realty")["slug"] == "acme-realty"
    assert run(world, "workspaces.get", workspace="acme-realty")["slug"] == "acme-realty"
    for named in ("acme-reality", "system"):
        with pytest.raises(NotFound, match="workspaces list"):
            run(world, "workspaces.get", named)


def test_the_owner_finds_writes_and_verifies_the_sign_ins_of_everybody(world: World) -> None:
    id = account(world)
    verified(world, id)
    sign_in(world)
    (row,) = run(world, "receipts.list", "system", command="auth.login")["rows"]
    assert (row["outcome"], row["ip"]) == ("done", HERE.ip)
    with world.ports.blobs.open(run(world, "receipts.export", "system", command="auth.*")["blob"]) as file:
        assert b"auth.login" in file.read()
    run(world, "receipts.seal")
    told = run(world, "receipts.verify", "system")
    assert told["ok"]
    assert told["count"] >= 3


def test_who_acted_in_the_installation_is_named(world: World) -> None:
    account(world)
    actor = actor_of(world, sign_in(world).token)
    ask(world, ChangeAccount(full_name="Dana of Hudson"), actor)
    (row,) = run(world, "receipts.list", "system", command="accounts.change")["rows"]
    assert row["name"] == "Dana of Hudson"


@pytest.mark.parametrize("path", ["/v1/receipts", "/v1/receipts.csv"])
def test_over_rest_they_are_for_a_session_of_the_owner_alone(world: World, path: str) -> None:
    account(world)
    link = world.run(MakeLink(), workspace="system").token
    owner = world.run(OpenSession(token=link), workspace="system", actor=NOBODY, surface=Surface.DESK).token
    for token, status in ((owner, 200), (sign_in(world).token, 404)):
        headers = {"cookie": f"steward={token}", "x-workspace": "system"}
        assert http.handle(Request("GET", path, {}, headers, b""), world.product).status == status
