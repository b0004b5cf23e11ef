"""The minute tick and the start: nothing that was begun stays lying."""

import pytest

from steward.kernel.actor import Surface
from steward.kernel.keys import place
from steward.kernel.ports import Put
from steward.kernel.time import iso
from steward.properties.inputs import CreateProperty, ListProperties
from steward.runs import tick
from steward.runs.model import ClaimRun, GetRun, RunStatus
from steward.workspaces.model import CreateWorkspace
from tests.support.worlds import World
from tests.unit.runs.counting import TROUBLES, Count


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace="system").id
    return made


def lose_messages(world: World) -> None:
    while messages := world.ports.queue.receive(10, visibility=60):
        world.ports.queue.delete([message.receipt for message in messages])


def test_the_tick_notes_the_time_of_its_event(world: World) -> None:
    at = world.clock()
    tick.minute(world.door, at)
    tick.five_minutes(world.door, at)
    tick.minute(world.door, at)
    rows = world.ports.records.get([place("system", "heartbeat", "tick"), place("system", "heartbeat", "cycle")])
    assert [row.body["at"] for row in rows if row] == [iso(at), iso(at)]


def test_a_run_whose_message_was_lost_is_called_for_again(world: World) -> None:
    started = world.run(Count(to=7))
    lose_messages(world)
    tick.minute(world.door, world.clock())
    world.settle()
    assert world.run(GetRun(run=started.run)).status is RunStatus.QUEUED
    world.clock.pass_(minutes=3)
    tick.minute(world.door, world.clock())
    world.settle()
    assert world.run(GetRun(run=started.run)).status is RunStatus.SUCCEEDED


def test_a_run_whose_process_died_goes_on_when_the_next_one_starts(world: World) -> None:
    started = world.run(Count(to=7))
    world.run(ClaimRun(run=started.run, holder="dead", lease=900, exclusive=True), surface=Surface.SYSTEM)
    lose_messages(world)
    tick.start(world.door)
    world.settle()
    assert world.run(GetRun(run=started.run)).status is RunStatus.SUCCEEDED


def test_a_run_that_waited_for_a_place_goes_on_at_a_start_and_one_that_waits_for_a_person_does_not(world: World) -> None:
    started = world.run(Count(to=23, trouble="unavailable"))
    world.settle()
    (waiting,) = tick.open_runs(world.door, world.workspace)
    assert waiting.held
    tick.start(world.door)
    world.settle()
    again = world.run(GetRun(run=started.run))
    assert again.status is RunStatus.WAITING
    assert again.version > waiting.version


@pytest.mark.parametrize("trouble", ["engine", "disk"])
def test_a_run_that_only_an_engine_is_in_the_way_of_is_tried_again_at_the_next_tick(
    world: World, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    started = world.run(Count(to=23, trouble=trouble))
    world.settle()
    assert world.run(GetRun(run=started.run)).status is RunStatus.WAITING
    monkeypatch.delitem(TROUBLES, trouble)
    tick.minute(world.door, world.clock())
    world.settle()
    assert world.run(GetRun(run=started.run)).status is RunStatus.SUCCEEDED


def test_a_run_that_waits_for_another_place_is_left_alone_by_the_tick(world: World) -> None:
    started = world.run(Count(to=23, trouble="unavailable"))
    world.settle()
    before = world.run(GetRun(run=started.run)).version
    tick.minute(world.door, world.clock())
    assert (world.run(GetRun(run=started.run)).version, world.ports.queue.depth()) == (before, 0)


def test_an_index_that_was_half_filled_is_filled_at_the_next_start(world: World) -> None:
    world.run(CreateProperty(address="218 Tannery Row"))
    tick.ready(world.door)
    world.ports.search.replace(world.workspace, "property", [])
    tick.ready(world.door)
    assert world.run(ListProperties()).total == 0
    row = world.ports.records.get([place("system", "index", "property")])[0]
    assert row
    world.ports.records.commit([Put(row.key, {"filled": False}, row.version + 1)])
    tick.ready(world.door)
    assert world.run(ListProperties()).total == 1
