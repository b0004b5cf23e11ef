"""Plans and quotas: counted once, warned of once, and stopped at the end with the way on."""

from collections.abc import Sequence
from contextlib import suppress
from threading import Thread
from typing import Any

import pytest

from steward.kernel.actor import Surface
from steward.kernel.errors import Conflict, Forbidden, Invalid, TooMany, Unavailable
from steward.kernel.events import Event
from steward.kernel.ports import Add, Change
from steward.properties.inputs import CreateProperty, DeleteProperty, ExportProperties, ListProperties
from steward.runs import tick
from steward.workspaces import identity
from steward.workspaces.model import CreateKey, CreateWorkspace
from steward.workspaces.model_permissions import CheckPermission
from steward.workspaces.model_plans import GetFlags, GetQuotas, GetUsage, Quota, SetFlags, SetQuotas, Used
from steward.workspaces.model_roster import AddMember, InviteMember, RemoveMember
from steward.workspaces.model_settings import SetBranding
from tests.support.worlds import World

SYSTEM = "system"


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk", plan="free"), workspace=SYSTEM).id
    return made


def agreed(world: World, **numbers: int | None) -> None:
    world.insist(SetQuotas(quotas=numbers))


def home(number: int) -> CreateProperty:
    return CreateProperty(address=f"{number} Alder Road", city="Kent", state="WA", zip="98030")


def used(world: World, quota: Quota) -> Used:
    found: Used = next(one for one in world.run(GetUsage()).rows if one.quota is quota)
    return found


def by_key(world: World, *scopes: str) -> Any:
    made = world.run(CreateKey(name="k", scope=list(scopes) or ["*"]))
    return identity.by_key(world.records, made.key, world.clock())


