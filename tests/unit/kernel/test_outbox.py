"""The outbox: told after the commit, and told by the sweep where a process died in between."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from steward.kernel import registry
from steward.kernel.errors import Unavailable
from steward.kernel.events import Event, reaction
from steward.kernel.keys import partition
from steward.kernel.outbox import SYNC_AFTER
from steward.kernel.ports import Message
from steward.kernel.reactor import Reactor
from tests.support.worlds import World
from tests.unit.kernel.notes import WriteNote
from tests.unit.runs.counting import Count

HEARD: list[str] = []


@reaction("tests.heard")
def hear(event: Event, reactor: Reactor) -> None:
    HEARD.append(event.id)
    reactor.dispatch(WriteNote(text="heard"))


@pytest.fixture
def world() -> World:
    HEARD.clear()
    return World()


def letters(world: World) -> int:
    return len(world.ports.records.query(partition(world.workspace, "outbox")).rows)


def test_a_commit_that_tells_nobody_leaves_no_letter(world: World) -> None:
    world.run(WriteNote(text="roof"))
    assert letters(world) == 0


def test_sent_letters_are_cleared_by_later_commits_once_the_queue_has_synced(world: World) -> None:
    synced = []
    world.ports.queue.sync = lambda: synced.append(letters(world))  # type: ignore[method-assign]
    for number in range(SYNC_AFTER):
        assert letters(world) == number
        world.run(Count(to=1))
    assert synced == [SYNC_AFTER]
    world.run(WriteNote(text="roof"))
    assert letters(world) == 0


def test_however_many_letters_are_sent_the_queue_syncs_once_a_second(world: World) -> None:
    synced: list[datetime] = []
    world.ports.queue.sync = lambda: synced.append(world.clock())  # type: ignore[method-assign]
    for _ in range(3 * SYNC_AFTER):
        world.run(Count(to=1))
    assert len(synced) == 1
    world.clock.pass_(seconds=1)
    world.run(Count(to=1))
    assert len(synced) == 2


def test_a_queue_that_cannot_sync_takes_no_answer_away_and_syncs_later(world: World) -> None:
    sync = world.ports.queue.sync

    def broken() -> None:
        raise Unavailable("The disk is full.")

    world.ports.queue.sync = broken  # type: ignore[method-assign]
    for _ in range(SYNC_AFTER):
        world.run(Count(to=1))
    world.door.outbox.flush()
    assert letters(world) == SYNC_AFTER
    world.ports.queue.sync = sync  # type: ignore[method-assign]
    world.door.outbox.flush()
    assert letters(world) == 0


def test_what_the_queue_did_not_take_is_sent_by_the_sweep(world: World) -> None:
    send = world.ports.queue.send

    def broken(messages: object) -> None:
        raise Unavailable("The queue is away.")

    world.ports.queue.send = broken  # type: ignore[method-assign]
    world.run(Count(to=1))
    world.ports.queue.send = send  # type: ignore[method-assign]
    assert world.ports.queue.depth() == 0
    assert world.door.outbox.sweep(world.door, world.workspace, before=world.clock()) == 1
    world.settle()
    assert len(world.rows("counted")) == 1


def test_the_sweep_leaves_letters_alone_that_are_young_or_sent(world: World) -> None:
    world.run(Count(to=1))
    assert world.door.outbox.sweep(world.door, world.workspace, before=world.clock()) == 0
    world.door.outbox.flush()
    assert letters(world) == 0


def test_a_reaction_to_an_event_delivered_twice_has_one_effect(world: World) -> None:
    registry.manifest().reactions["tests.heard"] = [__name__]  # type: ignore[index]
    event = Event("e1", "tests.heard", world.workspace, {}, world.clock())
    world.ports.queue.send([Message(event.to_json()), Message(event.to_json())])
    world.settle()
    assert HEARD == ["e1", "e1"]
    assert len(world.rows("note")) == 1


def test_what_keeps_letters_back_is_logged_once_until_it_has_passed(world: World, caplog: pytest.LogCaptureFixture) -> None:
    send = world.ports.queue.send

    def refuse(messages: Sequence[Message]) -> None:
        raise Unavailable("The disk is full.")

    for _ in range(2):
        world.ports.queue.send = refuse  # type: ignore[method-assign]
        for _ in range(3):
            world.run(Count(to=1))
        world.ports.queue.send = send  # type: ignore[method-assign]
        world.run(Count(to=1))
    assert [line.getMessage() for line in caplog.records] == ["left for the sweep: The disk is full."] * 2
