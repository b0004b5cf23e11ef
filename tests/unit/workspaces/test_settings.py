"""A workspace's settings, its branding, and its end."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from steward.kernel.actor import Actor, Surface
from steward.kernel.errors import ApprovalNeeded, Conflict, Forbidden, Invalid, NotFound
from steward.kernel.keys import partition
from steward.kernel.search import Sort
from steward.properties.inputs import CreateProperty, ExportProperties, ListProperties
from steward.runs import tick
from steward.workspaces import identity
from steward.workspaces.identity import Person
from steward.workspaces.model import CreateKey, CreateWorkspace, GetWorkspace, ListWorkspaces
from steward.workspaces.model_members import MEMBERS
from steward.workspaces.model_receipts import VerifyReceipts
from steward.workspaces.model_roster import AddMember, ListMembers
from steward.workspaces.model_settings import (
    DeleteWorkspace,
    GetBranding,
    GetLogo,
    RestoreWorkspace,
    SetBranding,
    UpdateWorkspace,
)
from tests.support.worlds import World

SYSTEM = "system"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace=SYSTEM).id
    return made


def member(world: World, role: str) -> Actor:
    view = world.run(AddMember(email=f"{role}@example.com", role=role))
    row = MEMBERS.get(world.context(), view.id)
    assert row
    return identity.acting(world.records, Person(row.account, row.name, ""), world.workspace)


def get(world: World) -> Any:
    return world.run(GetWorkspace(workspace=world.workspace), workspace=SYSTEM)


def data(image: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{b64encode(image).decode()}"


def test_settings_have_an_end(world: World) -> None:
    with pytest.raises(ValidationError, match="at most 1,000 characters"):
        UpdateWorkspace(settings={"footer": "x" * 1_001})
    world.insist(UpdateWorkspace(settings={f"a{number}": number for number in range(50)}))
    with pytest.raises(Invalid, match="at most 50 settings, and these would be 51"):
        world.run(UpdateWorkspace(settings={"one_more": 1}))
    world.insist(UpdateWorkspace(settings={"a0": None, "one_more": 1}))
    assert len(get(world).settings) == 50


def test_settings_are_changed_only_by_approval(world: World) -> None:
    with pytest.raises(ApprovalNeeded):
        world.run(UpdateWorkspace(name="Alder desk"))
    world.insist(UpdateWorkspace(time_zone="America/New_York", working_hours="mon-fri 09:00-17:30"))
    found = get(world)
    assert (found.name, found.time_zone, found.working_hours) == ("Hudson desk", "America/New_York", "mon-fri 09:00-17:30")


def test_settings_join_those_that_are_there_and_null_takes_one_back(world: World) -> None:
    world.insist(UpdateWorkspace(settings={"currency": "USD", "week_starts": "mon"}))
    world.insist(UpdateWorkspace(settings={"currency": None, "greeting": True}))
    assert get(world).settings == {"week_starts": "mon", "greeting": True}


def test_an_unknown_time_zone_is_refused_with_the_nearest(world: World) -> None:
    with pytest.raises(Invalid, match="Did you mean 'Europe/Berlin'"):
        world.run(UpdateWorkspace(time_zone="Europe/Berln"))


def test_who_creates_a_workspace_as_a_member_owns_it(world: World) -> None:
    made = world.run(CreateWorkspace(name="Alder desk"), actor=member(world, "owner"), surface=Surface.DESK)
    rows = world.run(ListMembers(), workspace=made.id).rows
    assert [(row.email, row.role) for row in rows] == [("owner@example.com", "owner")]
    with pytest.raises(Forbidden, match=r"Only an owner may run 'workspaces\.create'"):
        world.run(CreateWorkspace(name="Birch desk"), actor=member(world, "admin"), surface=Surface.DESK)


def test_a_person_of_two_workspaces_sees_both_and_no_third(world: World) -> None:
    owner = member(world, "owner")
    world.run(CreateWorkspace(name="Alder desk"), actor=owner, surface=Surface.DESK)
    world.run(CreateWorkspace(name="Birch desk"), workspace=SYSTEM)
    at_large = identity.acting(world.records, Person(owner.person, "", ""), SYSTEM)
    assert [one.slug for one in world.run(ListWorkspaces(), workspace=SYSTEM, actor=at_large).rows] == ["hudson-desk", "alder-desk"]


def test_a_first_owner_is_named_by_address(world: World) -> None:
    made = world.run(CreateWorkspace(name="Alder desk", owner_email="May@example.com"), workspace=SYSTEM)
    assert [row.email for row in world.run(ListMembers(role="owner"), workspace=made.id).rows] == ["may@example.com"]


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("primary", "green", "is no colour; write one such as"),
        ("primary", "#ffee00", "#ffee00 is too light: white text on it has a contrast of 1.2"),
        ("accent", "#cccccc", "too light: it on white"),
        ("from_address", "desk", "no e-mail address"),
        ("logo", "https://example.com/x.png", "send data:image/png"),
        ("logo", data(b"<svg/>", "image/svg+xml"), "send data:image/png"),
        ("logo", data(b"GIF89a"), "says it is image/png, and is something else"),
        ("logo", "data:image/png;base64,abc", "not whole"),
        ("logo", data(PNG + b"0" * 100_000), "100,000 is the most"),
    ],
)
def test_a_branding_that_cannot_be_shown_is_refused(world: World, field: str, value: str, why: str) -> None:
    with pytest.raises(Invalid, match=why) as caught:
        world.insist(SetBranding(**{field: value}))
    assert [fault.pointer for fault in caught.value.faults] == [f"/{field}"]


def test_a_logo_is_kept_once_and_given_back_as_it_came(world: World) -> None:
    for _ in range(2):
        world.insist(SetBranding(logo=data(PNG), primary="#1F4D3A"))
    branding, logo = world.run(GetBranding()), world.run(GetLogo())
    assert (branding.primary, branding.logo) == ("#1f4d3a", f"/v1/workspaces/{world.workspace}/logo")
    with world.ports.blobs.open(logo.blob) as image:
        assert (logo.media_type, image.read()) == ("image/png", PNG)
    assert len(list(world.ports.blobs.list(f"w/{world.workspace}/branding/"))) == 1
    world.insist(SetBranding(logo=""))
    with pytest.raises(NotFound, match="no logo"):
        world.run(GetLogo())


def test_a_branding_changed_meanwhile_is_a_conflict(world: World) -> None:
    world.insist(SetBranding(primary="#1f4d3a"), expected=1)
    with pytest.raises(Conflict, match="version 2 now"):
        world.insist(SetBranding(primary="#000000"), expected=1)


# --- the end ---------------------------------------------------------------------------------------------------------


def test_a_workspace_is_deleted_by_its_owner_and_by_approval(world: World) -> None:
    with pytest.raises(ApprovalNeeded):
        world.run(DeleteWorkspace())
    with pytest.raises(Forbidden, match="Only an owner may run 'delete_workspace'"):
        world.run(DeleteWorkspace(), actor=member(world, "admin"), surface=Surface.DESK)
    closed = world.insist(DeleteWorkspace())
    assert closed.erase_at == closed.closed_at + timedelta(days=30)


def test_a_closed_workspace_answers_nobody_but_its_owners_export_and_restore(world: World) -> None:
    owner, user = member(world, "owner"), member(world, "user")
    key = identity.by_key(world.records, world.run(CreateKey(name="k", scope=["*"])).key, world.clock())
    world.insist(DeleteWorkspace())
    for actor, surface in ((owner, Surface.DESK), (user, Surface.DESK), (key, Surface.API), (world.owner, Surface.CLI)):
        with pytest.raises(Forbidden, match="This workspace is closed and will be erased on 2026-12-20"):
            world.run(ListProperties(), actor=actor, surface=surface)
    with pytest.raises(Forbidden, match="is closed"):
        world.run(ExportProperties(), actor=user, surface=Surface.DESK)
    world.run(ExportProperties(), actor=owner, surface=Surface.DESK)
    assert world.run(RestoreWorkspace(), actor=owner, surface=Surface.DESK).erase_at is None
    world.run(ListProperties(), actor=user, surface=Surface.DESK)


def full(world: World) -> str:
    """A workspace with something of everything; its id."""
    member(world, "owner")
    world.run(CreateKey(name="k", scope=["*"]))
    for number in range(90):
        world.run(CreateProperty(address=f"{number} Alder Road", city="Kent", state="WA", zip="98030"), key=str(number))
    world.run(ExportProperties())
    world.insist(SetBranding(logo=data(PNG)))
    world.settle()
    return world.workspace


def left(world: World, workspace: str) -> list[str]:
    """Where something still tells of a workspace, in records and blobs; receipts of the installation may."""
    rows = [
        f"{kind}/{row.key.sk}"
        for place in (workspace, SYSTEM)
        for kind in world.records.kinds(place)
        if (place, kind) not in ((SYSTEM, "receipt"), (SYSTEM, "once"), (SYSTEM, "run"), (SYSTEM, "outbox"))
        for row in world.records.query(partition(place, kind), limit=1000).rows
        if place == workspace or workspace in f"{row.key.sk} {row.body}"
    ]
    return rows + [blob.key for blob in world.ports.blobs.list(f"w/{workspace}/")]


def test_after_thirty_days_nothing_is_left_of_it_and_all_of_its_neighbour(world: World) -> None:
    gone = full(world)
    world.workspace = kept = world.run(CreateWorkspace(name="Alder desk"), workspace=SYSTEM).id
    full(world)
    before = left(world, kept)
    world.workspace = gone
    world.insist(DeleteWorkspace())
    world.settle()
    world.clock.pass_(days=29)
    tick.minute(world.door, world.clock())
    world.settle()
    assert len(left(world, gone)) > 100
    world.clock.pass_(days=1, minutes=1)
    tick.minute(world.door, world.clock())
    world.settle()
    assert left(world, gone) == []
    assert world.context(gone).search.page("property", [], sort=Sort("ref")).total == 0
    assert set(left(world, kept)) >= {one for one in before if not one.startswith(("outbox/", "once/", "mail/", "token/"))}
    assert [one.slug for one in world.run(ListWorkspaces(), workspace=SYSTEM).rows] == ["alder-desk"]


def test_a_workspace_that_was_erased_is_not_missed_among_the_receipts(world: World) -> None:
    world.insist(DeleteWorkspace())
    tick.minute(world.door, world.clock())
    world.settle()
    world.clock.pass_(days=31)
    tick.minute(world.door, world.clock())
    world.settle()
    assert world.run(ListWorkspaces(), workspace=SYSTEM).total == 0
    found = world.run(VerifyReceipts(), workspace=SYSTEM)
    assert (found.ok, found.why) == (True, "")


def test_erasing_that_is_cut_short_goes_on_and_ends(world: World) -> None:
    gone = full(world)
    world.insist(DeleteWorkspace())
    world.settle()
    world.clock.pass_(days=31)
    tick.minute(world.door, world.clock())
    world.settle(seconds=0.0)
    assert left(world, gone) == []


def test_a_workspace_restored_in_time_keeps_everything(world: World) -> None:
    full(world)
    world.insist(DeleteWorkspace())
    world.settle()
    world.clock.pass_(days=29)
    world.run(RestoreWorkspace())
    world.clock.pass_(days=5)
    tick.minute(world.door, world.clock())
    world.settle()
    assert world.run(ListProperties()).total == 90


def test_when_the_thirty_days_are_over_it_is_too_late(world: World) -> None:
    world.insist(DeleteWorkspace())
    world.settle()
    world.clock.pass_(days=30, minutes=1)
    with pytest.raises(Conflict, match="thirty days are over"):
        world.run(RestoreWorkspace())
