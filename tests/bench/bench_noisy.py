"""A noisy workspace: what another one notices of it, and keys that are none."""

import json
import time
from collections.abc import Iterator
from random import Random
from typing import Any

from steward.kernel.errors import Forbidden
from steward.workspaces import identity
from steward.workspaces.model import CreateKey
from tests.bench.bench import Figure, at_most, bench
from tests.bench.duel import duel
from tests.bench.home import Home, Served, empty_home
from tests.bench.keys import mutated, random_keys
from tests.support.worlds import World

SHARE = 2
"""Connections of a workspace at its share, each sending its next request on an answer."""
NOISE = 20
STRETCHES = 4
SECONDS = 3
READ: dict[str, Any] = {"method": "GET", "paths": ["/v1/properties?limit=20"]}
WRITE = {
    "method": "POST",
    "paths": ["/v1/properties"],
    "body": json.dumps({"address": "# Alder Road", "city": "Kent", "state": "WA", "zip": "98030"}),
}
RATE = 50
"""Calls a second that a workspace may make, where each asks as often as that says and the loud one twenty times as often."""


@bench("noisy")
def noisy() -> Iterator[Figure]:
    """The 95th percentile of B while A sends 20 × its share, beside B while A sends its share: what its limit gives it, and as much
    as a number of connections can."""
    for limits, asked in ((f"workspace={60 * RATE}/min,burst={RATE}", {"every": SHARE / RATE}), ("", {})):
        with empty_home(**({"STEWARD_LIMITS": limits} if limits else {})) as home:
            keys = _keys(home)
            with home.served() as served:
                for kind, plan in (("reads", READ), ("writes", WRITE)):
                    yield from _told(f"{kind}{f', limited to {RATE} a second' if limits else ''}", served, keys, {**plan, **asked})


@bench("keys")
def keys() -> Iterator[Figure]:
    """200,000 random and 20,000 mutated keys: how many open something, how many cost a read."""
    world, random = World(), Random(7)
    real = world.run(CreateKey(name="k", scope=["*"])).key
    reads = _count_reads(world)
    started = time.perf_counter()
    tried = opened = 0
    for secret in (*random_keys(random, 200_000), *mutated(random, real, 20_000)):
        tried += 1
        try:
            identity.by_key(world.records, secret, world.clock())
            opened += 1
        except Forbidden:
            pass
    each = 1e6 * (time.perf_counter() - started) / tried
    yield Figure("junk keys: accepted", opened, f"of {tried:,}", at_most(0), f"{each:.1f} µs each")
    yield Figure("junk keys: reads made", len(reads), "", at_most(0))


def _told(name: str, served: Served, keys: tuple[str, str], plan: dict[str, Any]) -> Iterator[Figure]:
    asked = {**plan, "share": SHARE, "noise": NOISE, "stretches": STRETCHES, "seconds": SECONDS}
    (calm, noisy), loud = duel(served.address, *keys, asked)
    rates = "B {:,.0f} /s after {:,.0f}, A {:,.0f} after {:,.0f}".format(
        *(one.count / (STRETCHES * SECONDS) for one in (noisy, calm, loud[1], loud[0]))
    )
    beside = f"{noisy.p95:.1f} ms after {calm.p95:.1f} ms; {rates}"
    yield Figure(f"noisy {name}: B's 95th percentile is up", 100 * (noisy.p95 / calm.p95 - 1), "%", at_most(20), beside)
    yield Figure(f"noisy {name}: B's failures", noisy.failed, f"of {noisy.count:,}", at_most(0))


def _keys(home: Home) -> tuple[str, str]:
    """Keys of two workspaces."""
    made = []
    for name in ("quiet", "loud"):
        home.steward("workspaces", "create", "--name", name)
        made.append(home.steward("keys", "create", "--name", name, "--scope", "*", "--workspace", name).answer["key"])
    return made[0], made[1]


def _count_reads(world: World) -> list[object]:
    get, reads = world.records.get, list[object]()

    def counted(keys: Any) -> Any:
        reads.append(keys)
        return get(keys)

    world.records.get = counted  # type: ignore[method-assign]
    return reads
