"""Finding among invented listings: 100,000, or as many as STEWARD_BENCH_LISTINGS says (1,000,000 take some minutes)."""

import base64
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

import numpy as np
from numpy.typing import NDArray

from steward.adapters.search.opensearch import OpenSearchSearch
from steward.adapters.search.opensearch_client import Client
from steward.adapters.search.sqlite import SqliteSearch
from steward.kernel.search import Clause, Document, Wish
from tests.bench.bench import FREE, Bound, Figure, at_least, at_most, bench, quantile
from tests.bench.listings import SPEC, listings, questions
from tests.support.engines import opensearch

COUNT = int(os.environ.get("STEWARD_BENCH_LISTINGS", "100000"))
LARGE = COUNT >= 1_000_000
BESIDE = os.environ.get("STEWARD_BENCH_BESIDE", "")
ASKED, TURNS, UPDATES = 200, 40, 200
"""Questions to ours, how many of them to the designs beside it, and how many documents are changed."""
TURN = 20
"""Questions of one turn."""
FILTERED, UNFILTERED = "place, type, price, beds", "no filter"
KIND, WHERE = SPEC.kind, "bench"
Question = tuple[str, bytes, list[Clause]]
Vectors = NDArray[np.float32]
Ask = Callable[[str, bytes, Sequence[Clause]], object]


@dataclass(frozen=True)
class Other:
    """Another design, and how many times as long it has to take with a filter."""

    name: str
    find: Ask
    ratio: Bound = FREE
    nearest: Callable[[bytes, Sequence[Clause]], Sequence[int]] | None = None
    """Places of listings by likeness alone, where a design may miss some."""


@bench("search")
def search() -> Iterator[Figure]:
    """Filtered and not, beside other designs, by turns; recall against an exact look; building, updates, memory."""
    vectors = bytearray()
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        ours = stack.enter_context(closing(SqliteSearch(folder / "search.db")))
        ours.define(SPEC)
        ours.replace(WHERE, KIND, _noted(listings(COUNT), vectors))
        yield _built(ours)
        asked, exact = questions(ASKED), np.frombuffer(vectors, "<f4").reshape(COUNT, -1)
        yield from _quick(ours, asked)
        others = list(_others(folder, stack))
        yield from _beside(ours, others, asked[:TURNS])
        yield from _right(ours, others, asked, exact)
        ours.close()
        yield from _alone(folder, asked)
        yield from _updated(stack.enter_context(closing(SqliteSearch(folder / "search.db"))))


def _others(folder: Path, stack: ExitStack) -> Iterator[Other]:
    """The designs beside ours, filled; of a million listings only the first, as the others take half an hour to fill."""
    from tests.bench.pair import Pair
    from tests.bench.seed import Seed

    seed = stack.enter_context(closing(Seed(folder / "seed.db", SPEC.dimension)))
    seed.fill(listings(COUNT))
    yield Other("FTS5 + sqlite-vec", seed.find, at_least(400 if LARGE else 100))
    if LARGE and BESIDE != "all":
        return
    pair = Pair(folder / "pair", SPEC.dimension)
    pair.fill(listings(COUNT))
    yield Other("Tantivy + usearch", pair.find, nearest=pair.nearest)
    if address := stack.enter_context(opensearch()):
        served = stack.enter_context(closing(OpenSearchSearch(Client(address), prefix="bench", knn="lucene")))
        served.define(SPEC)
        served.replace(WHERE, KIND, listings(COUNT))
        urlopen(Request(f"{address}/bench-*/_forcemerge?max_num_segments=1", method="POST"), timeout=900).close()
        yield Other("OpenSearch", lambda words, vector, where: served.find(WHERE, KIND, Wish(words, vector, where)))


def _built(ours: SqliteSearch) -> Figure:
    started = time.process_time()
    ours.fold(WHERE, KIND)
    return Figure(
        "search: building the index", COUNT / (time.process_time() - started), "docs/CPU-s", at_least(15_000), f"{COUNT:,} listings"
    )


def _noted(documents: Iterable[Document], vectors: bytearray) -> Iterator[Document]:
    for one in documents:
        vectors.extend(one.vector)
        yield one


def _quick(ours: SqliteSearch, asked: Sequence[Question]) -> Iterator[Figure]:
    """Ours, once the disk has what was written: each question for the first time, which may read from the disk, and again."""
    os.sync()
    for name, clauses, limit in (
        (FILTERED, 4, at_most(10) if LARGE else FREE),
        (UNFILTERED, 0, at_most(15 if LARGE else 5)),
    ):
        wishes = [Wish(words, vector, where[:clauses]) for words, vector, where in asked]
        first, again = ([_seconds(ours.find, WHERE, KIND, wish) for wish in wishes] for _ in range(2))
        before = f"{quantile(first, 0.5):.2f} when asked for the first time"
        yield Figure(f"search, {name}: p50", quantile(again, 0.5), "ms", beside=before)
        before = f"{quantile(first, 0.99):.1f} when asked for the first time"
        yield Figure(f"search, {name}: p99", quantile(again, 0.99), "ms", limit, before)


