"""Two lists of candidates become one."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from steward.kernel.search import Wish

RANK = 60
"""What reciprocal rank fusion adds to each place, as its authors chose it."""
Key = TypeVar("Key", bound=Hashable)
"""What a candidate is known by until it is among the best: its id, or what is quicker to come by."""


@dataclass(frozen=True, slots=True)
class Fused:
    """A candidate of the union: its score of 0..1, and its score in each list that has it."""

    id: str
    score: float
    keyword: float | None
    vector: float | None


def fuse(keyword: Mapping[Key, float], vector: Mapping[Key, float], wish: Wish, *, name: Callable[[Key], str] = str) -> list[Fused]:
    """The best of the union, ties by id; `name` gives the id of a key. A list that is empty leaves the whole score to the other."""
    fusion, totals = wish.fusion, dict[Key, float]()
    parts = [(scores, weight) for scores, weight in ((keyword, fusion.keyword), (vector, fusion.vector)) if scores]
    if fusion.method == "rrf":
        scaled = [(_by_place(scores), 1.0) for scores, _ in parts]
    else:
        scaled = [(_scaled(scores), weight) for scores, weight in parts]
    whole = sum(weight for _, weight in scaled) or 1.0
    for scores, weight in scaled:
        for key, score in scores.items():
            totals[key] = totals.get(key, 0.0) + weight * score / whole
    least = min(sorted(totals.values(), reverse=True)[: wish.limit], default=0.0)
    best = sorted((-score, name(key), key) for key, score in totals.items() if score >= least)
    return [Fused(id, -score, keyword.get(key), vector.get(key)) for score, id, key in best[: wish.limit]]


def _scaled(scores: Mapping[Key, float]) -> dict[Key, float]:
    """From above 0 for the last to 1 for the first: who is in a list at all is worth more than who is not."""
    low, high = min(scores.values()), max(scores.values())
    span = high - low
    return {id: 0.001 + 0.999 * (score - low) / span if span else 1.0 for id, score in scores.items()}


def _by_place(scores: Mapping[Key, float]) -> dict[Key, float]:
    """1 for the first, less for each place after it; equals share a place."""
    ranked = sorted(set(scores.values()), reverse=True)
    places = {score: place for place, score in enumerate(ranked, 1)}
    return {id: (RANK + 1) / (RANK + places[score]) for id, score in scores.items()}
