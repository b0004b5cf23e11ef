"""The contract of Queue."""

import time
from pathlib import Path

import pytest

from steward.adapters.queue.sqlite import SqliteQueue
from steward.kernel.errors import Invalid
from steward.kernel.ports import Message, Queue
from tests.support.engines import Clock


def send(queue: Queue, *bodies: str) -> None:
    queue.send([Message(body) for body in bodies])


def test_a_message_is_received_as_it_was_sent(queue: Queue) -> None:
    send(queue, '{"name": "Ćiča 🏠"}')
    (received,) = queue.receive()
    assert (received.body, received.receives) == ('{"name": "Ćiča 🏠"}', 1)
    assert received.sent.tzinfo is not None


def test_many_messages_are_all_received(queue: Queue) -> None:
    bodies = {f"{number} {'x' * 50_000}" for number in range(25)}
    send(queue, *bodies)
    assert queue.depth() == 25
    received = []
    while some := queue.receive(10):
        assert len(some) <= 10
        received += [message.body for message in some]
    assert (len(received), set(received)) == (25, bodies)


def test_an_empty_queue_gives_nothing(queue: Queue) -> None:
    queue.send([])
    assert (queue.receive(), queue.depth(), queue.dead()) == ([], 0, [])


def test_a_message_in_hand_is_hidden_and_counts_as_depth(queue: Queue) -> None:
    send(queue, "a")
    queue.receive()
    assert (queue.receive(), queue.depth()) == ([], 1)


def test_a_deleted_message_is_gone(queue: Queue) -> None:
    send(queue, "a", "b")
    taken = queue.receive()
    queue.delete([message.receipt for message in taken])
    for message in taken:
        queue.extend(message.receipt, 0)
    assert (queue.receive(), queue.depth()) == ([], 0)


def test_a_message_given_back_is_received_again_and_counted(queue: Queue) -> None:
    send(queue, "a")
    for times in (1, 2, 3):
        (received,) = queue.receive()
        assert received.receives == times
        queue.extend(received.receipt, 0)


def test_a_message_received_more_than_five_times_moves_to_the_dead_letters(queue: Queue) -> None:
    send(queue, "poison", "fine")
    for _ in range(5):
        for received in queue.receive():
            if received.body == "fine":
                queue.delete([received.receipt])
            else:
                queue.extend(received.receipt, 0)
    assert queue.receive() == []
    assert [letter.body for letter in queue.dead()] == ["poison"]
    assert [letter.body for letter in queue.dead()] == ["poison"]
    assert queue.depth() == 0


def test_a_delayed_message_waits(queue: Queue, clock: Clock) -> None:
    queue.send([Message("a", delay=1)])
    assert (queue.receive(), queue.depth()) == ([], 1)
    clock.advance(1)
    time.sleep(0 if isinstance(queue, SqliteQueue) else 1.05)
    assert [received.body for received in queue.receive()] == ["a"]


WRONG = {"empty": Message(""), "too large": Message("é" * 131_073), "delayed too long": Message("a", 901), "in the past": Message("a", -1)}


@pytest.mark.parametrize("message", WRONG.values(), ids=WRONG)
def test_a_message_outside_of_the_limits_is_invalid_and_nothing_is_sent(queue: Queue, message: Message) -> None:
    with pytest.raises(Invalid):
        queue.send([Message("fine"), message])
    assert queue.depth() == 0


@pytest.mark.parametrize("visibility", [-1, 43_201])
def test_a_visibility_outside_of_the_limits_is_invalid(queue: Queue, visibility: int) -> None:
    with pytest.raises(Invalid):
        queue.receive(visibility=visibility)


# --- time, on the engines whose clock a test can move -----------------------------------------------------------------


@pytest.fixture
def timed(clock: Clock) -> SqliteQueue:
    return SqliteQueue(":memory:", clock)


def test_a_message_comes_back_when_its_visibility_runs_out(timed: SqliteQueue, clock: Clock) -> None:
    send(timed, "a")
    timed.receive(visibility=30)
    clock.advance(29)
    assert timed.receive() == []
    clock.advance(1)
    assert [received.receives for received in timed.receive()] == [2]


def test_extending_hides_a_message_for_longer(timed: SqliteQueue, clock: Clock) -> None:
    send(timed, "a")
    (received,) = timed.receive(visibility=30)
    clock.advance(20)
    timed.extend(received.receipt, 30)
    clock.advance(20)
    assert timed.receive() == []


def test_a_receipt_no_longer_counts_once_the_message_is_in_other_hands(timed: SqliteQueue, clock: Clock) -> None:
    send(timed, "a")
    (late,) = timed.receive(visibility=30)
    clock.advance(31)
    timed.receive(visibility=30)
    timed.extend(late.receipt, 0)
    timed.delete([late.receipt])
    assert (timed.receive(), timed.depth()) == ([], 1)


def test_what_waits_in_a_file_is_there_after_a_restart(tmp_path: Path) -> None:
    first = SqliteQueue(tmp_path / "queue.db")
    send(first, "a")
    first.close()
    second = SqliteQueue(tmp_path / "queue.db")
    assert [received.body for received in second.receive()] == ["a"]
    second.close()


def test_what_a_dead_process_had_in_hand_comes_back_with_the_next_one(tmp_path: Path, clock: Clock) -> None:
    dead = SqliteQueue(tmp_path / "queue.db", clock)
    send(dead, "in hand")
    dead.receive(visibility=600)
    dead.send([Message("delayed", delay=60)])
    risen = SqliteQueue(tmp_path / "queue.db", clock)
    assert [(received.body, received.receives) for received in risen.receive()] == [("in hand", 1)]
    dead.close()
    risen.close()
