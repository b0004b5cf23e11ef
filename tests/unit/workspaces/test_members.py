"""Members: who may add, change and remove whom, and what holds right after."""

import pytest

from steward.kernel.actor import Actor, Surface
from steward.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from steward.workspaces import identity
from steward.workspaces.identity import Person
from steward.workspaces.model import CreateKey, CreateWorkspace, ListKeys, ListWorkspaces
from steward.workspaces.model_members import MEMBERS
from steward.workspaces.model_roster import (
    AddMember,
    ChangeOwn,
    GetMember,
    InviteMember,
    Leave,
    ListMembers,
    MemberView,
    RemoveMember,
    UpdateMember,
)
from steward.workspaces.roster import join, load
from steward.workspaces.sessions import opened
from tests.support.worlds import World
from tests.unit.workspaces.people import verified

SYSTEM = "system"


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace=SYSTEM).id
    return made


def added(world: World, role: str, name: str = "") -> MemberView:
    view: MemberView = world.run(AddMember(email=f"{name or role}@example.com", name=name.title() or role.title(), role=role))
    return view


def person(world: World, member: MemberView) -> Person:
    row = MEMBERS.get(world.context(), member.id)
    assert row
    return Person(row.account, row.name, "")


def as_(world: World, member: MemberView) -> Actor:
    return identity.acting(world.records, person(world, member), world.workspace)


def owners(world: World) -> list[str]:
    return [one.name for one in world.run(ListMembers(role="owner")).rows]


def test_a_member_added_may_act_at_once_and_finds_the_workspace(world: World) -> None:
    rosa = added(world, "user", "rosa")
    assert (rosa.ref, rosa.status, rosa.role) == (1, "active", "user")
    assert as_(world, rosa).member == rosa.id
    at_large = identity.acting(world.records, person(world, rosa), SYSTEM)
    assert [one.id for one in world.run(ListWorkspaces(), workspace=SYSTEM, actor=at_large).rows] == [world.workspace]


def test_the_same_person_is_added_once_whatever_the_letters_of_the_address(world: World) -> None:
    added(world, "user", "rosa")
    with pytest.raises(Conflict, match="a member here already: member 1"):
        world.run(AddMember(email=" ROSA@Example.com "))


def test_one_person_is_a_member_of_several_workspaces_in_different_roles(world: World) -> None:
    here = added(world, "viewer", "rosa")
    elsewhere = world.run(CreateWorkspace(name="Alder desk"), workspace=SYSTEM).id
    there = world.run(AddMember(email="rosa@example.com", role="owner"), workspace=elsewhere)
    who = person(world, here)
    assert identity.acting(world.records, who, world.workspace).role == "viewer"
    assert identity.acting(world.records, who, elsewhere).role == "owner"
    assert there.name == "rosa"  # what another workspace calls her is not told
    with pytest.raises(NotFound):
        world.run(GetMember(id=here.id), workspace=elsewhere)


@pytest.mark.parametrize("role", ["user", "viewer"])
def test_only_owners_and_admins_change_who_is_a_member(world: World, role: str) -> None:
    actor = as_(world, added(world, role))
    with pytest.raises(Forbidden, match="admin:agents"):
        world.run(AddMember(email="new@example.com"), actor=actor)


def test_an_admin_neither_makes_nor_changes_nor_removes_owners(world: World) -> None:
    owner, admin, user = added(world, "owner"), added(world, "admin"), added(world, "user")
    actor = as_(world, admin)
    for cmd in (
        AddMember(email="new@example.com", role="owner"),
        InviteMember(email="new@example.com", role="owner"),
        UpdateMember(id=user.id, role="owner"),
        UpdateMember(id=admin.id, role="owner"),
        UpdateMember(id=owner.id, role="user"),
        RemoveMember(id=owner.id),
    ):
        with pytest.raises(Forbidden, match="Only an owner"):
            world.run(cmd, actor=actor, key="once")
    assert world.run(UpdateMember(id=user.id, role="admin"), actor=actor).role == "admin"
    assert world.run(RemoveMember(id=user.id), actor=actor).status == "left"


def test_a_key_of_an_admin_goes_no_further_than_the_admin(world: World) -> None:
    owner, admin = added(world, "owner"), added(world, "admin")
    made = world.run(CreateKey(name="k", scope=["admin:agents"]), actor=as_(world, admin))
    key = identity.by_key(world.records, made.key, world.clock())
    with pytest.raises(Forbidden, match="Only an owner"):
        world.run(RemoveMember(id=owner.id), actor=key, surface=Surface.API)


def test_the_last_owner_neither_leaves_nor_is_removed_nor_demoted(world: World) -> None:
    rosa = added(world, "owner", "rosa")
    for cmd, actor in (
        (Leave(), as_(world, rosa)),
        (UpdateMember(id=rosa.id, role="user"), as_(world, rosa)),
        (UpdateMember(id=rosa.id, role="user"), world.owner),
        (RemoveMember(id=rosa.id), world.owner),
    ):
        with pytest.raises(Conflict, match="Rosa is the last owner here"):
            world.run(cmd, actor=actor)
    added(world, "owner", "ben")
    world.run(Leave(), actor=as_(world, rosa))
    assert owners(world) == ["Ben"]


