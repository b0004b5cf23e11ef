"""What an embedding costs, and what it is worth: hybrid search beside words alone on a judged set."""

import math
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from steward.adapters.embed.wordllama import WordLlama
from steward.adapters.search.sqlite import SqliteSearch
from steward.kernel.search import Document, Field, IndexSpec, Text, Wish
from tests.bench import judged
from tests.bench.bench import Figure, at_least, at_most, bench

ROUNDS, BEST, DRAWN = 30, 10, 5_000


@bench("embed")
def embed() -> Iterator[Figure]:
    """CPU of a query and of listings, warm; then nDCG@10 of both ways to search, and a paired bootstrap of the difference."""
    embedder, said = WordLlama(), [one.text for one in judged.listings()]
    texts = [" ".join(three) for three in zip(said, said[1:], said[2:], strict=False)]
    asked = [query for query, _ in judged.queries()]
    embedder.embed([*texts, *asked])
    spent = [_cpu(lambda: [embedder.embed([query]) for query in asked]) / len(asked) for _ in range(ROUNDS)]
    yield Figure("embed: a query", 1e6 * statistics.median(spent), "µs", at_most(50))
    spent = [_cpu(lambda: embedder.embed(texts)) for _ in range(ROUNDS // 3)]
    words = sum(len(text.split()) for text in texts) / len(texts)
    yield Figure("embed: listings a CPU second", len(texts) / statistics.median(spent), "", at_least(11_000), f"{words:.0f} words each")
    yield from _quality(embedder)


def _quality(embedder: WordLlama) -> Iterator[Figure]:
    made = judged.listings()
    vectors = embedder.embed([one.text for one in made])
    with TemporaryDirectory() as folder:
        search = SqliteSearch(Path(folder) / "search.db")
        search.define(IndexSpec("listing", 1, (Field("number", "int"),), (Text("body"),), embedder.model, embedder.dimension))
        found = zip(made, vectors, strict=True)
        documents = [
            Document("listing", f"{at:04d}", 1, {"number": at}, {}, {"body": one.text}, vector) for at, (one, vector) in enumerate(found)
        ]
        search.replace("w", "listing", documents)
        plain, hybrid = [], []
        for query, about in judged.queries():
            vector = embedder.embed([query])[0]
            plain.append(_gain(search, Wish(query, limit=BEST), made, about=about))
            hybrid.append(_gain(search, Wish(query, vector, limit=BEST), made, about=about))
        search.close()
    low, high = interval([ours - theirs for ours, theirs in zip(hybrid, plain, strict=True)])
    beside = f"words alone {statistics.fmean(plain):.3f}; difference {low:+.3f} to {high:+.3f}"
    yield Figure(
        f"quality: nDCG@10 of hybrid, {len(plain)} queries", statistics.fmean(hybrid), "", at_least(statistics.fmean(plain)), beside
    )
    yield Figure("quality: lower end of what hybrid adds", low, "", at_least(0.0001), "paired bootstrap, 95 %")


def _gain(search: SqliteSearch, wish: Wish, made: Sequence[judged.Listing], *, about: int) -> float:
    """nDCG@10 of one query."""
    hits = [about in made[int(hit.id)].has for hit in search.find("w", "listing", wish).hits]
    best = sum(about in one.has for one in made)
    ideal = sum(1 / math.log2(place + 2) for place in range(min(BEST, best)))
    return sum(right / math.log2(place + 2) for place, right in enumerate(hits)) / ideal


def interval(differences: Sequence[float]) -> tuple[float, float]:
    """A paired bootstrap of the mean difference: 95 %."""
    rng = Random(1)
    means = sorted(statistics.fmean(rng.choices(differences, k=len(differences))) for _ in range(DRAWN))
    return means[DRAWN // 40], means[-DRAWN // 40]


def _cpu(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began
