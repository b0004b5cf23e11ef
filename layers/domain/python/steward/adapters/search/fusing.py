"""Two lists of candidates become one."""

from collections.abc import Mapping
from dataclasses import dataclass

from steward.kernel.search import Fusion

RANK = 60
"""What reciprocal rank fusion adds to each place, as its authors chose it."""
Scores = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Fused:
    """A candidate of the union: its score of 0..1, and its score in each list that has it."""

    id: str
    score: float
    keyword: float | None
    vector: float | None


def fuse(keyword: Scores, vector: Scores, fusion: Fusion, limit: int) -> list[Fused]:
    """The best of the union, ties by id. A list that is empty leaves the whole score to the other."""
    parts = [(scores, weight) for scores, weight in ((keyword, fusion.keyword), (vector, fusion.vector)) if scores]
    if fusion.method == "rrf":
        scaled = [(_by_place(scores), 1.0) for scores, _ in parts]
    else:
        scaled = [(_scaled(scores), weight) for scores, weight in parts]
    whole = sum(weight for _, weight in scaled) or 1.0
    found = [
        Fused(id, sum(weight * scores.get(id, 0.0) for scores, weight in scaled) / whole, keyword.get(id), vector.get(id))
        for id in keyword.keys() | vector.keys()
    ]
    return sorted(found, key=lambda one: (-one.score, one.id))[:limit]


def _scaled(scores: Scores) -> Scores:
    """From above 0 for the last to 1 for the first: who is in a list at all is worth more than who is not."""
    low, high = min(scores.values()), max(scores.values())
    span = high - low
    return {id: 0.001 + 0.999 * (score - low) / span if span else 1.0 for id, score in scores.items()}


def _by_place(scores: Scores) -> Scores:
    """1 for the first, less for each place after it; equals share a place."""
    ranked = sorted(set(scores.values()), reverse=True)
    places = {score: place for place, score in enumerate(ranked, 1)}
    return {id: (RANK + 1) / (RANK + places[score]) for id, score in scores.items()}
