"""Whether an embedding's words should weigh by how rare they are: on made listings, and on real ones whose amenities are known."""

import csv
import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from steward.adapters.embed.wordllama import WordLlama, words
from steward.adapters.search.sqlite import SqliteSearch
from steward.kernel.search import Document, Field, IndexSpec, Text, Wish
from tests.bench import judged
from tests.bench.bench import Figure, Missing, bench
from tests.bench.bench_embed import BEST, interval
from tests.bench.bench_listings import FILE

ASKED = {
    "AC": ("air conditioning", "stay cool in a heat wave", "relief from hot summers"),
    "Basketball": ("basketball court", "shoot some hoops"),
    "Clubhouse": ("clubhouse", "community room for parties"),
    "Dishwasher": ("dishwasher", "never wash plates by hand"),
    "Elevator": ("elevator", "building with a lift", "cannot climb stairs"),
    "Fireplace": ("fireplace in living room", "sit by a fire on cold nights", "warm hearth in winter"),
    "Gated": ("gated community", "feel safe at night"),
    "Gym": ("gym in building", "work out without a membership", "lift weights before breakfast"),
    "Hot Tub": ("hot tub", "soak in a jacuzzi"),
    "Internet Access": ("internet included", "wifi for working from home"),
    "Parking": ("parking", "somewhere to leave my car"),
    "Patio/Deck": ("balcony or terrace", "barbecue with friends outside", "drink coffee in the open air"),
    "Playground": ("playground", "children can play outside", "swings and slides for kids"),
    "Pool": ("house with pool", "somewhere to swim at home", "place for the kids to splash in summer"),
    "Storage": ("storage", "place for all my things"),
    "Tennis": ("tennis court", "play racket sports at home"),
    "View": ("view", "nice scenery from the window"),
    "Washer Dryer": ("washer and dryer", "do laundry without leaving home", "no more laundromat"),
    "Wood Floors": ("hardwood floors", "no carpet please", "timber floors instead of carpet"),
}
"""What a listing's amenities name, and how people ask for it; written before any answer was looked at."""
Right = Callable[[int], bool]
Judged = Sequence[tuple[str, Right]]


class Weighted(WordLlama):
    """The mean of the vectors of a text's pieces, each by how rare it is among some texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__()
        having = Counter(piece for text in texts for piece in set(self._pieces(text)))
        self._weights = np.array([math.log(1 + (len(texts) - having[one] + 0.5) / (having[one] + 0.5)) for one in range(len(self._wide))])

    def embed(self, texts: Sequence[str]) -> Sequence[bytes]:
        return [self._mean(self._pieces(text)) for text in texts]

    def _pieces(self, text: str) -> list[int]:
        return [piece for word in words(text) for piece in self._pieces_of(word)]

    def _mean(self, pieces: Sequence[int]) -> bytes:
        total = self._weights[pieces] @ self._wide[pieces]
        length = float(np.sqrt(total @ total))
        return (total / length).astype("<f4").tobytes() if length > 0 else b""


@bench("weights")
def weights() -> Iterator[Figure]:
    """Hybrid search with words that count alike, and with words by their rarity, on both sets."""
    made = judged.listings()
    yield from _beside("made", [one.text for one in made], [(query, _made(made, about)) for query, about in judged.queries()])
    if not FILE.exists():
        raise Missing("needs ../shared/data/listings_uci_apartments")
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    has = [set(row["amenities"].split(",")) for row in rows]
    asked = [(query, _real(has, name)) for name, queries in ASKED.items() for query in queries]
    yield from _beside("real", [f"{row['title']} {row['body']}" for row in rows], asked)


def _made(made: Sequence[judged.Listing], about: int) -> Right:
    return lambda number: about in made[number].has


def _real(has: Sequence[set[str]], name: str) -> Right:
    return lambda number: name in has[number]


def _beside(kind: str, texts: Sequence[str], asked: Judged) -> Iterator[Figure]:
    plain, weighted = (_gains(embedder, texts, asked) for embedder in (WordLlama(), Weighted(texts)))
    low, high = interval([one - other for one, other in zip(weighted, plain, strict=True)])
    yield Figure(f"{kind} listings, words alike: nDCG@10", statistics.fmean(plain), "", beside=f"{len(asked)} queries")
    yield Figure(
        f"{kind} listings, rare words more: nDCG@10", statistics.fmean(weighted), "", beside=f"difference {low:+.3f} to {high:+.3f}"
    )


def _gains(embedder: WordLlama, texts: Sequence[str], asked: Judged) -> list[float]:
    with TemporaryDirectory() as folder:
        search = SqliteSearch(Path(folder) / "search.db")
        search.define(IndexSpec("listing", 1, (Field("number", "int"),), (Text("body"),), embedder.model, embedder.dimension))
        told = enumerate(zip(texts, embedder.embed(texts), strict=True))
        documents = (Document("listing", f"{at:05d}", 1, {"number": at}, {}, {"body": text}, vector) for at, (text, vector) in told)
        search.replace("w", "listing", documents)
        search.fold("w", "listing")
        gains = []
        for query, right in asked:
            found = search.find("w", "listing", Wish(query, embedder.embed([query])[0], limit=BEST)).hits
            gained = sum(1 / math.log2(place + 2) for place, hit in enumerate(found) if right(int(hit.id)))
            whole = min(BEST, sum(right(number) for number in range(len(texts))))
            gains.append(gained / sum(1 / math.log2(place + 2) for place in range(whole)))
        search.close()
    return gains
