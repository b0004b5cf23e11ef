"""The waterfall: where a number comes from, step by step. Facts add up to a value, value and price to a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from steward.packets.figures.ink import Ink
from steward.packets.figures.scale import Scale, step_for
from steward.packets.figures.svg import QUIET, STRONG, Pen, Style, figure, fit, width_of

LABEL = Style(13, 400, "ink")
TOTAL = Style(16, 600, "enamel")
_FILL = {"base": "viz-slate", "up": "viz-enamel", "down": "viz-brick", "total": "enamel-fill"}


@dataclass(frozen=True, slots=True)
class Step:
    """One line. `shown` is its amount as people read it.

    base: the level everything starts from; fact: adds or takes `amount`; unknown: a fact nobody has said yet, drawn as
    a dashed gap of ± `room` that moves nothing; total: the end (its amount is the sum).
    """

    label: str
    amount: float
    shown: str
    note: str = ""
    kind: Literal["base", "fact", "unknown", "total"] = "fact"
    room: float = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """A step's place on the track, as shares of its width: where it starts, how wide it is, where the line goes on."""

    start: float
    width: float
    end: float
    look: Literal["base", "up", "down", "unknown", "total"]


@dataclass(frozen=True, slots=True)
class Fall:
    """A laid-out waterfall: bars beside their steps, and the value at the track's left edge."""

    steps: Sequence[Step]
    bars: Sequence[Bar]
    origin: float


def lay(steps: Sequence[Step]) -> Fall:
    """Place the bars. The track starts below the lowest level reached, so that small steps stay visible."""
    spans: list[tuple[float, float]] = []
    level = 0.0
    for step in steps:
        spans.append((level - step.room, level + step.room) if step.kind == "unknown" else (level, level + step.amount))
        level = step.amount if step.kind in ("base", "total") else level if step.kind == "unknown" else level + step.amount
    levels = [edge for step, span in zip(steps, spans, strict=True) if step.kind not in ("base", "total") for edge in span]
    levels += [step.amount for step in steps if step.kind in ("base", "total")] or [0.0]
    origin = _origin(min(levels), max(levels))
    scale = Scale(origin, max(*levels, origin + 1e-9), 0, 1)
    return Fall(steps, [_bar(step, span, scale) for step, span in zip(steps, spans, strict=True)], origin)


def _origin(low: float, high: float) -> float:
    """A round number half a spread below the lowest level, zero when that is near."""
    span = max(high - low, abs(high) * 0.02)
    step = step_for(span, 10)
    start = (low - span * 0.5) // step * step
    return 0.0 if 0 <= start < span * 0.25 or start < 0 <= low else start


def _bar(step: Step, span: tuple[float, float], scale: Scale) -> Bar:
    if step.kind in ("base", "total"):
        end = scale(step.amount)
        return Bar(0, end, end, step.kind)
    left, right = scale(min(span)), scale(max(span))
    if step.kind == "unknown":
        return Bar(left, right - left, (left + right) / 2, "unknown")
    return Bar(left, right - left, scale(span[1]), "up" if step.amount >= 0 else "down")


def waterfall(fall: Fall, ink: Ink, *, title: str, width: float = 376) -> str:
    """The drawing: label and note, bar, amount, one step a line. `title` says the result in words."""
    pen, row = Pen(ink), 38 if any(step.note for step in fall.steps) else 25
    track = (width * 0.5, width - 10 - max(width_of(step.shown, 16 if step.kind == "total" else 13) for step in fall.steps))
    shapes: list[str] = []
    for place, (step, bar) in enumerate(zip(fall.steps, fall.bars, strict=True)):
        top = row * place + (8 if step.kind == "total" else 0)
        shapes += _words(pen, step, (top, row), (track[0] - 10, width))
        shapes += _drawn(pen, bar, (top, row), track)
        if place + 1 < len(fall.steps):
            x = track[0] + bar.end * (track[1] - track[0])
            drop = row - 14 + (8 if fall.steps[place + 1].kind == "total" else 0)
            shapes.append(pen.path(f"M{x:.1f} {top + row / 2 + 7:.1f}v{drop:.1f}", "control", width=0.8))
        if step.kind == "total":
            shapes.append(pen.path(f"M0 {top - 1}H{width:g}", "line"))
    return figure((width, row * len(fall.steps) + 10), title, shapes)


def _words(pen: Pen, step: Step, line: tuple[float, float], edges: tuple[float, float]) -> list[str]:
    middle, (room, right) = line[0] + line[1] / 2, edges
    label = STRONG if step.kind == "total" else LABEL
    amount = TOTAL if step.kind == "total" else STRONG
    words = [pen.text(right, middle + (5.5 if step.kind == "total" else 4.5), step.shown, amount, anchor="end")]
    if not step.note:
        return [pen.text(0, middle + 4.5, fit(step.label, room, label.size), label), *words]
    return [
        pen.text(0, middle - 2, fit(step.label, room, label.size), label),
        pen.text(0, middle + 12, fit(step.note, room, QUIET.size), QUIET),
        *words,
    ]


def _drawn(pen: Pen, bar: Bar, line: tuple[float, float], track: tuple[float, float]) -> list[str]:
    span = track[1] - track[0]
    box = (track[0] + bar.start * span, line[0] + line[1] / 2 - 7, max(2.0, bar.width * span), 14.0)
    if bar.look == "unknown":
        return [pen.rect(box, fill=pen.ink.ground, stroke="control", round_=2, dash="3 2")]
    return [pen.rect(box, fill=_FILL[bar.look], round_=2)]
