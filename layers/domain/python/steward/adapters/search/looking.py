"""Finding by looking at every document: what the index engines must agree with, and what they do for few documents."""

import math
import operator
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import Any

from steward.adapters.search import rules
from steward.adapters.search.fusing import Fused, fuse
from steward.kernel.search import Clause, Document, Filter, IndexSpec, Scalar, Value, Wish

K1, B = 1.2, 0.75
"""BM25's saturation and length normalisation, as Lucene and Tantivy set them."""
EARTH_KM = 6371.0
HOLDS: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "in": lambda left, right: left in right,
    "contains": lambda left, right: right.casefold() in left.casefold(),
    "has": lambda left, right: right in left,
}


def best(spec: IndexSpec, documents: Mapping[str, Document], wish: Wish) -> list[Fused]:
    """The best of documents that match a wish's filter."""
    left = {id: document for id, document in documents.items() if id not in wish.besides}
    if not terms(wish.words) and not wish.vector:
        return [Fused(id, 0.0, None, None) for id in sorted(left)[: wish.limit]]
    keyword, vector = by_words(spec, left, wish.words), by_likeness(left, wish.vector)
    return fuse(first(keyword, wish.depth), first(vector, wish.depth), wish)


def terms(text: str) -> list[str]:
    """The words of a text without accents and case. Nothing in it is an operator."""
    folded = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in folded).split()


def by_words(spec: IndexSpec, documents: Mapping[str, Document], words: str) -> dict[str, float]:
    """BM25 of the documents that have any of the words, added up over the texts by their weight."""
    asked, scores = sorted(set(terms(words))), defaultdict[str, float](float)
    for text in spec.texts if asked else ():
        bags = {id: Counter(terms(document.texts.get(text.name, ""))) for id, document in documents.items()}
        mean = sum(bag.total() for bag in bags.values()) / max(1, len(bags)) or 1.0
        for word in asked:
            having = {id: bag for id, bag in bags.items() if word in bag}
            rarity = math.log(1 + (len(bags) - len(having) + 0.5) / (len(having) + 0.5))
            for id, bag in having.items():
                long = K1 * (1 - B + B * bag.total() / mean)
                scores[id] += text.weight * rarity * bag[word] * (K1 + 1) / (bag[word] + long)
    return dict(scores)


def by_likeness(documents: Mapping[str, Document], vector: bytes) -> dict[str, float]:
    """The cosine of each document that has a vector."""
    if not vector:
        return {}
    asked = array("f", vector)
    return {id: sum(map(operator.mul, asked, array("f", one.vector))) for id, one in documents.items() if one.vector}


def near(document: Document, place: tuple[str, str] | None, where: object) -> bool:
    """Whether a document lies within so many kilometres of a latitude and longitude, on the sphere."""
    here = [document.fields.get(name) for name in place or ()]
    if not isinstance(where, tuple) or len(here) != 2:
        return False
    return bool(distance(here, where) <= where[2])


def distance(here: Sequence[Value], there: Sequence[float]) -> float:
    """Kilometres between two places in degrees; no end where one is not known."""
    if not all(isinstance(part, int | float) for part in here):
        return math.inf
    (lat, lon), (other_lat, other_lon) = ([math.radians(float(part)) for part in one[:2]] for one in (here, there))  # type: ignore[arg-type]
    half = math.sin((other_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


def first(scores: Mapping[str, float], depth: int) -> dict[str, float]:
    """The best so many."""
    ranked: Iterable[tuple[str, float]] = nsmallest(depth, scores.items(), key=lambda one: (-one[1], one[0]))
    return dict(ranked)


def matching(spec: IndexSpec, documents: Iterable[Document], where: Filter) -> list[Document]:
    """The documents for which all clauses hold."""
    left = list(documents)
    for clause in where:
        left = [document for document in left if holds(spec, clause, document)]
    return left


def holds(spec: IndexSpec, clause: Clause, document: Document) -> bool:
    """Whether a clause holds for a document."""
    if clause.op == "near":
        return near(document, spec.place, clause.value)
    left: Any = document.fields.get(clause.field)
    right: Any = clause.value
    if clause.op == "ne" and rules.named(spec, clause.field).type == "tags":
        return right not in (left or ())
    if left is None:
        return clause.op == "unknown"
    if clause.op in ("known", "unknown"):
        return clause.op == "known"
    if clause.op == "in" and isinstance(left, tuple):
        return not set(right).isdisjoint(left)
    return bool(HOLDS[clause.op](left, right))


def counted(documents: Iterable[Document], name: str) -> list[tuple[Scalar, int]]:
    """A facet of documents."""
    return ranked(tallied(documents, name))


def tallied(documents: Iterable[Document], name: str) -> Counter[Scalar]:
    """How often each value of a field occurs."""
    counts = Counter[Scalar]()
    for document in documents:
        value = document.fields.get(name)
        counts.update(set(value) or (None,) if isinstance(value, tuple) else (value,))
    return counts


def ranked(counts: Mapping[Scalar, int]) -> list[tuple[Scalar, int]]:
    """Values and how often they occur: the most frequent first, then in their own order, the missing one last."""

    def place(counted: tuple[Any, int]) -> Any:
        value, count = counted
        return -count, value is None, 0 if value is None else value

    return sorted(counts.items(), key=place)[: rules.MAX_FACET]
