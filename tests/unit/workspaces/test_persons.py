"""An approval counts for the person behind it: however many keys they have, and however they spell what they ask for (threat 17)."""

from itertools import count

import pytest

from steward.kernel.actor import Actor, Surface
from steward.kernel.errors import ApprovalNeeded, Forbidden, TooMany
from steward.kernel.model import Input
from steward.kernel.ports import Body, Json, Put
from steward.properties.inputs import CreateProperty, DeleteProperty, UpdateProperty
from steward.workspaces import identity
from steward.workspaces.model import CreateKey
from steward.workspaces.model_approvals import REQUESTERS, Approve, Deny, GetApproval, Requester, Waiting
from steward.workspaces.model_permissions import RemovePermission, SetPermission
from steward.workspaces.model_roster import UpdateMember
from tests.support.worlds import World
from tests.unit.workspaces.staff import hire, key_of

NUMBERS = count(1)


@pytest.fixture
def world() -> World:
    return World()


def home(world: World) -> str:
    return str(world.run(CreateProperty(address=f"{next(NUMBERS)} Alder Road", source_id=f"own {next(NUMBERS)}")).id)


def run(world: World, cmd: Input, actor: Actor) -> object:
    return world.run(cmd, actor=actor, surface=Surface.API, key=f"{next(NUMBERS)}", expected=None)


def asked(world: World, cmd: Input, actor: Actor) -> str:
    with pytest.raises(ApprovalNeeded) as caught:
        run(world, cmd, actor)
    return caught.value.approval


def minted(world: World, by: Actor) -> Actor:
    """A key that a key has made."""
    made = world.run(CreateKey(name="child", scope=["delete:*", "read:*"]), actor=by, surface=Surface.API)
    return identity.by_key(world.records, made.key, world.clock())


def test_a_person_has_five_waiting_by_all_their_keys_together(world: World) -> None:
    boss = hire(world, "owner")
    hands = [boss, *(key_of(boss, "*") for _ in range(3))]
    for number in range(5):
        asked(world, DeleteProperty(id=home(world)), hands[number % 4])
    for one in [*hands, key_of(boss, "*")]:
        with pytest.raises(TooMany, match="5 of your requests"):
            run(world, DeleteProperty(id=home(world)), one)
    asked(world, DeleteProperty(id=home(world)), hire(world, "owner"))


def test_keys_that_a_key_makes_have_no_room_of_their_own(world: World) -> None:
    first = identity.by_key(world.records, world.run(CreateKey(name="k0", scope=["*"])).key, world.clock())
    for _ in range(5):
        asked(world, DeleteProperty(id=home(world)), minted(world, first))
    with pytest.raises(TooMany):
        run(world, DeleteProperty(id=home(world)), minted(world, first))


def test_a_decision_makes_room_for_the_whole_person(world: World) -> None:
    boss = hire(world, "owner")
    waiting = [asked(world, DeleteProperty(id=home(world)), key_of(boss, "*")) for _ in range(5)]
    world.run(Deny(id=waiting[0]))
    asked(world, DeleteProperty(id=home(world)), key_of(boss, "*"))


def test_what_was_denied_to_one_key_is_denied_to_all_of_its_person(world: World) -> None:
    boss, id = hire(world, "owner"), home(world)
    world.run(Deny(id=asked(world, DeleteProperty(id=id), key_of(boss, "*")), reason="not today"))
    for one in (boss, key_of(boss, "*")):
        with pytest.raises(Forbidden, match="denied by Owner: not today"):
            run(world, DeleteProperty(id=id), one)
    asked(world, DeleteProperty(id=id), key_of(hire(world, "owner"), "*"))


@pytest.mark.parametrize("kind", [DeleteProperty, UpdateProperty])
def test_what_was_denied_by_its_number_is_denied_by_its_id_and_by_its_name(world: World, kind: type[Input]) -> None:
    world.run(CreateProperty(address="1 Fern Road", source_id="f-1"))
    world.run(SetPermission(command_pattern="properties.*", permission="require_approval"))
    script, id = key_of(world.owner, "*"), world.rows("property")[-1].key.sk
    world.run(Deny(id=asked(world, kind.model_validate({"id": "1"}), script)))
    for told in (id, "source:f-1", "01"):
        with pytest.raises(Forbidden, match="denied by Owner"):
            run(world, kind.model_validate({"id": told}), script)


def test_what_was_approved_by_its_number_is_done_by_its_id(world: World) -> None:
    script, id = key_of(world.owner, "*"), home(world)
    world.run(Approve(id=asked(world, DeleteProperty(id="1"), script)))
    run(world, DeleteProperty(id=id), script)
    assert world.rows("property") == []


def test_members_and_rules_have_one_spelling_too(world: World) -> None:
    world.run(SetPermission(command_pattern="*", permission="require_approval"))
    script, member = hire(world, "admin"), hire(world, "user")
    rule = world.insist(SetPermission(command_pattern="update_*", permission="deny", member=member.member))
    same: list[tuple[Input, Input]] = [
        (UpdateMember(id="2", name="Ann"), UpdateMember(id=member.member, name="Ann")),
        (RemovePermission(id="update_*"), RemovePermission(id=rule.id)),
    ]
    for one, other in same:
        assert asked(world, one, script) == asked(world, other, script)


def test_an_approval_names_the_key_and_its_person(world: World) -> None:
    boss = hire(world, "owner")
    shown = world.run(GetApproval(id=asked(world, DeleteProperty(id=home(world)), key_of(boss, "*"))))
    assert (shown.requester, shown.person) == ("script", boss.name)
    machines = world.run(GetApproval(id=asked(world, DeleteProperty(id=home(world)), key_of(world.owner, "*"))))
    assert (machines.requester, machines.person) == ("script", "Owner")
    person = world.run(GetApproval(id=asked(world, DeleteProperty(id=home(world)), boss)))
    assert (person.requester, person.person) == (boss.name, "")


def test_a_row_of_before_persons_counted_is_read(world: World) -> None:
    boss, ctx = hire(world, "owner"), world.context()
    waits: Json = {"approval": "a" * 26, "request": "r", "until": ctx.now.isoformat(), "pending": True}
    row: Body = {"id": boss.id, "schema": 1, "created_at": ctx.now.isoformat(), "updated_at": ctx.now.isoformat(), "open": [waits]}
    world.records.commit([Put(ctx.key(REQUESTERS.kind, boss.id), row, 1)])
    assert REQUESTERS.require(ctx, boss.id) == Requester(
        id=boss.id, version=1, created_at=ctx.now, updated_at=ctx.now,
        open=[Waiting(approval="a" * 26, request="r", actor=boss.id, until=ctx.now)],
    )  # fmt: skip