def test_two_owners_who_go_at_the_same_moment_leave_one(world: World) -> None:
    rosa, ben = added(world, "owner", "rosa"), added(world, "owner", "ben")
    world.before_commit_once(lambda: world.run(RemoveMember(id=ben.id)))
    with pytest.raises(Conflict, match="last owner"):
        world.run(RemoveMember(id=rosa.id))
    assert owners(world) == ["Rosa"]


def test_another_role_holds_at_the_next_call_and_is_told(world: World) -> None:
    rosa = added(world, "user", "rosa")
    key = world.run(CreateKey(name="k", scope=["write:properties"]), actor=as_(world, added(world, "admin")))
    world.run(UpdateMember(id=rosa.id, role="viewer"))
    assert "write:properties" not in as_(world, rosa).scopes
    assert identity.by_key(world.records, key.key, world.clock()).scopes == {"write:properties"}


def test_who_has_gone_does_nothing_here_any_more_nor_do_their_keys(world: World) -> None:
    admin = added(world, "admin", "rosa")
    who, key = person(world, admin), world.run(CreateKey(name="k", scope=["read:*"]), actor=as_(world, admin))
    world.run(RemoveMember(id=admin.id))
    with pytest.raises(NotFound):
        identity.acting(world.records, who, world.workspace)
    with pytest.raises(Forbidden, match="Invalid API key"):
        identity.by_key(world.records, key.key, world.clock())
    assert identity.at_home(world.records, who.account) == frozenset()


def test_members_are_shown_with_the_addresses_of_their_accounts(world: World) -> None:
    rosa = added(world, "user", "rosa")
    verified(world, person(world, rosa).account, email="rosa@new.example")
    assert world.run(GetMember(id=rosa.id)).email == "rosa@new.example"
    assert [one.email for one in world.run(ListMembers()).rows] == ["rosa@new.example"]


def test_who_comes_back_is_a_new_member_and_old_keys_stay_dead(world: World) -> None:
    admin = added(world, "admin", "rosa")
    key = world.run(CreateKey(name="k", scope=["read:*"]), actor=as_(world, admin))
    world.run(RemoveMember(id=admin.id))
    again = added(world, "admin", "rosa")
    assert again.id != admin.id
    with pytest.raises(Forbidden, match="Invalid API key"):
        identity.by_key(world.records, key.key, world.clock())
    assert [one.status for one in world.run(ListMembers(left=True)).rows] == ["left", "active"]
    assert [one.id for one in world.run(ListMembers()).rows] == [again.id]


def test_who_is_invited_is_no_member_before_they_say_yes(world: World) -> None:
    asked = world.run(InviteMember(email="rosa@example.com", name="Rosa", role="owner"))
    assert (asked.status, owners(world)) == ("invited", ["Rosa"])
    who = person(world, asked)
    assert identity.at_home(world.records, who.account) == frozenset()
    with pytest.raises(NotFound):
        identity.acting(world.records, who, world.workspace)
    ctx = world.context()
    join(ctx, load(ctx, "1"))
    world.records.commit(list(ctx.changes.values()))
    assert identity.acting(world.records, who, world.workspace).role == "owner"
    with pytest.raises(Conflict, match="last owner"):
        world.run(RemoveMember(id=asked.id))


def test_an_invitation_taken_back_cannot_be_taken_up(world: World) -> None:
    asked = world.run(InviteMember(email="rosa@example.com"))
    world.run(RemoveMember(id=asked.id))
    with pytest.raises(NotFound, match="taken back"):
        join(world.context(), load(world.context(), asked.id))


def test_asking_again_is_no_second_member(world: World) -> None:
    first, second = (world.run(InviteMember(email="rosa@example.com")) for _ in range(2))
    assert first.id == second.id
    with pytest.raises(Conflict, match="invited here already"):
        world.run(AddMember(email="rosa@example.com"))


@pytest.mark.parametrize(
    ("field", "value", "near"),
    [
        ("role", "amdin", "Did you mean 'admin'"),
        ("role", "Owner", "Did you mean 'owner'"),
        ("time_zone", "America/New_Yrok", "Did you mean 'America/New_York'"),
        ("time_zone", "America", "is no time zone"),
        ("working_hours", "mon-fry 09:00-17:00", "Did you mean 'fri'"),
        ("working_hours", "mon 17:00-09:00", "begin before you end"),
        ("working_hours", "always", "write for example"),
        ("email", "rosa", "no e-mail address"),
    ],
)
def test_what_is_unknown_is_refused_by_name_with_the_nearest(world: World, field: str, value: str, near: str) -> None:
    told = {"email": "rosa@example.com", field: value}
    with pytest.raises(Invalid, match=near) as caught:
        world.run(AddMember(**told))
    assert [fault.pointer for fault in caught.value.faults] == [f"/{field}"]


