"""Nobody approves what they asked for themselves (spec K10), by whatever way round: keys that make keys, secrets, people and rules."""

from itertools import count

import pytest

from steward.kernel.actor import Actor, Surface
from steward.kernel.errors import ApprovalNeeded, Forbidden, NotFound
from steward.properties.inputs import CreateProperty, DeleteProperty
from steward.workspaces import identity
from steward.workspaces.model import CreateKey, RotateKey
from steward.workspaces.model_approvals import Approve
from steward.workspaces.model_members import MEMBERS
from steward.workspaces.model_permissions import SetPermission
from steward.workspaces.model_roster import AddMember, UpdateMember
from steward.workspaces.roles import held
from tests.support.worlds import World
from tests.unit.workspaces.staff import hire

NUMBERS = count(1)


@pytest.fixture
def world() -> World:
    return World()


def key(world: World, *scopes: str, by: Actor | None = None) -> Actor:
    """A key as it comes in over the API, made by the owner of the machine or by somebody else."""
    surface = Surface.API if by and by.kind == "key" else Surface.DESK
    made = world.run(CreateKey(name="script", scope=list(scopes)), actor=by or world.owner, surface=surface)
    return identity.by_key(world.records, made.key, world.clock())


def asked(world: World, actor: Actor) -> str:
    home = world.run(CreateProperty(address=f"{next(NUMBERS)} Alder Road", city="Kent", state="WA", zip="98030")).id
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(DeleteProperty(id=home), actor=actor, surface=Surface.API, key=f"delete {home}")
    return caught.value.approval


def session(world: World, member: str) -> Actor:
    """A member as they are signed in on the desk."""
    found = MEMBERS.require(world.context(), member)
    return Actor(member, "member", found.name, held(found.role), role=found.role, workspace="w1", member=member, line=found.line)


@pytest.mark.parametrize("scopes", [("approve",), ("*",), ("read:*", "approve")])
def test_a_key_makes_no_key_that_may_approve(world: World, scopes: tuple[str, ...]) -> None:
    with pytest.raises(Forbidden, match="somebody who is signed in makes one") as caught:
        key(world, *scopes, by=key(world, "*"))
    assert caught.value.rule == "approve"


def test_a_key_gets_no_secret_of_another_key_that_may_approve(world: World) -> None:
    approving = key(world, "approve")
    with pytest.raises(Forbidden, match="only who made it"):
        world.run(RotateKey(id=approving.id.removeprefix("key:")), actor=key(world, "*"), surface=Surface.API)


def test_nor_does_an_admin_of_a_colleagues_but_who_made_it_and_itself_do(world: World) -> None:
    ann, ben = hire(world, "admin"), hire(world, "admin")
    bens = key(world, "approve", "admin:api_keys", by=ben)
    with pytest.raises(Forbidden, match="only who made it"):
        world.run(RotateKey(id=bens.id.removeprefix("key:")), actor=ann, surface=Surface.DESK)
    for actor, surface in ((ben, Surface.DESK), (bens, Surface.API)):
        assert world.run(RotateKey(id=bens.id.removeprefix("key:")), actor=actor, surface=surface).key


def test_a_key_that_may_approve_does_not_for_the_keys_it_made(world: World) -> None:
    first = key(world, "*")
    second = key(world, "delete:*", "admin:api_keys", "write:*", by=first)
    for asks in (second, key(world, "delete:*", by=second)):
        with pytest.raises(Forbidden, match="go back to the same key"):
            world.run(Approve(id=asked(world, asks)), actor=first, surface=Surface.API)


def test_another_key_that_a_person_made_still_approves(world: World) -> None:
    assert world.run(Approve(id=asked(world, key(world, "*"))), actor=key(world, "approve"), surface=Surface.API).status == "approved"


def test_two_keys_of_one_member_are_one_and_the_same(world: World) -> None:
    boss = hire(world, "owner")
    with pytest.raises(Forbidden, match="Nobody decides their own"):
        world.run(Approve(id=asked(world, key(world, "*", by=boss))), actor=key(world, "approve", by=boss), surface=Surface.API)


def test_what_a_key_asks_for_is_its_makers_own_where_a_rule_forbids_that(world: World) -> None:
    world.run(SetPermission.model_validate({"command_pattern": "delete_property", "permission": "require_approval", "own": False}))
    boss = hire(world, "owner")
    with pytest.raises(Forbidden, match="Nobody decides their own"):
        world.run(Approve(id=asked(world, key(world, "*", by=boss))), actor=boss, surface=Surface.DESK)
    machines = asked(world, key(world, "*"))
    for actor, surface in ((world.owner, Surface.CLI), (key(world, "approve"), Surface.API)):
        with pytest.raises(Forbidden, match="counts as deciding one's own"):
            world.run(Approve(id=machines), actor=actor, surface=surface)
    assert world.run(Approve(id=machines), actor=boss, surface=Surface.DESK).status == "approved"


def test_people_whom_a_key_made_members_do_not_decide_for_it_nor_do_those_they_bring(world: World) -> None:
    script = key(world, "*")
    one = world.run(AddMember(email="one@desk.test", role="admin"), actor=script, surface=Surface.API)
    two = world.run(AddMember(email="two@desk.test", role="admin"), actor=session(world, one.id), surface=Surface.DESK)
    approval = asked(world, script)
    for member in (one, two):
        with pytest.raises(Forbidden, match="go back to the same key"):
            world.run(Approve(id=approval), actor=session(world, member.id), surface=Surface.DESK)
    with pytest.raises(Forbidden, match="go back to the same key"):
        world.run(Approve(id=approval), actor=key(world, "approve", by=session(world, one.id)), surface=Surface.API)


def test_who_got_their_role_of_a_key_decides_for_it_once_a_person_has_given_them_theirs(world: World) -> None:
    script, user = key(world, "*"), hire(world, "user")
    world.run(UpdateMember(id=user.member, role="admin"), actor=script, surface=Surface.API)
    approval = asked(world, script)
    with pytest.raises(Forbidden, match="go back to the same key"):
        world.run(Approve(id=approval), actor=session(world, user.member), surface=Surface.DESK)
    world.run(UpdateMember(id=user.member, role="user"))
    world.run(UpdateMember(id=user.member, role="admin"))
    assert world.run(Approve(id=approval), actor=session(world, user.member), surface=Surface.DESK).status == "approved"


def test_a_rule_that_a_key_sets_does_not_choose_who_approves(world: World) -> None:
    script, friend = key(world, "*"), hire(world, "user")
    told = {"command_pattern": "delete_property", "permission": "require_approval", "approvers": [friend.member]}
    world.run(SetPermission.model_validate(told), actor=script, surface=Surface.API)
    with pytest.raises(NotFound):
        world.run(Approve(id=asked(world, script)), actor=friend, surface=Surface.DESK)
