"""An approval is good for what it showed, and showing it leaves nothing."""

from datetime import timedelta
from typing import Any

import pytest

from steward.kernel.actor import Actor, Surface
from steward.kernel.errors import ApprovalNeeded
from steward.kernel.model import Input
from steward.properties.inputs import CreateProperty, DeleteProperty, ExportProperties, UpdateProperty
from steward.workspaces.model import CreateKey
from steward.workspaces.model_approvals import Approve, GetApproval
from steward.workspaces.model_permissions import SetPermission
from steward.workspaces.model_roster import AddMember
from tests.support.worlds import World
from tests.unit.workspaces.staff import key_of

HOME = CreateProperty(address="1 Alder Road", city="Kent", state="WA", zip="98030", remarks="old roof")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def script(world: World) -> Actor:
    return key_of(world.owner, "*")


def have_approved(world: World, pattern: str) -> None:
    world.run(SetPermission.model_validate({"command_pattern": pattern, "permission": "require_approval"}))


def run(world: World, cmd: Input, actor: Actor) -> Any:
    return world.run(cmd, actor=actor, surface=Surface.API, key="once")


def asked(world: World, cmd: Input, actor: Actor) -> ApprovalNeeded:
    with pytest.raises(ApprovalNeeded) as caught:
        run(world, cmd, actor)
    return caught.value


def test_a_record_that_changed_since_is_asked_about_again(world: World, script: Actor) -> None:
    home = world.run(HOME)
    first = asked(world, DeleteProperty(id=home.id), script).approval
    world.run(Approve(id=first))
    world.run(UpdateProperty(id=home.id, remarks="new roof"))
    again = asked(world, DeleteProperty(id=home.id), script)
    assert again.approval != first
    assert again.detail.startswith("What it would change is not what was approved any more, so it has to be approved again.")
    assert world.run(GetApproval(id=first)).status == "expired"
    assert len(world.rows("property")) == 1


def test_the_new_yes_is_for_what_it_shows_now(world: World, script: Actor) -> None:
    home, cmd = world.run(HOME), "tin roof"
    have_approved(world, "update_property")
    change = UpdateProperty(id=home.id, remarks=cmd)
    world.run(Approve(id=asked(world, change, script).approval))
    world.insist(UpdateProperty(id=home.id, remarks="new roof"))
    second = world.run(Approve(id=asked(world, change, script).approval))
    assert ("new roof", "tin roof") in [(one.before, one.after) for one in second.diff if one.field == "remarks"]
    assert run(world, change, script).remarks == "tin roof"


def test_a_record_that_comes_between_the_look_and_the_commit_is_seen_too(world: World, script: Actor) -> None:
    home = world.run(HOME)
    world.run(Approve(id=asked(world, DeleteProperty(id=home.id), script).approval))
    world.before_commit_once(lambda: world.run(UpdateProperty(id=home.id, remarks="new roof")))
    asked(world, DeleteProperty(id=home.id), script)
    assert len(world.rows("property")) == 1


def test_what_shows_the_same_is_done_although_time_and_other_records_went_on(world: World, script: Actor) -> None:
    have_approved(world, "*")
    commands: list[Input] = [HOME, CreateKey(name="k", expires_days=30), AddMember(email="a@desk.test", role="user")]
    for cmd in commands:
        world.run(Approve(id=asked(world, cmd, world.owner if isinstance(cmd, CreateKey) else script).approval))
    world.insist(CreateProperty(address="2 Alder Road"))
    world.clock.pass_(minutes=9)
    made = [run(world, cmd, world.owner if isinstance(cmd, CreateKey) else script) for cmd in commands]
    assert (made[0].ref, made[2].ref) == (2, 1)
    assert made[1].expires_at > world.clock() + timedelta(days=29)


def test_a_look_at_the_effect_takes_no_number_and_writes_no_file(world: World, script: Actor) -> None:
    have_approved(world, "*")
    for cmd in (HOME, AddMember(email="a@desk.test", role="user"), ExportProperties()):
        asked(world, cmd, script)
    assert (world.rows("counter"), list(world.ports.blobs.list("w/w1/exports"))) == ([], [])
    assert world.insist(CreateProperty(address="2 Alder Road")).ref == 1
