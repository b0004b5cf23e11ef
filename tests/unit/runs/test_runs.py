"""Runs: chunk by chunk, once each, going on wherever they were stopped."""

from collections.abc import Sequence

import pytest

from steward.kernel.actor import Surface
from steward.kernel.errors import Conflict, Internal, NotFound
from steward.kernel.events import Event
from steward.kernel.ports import Json, Key, Message, Stored
from steward.kernel.reactor import deliver
from steward.runs.model import AdvanceRun, ClaimRun, FinishRun, GetRun, ListRuns, ReleaseRun, Run, RunStatus, RunView
from steward.runs.rules import MAX_ATTEMPTS, view
from steward.runs.workers import WORKERS
from tests.support.worlds import START, World
from tests.unit.runs.counting import Count

assert "counting" in WORKERS


@pytest.fixture
def world() -> World:
    return World()


def test_a_run_does_all_its_chunks_and_says_what_it_did(world: World) -> None:
    started = world.run(Count(to=23))
    assert started.status is RunStatus.QUEUED
    world.settle()
    ended = world.run(GetRun(run=started.run))
    assert (ended.status, ended.counts, ended.result, ended.attempt) == (RunStatus.SUCCEEDED, {"out": 23}, {"counted": 23}, 1)
    assert ended.seconds > 0
    assert len(world.rows("counted")) == 23


def test_a_run_is_found_by_its_short_number_too(world: World) -> None:
    started = world.run(Count(to=1))
    assert world.run(GetRun(run=str(started.ref))).id == started.id
    with pytest.raises(NotFound, match="runs list"):
        world.run(GetRun(run="999"))


def test_a_run_goes_round_the_queue_when_its_time_is_up(world: World) -> None:
    started = world.run(Count(to=23))
    world.settle(seconds=0.0)
    assert world.run(GetRun(run=started.run)).status is RunStatus.SUCCEEDED
    assert len(world.rows("counted")) == 23


def test_a_repeated_message_does_no_chunk_twice(world: World) -> None:
    started = world.run(Count(to=12))
    event = Event("e", "runs.queued", world.workspace, {"run": started.run, "kind": "counting"}, world.clock())
    for _ in range(3):
        deliver(world.door, event, seconds=60)
    world.settle()
    assert len(world.rows("counted")) == 12


def test_a_run_handed_on_is_not_lost_on_a_reader_that_is_quicker_than_the_hand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    started = world.run(Count(to=23))
    event = Event("e", "runs.queued", world.workspace, {"run": started.run, "kind": "counting"}, world.clock())

    def heard_at_once(messages: Sequence[Message]) -> None:
        for message in messages:
            deliver(world.door, Event.from_json(message.body), seconds=0)

    monkeypatch.setattr(world.ports.queue, "send", heard_at_once)
    deliver(world.door, event, seconds=0)
    assert world.run(GetRun(run=started.run)).status is RunStatus.SUCCEEDED


def test_a_call_for_a_run_in_hand_is_kept_until_it_is_out_of_hand(world: World) -> None:
    started = world.run(Count(to=23))
    event = Event("e", "runs.queued", world.workspace, {"run": started.run, "kind": "counting"}, world.clock())
    world.settle()
    world.before_commit_once(lambda: deliver(world.door, event, seconds=60))
    deliver(world.door, event, seconds=60)
    assert world.ports.queue.depth() == 1


def test_what_is_wrong_ends_the_run_with_its_reason(world: World) -> None:
    started = world.run(Count(to=23, trouble="invalid"))
    world.settle()
    ended = world.run(GetRun(run=started.run))
    assert (ended.status, ended.error) == (RunStatus.FAILED, "The third chunk is no good.")
    assert len(world.rows("counted")) == 10


def test_what_cannot_be_done_here_waits_with_its_reason_and_goes_on_when_released(world: World) -> None:
    started = world.run(Count(to=23, trouble="unavailable"))
    world.settle()
    waiting = world.run(GetRun(run=started.run))
    assert (waiting.status, waiting.reason) == (RunStatus.WAITING, "The third chunk is no good.")
    world.run(ReleaseRun(run=started.run, params={"trouble": ""}), surface=Surface.SYSTEM)
    world.settle()
    assert world.run(GetRun(run=started.run)).status is RunStatus.SUCCEEDED


def test_the_seconds_of_a_run_count_no_waiting(world: World) -> None:
    started = world.run(Count(to=23, trouble="unavailable"))
    world.clock.pass_(minutes=5)
    world.settle()
    world.clock.pass_(hours=1)
    world.run(ReleaseRun(run=started.run, params={"trouble": ""}), surface=Surface.SYSTEM)
    world.settle()
    world.clock.pass_(hours=1)
    assert 0 < world.run(GetRun(run=started.run)).seconds < 1


def test_the_seconds_of_a_run_go_on_after_its_process_died(world: World) -> None:
    run = world.run(Count(to=23)).run
    for holder in ("one", "two"):
        world.run(ClaimRun(run=run, holder=holder, lease=60, exclusive=True), surface=Surface.SYSTEM)
        world.clock.pass_(seconds=30)
        chunk = world.run(GetRun(run=run)).counts.get("out", 0) + 1
        world.run(AdvanceRun(run=run, chunk=chunk, counts={"out": 1}), surface=Surface.SYSTEM)
        world.clock.pass_(hours=1)
    ended = world.run(FinishRun(run=run), surface=Surface.SYSTEM)
    assert 3_660 < ended.seconds < 3_662