def test_working_hours_have_one_form(world: World) -> None:
    view = world.run(AddMember(email="rosa@example.com", working_hours="Monday-Friday 09:00-17:30, sat 10:00-14:00"))
    assert view.working_hours == "mon-fri 09:00-17:30, sat 10:00-14:00"


def test_a_member_changes_their_own_hours_and_not_their_role(world: World) -> None:
    rosa = added(world, "viewer", "rosa")
    view = world.run(ChangeOwn(name="Rosa K.", time_zone="Europe/Berlin"), actor=as_(world, rosa))
    assert (view.name, view.time_zone, view.role) == ("Rosa K.", "Europe/Berlin", "viewer")
    assert "role" not in ChangeOwn.model_fields


def test_a_change_of_what_was_changed_meanwhile_is_a_conflict(world: World) -> None:
    rosa = added(world, "user", "rosa")
    world.run(UpdateMember(id=rosa.id, name="Rosa K."), expected=1)
    with pytest.raises(Conflict, match="version 2 now"):
        world.run(UpdateMember(id=rosa.id, name="Rosa L."), expected=1)


def test_a_viewer_sees_colleagues_without_their_whole_addresses(world: World) -> None:
    rosa, viewer = added(world, "user", "rosa"), added(world, "viewer")
    assert world.run(GetMember(id=rosa.id), actor=as_(world, viewer)).email == "r•••@example.com"
    assert world.run(GetMember(id=str(rosa.ref)), actor=as_(world, rosa)).email == "rosa@example.com"


def test_neither_a_key_nor_the_owner_of_the_installation_can_leave(world: World) -> None:
    made = world.run(CreateKey(name="k", scope=["read:*"]))
    for actor in (world.owner, identity.by_key(world.records, made.key, world.clock())):
        with pytest.raises(Forbidden, match="signed-in member"):
            world.run(Leave(), actor=actor)
    assert world.run(ListKeys()).total == 1


def test_no_desk_ends_the_sessions_that_somebody_has_at_another(world: World) -> None:
    here, elsewhere = added(world, "admin", "rosa"), world.run(CreateWorkspace(name="Elsewhere"), workspace=SYSTEM).id
    token = opened_by(world, here)
    there = world.run(AddMember(email="rosa@example.com", role="user"), workspace=elsewhere)
    world.run(UpdateMember(id=there.id, role="viewer"), workspace=elsewhere)
    world.run(RemoveMember(id=there.id), workspace=elsewhere)
    who = identity.by_session(world.records, token, world.clock())
    assert identity.acting(world.records, who, world.workspace).role == "admin"
    with pytest.raises(NotFound):
        identity.acting(world.records, who, elsewhere)


@pytest.mark.parametrize("change", [{"name": "Robin"}, {"working_hours": "mon-fri 09:00-17:00"}, {"time_zone": "UTC"}, {"role": "owner"}])
def test_nothing_of_an_owner_is_changed_by_who_is_none(world: World, change: dict[str, str]) -> None:
    owner, admin = added(world, "owner"), as_(world, added(world, "admin"))
    ours = world.run(CreateKey(name="k", scope=["admin:agents"]), actor=as_(world, owner))
    key = identity.by_key(world.records, ours.key, world.clock())
    for actor in (admin, key):
        with pytest.raises(Forbidden, match="Only an owner"):
            world.run(UpdateMember(id=owner.id, **change), actor=actor)
    with pytest.raises(Forbidden, match="Only an owner"):
        world.run(RemoveMember(id=owner.id), actor=key, surface=Surface.API)


@pytest.mark.parametrize("role", ["viewer", "user", "admin"])
def test_a_key_gives_no_role_that_may_do_more_than_it(world: World, role: str) -> None:
    made = world.run(CreateKey(name="k", scope=["admin:agents"]), actor=as_(world, added(world, "admin")))
    key, member = identity.by_key(world.records, made.key, world.clock()), added(world, "user" if role != "user" else "viewer", "ben")
    for number, cmd in enumerate(
        (
            AddMember(email="eve@example.com", role=role),
            InviteMember(email="eve@example.com", role=role),
            UpdateMember(id=member.id, role=role),
        )
    ):
        with pytest.raises(Forbidden, match="Missing required scope"):
            world.run(cmd, actor=key, key=str(number))


def test_a_key_gives_a_role_whose_scopes_it_holds(world: World) -> None:
    scope = ["admin:agents", "admin:api_keys", "read:*"]
    made = world.run(CreateKey(name="k", scope=scope), actor=as_(world, added(world, "admin")))
    key = identity.by_key(world.records, made.key, world.clock())
    assert world.run(AddMember(email="eve@example.com", role="viewer"), actor=key).role == "viewer"


def opened_by(world: World, member: MemberView) -> str:
    """The token of a new session of a member."""
    ctx = world.context()
    token = opened(ctx, person(world, member).account, how="password").token
    world.records.commit(list(ctx.changes.values()))
    return token
