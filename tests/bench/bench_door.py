"""The door itself: what parsing, guarding, running and committing one command costs on memory engines."""

import json
import time
from collections.abc import Iterator, Sequence

from steward.adapters.records.memory import MemoryRecords
from steward.kernel.actor import Surface
from steward.kernel.context import Call
from steward.kernel.ports import Change
from tests.bench.bench import Figure, at_most, bench
from tests.support.worlds import World

CALLS = 3000


class Committed(MemoryRecords):
    """Notes how much processor time was spent when the last commit was through."""

    at = 0.0

    def commit(self, changes: Sequence[Change]) -> None:
        super().commit(changes)
        self.at = time.process_time()


@bench("door")
def door() -> Iterator[Figure]:
    """CPU per `properties.create`, from JSON text to its commit; what follows from it (index, queue on disk) and a bare JSON round trip
    of the same text beside it."""
    world = World(records=Committed)
    records = world.records
    assert isinstance(records, Committed)
    texts = [json.dumps({"address": f"{number} Alder Road", "city": "Kent", "state": "WA", "zip": "98030"}) for number in range(2 * CALLS)]
    calls = [
        Call("properties.create", text, world.owner, world.workspace, Surface.API, key=f"k{number}") for number, text in enumerate(texts)
    ]
    for call in calls[:CALLS]:
        world.door.dispatch(call)
    committed = 0.0
    whole = time.process_time()
    for call in calls[CALLS:]:
        started = time.process_time()
        world.door.dispatch(call)
        committed += records.at - started
    after = (time.process_time() - whole - committed) * 1000 / CALLS
    started = time.process_time()
    for text in texts[CALLS:]:
        json.dumps(json.loads(text))
    bare = 1000 * (time.process_time() - started) / CALLS
    beside = f"{after:.3f} ms after it; bare JSON round trip {bare:.3f} ms"
    yield Figure("door: CPU from parse to commit, on memory", 1000 * committed / CALLS, "ms", at_most(0.5), beside)
