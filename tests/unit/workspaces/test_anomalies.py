"""What is unusual is found in receipts, told once to owners and admins, and nothing else is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steward.kernel.actor import Actor, Surface
from steward.kernel.context import Call
from steward.kernel.errors import ApprovalNeeded, Forbidden
from steward.kernel.keys import SYSTEM
from steward.kernel.model import Input
from steward.kernel.origins import Origin
from steward.kernel.registry import taking
from steward.properties.inputs import CreateProperty, DeleteProperty, ExportProperties, ListProperties
from steward.runs import tick
from steward.workspaces import identity, rules_anomalies
from steward.workspaces.model import CreateKey, CreateWorkspace
from steward.workspaces.model_anomalies import Habit, ListUnusual
from steward.workspaces.model_receipts import ListReceipts
from steward.workspaces.model_settings import UpdateWorkspace
from steward.workspaces.rules_anomalies import BOUNDS, Bounds, Deed, judged, outside
from tests.support.worlds import World
from tests.unit.workspaces.staff import hire

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HOURS = "mon-fri 09:00-17:30, sat 10:00-14:00"


def habit(**known: Any) -> Habit:
    return Habit(id="a", created_at=MONDAY, updated_at=MONDAY, **{"since": MONDAY - timedelta(days=30), **known})


def deed(at: datetime = MONDAY, **told: Any) -> Deed:
    return Deed(**{"at": at, "local": at, "done": True, "by_key": False, "grave": False, **told})


def reasons(deeds: Sequence[Deed], known: Habit | None = None, bounds: Bounds = BOUNDS) -> list[str]:
    """Why some deeds in turn are unusual, "" where one is not."""
    found, it = list[str](), known or habit()
    for one in deeds:
        it, says = judged(it, one, bounds)
        found.append("; ".join(says))
    return found


def exports(*rows: int, minutes: int = 10) -> list[Deed]:
    return [deed(MONDAY + timedelta(minutes=minutes * number), rows=one, grave=True) for number, one in enumerate(rows)]


def test_much_that_is_taken_away_within_an_hour_is_told_once_a_day() -> None:
    assert reasons(exports(5_000)) == [""]
    assert reasons(exports(5_001)) == ["5,001 rows were taken away within an hour, in one export"]
    assert reasons(exports(3_000, 2_500, 9_000))[1:] == ["5,500 rows were taken away within an hour, in 2 exports", ""]
    assert reasons(exports(3_000, 2_500, minutes=61)) == ["", ""]
    assert [bool(one) for one in reasons(exports(6_000, 6_000, minutes=60 * 24))] == [True, True]
    assert reasons(exports(*[1] * 21, minutes=2))[-2:] == ["", "21 rows were taken away within an hour, in 21 exports"]


def test_the_first_work_outside_of_the_hours_is_told_once_and_not_of_somebody_new() -> None:
    night = deed(MONDAY + timedelta(hours=14), hours=HOURS)
    assert [bool(one) for one in reasons([deed(hours=HOURS), night, night])] == [False, True, False]
    assert reasons([night], habit(since=MONDAY - timedelta(days=6))) == [""]
    assert reasons([night], habit(odd=True)) == [""]
    assert reasons([deed(MONDAY + timedelta(hours=14))]) == [""], "where no hours are said, none is odd"
    assert reasons([deed(MONDAY + timedelta(hours=14), hours=HOURS, by_key=True)]) == [""], "a machine has no hours"


@pytest.mark.parametrize(
    ("at", "is_out"),
    [
        ("mon 07:00", False), ("mon 06:59", True), ("mon 19:30", False), ("mon 19:31", True), ("sat 15:59", False), ("sat 16:01", True),
        ("sun 12:00", True),
    ],
)  # fmt: skip
def test_hours_hold_with_two_hours_to_spare(at: str, is_out: bool) -> None:  # noqa: FBT001 - a table
    day, _, time = at.partition(" ")
    moment = MONDAY.replace(hour=int(time[:2]), minute=int(time[3:])) + timedelta(
        days=("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day)
    )
    assert outside(HOURS, moment, BOUNDS.margin) is is_out


def test_the_spare_hours_go_past_midnight_and_days_past_the_week() -> None:
    late, early = MONDAY.replace(hour=0, minute=30), MONDAY.replace(hour=23, minute=30)
    assert not outside("sun 15:00-23:30", late, BOUNDS.margin)
    assert not outside("tue 00:30-08:00", early, BOUNDS.margin)
    assert not outside("fri-mon 08:00-12:00", MONDAY, BOUNDS.margin)
    assert outside("fri-sun 08:00-12:00", MONDAY, BOUNDS.margin)


def keyed(place: str = "p1", *, hours: int = 0, made: datetime | None = MONDAY, grave: bool = True) -> Deed:
    return deed(MONDAY + timedelta(hours=hours), by_key=True, grave=grave, place=place, made=made)


def test_the_first_grave_call_of_a_key_of_a_day_is_told_once() -> None:
    assert reasons([keyed(grave=False), keyed(), keyed()]) == ["", "The key was made less than a day before", ""]
    assert reasons([keyed(hours=24)]) == [""]
    assert reasons([keyed(made=None)]) == [""]


def test_a_key_that_comes_from_elsewhere_for_what_is_grave_is_told_once_a_day() -> None:
    moved = "The key came from an address that it never came from"
    old = MONDAY - timedelta(days=30)
    assert reasons([keyed("p1", made=old), keyed("p2", made=old), keyed("p3", made=old), keyed("p2", made=old)]) == ["", moved, "", ""]
    assert reasons([keyed("p1", made=old), keyed("p2", made=old, grave=False), keyed("p2", made=old)]) == ["", "", ""]
    assert reasons([keyed("p9", made=old)], habit(places=[f"p{number}" for number in range(BOUNDS.places)])) == [""]
    assert reasons([keyed("", made=old)], habit(places=["p1"])) == [""]


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk", slug="own"), workspace=SYSTEM).id
    return made


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are much."""
    monkeypatch.setattr(rules_anomalies.judged, "__defaults__", (Bounds(rows=1),))


