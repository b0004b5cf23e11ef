"""API keys: what they may do, who may touch them, how they change their secret, and when they were used."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from steward.kernel.actor import Actor, Surface, covers
from steward.kernel.errors import Forbidden, Invalid, NotFound, Unavailable
from steward.kernel.model import Input
from steward.workspaces import identity
from steward.workspaces.key_uses import KeyUses
from steward.workspaces.model import CreatedKey, CreateKey, CreateWorkspace, ListKeys, Preset, RevokeKey, RotateKey
from steward.workspaces.model_members import MEMBERS, Member
from steward.workspaces.model_permissions import ListPermissions
from steward.workspaces.model_receipts import ListReceipts
from steward.workspaces.roles import Role, held
from steward.workspaces.rules import SCOPES, new_secret
from tests.bench.keys import mutated, random_keys
from tests.support.worlds import World

ROLES = list(Role)


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace="system").id
    return made


def member(world: World, role: str, name: str = "") -> Actor:
    """A member of a role, as they act in a session."""
    ctx = world.context()
    row = Member(
        id=ctx.new_id(), created_at=ctx.now, updated_at=ctx.now, account=f"account of {name or role}", name=name or role,
        email=f"{name or role}@example.com", role=Role(role), joined_at=ctx.now,
    )  # fmt: skip
    MEMBERS.insert(ctx, row)
    world.records.commit(list(ctx.changes.values()))
    return Actor(row.id, "member", row.name, held(role), role=role, workspace=world.workspace, member=row.id)


def run(world: World, actor: Actor, cmd: Input, **more: Any) -> Any:
    return world.run(cmd, actor=actor, surface=Surface.DESK, **more)


def opened(world: World, secret: str) -> Actor:
    return identity.by_key(world.records, secret, world.clock())


def listed(world: World, actor: Actor) -> list[str]:
    return [row.name for row in run(world, actor, ListKeys()).rows]


@pytest.mark.parametrize(
    ("preset", "may", "may_not"), [("read-only", "read:leads", "write:leads"), ("read-write", "write:leads", "delete:contacts")]
)
def test_a_preset_stands_for_its_scopes(world: World, preset: str, may: str, may_not: str) -> None:
    key = opened(world, world.run(CreateKey(name="k", preset=Preset(preset))).key)
    run(world, member(world, "owner"), ListKeys())
    for scope, expected in ((may, True), (may_not, False), ("read:audit", False)):
        assert covers(key.scopes, scope) is expected


@pytest.mark.parametrize("preset", [None, Preset.READ_ONLY, Preset.READ_WRITE])
def test_a_key_reads_receipts_and_rules_only_where_that_is_asked_for(world: World, preset: Preset | None) -> None:
    key = opened(world, world.run(CreateKey(name="k", preset=preset)).key)
    for cmd in (ListReceipts(), ListPermissions()):
        with pytest.raises(Forbidden, match="Missing required scope: read:audit"):
            run(world, key, cmd)
    run(world, opened(world, world.run(CreateKey(name="all", scope=["read:*"])).key), ListReceipts())


def test_a_key_is_shown_with_its_workspace_and_its_maker(world: World) -> None:
    maker = member(world, "user")
    made = run(world, maker, CreateKey(name="k"))
    (listed,) = run(world, maker, ListKeys()).rows
    for shown in (made, listed, run(world, maker, RevokeKey(id=made.id))):
        assert (shown.workspace_id, shown.agent_id, shown.member, shown.made_by) == (
            world.workspace,
            maker.member,
            maker.member,
            maker.name,
        )


def test_the_preset_for_administrators_is_everything(world: World) -> None:
    assert world.run(CreateKey(name="k", preset=Preset.ADMIN)).scopes == ["*"]


def test_a_preset_beside_scopes_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="not both"):
        world.run(CreateKey(name="k", preset=Preset.ADMIN, scope=["read:*"]))


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_can_have_each_scope_there_is(world: World, scope: str) -> None:
    assert opened(world, world.run(CreateKey(name="k", scope=[scope])).key).scopes == {scope}


def test_a_day_without_an_hour_is_its_first_moment_in_utc(world: World) -> None:
    key = world.run(CreateKey.model_validate({"name": "k", "expires": "2027-01-31"}))
    assert key.expires_at == datetime(2027, 1, 31, tzinfo=UTC)


def test_a_number_of_days_is_counted_from_now_and_not_given_beside_a_day(world: World) -> None:
    key = world.run(CreateKey(name="k", expires_days=30))
    assert timedelta(days=29, hours=23) < key.expires_at - world.clock() < timedelta(days=30)
    with pytest.raises(Invalid, match="not both"):
        world.run(CreateKey(name="k", expires_days=30, expires=world.clock() + timedelta(days=1)))


def test_a_replay_shows_the_secret_nowhere(world: World) -> None:
    first = world.run(CreateKey(name="k"), key="once")
    again = world.run(CreateKey(name="k"), key="once")
    assert (again.id, again.key, again.api_key) == (first.id, "", "")


def test_after_a_rotation_both_secrets_work_and_then_only_the_new_one(world: World) -> None:
    old = world.run(CreateKey(name="k", scope=["read:leads"]))
    new: CreatedKey = world.run(RotateKey(id=old.id))
    assert (new.id, new.scopes, new.key_preview) == (old.id, ["read:leads"], f"stw_...{new.key[-4:]}")
    world.clock.pass_(hours=23)
    assert opened(world, old.key) == opened(world, new.key)
    world.clock.pass_(hours=1)
    with pytest.raises(Forbidden, match="Invalid API key"):
        opened(world, old.key)
    assert opened(world, new.key).id == f"key:{old.id}"


def test_a_rotation_at_once_ends_the_old_secret_at_once(world: World) -> None:
    old = world.run(CreateKey(name="k"))
    world.run(RotateKey(id=old.id, hours=0))
    with pytest.raises(Forbidden, match="Invalid API key"):
        opened(world, old.key)


def test_of_three_secrets_the_oldest_works_no_more(world: World) -> None:
    first = world.run(CreateKey(name="k"))
    second = world.run(RotateKey(id=first.id))
    third = world.run(RotateKey(id=first.id))
    assert opened(world, second.key) == opened(world, third.key)
    with pytest.raises(Forbidden, match="Invalid API key"):
        opened(world, first.key)


def test_a_revoked_key_ends_with_all_its_secrets_and_is_not_rotated(world: World) -> None:
    old = world.run(CreateKey(name="k"))
    new = world.run(RotateKey(id=old.id))
    assert world.run(RevokeKey(id=old.id)).message == "API key revoked"
    for secret in (old.key, new.key):
        with pytest.raises(Forbidden, match="Invalid API key"):
            opened(world, secret)
    with pytest.raises(Invalid, match="makes another one"):
        world.run(RotateKey(id=old.id))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("scope", SCOPES)
def test_a_member_makes_keys_of_their_own_scopes_only_and_a_viewer_of_reading(world: World, role: str, scope: str) -> None:
    may = scope in SCOPES if role == "owner" else scope in held(role) and not (role == "viewer" and scope == "admin:api_keys")
    maker = member(world, role)
    if may:
        assert opened(world, run(world, maker, CreateKey(name="k", scope=[scope])).key).scopes == {scope}
    else:
        with pytest.raises(Forbidden, match=f"Missing required scope: {scope}"):
            run(world, maker, CreateKey(name="k", scope=[scope]))


def test_all_of_a_kind_means_what_the_maker_has_of_it(world: World) -> None:
    viewer = member(world, "viewer")
    assert "read:audit" not in run(world, viewer, CreateKey(name="k")).scopes
    for scope in ("*", "write:*", "admin:*"):
        with pytest.raises(Forbidden, match="goes no further"):
            run(world, viewer, CreateKey(name="k", scope=[scope]))


def test_a_key_makes_no_key_that_goes_further_and_gives_no_secret_of_one(world: World) -> None:
    wide = world.run(CreateKey(name="wide"))
    narrow = opened(world, world.run(CreateKey(name="narrow", scope=["admin:api_keys"])).key)
    for cmd in (CreateKey(name="k", scope=["read:leads"]), RotateKey(id=wide.id)):
        with pytest.raises(Forbidden, match="Missing required scope: read:"):
            world.run(cmd, actor=narrow, surface=Surface.API)


def test_owners_see_every_key_admins_all_but_the_owners_and_the_others_their_own(world: World) -> None:
    makers = {role: member(world, role) for role in ROLES}
    for role, maker in makers.items():
        run(world, maker, CreateKey(name=role))
    world.run(CreateKey(name="machine"))
    assert listed(world, makers[Role.OWNER]) == ["owner", "admin", "user", "viewer", "machine"]
    assert listed(world, makers[Role.ADMIN]) == ["admin", "user", "viewer"]
    assert listed(world, makers[Role.USER]) == ["user"]
    assert listed(world, makers[Role.VIEWER]) == ["viewer"]


@pytest.mark.parametrize("cmd", [RevokeKey, RotateKey])
def test_a_key_out_of_reach_is_as_good_as_none(world: World, cmd: type[RevokeKey] | type[RotateKey]) -> None:
    theirs = run(world, member(world, "owner"), CreateKey(name="k"))
    for role in ("admin", "user", "viewer"):
        with pytest.raises(NotFound, match=f"There is no API key '{theirs.id}' in this workspace"):
            run(world, member(world, role), cmd(id=theirs.id))


def test_a_key_reaches_as_far_as_the_member_who_made_it(world: World) -> None:
    run(world, member(world, "admin"), CreateKey(name="theirs"))
    mine = run(world, member(world, "user"), CreateKey(name="mine", scope=["admin:api_keys"]))
    seen = world.run(ListKeys(), actor=opened(world, mine.key), surface=Surface.API)
    assert [row.name for row in seen.rows] == ["mine"]


def test_the_last_use_is_written_by_the_tick_and_once_in_five_minutes(world: World) -> None:
    secret, uses = world.run(CreateKey(name="k")).key, world.ports.port(KeyUses)
    commits = world.records.commit
    uses.note(opened(world, secret), world.clock())
    assert world.run(ListKeys()).rows[0].last_used_at is None
    used = world.clock()
    uses.note(opened(world, secret), used)
    uses.flush(world.clock())
    assert world.run(ListKeys()).rows[0].last_used_at == used
    world.records.commit = None  # type: ignore[method-assign, assignment]
    uses.note(opened(world, secret), world.clock())
    uses.flush(world.clock())
    world.records.commit = commits  # type: ignore[method-assign]
    world.clock.pass_(minutes=5)
    uses.flush(world.clock())
    assert world.run(ListKeys()).rows[0].last_used_at > used


@pytest.mark.parametrize("cmd", [RevokeKey, RotateKey])
def test_a_key_that_changes_tells_its_last_use_too(world: World, cmd: type[RevokeKey] | type[RotateKey]) -> None:
    made, uses, used = world.run(CreateKey(name="k")), world.ports.port(KeyUses), world.clock()
    uses.note(opened(world, made.key), used)
    uses.flush(world.clock())
    assert world.run(cmd(id=made.id)).last_used_at == used


def test_without_a_tick_the_use_itself_is_written_once_in_five_minutes(world: World) -> None:
    key, uses = opened(world, world.run(CreateKey(name="k")).key), KeyUses(world.records, ticked=False)
    uses.note(key, world.clock())
    first = world.run(ListKeys()).rows[0].last_used_at
    uses.note(key, world.clock())
    assert world.run(ListKeys()).rows[0].last_used_at == first is not None


def test_a_use_that_cannot_be_written_hinders_nobody_and_is_written_later(world: World) -> None:
    key, uses, commit = opened(world, world.run(CreateKey(name="k")).key), world.ports.port(KeyUses), world.records.commit

    def full(_: object) -> None:
        raise Unavailable("The disk is full.")

    world.records.commit = full  # type: ignore[method-assign, assignment]
    uses.note(key, world.clock())
    uses.flush(world.clock())
    world.records.commit = commit  # type: ignore[method-assign]
    uses.flush(world.clock())
    assert world.run(ListKeys()).rows[0].last_used_at


def test_no_random_and_no_changed_key_opens_anything_or_costs_a_read(world: World) -> None:
    random = Random(4)
    real = new_secret(random.randbytes)
    world.records.get = None  # type: ignore[method-assign, assignment]
    for secret in [*random_keys(random, 5_000), *mutated(random, real, 2_000)]:
        with pytest.raises(Forbidden, match="Invalid API key"):
            opened(world, secret)
