"""The local sources of events: what they send looks like what AWS sends, and the pump keeps SQS's promises."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from functions import edge
from functions import queue as functions_queue
from host import events
from host.clock import Ticker
from host.events import Asked
from host.pump import Pump
from steward.adapters.queue.sqlite import SqliteQueue
from steward.kernel import registry
from steward.kernel.errors import Unavailable
from steward.kernel.events import Event, reaction
from steward.kernel.ports import Blob, Message, Received
from steward.kernel.reactor import Reactor
from tests.e2e.conftest import recorded
from tests.e2e.homes import until
from tests.support.worlds import World

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def shape(event: Mapping[str, Any]) -> set[str]:
    """The names of an event, those of its parts with their path."""
    parts = ((name, part) for name, part in event.items() if isinstance(part, Mapping) and "eaders" not in name and "Query" not in name)
    return {*event, *(f"{name}.{inner}" for name, part in parts for inner in shape(part))}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (events.http(Asked("GET", "/v1/runs", "limit=5", [("accept", "*/*")], b"", "127.0.0.1")), recorded("api_list_runs")),
        (events.scheduled("minute", NOON), recorded("minute")),
        (events.object_created(Blob("w/w1/uploads/r1", 3, "e"), NOON), recorded("object_created")),
        (events.batch([Received("1", "{}", "1.1", 1, NOON)])["Records"][0], recorded("queue")["Records"][0]),
    ],
    ids=["http", "schedule", "file", "message"],
)
def test_an_event_made_here_has_only_what_the_cloud_sends_too(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
    assert shape(ours) <= shape(theirs)


def test_a_query_keeps_all_its_values_and_its_blanks() -> None:
    event = events.http(Asked("GET", "/v1/properties", "city=Ely&city=Ash%20Hill&zip=", [], b"", ""))
    assert event["multiValueQueryStringParameters"] == {"city": ["Ely", "Ash Hill"], "zip": [""]}


def test_cookies_of_several_headers_are_one_line() -> None:
    event = events.http(Asked("GET", "/today", "", [("cookie", "a=1"), ("cookie", "b=2")], b"", ""))
    assert event["headers"]["cookie"] == "a=1; b=2"


@pytest.mark.parametrize(
    ("path", "resource", "proxy"),
    [("/", "/", None), ("/v1/", "/{proxy+}", "v1/"), ("/v1/a%2Fb/c", "/v1/{proxy+}", "a%2Fb/c"), ("/today", "/{proxy+}", "today")],
)
def test_a_path_finds_its_resource(path: str, resource: str, proxy: str | None) -> None:
    event = events.http(Asked("GET", path, "", [], b"", ""))
    assert event["resource"] == resource
    assert event["pathParameters"] == (None if proxy is None else {"proxy": proxy})


def test_a_tick_has_the_time_of_its_minute_and_a_failed_one_is_survived() -> None:
    seen = []

    def fails(event: Mapping[str, Any], context: events.Context) -> None:
        raise Unavailable("The disk is full.")

    ticker = Ticker({1: fails, 5: lambda event, context: seen.append(event["time"])}, lambda: NOON)
    for minute in range(6):
        ticker.tick(NOON + timedelta(minutes=minute))
    assert seen == ["2026-11-20T12:00:00Z", "2026-11-20T12:05:00Z"]


def test_only_what_failed_is_given_back() -> None:
    queue = SqliteQueue(":memory:")
    queue.send([Message(f'"{name}"') for name in ("good", "bad", "fine")])
    heard: list[str] = []

    def batch(event: Mapping[str, Any], context: events.Context) -> Mapping[str, Any]:
        heard.extend(record["body"] for record in event["Records"])
        return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in event["Records"] if one["body"] == '"bad"']}

    pump = Pump(queue, batch)
    pump.start()
    until(lambda: len(heard) >= 3 and queue.depth() == 1)
    pump.stop()
    assert sorted(heard) == ['"bad"', '"fine"', '"good"']
    queue.close()


def test_what_is_done_is_not_heard_again_when_the_queue_could_take_no_note_of_it_at_once() -> None:
    queue, heard, refused = SqliteQueue(":memory:"), list[str](), list[Any]()
    delete = queue.delete

    def full(receipts: Sequence[str]) -> None:
        if not refused:
            refused.append(receipts)
            raise Unavailable("The disk is full.", passing=True)
        delete(receipts)

    def batch(event: Mapping[str, Any], context: events.Context) -> Mapping[str, Any]:
        heard.extend(record["body"] for record in event["Records"])
        return {"batchItemFailures": []}

    queue.delete = full  # type: ignore[method-assign]
    queue.send([Message("{}")])
    pump = Pump(queue, batch)
    pump.start()
    until(lambda: refused and queue.depth() == 0)
    pump.stop()
    assert heard == ["{}"]
    queue.close()


@reaction("tests.blocked")
def blocked(event: Event, reactor: Reactor) -> None:
    raise Unavailable("The disk is full.", passing=bool(event.payload["passing"]))


@pytest.mark.parametrize(("passing", "failed", "left"), [(True, [], 1), (False, ["m"], 0)])
def test_only_what_an_engine_is_in_the_way_of_goes_round_without_counting_as_failed(
    monkeypatch: pytest.MonkeyPatch, *, passing: bool, failed: list[str], left: int
) -> None:
    world = World()
    monkeypatch.setattr(edge, "_given", [world.product])
    monkeypatch.setitem(cast(dict[str, Any], registry.manifest().reactions), "tests.blocked", [__name__])
    event = Event("e1", "tests.blocked", world.workspace, {"passing": passing}, world.clock())
    told = events.batch([Received("m", event.to_json(), "m.1", 1, NOON)])
    answer = functions_queue.batch(told, events.Context("r", seconds=20))
    assert ([one["itemIdentifier"] for one in answer["batchItemFailures"]], world.ports.queue.depth()) == (failed, left)


def test_a_pump_that_is_stopped_ends_what_it_has_in_hand() -> None:
    queue = SqliteQueue(":memory:")
    queue.send([Message("{}")])
    begun: list[int] = []

    def batch(event: Mapping[str, Any], context: events.Context) -> Mapping[str, Any]:
        begun.append(1)
        until(lambda: stopping)
        return {"batchItemFailures": []}

    stopping: list[int] = []
    pump = Pump(queue, batch)
    pump.start()
    until(lambda: begun)
    stopping.append(1)
    pump.stop()
    assert queue.depth() == 0
    queue.close()
