"""What DynamoDB records do when answers are lost, reads are left unfinished, and the table is away."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError
from moto.core.models import botocore_stubber

from steward.adapters.records.dynamo import DynamoRecords
from steward.kernel.errors import Conflict, Unavailable
from steward.kernel.ports import ABSENT, MAX_CHANGES, Add, Key, Put
from tests.support.engines import REGION

SUM = Key("w#green#sum", "sum")


@pytest.fixture(params=["dynamo on moto", "dynamo local"])
def table(request: pytest.FixtureRequest) -> DynamoRecords:
    found: DynamoRecords = request.getfixturevalue("moto_table" if request.param == "dynamo on moto" else "local_table")
    return found


def client(table: DynamoRecords) -> Any:
    return table._row.connection().connection.client


def lose_answers(table: DynamoRecords, times: int) -> Callable[[], int]:
    """Carry out transactions but break the connection before their answer; how often that has happened."""
    lost: list[object] = []

    def send(request: Any, **_: Any) -> None:
        if len(lost) < times:
            lost.append(request)
            if table.host:
                client(table)._endpoint.http_session.send(request)
            else:
                botocore_stubber("before-send.dynamodb", request)
            raise ConnectionClosedError(endpoint_url=request.url)

    client(table).meta.events.register_first("before-send.dynamodb.TransactWriteItems", send)
    return lambda: len(lost)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)


@pytest.mark.parametrize("times", [1, 4])
def test_a_lost_answer_doubles_nothing(table: DynamoRecords, times: int) -> None:
    lost = lose_answers(table, times)
    table.commit([Add(SUM, {"n": 1}), Put(Key("w#green#row", "a"), {}, 1, expect=ABSENT)])
    assert lost() == times
    (row,) = table.get([SUM])
    assert row
    assert row.body == {"n": 1}


def test_a_table_that_cannot_be_reached_is_one_sentence_and_nothing_is_written(table: DynamoRecords) -> None:
    def cut(request: Any, **_: Any) -> None:
        raise EndpointConnectionError(endpoint_url=request.url)

    client(table).meta.events.register_first("before-send.dynamodb.TransactWriteItems", cut)
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        table.commit([Add(SUM, {"n": 1})])
    assert table.get([SUM]) == [None]


def test_a_lost_answer_of_a_refusal_is_still_a_refusal(table: DynamoRecords) -> None:
    table.commit([Put(SUM, {}, 1)])
    lost = lose_answers(table, 1)
    with pytest.raises(Conflict):
        table.commit([Put(SUM, {}, 1, expect=ABSENT)])
    assert lost() == 1


def test_a_commit_without_room_for_a_marker_is_not_doubled_either(local_table: DynamoRecords) -> None:
    lost = lose_answers(local_table, 1)
    local_table.commit([Add(SUM, {"n": 1}), *(Put(Key("w#green#row", str(number)), {}, 1) for number in range(MAX_CHANGES - 1))])
    assert lost() == 1
    (row,) = local_table.get([SUM])
    assert row
    assert row.body == {"n": 1}


def test_keys_that_the_table_left_unread_are_read_again(table: DynamoRecords) -> None:
    keys = [Key("w#green#row", str(number)) for number in range(9)]
    table.commit([Put(key, {}, 1) for key in keys])
    calls: list[int] = []

    def leave(parsed: dict[str, Any], **_: Any) -> None:
        calls.append(len(parsed["Responses"][table.name]))
        left = parsed["Responses"][table.name][3:]
        if left:
            del parsed["Responses"][table.name][3:]
            parsed["UnprocessedKeys"] = {table.name: {"Keys": [{"pk": row["pk"], "sk": row["sk"]} for row in left]}}

    client(table).meta.events.register("after-call.dynamodb.BatchGetItem", leave)
    assert [row and row.key for row in table.get(keys)] == keys
    assert calls == [9, 6, 3]


def test_a_table_that_is_away_is_one_sentence(moto_table: DynamoRecords) -> None:
    away = DynamoRecords("away", region=REGION)
    works: list[Callable[[], object]] = [
        lambda: away.get([SUM]),
        lambda: away.query(SUM.pk),
        lambda: away.commit([Add(SUM, {"n": 1})]),
    ]
    for work in works:
        with pytest.raises(Unavailable, match="The table away cannot be used now"):
            work()