def cycle(world: World) -> None:
    """Two minutes on, the five-minute tick comes."""
    world.settle()
    world.clock.pass_(minutes=2)
    tick.five_minutes(world.door, world.clock())
    world.settle()


def homes(world: World, count: int) -> None:
    for number in range(count):
        world.run(CreateProperty(address=f"{number} Alder Road", city="Kent"))
    world.settle()


def do(world: World, cmd: Input, actor: Actor, surface: Surface = Surface.DESK, ip: str = "203.0.113.9") -> None:
    key = str(world.clock())
    world.door.dispatch(Call(taking(type(cmd)).name, cmd, actor, world.workspace, surface, key=key, origin=Origin(ip)))


def found(world: World, actor: Actor | None = None) -> list[tuple[str, list[str]]]:
    return [(one.name, list(one.says)) for one in world.run(ListUnusual(), actor=actor).rows]


@pytest.mark.usefixtures("few")
def test_a_bulk_export_is_shown_on_its_receipt_and_mailed_to_owners_and_admins(world: World) -> None:
    homes(world, 2)
    admin, user = hire(world, "admin"), hire(world, "user")
    do(world, ExportProperties(), user)
    cycle(world)
    reason = "2 rows were taken away within an hour, in one export"
    assert found(world, admin) == [(user.name, [reason])]
    assert [list(one.unusual) for one in world.run(ListReceipts(command="properties.export")).rows] == [[reason]]
    assert [row.body["to"] for row in world.rows("mail", SYSTEM) if row.body["purpose"] == "unusual"] == [f"{admin.name}@desk.test"]
    assert [list(one.unusual) for one in world.run(ListReceipts(), actor=user).rows] == [[]]
    with pytest.raises(Forbidden, match="owners and admins"):
        found(world, user)


@pytest.mark.usefixtures("few")
def test_what_the_owner_of_the_machine_exports_there_is_not_unusual(world: World) -> None:
    homes(world, 3)
    world.run(ExportProperties())
    cycle(world)
    assert found(world) == []


def test_a_new_key_that_exports_is_told_once_and_its_reading_is_not(world: World) -> None:
    key = identity.by_key(world.records, world.run(CreateKey(name="Website", scope=["read:*"])).key, world.clock())
    do(world, ListProperties(), key, Surface.API)
    cycle(world)
    assert found(world) == []
    for _ in range(2):
        do(world, ExportProperties(), key, Surface.API)
        cycle(world)
    assert found(world) == [("Website", ["The key was made less than a day before"])]


def test_a_key_that_asks_to_destroy_from_elsewhere_is_told(world: World) -> None:
    homes(world, 1)
    key = identity.by_key(world.records, world.run(CreateKey(name="Website", scope=["*"])).key, world.clock())
    world.clock.pass_(days=3)
    do(world, CreateProperty(address="9 Elm"), key, Surface.API)
    with pytest.raises(ApprovalNeeded):
        do(world, DeleteProperty(id="1"), key, Surface.API, ip="198.51.100.7")
    cycle(world)
    assert found(world) == [("Website", ["The key came from an address that it never came from"])]
    assert "198.51.100.7" not in str([row.body for kind in ("habit", "finding") for row in world.rows(kind)])


def test_hours_are_those_of_the_workspace_in_its_time_zone_unless_a_member_has_own(world: World) -> None:
    world.insist(UpdateWorkspace(working_hours="mon-sun 09:00-12:00", time_zone="America/New_York"))
    user = hire(world, "user")
    for days in (0, 8):
        world.clock.at = datetime(2026, 11, 23, 15, 0, tzinfo=UTC) + timedelta(days=days)  # ten in the morning there
        do(world, CreateProperty(address=f"{days} Elm"), user)
        cycle(world)
    assert found(world) == []
    world.clock.pass_(hours=10)
    do(world, CreateProperty(address="10 Elm"), user)
    cycle(world)
    assert [says for _, says in found(world)] == [["It is the first time that they work outside of their hours"]]


def test_nothing_is_written_where_nobody_did_anything(world: World) -> None:
    hire(world, "user")
    cycle(world)
    before = len(world.rows("receipt"))
    for _ in range(3):
        cycle(world)
    assert len(world.rows("receipt")) == before and world.rows("habit") == []


def test_what_is_invented_is_never_unusual(world: World) -> None:
    world.workspace = world.run(CreateWorkspace(name="Alder", slug="alder", invented=True), workspace=SYSTEM).id
    key = identity.by_key(world.records, world.run(CreateKey(name="k", scope=["read:*"])).key, world.clock())
    do(world, ExportProperties(), key, Surface.API)
    cycle(world)
    assert world.rows("watch") == []


def test_many_actors_are_looked_over_in_several_commits_and_each_once(world: World) -> None:
    keys = [Actor(f"key:k{number}", "key", "k", frozenset({"*"}), role="key", workspace=world.workspace) for number in range(90)]
    for key in [*keys, *keys]:
        do(world, ExportProperties(), key, Surface.API)
    cycle(world)
    assert len(world.rows("habit")) == 90
    assert [len(row.body["taken"]) for row in world.rows("habit")] == [2] * 90  # type: ignore[arg-type]
