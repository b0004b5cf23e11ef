"""Requests that wait for a decision, at a real host."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from tests.e2e.homes import Home, Host, Reply, until

WHERE = {"address": "1 Alder Road", "city": "Kent", "state": "WA", "zip": "98030"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("approvals") / "home", {})


@pytest.fixture(scope="module")
def key(home: Home) -> str:
    return str(home.steward("keys", "create", "--name", "script", "--scope", "*", "--json").json()["key"])


@pytest.fixture(scope="module")
def host(home: Home, key: str) -> Iterator[Host]:
    with home.serving() as running:
        yield running


def delete(host: Host, key: str, id: str, *, wait: int) -> Reply:
    headers = {"authorization": f"Bearer {key}", "idempotency-key": id, "prefer": f"respond-async, wait={wait}", "if-match": '"1"'}
    return host.ask("DELETE", f"/v1/properties/{id}", headers=headers)


def made(host: Host, key: str, number: int) -> str:
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    body = json.dumps({**WHERE, "address": f"{number} Alder Road"}).encode()
    return str(host.ask("POST", "/v1/properties", body, headers).json()["id"])


def waiting(home: Home) -> list[Any]:
    return list(home.steward("approvals", "list", "--pending", "--json").json()["rows"])


@pytest.mark.parametrize(("decision", "status"), [("approve", 200), ("deny", 403)])
def test_a_request_that_waits_ends_with_the_decision(home: Home, host: Host, key: str, decision: str, status: int) -> None:
    id = made(host, key, status)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(delete, host, key, id, wait=60)
        (approval,) = until(lambda: waiting(home))
        assert home.steward("approvals", decision, approval["short"]).code == 0
        reply = answer.result(30)
    assert (reply.status, reply.headers["preference-applied"]) == (status, "wait=60")
    kept = host.ask("GET", f"/v1/properties/{id}", headers={"authorization": f"Bearer {key}"}).status
    assert kept == (404 if decision == "approve" else 200)


def test_a_wait_that_is_over_before_names_the_approval(home: Home, host: Host, key: str) -> None:
    reply = delete(host, key, made(host, key, 1), wait=1)
    assert (reply.status, reply.headers["preference-applied"]) == (428, "wait=1")
    (approval,) = waiting(home)
    assert reply.json()["approval"] == approval["id"]
    home.steward("approvals", "deny", approval["short"])


def test_requests_that_wait_hold_up_nobody(home: Home, host: Host, key: str) -> None:
    homes = [made(host, key, 100 + number) for number in range(5)]
    with ThreadPoolExecutor(40) as pool:
        held = [pool.submit(delete, host, key, homes[number % 5], wait=60) for number in range(40)]
        until(lambda: len(waiting(home)) == 5)
        for approval in waiting(home):
            assert home.steward("approvals", "deny", approval["short"]).code == 0
        assert {one.result(60).status for one in held} <= {403, 409}


def test_a_request_whose_sender_went_away_is_not_done_later(home: Home, host: Host, key: str) -> None:
    id = made(host, key, 300)
    connection = host.connection()
    headers = {"authorization": f"Bearer {key}", "idempotency-key": id, "prefer": "wait=60"}
    connection.request("DELETE", f"/v1/properties/{id}", headers=headers)
    (approval,) = until(lambda: waiting(home))
    connection.close()
    sleep(1)
    home.steward("approvals", "approve", approval["short"])
    sleep(1)
    assert host.ask("GET", f"/v1/properties/{id}", headers={"authorization": f"Bearer {key}"}).status == 200


def test_the_command_line_waits_for_others_whether_a_host_serves_or_not(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", {})
    home.steward("properties", "add", "--address", "1 Alder Road", "--city", "Kent", "--state", "WA", "--zip", "98030")
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(home.steward, "properties", "delete", "1", "--if-match", "1", "--json", "--wait")
        (approval,) = until(lambda: waiting(home), pause=0.5)
        home.steward("approvals", "approve", approval["short"])
        assert told.result(60).code == 0
    assert home.steward("properties", "get", "1").code == 4


def test_a_read_that_needs_an_approval_waits_for_it_too(home: Home, host: Host, key: str) -> None:
    id = made(host, key, 500)
    assert home.steward("permissions", "set", "properties.get", "require_approval").code == 0
    with ThreadPoolExecutor(1) as pool:
        headers = {"authorization": f"Bearer {key}", "prefer": "wait=60"}
        answer = pool.submit(host.ask, "GET", f"/v1/properties/{id}", headers=headers)
        (approval,) = until(lambda: waiting(home))
        assert home.steward("approvals", "approve", approval["short"]).code == 0
        assert answer.result(30).status == 200
