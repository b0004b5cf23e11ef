"""Workspaces, keys, links and sessions: what gets somebody in, and what does not."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from steward.kernel.actor import NOBODY, Surface
from steward.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from steward.kernel.ids import derive, sortable
from steward.kernel.model import Input
from steward.kernel.ports import Put
from steward.workspaces import identity
from steward.workspaces.model import (
    CloseSession,
    CreatedKey,
    CreateKey,
    CreateWorkspace,
    GetWorkspace,
    ListKeys,
    ListWorkspaces,
    MakeLink,
    OpenSession,
    RevokeKey,
)  # fmt: skip
from steward.workspaces.model_plans import GetQuotas, SetQuotas
from steward.workspaces.model_roster import AddMember, ChangeOwn, UpdateMember
from steward.workspaces.model_settings import UpdateWorkspace
from steward.workspaces.rules import SCOPES, new_secret, slug_of, well_formed
from tests.support.worlds import START, World
from tests.unit.workspaces.people import account
from tests.unit.workspaces.staff import hire, key_of

SYSTEM = "system"


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace=SYSTEM).id
    return made


def sign_in(world: World) -> str:
    link = world.run(MakeLink(minutes=5), workspace=SYSTEM)
    token: str = world.run(OpenSession(token=link.token), workspace=SYSTEM, actor=NOBODY, surface=Surface.DESK).token
    return token


def test_a_workspace_has_a_slug_of_its_own(world: World) -> None:
    with pytest.raises(Conflict, match="another name"):
        world.run(CreateWorkspace(name="Hudson Desk!"), workspace=SYSTEM)
    assert world.run(GetWorkspace(workspace="hudson-desk"), workspace=SYSTEM).id == world.workspace
    with pytest.raises(NotFound, match="Did you mean 'hudson-desk'"):
        world.run(GetWorkspace(workspace="hudson-dsek"), workspace=SYSTEM)


@pytest.mark.parametrize("name", ["HUDSON  desk", "Hudson\u200b desk", "Ｈｕｄｓｏｎ desk"])
def test_a_name_that_looks_like_another_is_taken(world: World, name: str) -> None:
    with pytest.raises(Conflict, match="There is a workspace named"):
        world.run(CreateWorkspace(name=name, slug="elsewhere"), workspace=SYSTEM)


@pytest.mark.parametrize("name", ["Hudson\ndesk", "Hudson\0", "\x1b[31mHudson", "Hudson \u202eksed", "a\u2028b"])
@pytest.mark.parametrize("kind", [CreateWorkspace, CreateKey, UpdateWorkspace, AddMember, UpdateMember, ChangeOwn])
def test_a_name_is_one_line_and_changes_nothing_around_it(kind: type[Input], name: str) -> None:
    with pytest.raises(ValidationError, match="write it on one line, in letters that can be seen"):
        kind.model_validate({"name": name})


def test_a_time_zone_that_is_none_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="America/New_York"):
        world.run(CreateWorkspace(name="Far", time_zone="Mars/Olympus"), workspace=SYSTEM)


def plan_of(world: World, workspace: str) -> str:
    plan: str = world.run(GetQuotas(), workspace=workspace).plan
    return plan


@pytest.mark.parametrize(
    ("plan", "quotas", "given"),
    [("free", None, "free"), ("enterprise", None, "free"), ("", {"members": 2}, "free"), ("", None, "")],
)
def test_nobody_leaves_a_plan_by_making_another_workspace(world: World, plan: str, quotas: dict[str, int] | None, given: str) -> None:
    world.insist(SetQuotas(plan=plan, quotas=quotas))
    owner = hire(world, "owner", account=account(world))
    key = identity.by_key(world.records, world.run(CreateKey(name="k", scope=["*"])).key, world.clock())
    for number, actor in enumerate((owner, key_of(owner, "*", workspace=world.workspace), key)):
        made = world.run(CreateWorkspace(name=f"Globex {number}"), actor=actor, surface=Surface.API)
        assert plan_of(world, made.id) == given


def test_the_owner_of_the_installation_makes_workspaces_without_a_plan_and_says_which_has_one(world: World) -> None:
    world.insist(SetQuotas(plan="free"))
    assert plan_of(world, world.run(CreateWorkspace(name="Globex")).id) == ""
    assert plan_of(world, world.run(CreateWorkspace(name="Initech", plan="professional")).id) == "professional"
    for plan in ("enterprise", ""):
        with pytest.raises(Forbidden, match="Only the owner of this installation puts"):
            world.run(
                CreateWorkspace(name="Umbrella", plan=plan),
                actor=hire(world, "owner", account=account(world, f"{plan or 'none'}@x.example")),
            )


def test_a_key_sees_its_own_workspace_only(world: World) -> None:
    world.run(CreateWorkspace(name="Other"), workspace=SYSTEM)
    created = world.run(CreateKey(name="k"))
    actor = identity.by_key(world.ports.records, created.key, world.clock())
    assert actor.workspace == world.workspace
    assert [row.slug for row in world.run(ListWorkspaces(), actor=actor, surface=Surface.API).rows] == ["hudson-desk"]


def test_a_key_is_read_only_unless_scopes_are_given_and_shows_its_last_four(world: World) -> None:
    created: CreatedKey = world.run(CreateKey(name="k"))
    (listed,) = world.run(ListKeys()).rows
    assert set(listed.scopes) == {scope for scope in SCOPES if scope.startswith("read:")} - {"read:audit"}
    assert listed.key_preview == f"stw_...{created.key[-4:]}"
    assert created.key not in listed.model_dump_json()


def test_an_unknown_scope_is_refused_with_the_nearest_one(world: World) -> None:
    with pytest.raises(Invalid, match="Did you mean 'read:properties'"):
        world.run(CreateKey(name="k", scope=["read:propertys"]))


def test_a_key_ends_when_it_expires_or_is_revoked(world: World) -> None:
    short = world.run(CreateKey(name="short", expires=world.clock() + timedelta(hours=1)))
    revoked = world.run(CreateKey(name="revoked"))
    world.run(RevokeKey(id=revoked.id))
    world.clock.pass_(hours=2)
    for secret in (short.key, revoked.key, new_secret(lambda length: b"\7" * length), "stw_x"):
        with pytest.raises(Forbidden, match="Invalid API key"):
            identity.by_key(world.ports.records, secret, world.clock())


def test_an_expiry_in_the_past_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="past"):
        world.run(CreateKey(name="k", expires=world.clock() - timedelta(hours=1)))


def test_a_link_works_once(world: World) -> None:
    link = world.run(MakeLink(), workspace=SYSTEM)
    world.run(OpenSession(token=link.token), workspace=SYSTEM, actor=NOBODY, surface=Surface.DESK)
    with pytest.raises(Forbidden, match="makes a new one"):
        world.run(OpenSession(token=link.token), workspace=SYSTEM, actor=NOBODY, surface=Surface.DESK)


def test_a_link_runs_out(world: World) -> None:
    link = world.run(MakeLink(minutes=5), workspace=SYSTEM)
    world.clock.pass_(minutes=6)
    with pytest.raises(Forbidden, match="run out"):
        world.run(OpenSession(token=link.token), workspace=SYSTEM, actor=NOBODY, surface=Surface.DESK)


def test_a_session_is_the_owners_until_it_ends_or_is_closed(world: World) -> None:
    token = sign_in(world)
    assert identity.by_session(world.ports.records, token, world.clock()).owns_all
    world.run(CloseSession(token=token), workspace=SYSTEM, actor=NOBODY, surface=Surface.DESK)
    with pytest.raises(Forbidden, match="sign in again"):
        identity.by_session(world.ports.records, token, world.clock())
    other = sign_in(world)
    world.clock.pass_(hours=13)
    with pytest.raises(Forbidden, match="sign in again"):
        identity.by_session(world.ports.records, other, world.clock())


def test_no_secret_is_kept_as_it_is(world: World) -> None:
    created = world.run(CreateKey(name="k"), key="once")
    token = sign_in(world)
    kept = "".join(str(row.body) for kind in ("key", "once", "receipt") for row in world.rows(kind))
    kept += "".join(str(row.body) for kind in ("key_pointer", "session", "link", "receipt") for row in world.rows(kind, SYSTEM))
    assert created.key not in kept
    assert token not in kept


@given(st.binary(min_size=64, max_size=64))
def test_every_new_key_is_well_formed_and_no_changed_one_is(noise: bytes) -> None:
    secret = new_secret(lambda length: (noise * length)[:length] if noise.strip(b"\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff") else b"\1" * length)
    assert well_formed(secret)
    other = "a" if secret[10] != "a" else "b"
    assert not well_formed(secret[:10] + other + secret[11:])


@pytest.mark.parametrize("slug", [derive(SYSTEM, "workspace", 7), sortable(START, bytes), "system", "create"])
def test_a_slug_that_could_be_taken_for_something_else_is_refused(world: World, slug: str) -> None:
    with pytest.raises(Invalid, match=f"such as '{slug}-desk'"):
        world.run(CreateWorkspace(name="Other", slug=slug), workspace=SYSTEM)


def test_an_id_names_its_workspace_whatever_slugs_there_are(world: World) -> None:
    first, second = (world.run(CreateWorkspace(name=name), workspace=SYSTEM) for name in ("First", "Second"))
    row = next(row for row in world.rows("workspace", SYSTEM) if row.key.sk == first.id)
    world.records.commit([Put(row.key, {**row.body, "slug": second.id}, row.version + 1, expect=row.version)])
    assert identity.workspace_named(world.records, second.id).id == second.id


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Dana's Desk", "dana-s-desk"), ("  ", "desk"), ("Ünï 7", "uni-7"), ("System", "system-desk"), ("0" * 19, "0" * 19 + "-desk")],
)
def test_a_slug_is_made_of_what_an_address_can_hold(name: str, slug: str) -> None:
    assert slug_of(name) == slug
