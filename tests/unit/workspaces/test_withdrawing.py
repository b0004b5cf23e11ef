"""Who asked takes a request back (spec K10), and nobody else does."""

from collections.abc import Callable

import pytest

from steward.kernel.actor import NOBODY, Actor, Surface
from steward.kernel.errors import ApprovalNeeded, Conflict, Forbidden, NotFound, TooMany
from steward.properties.inputs import CreateProperty, DeleteProperty
from steward.workspaces.model_approvals import Approve, Deny, GetApproval, Withdraw
from steward.workspaces.model_permissions import SetPermission
from tests.support.worlds import World
from tests.unit.workspaces.staff import hire, key_of


@pytest.fixture
def world() -> World:
    return World()


def ask(world: World, actor: Actor, text: str = "1") -> str:
    """The approval that an actor waits for."""
    id = world.run(CreateProperty(address=f"{text} Alder Road")).id
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(DeleteProperty(id=id), actor=actor, surface=Surface.API, key=f"delete {id}")
    return caught.value.approval


def test_a_request_that_is_taken_back_is_decided_no_more_and_makes_room(world: World) -> None:
    key = key_of(hire(world, "owner"), "*")
    waiting = [ask(world, key, str(number)) for number in range(5)]
    with pytest.raises(TooMany):
        ask(world, key, "sixth")
    assert world.run(Withdraw(id=waiting[0][-6:]), actor=key, surface=Surface.API).status == "withdrawn"
    for decision in (Approve(id=waiting[0]), Deny(id=waiting[0])):
        with pytest.raises(Conflict, match="is withdrawn already"):
            world.run(decision)
    ask(world, key, "seventh")


def test_a_yes_that_is_taken_back_is_none(world: World) -> None:
    key, id = key_of(world.owner, "*"), world.run(CreateProperty(address="1 Alder Road")).id
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(DeleteProperty(id=id), actor=key, surface=Surface.API, key="k")
    world.run(Approve(id=caught.value.approval))
    world.run(Withdraw(id=caught.value.approval), actor=key, surface=Surface.API)
    with pytest.raises(ApprovalNeeded) as again:
        world.run(DeleteProperty(id=id), actor=key, surface=Surface.API, key="k")
    assert again.value.approval != caught.value.approval


@pytest.mark.parametrize(
    ("who", "says"),
    [
        (lambda world: hire(world, "owner"), "Only who asked"),
        (lambda world: hire(world, "admin"), "Only who asked"),
        (lambda world: key_of(world.owner, "*"), "Only who asked"),
        (lambda world: hire(world, "user"), "There is no approval"),
        (lambda world: NOBODY, "Missing API key"),
    ],
)
def test_nobody_else_takes_it_back(world: World, who: Callable[[World], Actor], says: str) -> None:
    approval = ask(world, key_of(hire(world, "owner"), "*"))
    with pytest.raises((Forbidden, NotFound), match=says):
        world.run(Withdraw(id=approval), actor=who(world), surface=Surface.API)
    assert world.run(GetApproval(id=approval)).status == "pending"


def test_no_rule_keeps_anybody_from_taking_their_own_back(world: World) -> None:
    user = hire(world, "user")
    approval = ask(world, user)
    world.run(SetPermission(command_pattern="*", permission="deny", member=user.member))
    assert world.run(Withdraw(id=approval), actor=user, surface=Surface.DESK).status == "withdrawn"


def test_what_a_role_may_do_by_approval_is_the_owners_to_approve_also_for_its_keys(world: World) -> None:
    user, admin, owner = (hire(world, role) for role in ("user", "admin", "owner"))
    for number, actor in enumerate((user, key_of(user, "*"))):
        approval = ask(world, actor, str(number))
        shown = world.run(GetApproval(id=approval))
        assert (shown.why, shown.approvers, shown.rule) == (
            "Command 'delete_property' requires approval from workspace owner", ["owner"], "role user",
        )  # fmt: skip
        with pytest.raises(Forbidden, match="somebody else to decide"):
            world.run(Approve(id=approval), actor=admin, surface=Surface.DESK)
        world.run(Approve(id=approval), actor=owner, surface=Surface.DESK)
