"""Limits at the door: which call falls under which, what a refusal says and leaves, and what happens when the engine is away."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest

from steward.adapters.limits.memory import MemoryBuckets
from steward.adapters.limits.records import RecordsBuckets
from steward.kernel.actor import Actor, Surface
from steward.kernel.context import Call
from steward.kernel.errors import Forbidden, TooMany, Unavailable
from steward.kernel.limits import Bucket, Buckets, Level, Rate
from steward.kernel.model import Input
from steward.kernel.origins import Origin
from steward.kernel.ports import Put, Records
from steward.kernel.registry import taking
from steward.limits_line import limits
from steward.workspaces.limiting import CallLimits
from steward.workspaces.model import CreateKey, ListKeys
from steward.workspaces.model_permissions import Standing, standing_key
from tests.support.worlds import World

KEY = Actor("key:a", "key", "a", frozenset({"*"}), role="key", workspace="w1", member="m1")
OTHER = Actor("key:b", "key", "b", frozenset({"*"}), role="key", workspace="w1", member="m1")


def limited(line: str, plan: str = "") -> World:
    world = World()
    own = MemoryBuckets()
    world.door.limits = CallLimits(world.records, limits(line), own=own, shared=own)
    if plan:
        row = Standing(id=Standing.ONLY, created_at=world.clock(), updated_at=world.clock(), plan=plan)
        world.records.commit([Put(standing_key("w1"), row.body(), 1)])
    return world


def ask(world: World, cmd: Input, actor: Actor = KEY, *, surface: Surface = Surface.API, ip: str = "") -> Call:
    call = Call(taking(type(cmd)).name, cmd, actor, world.workspace, surface, origin=Origin(ip) if ip else None)
    world.door.dispatch(call)
    return call


def refused(world: World, cmd: Input, actor: Actor = KEY, **more: Any) -> bool:
    try:
        ask(world, cmd, actor, **more)
    except TooMany:
        return True
    return False


def test_without_a_plan_or_a_setting_nothing_is_limited() -> None:
    world = limited("")
    assert not any(refused(world, ListKeys(), ip="203.0.113.7") for _ in range(500))
    assert ask(world, ListKeys()).levels == []


@pytest.mark.parametrize(
    ("line", "over"),
    [
        ("key=1/min", ["same"]),
        ("member=1/min", ["same", "other"]),
        ("workspace=1/min", ["same", "other"]),
        ("command:list=1/min", ["same", "other"]),
        ("command:keys.*=1/min", ["same", "other"]),
        ("command:keys.create=1/min", []),
    ],
)
def test_a_limit_is_of_the_one_it_names(line: str, over: list[str]) -> None:
    world = limited(line)
    ask(world, ListKeys())
    assert [name for name, key in (("same", KEY), ("other", OTHER)) if refused(world, ListKeys(), key)] == over


@pytest.mark.parametrize("engine", [lambda _: MemoryBuckets(), RecordsBuckets], ids=["memory", "records"])
def test_of_two_limits_of_one_kind_both_hold(engine: Callable[[Records], Buckets]) -> None:
    world = World()
    own = engine(world.records)
    world.door.limits = CallLimits(world.records, limits("key=5/s key=20/min"), own=own, shared=own)
    through = []
    for _ in range(6):
        through.append(sum(not refused(world, ListKeys()) for _ in range(30)))
        world.clock.pass_(seconds=0.97)
    assert through[0] == 5
    assert 20 <= sum(through) <= 22


def test_an_address_is_limited_whoever_comes_from_it() -> None:
    world = limited("address=1/min")
    ask(world, ListKeys(), ip="203.0.113.7")
    assert refused(world, ListKeys(), OTHER, ip="203.0.113.7")
    assert not refused(world, ListKeys(), OTHER, ip="203.0.113.8")


@pytest.mark.parametrize(("plan", "calls"), [("free", 60), ("professional", 600), ("enterprise", 3_000)])
def test_a_plan_allows_its_calls_a_minute_over_rest_and_more_at_the_desk(plan: str, calls: int) -> None:
    world = limited("", plan)
    assert ask(world, ListKeys()).levels[0].rate == Rate(calls, 60, calls)
    assert ask(world, ListKeys(), surface=Surface.DESK).levels == []


def test_a_changed_plan_counts_within_half_a_minute() -> None:
    world = limited("", "free")
    ask(world, ListKeys())
    world.records.commit([Put(standing_key("w1"), {**world.rows("standing")[0].body, "plan": "professional"}, 2)])
    world.clock.pass_(seconds=30)
    assert ask(world, ListKeys()).levels[0].rate.count == 600


@pytest.mark.parametrize("surface", [Surface.CLI, Surface.SYSTEM])
def test_the_machine_itself_is_not_limited(surface: Surface) -> None:
    world = limited("workspace=1/h")
    assert not any(refused(world, ListKeys(), world.owner, surface=surface) for _ in range(5))


def test_a_refusal_says_when_to_come_again_writes_nothing_and_is_counted() -> None:
    world = limited("key=6/min,burst=1")
    ask(world, CreateKey(name="one"))
    before = (len(world.rows("receipt")), len(world.rows("key")))
    with pytest.raises(TooMany, match="the limit of a key is 6 a minute; try again in 10 seconds") as caught:
        ask(world, CreateKey(name="two"))
    assert caught.value.retry_after == 10
    assert (len(world.rows("receipt")), len(world.rows("key"))) == before
    assert world.door.limits.refused == {("key", "w1"): 1}  # type: ignore[attr-defined]
    world.clock.pass_(seconds=10)
    ask(world, CreateKey(name="two"))


def test_what_is_forbidden_is_counted_too_so_that_a_flood_of_it_ends() -> None:
    world = limited("key=2/min")
    reader = Actor("key:r", "key", "r", frozenset({"read:*"}), role="key", workspace="w1")
    for _ in range(2):
        with pytest.raises(Forbidden):
            ask(world, CreateKey(name="k"), reader)
    assert refused(world, CreateKey(name="k"), reader)
    assert len(world.rows("receipt")) == 2


class Away:
    """An engine that cannot tell."""

    def take(self, buckets: Sequence[Bucket], now: datetime) -> Sequence[Level]:
        raise Unavailable("The table cannot be used now.")


def test_without_the_engine_reads_go_on_and_changes_do_not() -> None:
    world = World()
    world.door.limits = CallLimits(world.records, limits("key=1/min"), own=Away(), shared=Away())
    ask(world, ListKeys())
    with pytest.raises(Unavailable):
        ask(world, CreateKey(name="k"))
    assert world.rows("key") == []


def test_changes_are_counted_among_all_and_reads_by_each_process() -> None:
    world, own, shared = World(), MemoryBuckets(), MemoryBuckets()
    world.door.limits = CallLimits(world.records, limits("key=1/min"), own=own, shared=shared)
    ask(world, ListKeys())
    ask(world, CreateKey(name="k"))
    assert refused(world, ListKeys())
    assert refused(world, CreateKey(name="k"))
