"""The door itself: what parsing, guarding, running and committing one command costs on memory engines."""

import json
import time
from collections.abc import Iterator

from steward.kernel.actor import Surface
from steward.kernel.context import Call
from tests.bench.bench import Figure, at_most, bench
from tests.support.worlds import World

CALLS = 3000


@bench("door")
def door() -> Iterator[Figure]:
    """CPU per `properties.create`, from JSON text to a commit; beside a bare JSON round trip of the same text."""
    world = World()
    texts = [json.dumps({"address": f"{number} Alder Road", "city": "Kent", "state": "WA", "zip": "98030"}) for number in range(2 * CALLS)]
    calls = [
        Call("properties.create", text, world.owner, world.workspace, Surface.API, key=f"k{number}") for number, text in enumerate(texts)
    ]
    for call in calls[:CALLS]:
        world.door.dispatch(call)
    started = time.process_time()
    for call in calls[CALLS:]:
        world.door.dispatch(call)
    spent = 1000 * (time.process_time() - started) / CALLS
    started = time.process_time()
    for text in texts[CALLS:]:
        json.dumps(json.loads(text))
    bare = 1000 * (time.process_time() - started) / CALLS
    yield Figure("door: CPU from parse to commit, on memory", spent, "ms", at_most(0.5), f"bare JSON round trip {bare:.3f} ms")