def _beside(ours: SqliteSearch, others: Sequence[Other], asked: Sequence[Question]) -> Iterator[Figure]:
    """All designs by turns, some questions each, so that none finds the processor's caches full of another's."""
    for name, clauses in ((FILTERED, 4), (UNFILTERED, 0)):
        took, times = list[float](), [list[float]() for _ in others]
        for start in range(0, len(asked), TURN):
            some = [(words, vector, where[:clauses]) for words, vector, where in asked[start : start + TURN]]
            took += [_seconds(ours.find, WHERE, KIND, Wish(words, vector, where)) for words, vector, where in some]
            for other, theirs in zip(others, times, strict=True):
                theirs += [_seconds(other.find, words, vector, where) for words, vector, where in some]
        for other, theirs in zip(others, times, strict=True):
            ratio = median(their / our for their, our in zip(theirs, took, strict=True))
            beside = f"median of {len(asked)}; p50 {quantile(theirs, 0.5):.1f} ms beside {quantile(took, 0.5):.2f}"
            yield Figure(f"search, {name}: {other.name} takes", ratio, "times", other.ratio if clauses else FREE, beside)


def _right(ours: SqliteSearch, others: Sequence[Other], asked: Sequence[Question], vectors: Vectors) -> Iterator[Figure]:
    """How many of the ten most like are found, of those that an exact look at what matches finds."""

    def nearest(vector: bytes, where: Sequence[Clause]) -> list[int]:
        return [_row(hit.id) for hit in ours.find(WHERE, KIND, Wish(vector=vector, where=where)).hits]

    designs = [(other.name, other.nearest) for other in others if other.nearest]
    for name, clauses, least in ((FILTERED, 4, 0.98), (UNFILTERED, 0, 0.96)):
        right = Counter[str]()
        for _, vector, where in asked[:100]:
            left = np.arange(COUNT)
            if clauses:
                left = np.array([_row(hit.id) for hit in ours.find(WHERE, KIND, Wish(where=where, limit=1_000)).hits], np.int64)
            likeness = vectors[left] @ np.frombuffer(vector, "<f4")
            best = set(left[np.argsort(-likeness)[:10]].tolist())
            right["exact"] += len(best)
            for design, look in [("ours", nearest), *designs]:
                right[design] += len(best & set(look(vector, where[:clauses])[:10]))
        beside = "; ".join(f"{design} {right[design] / right['exact']:.2f}" for design, _ in designs)
        yield Figure(f"search, {name}: vector recall@10", right["ours"] / right["exact"], "", at_least(least), beside)


def _updated(ours: SqliteSearch) -> Iterator[Figure]:
    """A change, and a search that has to find it."""
    ours.define(SPEC)
    writes, finds, found = list[float](), list[float](), 0
    for number, one in enumerate(listings(UPDATES)):
        changed = replace(one, version=2, texts={"title": f"zebra{number}", "remarks": "newly written"})
        writes.append(_seconds(ours.write, WHERE, [changed]))
        wish = Wish(f"zebra{number}")
        finds.append(_seconds(ours.find, WHERE, KIND, wish))
        found += [hit.id for hit in ours.find(WHERE, KIND, wish).hits] == [one.id]
    yield Figure("search: one update, p50", quantile(writes, 0.5), "ms", at_most(1), f"p99 {quantile(writes, 0.99):.2f} ms")
    yield Figure(
        "search: updates found at once",
        found,
        f"of {UPDATES}",
        at_least(UPDATES),
        f"the first search after one {quantile(finds, 0.5):.2f} ms",
    )


def _alone(folder: Path, asked: Sequence[Question]) -> Iterator[Figure]:
    """A process that does nothing else: its first answer, and its memory after all questions, filtered and not."""
    told = [(words, base64.b64encode(vector).decode(), [asdict(clause) for clause in where]) for words, vector, where in asked]
    child = [sys.executable, "-m", "tests.bench.bench_search", str(folder / "search.db")]
    answer = subprocess.run(child, input=json.dumps(told), capture_output=True, text=True, check=True)
    first, memory, before = json.loads(answer.stdout)
    yield Figure("search: open and first answer", first, "ms", at_most(15))
    beside = f"{before:.0f} MB before the first answer"
    yield Figure("search: memory of the process", memory, "MB", at_most(600) if LARGE else FREE, beside)


def child(path: str, told: str) -> tuple[float, float, float]:
    """Milliseconds until the first answer once all is imported, and megabytes after all and before the first."""
    import steward.adapters.search.index.engine  # noqa: F401

    wishes = [
        Wish(words, base64.b64decode(vector), [Clause(**clause) for clause in where][:clauses])
        for words, vector, where in json.loads(told)
        for clauses in (4, 0)
    ]
    before = _memory()
    started = time.perf_counter()
    with closing(SqliteSearch(path)) as ours:
        ours.define(SPEC)
        ours.find(WHERE, KIND, wishes[0])
        first = 1000 * (time.perf_counter() - started)
        for wish in wishes:
            ours.find(WHERE, KIND, wish)
    return first, _memory(), before


def _memory() -> float:
    """The most that this process ever held; what getrusage says is its parent's where that was larger."""
    return int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0]) / 1024


def _seconds(work: Callable[..., object], *given: object) -> float:
    started = time.perf_counter()
    work(*given)
    return time.perf_counter() - started


def _row(id: str) -> int:
    return int(id[1:]) - 1


if __name__ == "__main__":
    print(json.dumps(child(sys.argv[1], sys.stdin.read())))