def warned(world: World) -> list[tuple[str, int, int]]:
    """The warnings of quotas that were told, as quota, used and limit."""
    bodies: list[Any] = [row.body for row in world.rows("outbox")]
    told = [Event.from_json(text) for body in bodies for text in body["events"] if "quota_near" in text]
    return [(str(one.payload["quota"]), int(str(one.payload["used"])), int(str(one.payload["limit"]))) for one in told]


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody listens to every event, so that each is in the outbox."""
    monkeypatch.setattr("steward.kernel.outbox.heard", lambda name: True)


def test_each_property_is_counted_once_however_often_it_is_sent(world: World) -> None:
    for _ in range(3):
        world.run(home(1), key="same")
    with pytest.raises(Conflict):
        world.run(home(1), key="another")
    assert used(world, Quota.PROPERTIES).used == 1


def test_a_write_whose_answer_was_lost_counts_once(world: World) -> None:
    commit, lose = world.records.commit, [True]

    def losing(changes: Sequence[Change]) -> None:
        commit(changes)
        if lose and any(change.key.pk.endswith("#property") for change in changes):
            lose.clear()
            raise Unavailable("The answer was lost.")

    world.records.commit = losing  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        world.run(home(1), key="same")
    world.run(home(1), key="same")
    assert used(world, Quota.PROPERTIES).used == 1


def test_a_month_ends_and_the_next_begins_at_nothing(world: World) -> None:
    world.run(home(1))
    world.clock.pass_(days=11)
    assert used(world, Quota.PROPERTIES).used == 0


def test_the_last_one_fits_and_the_next_is_told_the_plan_and_the_way_on(world: World) -> None:
    agreed(world, properties=2)
    world.run(home(1))
    world.run(home(2))
    with pytest.raises(TooMany, match=r"The free plan has 2 properties a month.* on 1 December, or the owner") as caught:
        world.run(home(3))
    assert caught.value.retry_after > 9 * 86_400
    assert (used(world, Quota.PROPERTIES).state, len(world.rows("property"))) == ("full", 2)


def test_of_two_who_take_the_last_one_at_once_one_gets_it(world: World) -> None:
    agreed(world, properties=2)
    world.run(home(1))
    commit = world.records.commit

    def late(changes: Sequence[Change]) -> None:
        if any(change.key.pk.endswith("#property") for change in changes):
            world.records.commit = commit  # type: ignore[method-assign]
            world.run(home(2))
        commit(changes)

    world.records.commit = late  # type: ignore[method-assign]
    with pytest.raises(TooMany):
        world.run(home(3))
    assert used(world, Quota.PROPERTIES).used == 2


def test_a_quota_is_warned_of_once_a_month_at_eighty_per_cent(world: World) -> None:
    agreed(world, properties=5)
    for number in range(1, 4):
        world.run(home(number))
    assert warned(world) == []
    world.run(home(4))
    assert warned(world) == [("properties", 4, 5)]
    world.run(home(5))
    assert len(warned(world)) == 1
    world.clock.pass_(days=11)
    for number in range(6, 11):
        world.run(home(number))
    assert len(warned(world)) == 2


def test_calls_are_counted_by_key_and_not_at_the_desk(world: World) -> None:
    key = by_key(world)
    world.run(home(1), actor=key, surface=Surface.API)
    world.run(home(2), surface=Surface.DESK)
    for _ in range(3):
        world.run(ListProperties(), actor=key, surface=Surface.API)
    world.door.meter.flush()
    assert used(world, Quota.CALLS).used == 4


def test_reads_are_written_down_together_and_not_one_by_one(world: World) -> None:
    key, commits, commit = by_key(world), list[Change](), world.records.commit

    def noting(changes: Sequence[Change]) -> None:
        commits.extend(changes)
        commit(changes)

    world.records.commit = noting  # type: ignore[method-assign]
    for _ in range(50):
        world.run(ListProperties(), actor=key, surface=Surface.API)
    assert commits == []
    tick.minute(world.door, world.clock())
    assert [one.amounts for one in commits if isinstance(one, Add)] == [{"api_calls": 50}]


def test_reads_that_cannot_be_written_down_are_kept(world: World) -> None:
    key, commit = by_key(world), world.records.commit
    world.run(ListProperties(), actor=key, surface=Surface.API)

    def full(changes: Sequence[Change]) -> None:
        raise Unavailable("The disk is full.")

    world.records.commit = full  # type: ignore[method-assign]
    world.door.meter.flush()
    world.records.commit = commit  # type: ignore[method-assign]
    world.door.meter.flush()
    assert used(world, Quota.CALLS).used == 1


def test_without_calls_left_nothing_goes_on_but_exports_and_what_leads_on(world: World) -> None:
    agreed(world, api_calls=2)
    key = by_key(world)
    for _ in range(2):
        world.run(ListProperties(), actor=key, surface=Surface.API)
    for cmd in (ListProperties(), home(1)):
        world.door.meter.flush()
        with pytest.raises(TooMany, match="2 API calls a month"):
            world.run(cmd, actor=key, surface=Surface.API)
    world.run(ExportProperties(), actor=key, surface=Surface.API)
    world.run(GetUsage(), actor=key, surface=Surface.API)
    world.run(ListProperties())


def test_usage_tells_of_reads_that_are_not_written_down_yet(world: World) -> None:
    key = by_key(world)
    world.run(home(1), actor=key, surface=Surface.API)
    for _ in range(9):
        world.run(ListProperties(), actor=key, surface=Surface.API)
    assert used(world, Quota.CALLS).used == 10
    world.door.meter.flush()
    assert used(world, Quota.CALLS).used == 10


def test_what_goes_on_once_all_calls_are_used_up_is_not_counted(world: World) -> None:
    agreed(world, api_calls=3)
    key = by_key(world)
    for _ in range(3):
        world.run(ListProperties(), actor=key, surface=Surface.API)
    for cmd in (GetUsage(), ExportProperties(), SetFlags(flags={"training": False})):
        world.insist(cmd, actor=key, surface=Surface.API)
    with pytest.raises(TooMany):
        world.run(ListProperties(), actor=key, surface=Surface.API)
    world.door.meter.flush()
    assert (used(world, Quota.CALLS).used, used(world, Quota.CALLS).share) == (3, 1.0)


@pytest.mark.parametrize("order", ["rrrwwww", "wwwrrrr", "rwrwrwr", "wrwrwrw"])
def test_reads_and_changes_together_use_exactly_what_there_is(world: World, order: str) -> None:
    agreed(world, api_calls=6)
    key, came = by_key(world), ""
    for number, kind in enumerate(order):
        with suppress(TooMany):
            world.run(ListProperties() if kind == "r" else home(number), actor=key, surface=Surface.API)
            came += kind
    assert came == order[:6]
    world.door.meter.flush()
    assert used(world, Quota.CALLS).used == 6


def test_no_read_takes_the_last_call_of_a_change_in_hand(world: World) -> None:
    agreed(world, api_calls=3)
    key, commit, refused = by_key(world), world.records.commit, list[TooMany]()
    for _ in range(2):
        world.run(ListProperties(), actor=key, surface=Surface.API)

    def read() -> None:
        try:
            world.run(ListProperties(), actor=key, surface=Surface.API)
        except TooMany as error:
            refused.append(error)

    def late(changes: Sequence[Change]) -> None:
        if any(change.key.pk.endswith("#property") for change in changes):
            other = Thread(target=read)
            other.start()
            other.join()
        commit(changes)

    world.records.commit = late  # type: ignore[method-assign]
    world.run(home(1), actor=key, surface=Surface.API)
    assert (len(refused), used(world, Quota.CALLS).used) == (1, 3)


def test_a_change_that_is_refused_takes_no_call(world: World) -> None:
    agreed(world, api_calls=5, properties=0)
    key = by_key(world)
    for _ in range(3):
        with pytest.raises(TooMany, match="0 properties"):
            world.run(home(1), actor=key, surface=Surface.API)
    for _ in range(5):
        world.run(ListProperties(), actor=key, surface=Surface.API)
    assert used(world, Quota.CALLS).used == 5


def test_reads_alone_are_warned_of_within_the_next_cycle(world: World) -> None:
    agreed(world, api_calls=5)
    key = by_key(world)
    for _ in range(4):
        world.run(ListProperties(), actor=key, surface=Surface.API)
    world.door.meter.flush()
    for _ in range(2):
        tick.five_minutes(world.door, world.clock())
        world.settle()
    assert warned(world) == [("api_calls", 4, 5)]


def test_members_take_room_from_their_invitation_on_and_give_it_back(world: World) -> None:
    agreed(world, members=2)
    rosa = world.run(AddMember(email="rosa@example.com"))
    world.run(InviteMember(email="ben@example.com"))
    with pytest.raises(Forbidden, match="The free plan has room for 2 members; free some") as caught:
        world.run(AddMember(email="may@example.com"))
    assert caught.value.rule == "plan free"
    world.run(RemoveMember(id=rosa.id))
    world.run(AddMember(email="may@example.com"))
    assert used(world, Quota.MEMBERS).used == 2


def test_what_is_stored_is_measured_each_hour(world: World) -> None:
    for size in (700, 300):
        world.ports.blobs.put(f"w/{world.workspace}/branding/{size}", b"x" * size)
        world.clock.pass_(minutes=60)
        tick.five_minutes(world.door, world.clock().replace(minute=0))
        world.settle()
    assert used(world, Quota.STORAGE).used == 1_000
    world.ports.blobs.delete(f"w/{world.workspace}/branding/700")
    world.clock.pass_(minutes=60)
    tick.five_minutes(world.door, world.clock().replace(minute=0))
    world.settle()
    assert used(world, Quota.STORAGE).used == 300


def test_without_a_plan_everything_is_counted_and_nothing_ends(world: World) -> None:
    world.insist(SetQuotas(plan=""))
    for number in range(101):
        world.run(home(number))
    seen = used(world, Quota.PROPERTIES)
    assert (seen.used, seen.limit, seen.state) == (101, None, "ok")


def test_a_number_agreed_takes_the_place_of_the_plans_and_null_is_no_end(world: World) -> None:
    agreed(world, properties=None, members=7)
    quotas = world.run(GetQuotas()).quotas
    assert (quotas["properties"], quotas["members"], quotas["emails"]) == (None, 7, 200)


def test_only_the_owner_of_the_installation_changes_plans(world: World) -> None:
    rosa = world.run(AddMember(email="rosa@example.com", role="owner"))
    row = world.rows("member")[0]
    owner = identity.acting(world.records, identity.Person(str(row.body["account"]), "Rosa", ""), world.workspace)
    assert owner.member == rosa.id
    with pytest.raises(Forbidden, match="Only the owner of this installation"):
        world.insist(SetQuotas(plan="enterprise"), actor=owner)
    with pytest.raises(Forbidden, match="Only the owner of this installation"):
        world.insist(SetQuotas(plan="enterprise"), actor=by_key(world, "admin:workspace"), surface=Surface.API, expected=1)


@pytest.mark.parametrize(
    ("cmd", "near"),
    [
        (SetQuotas(plan="proffesional"), "Did you mean 'professional'"),
        (SetQuotas(quotas={"propertys": 1}), "Did you mean 'properties'"),
        (SetFlags(flags={"trainnig": True}), "Did you mean 'training'"),
    ],
)
def test_unknown_plans_quotas_and_features_are_refused_with_the_nearest(world: World, cmd: Any, near: str) -> None:
    with pytest.raises(Invalid, match=near):
        world.run(cmd)


def test_what_a_plan_lacks_is_refused_by_name(world: World) -> None:
    with pytest.raises(Forbidden, match="The free plan has no branding"):
        world.insist(SetBranding(primary="#1f4d3a"))
    world.insist(SetQuotas(plan="professional"))
    world.insist(SetBranding(primary="#1f4d3a"))


def test_asking_beforehand_hears_what_a_plan_lacks_too(world: World) -> None:
    said = world.run(CheckPermission(command="workspaces.set_branding"))
    assert not said.allowed
    assert said.reason == "The free plan has no branding; the owner can have this workspace moved to a larger plan."


def test_a_feature_that_the_plan_lacks_is_not_switched_on(world: World) -> None:
    world.insist(SetQuotas(plan="free"))
    with pytest.raises(Forbidden, match="The free plan has no training; the owner can have"):
        world.run(SetFlags(flags={"training": True}))
    world.insist(SetFlags(flags={"training": False, "packets": True}))


def test_a_feature_switched_off_is_off_for_everybody_at_once(world: World) -> None:
    world.insist(SetFlags(flags={"assistants": False}))
    assert not world.run(GetFlags()).flags["assistants"]
    with pytest.raises(Forbidden, match="'assistants' is switched off"):
        world.run(ListProperties(), surface=Surface.MCP)
    world.insist(SetFlags(flags={"assistants": True}))
    world.run(ListProperties(), surface=Surface.MCP)


def test_removing_a_property_gives_nothing_of_the_month_back(world: World) -> None:
    made = world.run(home(1))
    world.insist(DeleteProperty(id=made.id))
    assert used(world, Quota.PROPERTIES).used == 1


def refusals(world: World) -> list[tuple[str, str, str]]:
    bodies: list[Any] = [row.body for row in world.rows("receipt")]
    return [(one["command"], one["outcome"], one["rule"]) for one in bodies if one["outcome"] == "too_many"]


def test_what_a_quota_stops_leaves_a_receipt_once_an_hour(world: World) -> None:
    agreed(world, properties=1, api_calls=0)
    world.run(home(1))
    key = by_key(world)
    for _ in range(3):
        with pytest.raises(TooMany):
            world.run(home(2))
        with pytest.raises(TooMany):
            world.run(ListProperties(), actor=key, surface=Surface.API)
    assert refusals(world) == [("properties.create", "too_many", "plan free"), ("properties.list", "too_many", "plan free")]
    world.clock.pass_(hours=1)
    with pytest.raises(TooMany):
        world.run(home(2))
    assert len(refusals(world)) == 3
