"""Workspaces as answers show them: whose they are, on which plan; and names that each is there once."""

import pytest

from steward.kernel.errors import Conflict
from steward.workspaces import identity
from steward.workspaces.desks import take_name
from steward.workspaces.model import CreateWorkspace, GetWorkspace, ListWorkspaces, WorkspaceView
from steward.workspaces.model_accounts import ChangeAccount
from steward.workspaces.model_plans import SetQuotas
from steward.workspaces.model_roster import AddMember, ListMembers
from steward.workspaces.model_settings import DeleteWorkspace, UpdateWorkspace
from tests.support.worlds import World
from tests.unit.workspaces.people import DANA, account, actor_of, sign_in

SYSTEM = "system"


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace=SYSTEM).id
    return made


def shown(world: World) -> WorkspaceView:
    found: WorkspaceView = world.run(GetWorkspace(workspace=world.workspace))
    return found


def test_a_workspace_tells_its_owner_its_plan_and_its_status(world: World) -> None:
    world.run(AddMember(email=DANA, role="owner"))
    assert (shown(world).owner_email, shown(world).plan_tier, shown(world).status) == (DANA, "enterprise", "active")
    world.insist(SetQuotas(plan="professional"))
    world.insist(DeleteWorkspace(), key="end")
    closed = shown(world)
    assert (closed.plan_tier, closed.status) == ("professional", "closed")
    assert closed.updated_at > closed.created_at


def test_a_workspace_without_an_owner_of_its_own_is_the_installations(world: World) -> None:
    assert (shown(world).owner_id, shown(world).owner_email) == ("owner", "")
    world.run(ChangeAccount(email="me@hudson.example"), workspace=SYSTEM)
    assert shown(world).owner_email == "me@hudson.example"


def test_who_makes_a_workspace_for_somebody_is_told_whose_it_is(world: World) -> None:
    made = world.run(CreateWorkspace(name="Alder desk", owner_email=DANA), workspace=SYSTEM)
    assert made.owner_email == DANA
    assert made.owner_id == world.run(ListMembers(role="owner"), workspace=made.id).rows[0].id


def test_a_member_sees_their_own_address_whole_and_no_others(world: World) -> None:
    other = world.run(CreateWorkspace(name="Other"), workspace=SYSTEM).id
    account(world)
    world.run(AddMember(email=DANA, role="owner"))
    world.run(AddMember(email="eve@hudson.example", role="owner"), workspace=other)
    world.run(AddMember(email=DANA, role="viewer"), workspace=other)
    dana = actor_of(world, sign_in(world).token)
    rows = world.run(ListWorkspaces(), actor=dana, workspace=SYSTEM).rows
    assert [row.owner_email for row in rows] == [DANA, "e•••@hudson.example"]


@pytest.mark.parametrize("name", ["Hudson desk", "HUDSON  Desk "])
def test_two_workspaces_have_no_name_in_common(world: World, name: str) -> None:
    with pytest.raises(Conflict, match="choose another name"):
        world.run(CreateWorkspace(name=name, slug="another"), workspace=SYSTEM)
    other = world.run(CreateWorkspace(name="Other"), workspace=SYSTEM).id
    world.workspace = other
    with pytest.raises(Conflict, match="choose another name"):
        world.insist(UpdateWorkspace(name=name))


def test_a_name_that_is_given_up_is_free_again(world: World) -> None:
    world.insist(UpdateWorkspace(name="HUDSON desk"))
    world.insist(UpdateWorkspace(name="Hudson & Sons"))
    world.run(CreateWorkspace(name="Hudson desk", slug="another"), workspace=SYSTEM)
    assert {one.name for one in identity.workspaces(world.records)} == {"Hudson & Sons", "Hudson desk"}


def test_of_two_who_take_a_name_at_once_one_gets_it(world: World) -> None:
    first, second = world.context(SYSTEM), world.context(SYSTEM)
    take_name(first, "Alder", "1")
    take_name(second, "alder", "2")
    world.records.commit(list(first.changes.values()))
    with pytest.raises(Conflict):
        world.records.commit(list(second.changes.values()))
