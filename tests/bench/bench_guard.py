"""What safety costs: the guard, the limits and the receipt of a request; and a desk among ten that are as large."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from random import Random

from steward.adapters.limits.memory import MemoryBuckets
from steward.adapters.records.sqlite import SqliteRecords
from steward.kernel.actor import Actor, Surface
from steward.kernel.context import Call
from steward.kernel.errors import NotFound
from steward.kernel.guard import Asked, authorise
from steward.kernel.ids import derive, fingerprint
from steward.kernel.keys import partition, place
from steward.kernel.origins import Origin
from steward.kernel.ports import Put, Records, Stored
from steward.kernel.registry import find
from steward.limits_line import limits
from steward.properties.inputs import CreateProperty, GetProperty, UpdateProperty
from steward.workspaces.limiting import CallLimits
from steward.workspaces.model_permissions import SetPermission
from steward.workspaces.policy import RulePolicy
from tests.bench.bench import Figure, at_most, bench
from tests.bench.home import Home, Served, empty_home
from tests.bench.load import measure
from tests.support.worlds import World

CALLS = 3_000
RULES = (
    "properties.*",
    "update_*",
    "delete_*",
    "create_*",
    "keys.*",
    "models.*",
    "*",
    "update_property",
    "export_properties",
    "train_model",
)
LINE = "key=1000000/min workspace=1000000/min member=1000000/min command:update_property=1000000/min address=1000000/min"
HOMES, DESKS, ROUNDS, SECONDS = 20_000, 10, 5, 2
SAMPLE = 200
BLOCKS = 300


@bench("guard")
def guard() -> Iterator[Figure]:
    """CPU of guard, limits and receipt of one request, with ten rules and five limits, on memory engines."""
    world, own = World(), MemoryBuckets()
    for pattern in RULES:
        world.run(SetPermission.model_validate({"command_pattern": pattern, "permission": "allow"}))
    world.door.limits = CallLimits(world.records, limits(LINE), own=own, shared=own)
    key = Actor("key:a", "key", "a", frozenset({"*"}), role="key", workspace=world.workspace, member="m1")
    command, cmd = find("properties.update"), UpdateProperty(id=derive(world.workspace, "property", 1), remarks="roof")
    call = Call(command.name, cmd, key, world.workspace, Surface.API, origin=Origin("203.0.113.7", "bench"))
    asked, policy = Asked(command, cmd, call, fingerprint("x")), RulePolicy(world.records)

    def receipt() -> None:
        world.records.commit([world.door.stamp.put(world.door._receipt(asked, outcome="done", rule="", approval="").put())])

    judged = _spent(lambda: authorise(command, call, policy))
    limited = _spent(lambda: world.door.limits.spend(command, replace(call, levels=[]), world.clock()))
    noted = _spent(receipt)
    beside = f"guard {judged:.3f}, limits {limited:.3f}, receipt {noted:.3f} ms"
    yield Figure("guard + limits + receipt: CPU a request", judged + limited + noted, "ms", at_most(1.0), beside)


@bench("misses")
def misses() -> Iterator[Figure]:
    """Whether the time of a miss tells another's id from one that nobody has."""
    yield _timing(*_misses())


@bench("tenants")
def tenants() -> Iterator[Figure]:
    """Point reads of a desk of 20,000 properties: alone in its home, and among ten such desks; by turns, at the same time of day."""
    with ExitStack() as stack:
        alone, among = (_filled(stack.enter_context(empty_home()), desks) for desks in (1, DESKS))
        took: tuple[list[float], list[float]] = ([], [])
        served = [stack.enter_context(home.served()) for home, _ in (alone, among)]
        for number in range(ROUNDS):
            for kind, (host, (_, desks)) in enumerate(zip(served, (alone, among), strict=True)):
                took[kind].append(_read(host, *desks[number % len(desks)]))
    one, ten = (statistics.median(values) for values in took)
    yield Figure("point read among ten desks: p95 beside alone", 100 * ten / one, "%", at_most(110), f"{ten:.2f} beside {one:.2f} ms")


def _spent(act: Callable[[], object]) -> float:
    """Milliseconds of CPU that one call costs."""
    for _ in range(CALLS // 10):
        act()
    started = time.process_time()
    for _ in range(CALLS):
        act()
    return 1000 * (time.process_time() - started) / CALLS


def _filled(home: Home, desks: int) -> tuple[Home, list[tuple[str, str]]]:
    """A home with so many desks of 20,000 properties; the id and a key of each."""
    made = []
    for number in range(desks):
        slug = f"desk-{number}"
        id = home.steward("workspaces", "create", "--name", slug).answer["id"]
        made.append((id, home.steward("keys", "create", "--name", "bench", "--workspace", slug).answer["key"]))
    sown = ("--address", "1 Alder Road", "--city", "Kent", "--state", "WA", "--zip", "98030")
    home.steward("properties", "add", "--workspace", "desk-0", *sown)
    records = SqliteRecords(home.folder / "steward.db")
    (template,) = records.query(partition(made[0][0], "property")).rows
    for id, _ in made:
        _sow(records, template, id)
    records.close()
    return home, made


def _sow(records: Records, template: Stored, workspace: str) -> None:
    for start in range(2, HOMES + 2, 100):
        refs = range(start, min(start + 100, HOMES + 2))
        ids = {ref: derive(workspace, "property", ref) for ref in refs}
        body = template.body
        records.commit([Put(place(workspace, "property", id), {**body, "id": id, "ref": ref}, 1) for ref, id in ids.items()])


def _read(host: Served, workspace: str, key: str) -> float:
    """The 95th percentile of reads all over one desk, in milliseconds."""
    paths = [f"/v1/properties/{derive(workspace, 'property', ref)}" for ref in range(2, HOMES, HOMES // SAMPLE)]
    load = measure(host.address, key, method="GET", paths=paths, seconds=SECONDS)
    if load.failed:
        raise ValueError(f"{load.failed} of {load.count} reads were no success")
    return load.p95


def _misses() -> tuple[list[float], list[float]]:
    """Seconds that a miss takes: of another desk's property, and of one that nobody has; the medians of many blocks in which
    both come in a random order, so that what else the machine does falls on both."""
    world, order = World(), Random(0)
    theirs = [world.run(CreateProperty(address=f"{number} Alder Road"), workspace="w2").id for number in range(50)]
    nobodys = [derive("nobody", "property", number) for number in range(1, 51)]
    asked = [(kind, GetProperty(id=id)) for kind, ids in enumerate((theirs, nobodys)) for id in ids]
    medians: tuple[list[float], list[float]] = ([], [])
    for _ in range(BLOCKS):
        order.shuffle(asked)
        took: tuple[list[float], list[float]] = ([], [])
        for kind, cmd in asked:
            call = Call("properties.get", cmd, world.owner, world.workspace, Surface.API)
            started = time.perf_counter()
            try:
                world.door.dispatch(call)
            except NotFound:
                took[kind].append(time.perf_counter() - started)
        for kind in (0, 1):
            medians[kind].append(statistics.median(took[kind]))
    return medians


def _timing(foreign: list[float], absent: list[float]) -> Figure:
    """How far apart the two are, in their own noise (t of the blocks' differences)."""
    apart = [one - other for one, other in zip(foreign, absent, strict=True)]
    t = abs(statistics.fmean(apart)) / (statistics.stdev(apart) / len(apart) ** 0.5)
    beside = f"{1e6 * statistics.median(foreign):.1f} beside {1e6 * statistics.median(absent):.1f} µs"
    return Figure("another's id beside one that is not there: t of the time", t, "", at_most(4.5), beside)
