"""A request that waits for a decision where each function has one request at a time, as on Lambda."""

import json
from collections.abc import Callable

import pytest

from steward.properties.inputs import CreateProperty
from steward.surfaces import waiting
from steward.surfaces.wire import Request, Response
from steward.workspaces.model import CreateKey, CreateWorkspace
from steward.workspaces.model_approvals import Approve, Deny, ListApprovals
from tests.support.worlds import World


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace="system").id
    return made


def delete(world: World, act: Callable[[float], None], *, wait: int = 60, seconds: int = 24) -> Response:
    """What a deletion that waits is answered, and what happens meanwhile."""
    home = world.run(CreateProperty(address="1 Alder Road")).id
    key = world.run(CreateKey(name="script", scope=["*"])).key
    headers = {"authorization": f"Bearer {key}", "idempotency-key": "k", "if-match": '"1"', "prefer": f"wait={wait}"}
    request = Request("DELETE", f"/v1/properties/{home}", {}, headers)
    return waiting.attended(request, world.product, seconds=seconds, sleep=act)


def decide(world: World, decision: type[Approve] | type[Deny]) -> Callable[[float], None]:
    def act(_: float) -> None:
        (one,) = world.run(ListApprovals(pending=True)).rows
        world.run(decision(id=one.id))

    return act


@pytest.mark.parametrize(("decision", "status", "left"), [(Approve, 200, 0), (Deny, 403, 1)])
def test_it_ends_with_the_decision(world: World, decision: type[Approve] | type[Deny], status: int, left: int) -> None:
    answer = delete(world, decide(world, decision))
    assert (answer.status, len(world.rows("property")), answer.headers["preference-applied"]) == (status, left, "wait=24")


@pytest.mark.parametrize(("wait", "seconds", "applied"), [(3, 24, 3), (60, 4, 4)])
def test_it_waits_no_longer_than_asked_nor_than_there_is_time(world: World, wait: int, seconds: int, applied: int) -> None:
    slept: list[float] = []

    def nobody(pause: float) -> None:
        slept.append(pause)
        world.clock.pass_(seconds=pause)

    answer = delete(world, nobody, wait=wait, seconds=seconds)
    assert (answer.status, answer.headers["preference-applied"], sum(slept) <= applied) == (428, f"wait={applied}", True)
    assert json.loads(answer.body)["approval"] == world.rows("approval")[0].key.sk


@pytest.mark.parametrize(("wait", "seconds"), [(0, 24), (60, 0), (60, -3)])
def test_without_a_wish_or_time_it_is_answered_at_once(world: World, wait: int, seconds: int) -> None:
    answer = delete(world, lambda _: pytest.fail("It waits."), wait=wait, seconds=seconds)
    assert (answer.status, "preference-applied" in answer.headers) == (428, False)


def test_what_runs_out_meanwhile_is_a_no(world: World) -> None:
    answer = delete(world, lambda _: world.clock.pass_(minutes=16), seconds=24)
    assert (answer.status, b"Nobody decided in time" in answer.body) == (403, True)
