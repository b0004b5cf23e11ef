"""Two brokerages at one warm handler, over eight threads at once: nobody sees, or writes into, what is the other's."""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

import app
from functions import edge
from host import events
from host.events import Asked
from steward.properties.inputs import ListProperties
from tests.support.brokerages import Brokerage, Brokerages

CALLS, THREADS = 800, 8
HASTY = 1e-6
"""Seconds that a thread runs before another may: at every step they come between each other."""


@pytest.fixture(scope="module")
def product() -> Iterator[Brokerages]:
    made = Brokerages(trained=False)
    edge.use(made.product)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(HASTY)
    yield made
    sys.setswitchinterval(usual)
    edge._given.remove(made.product)


def typed(number: int) -> list[tuple[str, str]]:
    """The headers of a body, each of which is sent twice."""
    return [("content-type", "application/json"), ("idempotency-key", f"same {number // 2}")]


def call(one: Brokerage, number: int) -> tuple[int, str]:
    """One of five kinds of request, by key or by cookie; the status and all of the answer."""
    by_key, by_cookie = one.by_key.items(), one.by_session.items()
    page = [("cookie", f"steward={one.token}"), ("accept", "text/html"), ("sec-fetch-site", "same-origin")]
    body = json.dumps({"address": f"{number} {one.word} Lane"}).encode()
    asked = [
        Asked("GET", "/v1/properties", "", list(by_key), b"", "127.0.0.1"),
        Asked("GET", "/v1/workspaces", "", list(by_cookie), b"", "127.0.0.1"),
        Asked("POST", "/v1/properties", "", [*(by_key if number % 2 else by_cookie), *typed(number)], body, ""),
        Asked("GET", f"/w/{one.slug}/properties", "", page, b"", "127.0.0.1"),
        Asked("GET", "/v1/receipts.csv", "", list(by_key), b"", "127.0.0.1"),
    ][number // 2 % 5]
    status, headers, answer = events.answered(app.app(events.http(asked), events.Context(f"call {number}", seconds=29)))
    return status, f"{headers} {answer.decode()}"


def test_nobody_sees_the_other_in_800_requests_over_8_threads(product: Brokerages) -> None:
    mine, theirs, _ = product.all

    def ask(number: int) -> bool:
        one, other = (mine, theirs) if number % 2 else (theirs, mine)
        status, text = call(one, number)
        return status in (200, 201) and other.word not in text and other.id not in text and (one.word in text or "receipts.csv" in text)

    with ThreadPoolExecutor(THREADS) as threads:
        told = list(threads.map(ask, range(CALLS)))
    assert told.count(False) == 0
    for one, other in ((mine, theirs), (theirs, mine)):
        rows = product.run(ListProperties(q=one.word, limit=1000), workspace=one.id).rows
        assert sum(f"{one.word} Lane" in str(row.address) for row in rows) == CALLS // 10
        assert other.word not in str(list(product.rows_of(one).values()))