def test_a_run_of_an_earlier_schema_keeps_its_seconds() -> None:
    body: dict[str, Json] = {
        "id": "r", "kind": "counting", "name": "n", "created_at": "2026-11-20T09:00:00Z", "updated_at": "2026-11-20T09:00:07Z",
        "started_at": "2026-11-20T09:00:02Z", "finished_at": "2026-11-20T09:00:06Z", "status": "succeeded", "schema": 1,
    }  # fmt: skip
    assert view(Run.of(Stored(Key("p", "r"), 3, body)), START).seconds == 4.0


def test_a_fault_of_our_own_is_tried_again_before_the_run_fails(world: World) -> None:
    world.run(Count(to=23, trouble="internal"))
    (message,) = world.ports.queue.receive(1, visibility=1)
    with pytest.raises(Internal):
        deliver(world.door, Event.from_json(message.body), seconds=60)


def test_a_fault_that_comes_again_ends_the_run_with_its_reason(world: World) -> None:
    started = world.run(Count(to=23, trouble="internal"))
    event = Event("e", "runs.queued", world.workspace, {"run": started.run, "kind": "counting"}, world.clock())
    with pytest.raises(Internal):
        deliver(world.door, event, seconds=60)
    again = world.run(GetRun(run=started.run))
    deliver(world.door, event, seconds=60)
    ended = world.run(GetRun(run=started.run))
    assert (again.status, ended.status, ended.error) == (RunStatus.QUEUED, RunStatus.FAILED, "The third chunk is no good.")


def test_a_bug_in_a_worker_ends_the_run_with_a_reference_too(world: World) -> None:
    started = world.run(Count(to=23, trouble="bug"))
    event = Event("e", "runs.queued", world.workspace, {"run": started.run, "kind": "counting"}, world.clock())
    with pytest.raises(Internal, match="quote"):
        deliver(world.door, event, seconds=60)
    deliver(world.door, event, seconds=60)
    ended = world.run(GetRun(run=started.run))
    assert (ended.status, "quote" in (ended.error or "")) == (RunStatus.FAILED, True)


def take_in_hand(world: World, run: str, turn: int) -> RunView:
    claim = ClaimRun(run=run, holder=f"process {turn}", lease=900, exclusive=True)
    taken: RunView = world.run(claim, surface=Surface.SYSTEM)
    return taken


def test_a_run_may_be_interrupted_as_often_as_it_gets_on(world: World) -> None:
    started = world.run(Count(to=23))
    for turn in range(1, MAX_ATTEMPTS + 2):
        take_in_hand(world, started.run, turn)
        world.run(AdvanceRun(run=started.run, chunk=turn), surface=Surface.SYSTEM)
    assert world.run(GetRun(run=started.run)).status is RunStatus.RUNNING


def test_a_run_that_is_interrupted_again_and_again_at_one_place_fails(world: World) -> None:
    started = world.run(Count(to=23))
    taken = [take_in_hand(world, started.run, turn).status for turn in range(MAX_ATTEMPTS + 1)]
    assert taken == [RunStatus.RUNNING] * MAX_ATTEMPTS + [RunStatus.FAILED]


def test_a_run_in_another_living_process_is_left_alone_until_it_is_handed_on_or_its_time_is_up(world: World) -> None:
    started = world.run(Count(to=23))
    claim = ClaimRun(run=started.run, holder="other", lease=900, exclusive=False)
    assert world.run(claim, surface=Surface.SYSTEM).status is RunStatus.RUNNING
    mine = ClaimRun(run=started.run, holder="mine", lease=900, exclusive=False)
    assert world.run(mine, surface=Surface.SYSTEM).status is RunStatus.WAITING
    handed_on = ClaimRun(run=started.run, holder="third", after="other", lease=900, exclusive=False)
    assert world.run(handed_on, surface=Surface.SYSTEM).status is RunStatus.RUNNING
    assert world.run(mine, surface=Surface.SYSTEM).status is RunStatus.WAITING
    world.clock.pass_(seconds=901)
    assert world.run(mine, surface=Surface.SYSTEM).status is RunStatus.RUNNING


def test_a_chunk_out_of_turn_is_a_conflict(world: World) -> None:
    started = world.run(Count(to=23))
    with pytest.raises(Conflict, match="done already"):
        world.run(AdvanceRun(run=started.run, chunk=2), surface=Surface.SYSTEM)


def test_an_ended_run_stays_as_it_ended(world: World) -> None:
    started = world.run(Count(to=3))
    world.settle()
    world.run(FinishRun(run=started.run, error="too late"), surface=Surface.SYSTEM)
    assert world.run(GetRun(run=started.run)).status is RunStatus.SUCCEEDED


def test_the_list_shows_the_newest_first_and_can_leave_out_what_has_ended(world: World) -> None:
    first = world.run(Count(to=3))
    world.settle()
    second = world.run(Count(to=3))
    assert [one.ref for one in world.run(ListRuns()).rows] == [second.ref, first.ref]
    assert [one.ref for one in world.run(ListRuns(open=True)).rows] == [second.ref]
