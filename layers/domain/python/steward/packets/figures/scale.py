"""Numbers to places: linear scales, round axis steps, and labels that keep clear of each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

_STEPS = (1, 2, 2.5, 4, 5, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps low..high of values onto start..end of units."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low or 1) * (self.end - self.start)


def step_for(span: float, most: int) -> float:
    """The smallest round step that cuts a span into at most `most` pieces."""
    rough = max(span, 1e-9) / most
    unit = 10.0 ** floor(log10(rough))
    return next(step * unit for step in _STEPS if step * unit >= rough * 0.999)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round values from at or below `low` to at or above `high`, at most `most` steps apart."""
    step = step_for(high - low, most)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    if last - first > most:
        step = step_for((last - first) * step, most)
        first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def spread(centres: Sequence[float], widths: Sequence[float], room: tuple[float, float]) -> list[float]:
    """Centres moved as little as needed so that labels of these widths neither overlap nor leave the room.

    Labels that would overlap stand side by side, as a group in the middle of where they wanted to be. Groups that the room
    pushes into each other may still overlap: then there is simply too much to say.
    """
    groups: list[list[int]] = []
    for place in sorted(range(len(centres)), key=lambda place: centres[place]):
        groups.append([place])
        while len(groups) > 1 and _ends(groups[-2], centres, widths, room)[1] > _ends(groups[-1], centres, widths, room)[0]:
            groups[-2:] = [groups[-2] + groups[-1]]
    placed: dict[int, float] = {}
    for group in groups:
        edge = _ends(group, centres, widths, room)[0]
        for place in group:
            placed[place] = edge + widths[place] / 2
            edge += widths[place]
    return [placed[place] for place in range(len(centres))]


def _ends(group: Sequence[int], centres: Sequence[float], widths: Sequence[float], room: tuple[float, float]) -> tuple[float, float]:
    """Left and right end of labels standing side by side, each as near as may be to its place, inside the room."""
    wide, before, lefts = sum(widths[place] for place in group), 0.0, []
    for place in group:
        lefts.append(centres[place] - widths[place] / 2 - before)
        before += widths[place]
    left = max(room[0], min(sum(lefts) / len(lefts), room[1] - wide))
    return left, left + wide


def thousands(dollars: float, *, fine: bool = False) -> str:
    """How a figure says money: $371 k, $1.25 M, −$4 k; `fine` keeps a broken thousand: $236.5 k."""
    sign, size = ("−" if dollars < 0 else ""), abs(dollars)
    if size >= 999_500:
        return f"{sign}${size / 1e6:.2f}".rstrip("0").rstrip(".") + " M"
    return f"{sign}${f'{size / 1000:,.1f}'.removesuffix('.0') if fine else f'{floor(size / 1000 + 0.5):,}'} k"


def whole(dollars: float) -> str:
    """$412,000; −$4,000"""
    return f"{'−' if dollars < 0 else ''}${abs(dollars):,.0f}"
