"""Two workspaces at one host: a quiet one that always asks as much, and a loud one that asks by turns its share and a multiple of it.

Calm and noisy stretches follow each other, so that what else the machine does falls on both alike. Each workspace is a process
of its own, so that the quiet one's clock is not held up by the loud one's answers.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from tests.bench.bench import quantile
from tests.bench.load import Connection, requests

LEAD, GAP = 1.5, 0.1
"""Seconds until the first stretch begins, and between two."""


@dataclass(frozen=True)
class Stretches:
    """The answers of all stretches of a kind: 95th percentile in milliseconds, how many, how many were no success."""

    p95: float
    count: int
    failed: int


def duel(address: str, quiet: str, loud: str, plan: Mapping[str, Any]) -> tuple[tuple[Stretches, Stretches], tuple[Stretches, Stretches]]:
    """What the quiet and the loud key got, each in calm and in noisy stretches. The plan says `share`, `noise`, `stretches`, `seconds`,
    what is asked, and with `every` that each connection asks only so often, in seconds, and not on each answer."""
    share, begin = plan["share"], time.time() + LEAD
    common = {"address": address, "begin": begin, **plan}
    sides = [
        {**common, "key": quiet, "connections": [share, share]},
        {**common, "key": loud, "connections": [share, share * plan["noise"]]},
    ]
    started = [subprocess.Popen([sys.executable, "-m", "tests.bench.duel", json.dumps(side)], stdout=subprocess.PIPE) for side in sides]
    (first, second) = (json.loads(one.communicate()[0]) for one in started)
    return (Stretches(**first[0]), Stretches(**first[1])), (Stretches(**second[0]), Stretches(**second[1]))


async def side(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One workspace's calm and noisy stretches."""
    parts, loop = urlsplit(plan["address"]), asyncio.get_running_loop()
    request = requests({**plan, "from": int(time.time() * 1000) % 10**9})
    took, failed = [list[float](), list[float]()], [0, 0]
    for number in range(2 * plan["stretches"]):
        await asyncio.sleep(plan["begin"] + number * (plan["seconds"] + GAP) - time.time())
        kind, until = number % 2, time.perf_counter() + plan["seconds"]
        make, count, every = partial(Connection, request, until, took[kind]), plan["connections"][kind], plan.get("every", 0)
        starts = [partial(make, every=every, lag=every * place / count) for place in range(count)]
        made = [(await loop.create_connection(start, parts.hostname, parts.port))[1] for start in starts]
        await asyncio.gather(*(one.done for one in made))
        failed[kind] += sum(one.failed for one in made)
    return [{"p95": quantile(took[kind], 0.95), "count": len(took[kind]), "failed": failed[kind]} for kind in (0, 1)]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(side(json.loads(sys.argv[1])))))
