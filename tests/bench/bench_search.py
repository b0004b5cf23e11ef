"""Finding among invented listings: 100,000, or as many as STEWARD_BENCH_LISTINGS says (1,000,000 take some minutes)."""

import base64
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from steward.adapters.search.sqlite import SqliteSearch
from steward.kernel.search import Clause, Document, Wish
from tests.bench.bench import FREE, Figure, at_least, at_most, bench, quantile
from tests.bench.listings import SPEC, listings, questions

COUNT = int(os.environ.get("STEWARD_BENCH_LISTINGS", "100000"))
LARGE = COUNT >= 1_000_000
ASKED, BESIDE, UPDATES = 200, 40, 200
"""Questions to ours, how many of them to the slow design beside it, and how many documents are changed."""
KIND, WHERE = SPEC.kind, "bench"
Question = tuple[str, bytes, list[Clause]]


@bench("search")
def search() -> Iterator[Figure]:
    """Filtered and not, beside FTS5 and sqlite-vec, by turns; recall against an exact look; building, updates, memory."""
    from tests.bench.seed import Seed

    vectors = bytearray()
    with TemporaryDirectory() as folder:
        ours, seed = SqliteSearch(Path(folder) / "search.db"), Seed(Path(folder) / "seed.db", SPEC.dimension)
        with closing(ours), closing(seed):
            ours.define(SPEC)
            ours.replace(WHERE, KIND, listings(COUNT))
            yield _built(ours)
            seed.fill(_noted(listings(COUNT), vectors))
            asked = questions(ASKED)
            yield from _beside(ours, seed.find, asked)
            yield from _right(ours, asked, np.frombuffer(vectors, "<f4").reshape(COUNT, -1))
        yield from _alone(Path(folder), asked)
        with closing(SqliteSearch(Path(folder) / "search.db")) as again:
            again.define(SPEC)
            yield from _updated(again)


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


def _beside(ours: SqliteSearch, other: Callable[[str, bytes, Sequence[Clause]], object], asked: Sequence[Question]) -> Iterator[Figure]:
    """Both designs, question by question."""
    for name, clauses, limit, ratio in (
        ("place, type, price, beds", 4, at_most(10) if LARGE else FREE, at_least(400 if LARGE else 100)),
        ("no filter", 0, at_most(15 if LARGE else 5), FREE),
    ):
        took, times = list[float](), list[float]()
        for number, (words, vector, where) in enumerate(asked):
            took.append(_seconds(ours.find, WHERE, KIND, Wish(words, vector, where[:clauses])))
            if number < BESIDE:
                times.append(_seconds(other, words, vector, where[:clauses]) / took[-1])
        yield Figure(f"search, {name}: p50", quantile(took, 0.5), "ms")
        yield Figure(f"search, {name}: p99", quantile(took, 0.99), "ms", limit)
        yield Figure(f"search, {name}: FTS5 + sqlite-vec takes", median(times), "times", ratio, f"median of {BESIDE} by turns")


def _right(ours: SqliteSearch, asked: Sequence[Question], vectors: "np.ndarray[tuple[int, int], np.dtype[np.float32]]") -> Iterator[Figure]:
    """How many of the ten most like are found, of those that an exact look at what matches finds."""
    for name, clauses, least in (("place, type, price, beds", 4, 0.98), ("no filter", 0, 0.96)):
        right = whole = 0
        for _, vector, where in asked[:100]:
            left = np.arange(COUNT)
            if clauses:
                left = np.array([_row(hit.id) for hit in ours.find(WHERE, KIND, Wish(where=where, limit=1_000)).hits], np.int64)
            likeness = vectors[left] @ np.frombuffer(vector, "<f4")
            best = set(left[np.argsort(-likeness)[:10]].tolist())
            found = {_row(hit.id) for hit in ours.find(WHERE, KIND, Wish(vector=vector, where=where[:clauses])).hits}
            right, whole = right + len(best & found), whole + len(best)
        yield Figure(f"search, {name}: vector recall@10", right / whole, "", at_least(least))


def _updated(ours: SqliteSearch) -> Iterator[Figure]:
    """A change, and a search that has to find it."""
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
