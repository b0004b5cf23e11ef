"""The host: how soon it is ready, what it holds when idle, and what it carries over 24 connections."""

import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.bench import Figure, at_least, at_most, bench, quantile
from tests.bench.home import Served, county_home, empty_home, need, resident
from tests.bench.load import Load, measure

SECONDS = 5
IDLE_AFTER = 3
WRITTEN = json.dumps({"address": "# Alder Road", "city": "Kent", "state": "WA", "zip": "98030"})


@bench("host")
def host() -> Iterator[Figure]:
    """Ready and idle on a home that holds the county."""
    home, _ = county_home()
    with home.served() as served:
        time.sleep(IDLE_AFTER)
        yield Figure("host: ready on an existing home", served.ready, "s", at_most(1.5))
        yield Figure("host: memory when idle", resident(served.pid), "MB", at_most(150))


@bench("reads")
def reads() -> Iterator[Figure]:
    """Point reads through the whole door, beside the host's own smallest answer."""
    home, _ = county_home()
    with home.served() as served:
        rows = served.ask("GET", "/v1/properties?limit=100")["rows"]
        paths = [f"/v1/properties/{row['id']}" for row in rows]
        bare = measure(served.address, served.key, method="GET", paths=["/healthz"], seconds=2)
        load = measure(served.address, served.key, method="GET", paths=paths, seconds=SECONDS)
    yield Figure("point read: answers a second", load.rate, "/s", at_least(1000), f"/healthz {bare.rate:,.0f} /s")
    yield Figure("point read: 95th percentile", load.p95, "ms", at_most(25), f"/healthz {bare.p95:.1f} ms")
    yield _failed("point read", load)


@bench("writes")
def writes() -> Iterator[Figure]:
    """Durable writes, and how many share one fsync; beside one fsync alone on this disk."""
    with empty_home() as home, home.served() as served:
        load = _written(served)
    yield Figure("durable write: answers a second", load.rate, "/s", at_least(400), f"one fsync alone {_fsync():.2f} ms")
    yield Figure("durable write: 95th percentile", load.p95, "ms")
    yield _failed("durable write", load)
    strace = need("strace", "install it to see the fsyncs")
    with empty_home() as home:
        trace = home.folder / "fsyncs"
        with home.served(strace, "-f", "-y", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", "-o", str(trace)) as served:
            before = _synced(trace)
            load = _written(served)
            synced = _synced(trace) - before
    beside = ", ".join(f"{name} {count:,}" for name, count in synced.most_common())
    yield Figure("durable write: writes that share one fsync", load.count / max(1, synced.total()), "", at_least(4), f"fsyncs: {beside}")


@bench("lists")
def lists() -> Iterator[Figure]:
    """A page of 100 of the county with two filters and a sort, asked over HTTP."""
    home, _ = county_home()
    asked = "/v1/properties?beds=3..4&year_built=1950..&sort=-last_sale_price&limit=100&start={}"
    with home.served() as served:
        took = []
        for page in range(40):
            started = time.perf_counter()
            answer = served.ask("GET", asked.format(100 * (page % 10)))
            took.append(time.perf_counter() - started)
    beside = f"{answer['total']:,} match; 95th percentile {quantile(took, 0.95):.1f} ms"
    yield Figure("list page: median", quantile(took, 0.5), "ms", at_most(25), beside)


def _written(served: Served) -> Load:
    return measure(served.address, served.key, method="POST", paths=["/v1/properties"], body=WRITTEN, seconds=SECONDS)


def _failed(what: str, load: Load) -> Figure:
    return Figure(f"{what}: answers that were no success", load.failed, f"of {load.count:,}", at_most(0))


def _synced(trace: Path) -> Counter[str]:
    """How often each file was made durable until now."""
    return Counter(Path(name).name for name in re.findall(r"sync\(\d+<([^>]*)>", trace.read_text()))


def _fsync() -> float:
    """Milliseconds of one small durable write, the median of 50."""
    with TemporaryDirectory() as folder, (Path(folder) / "file").open("wb") as file:
        took = []
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            started = time.perf_counter()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - started)
    return quantile(took, 0.5)
