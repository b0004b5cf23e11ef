"""What a bench is: a function that measures and gives figures; the runner prints each beside its bound."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

Bound = tuple[Literal["≤", "≥", ""], float]
FREE: Bound = ("", 0.0)
"""No promise: the figure is only told."""


class Missing(Exception):
    """What a bench needs is not here; the sentence says what to do."""


class Failed(Exception):
    """What was to be measured did not work; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number beside its bound. `beside` tells the bare baseline of the same run, where there is one."""

    name: str
    value: float
    unit: str
    bound: Bound = FREE
    beside: str = ""

    @property
    def verdict(self) -> str:
        relation, limit = self.bound
        if not relation:
            return ""
        return "ok" if (self.value <= limit if relation == "≤" else self.value >= limit) else "OVER" if relation == "≤" else "UNDER"

    @property
    def row(self) -> tuple[str, str, str, str, str]:
        relation, limit = self.bound
        bound = f"{relation} {_number(limit)}" if relation else ""
        return self.name, f"{_number(self.value)} {self.unit}", bound, self.verdict, self.beside


def at_most(limit: float) -> Bound:
    return ("≤", limit)


def at_least(limit: float) -> Bound:
    return ("≥", limit)


Measure = Callable[[], Iterator[Figure]]
BENCHES: dict[str, Measure] = {}


def bench(name: str) -> Callable[[Measure], Measure]:
    """Register a function that measures; it may raise Missing."""
    return partial(_register, name)


def _register(name: str, measure: Measure) -> Measure:
    BENCHES[name] = measure
    return measure


def quantile(seconds: list[float], share: float) -> float:
    """The value under which `share` of the measurements lie, in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
