"""The waterfall: where a number comes from, step by step. Facts add up to a value, value and price to a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from steward.packets.figures.ink import Ink
from steward.packets.figures.scale import Scale, step_for
from steward.packets.figures.svg import QUIET, STRONG, Pen, Style, figure, width_of, wrap

LABEL = Style(13, 400, "ink")
LINE = 14.0
TOTAL = Style(16, 600, "enamel")
_FILL = {"base": "viz-slate", "up": "viz-enamel", "down": "viz-brick", "total": "enamel-fill"}


@dataclass(frozen=True, slots=True)
class Step:
    """One line. `shown` is its amount as people read it.

    base: the level everything starts from; fact: adds or takes `amount`; unknown: a fact nobody has said yet, dashed: the
    `amount` that its absence adds or takes, or ± `room` where it moves nothing; total: the end (its amount is the sum).
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
        spans.append((level - step.room, level + step.room) if step.room else (level, level + step.amount))
        level = step.amount if step.kind in ("base", "total") else level + step.amount
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
    end = (left + right) / 2 if step.room else scale(span[1])
    return Bar(left, right - left, end, "unknown" if step.kind == "unknown" else "up" if step.amount >= 0 else "down")


@dataclass(frozen=True, slots=True)
class _Row:
    """A step's place down the drawing and its words in lines."""

    top: float
    height: float
    label: Sequence[str]
    note: Sequence[str]

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


def waterfall(fall: Fall, ink: Ink, *, title: str, width: float = 376) -> str:
    """The drawing: label and note, bar, amount, one step a row. `title` says the result in words."""
    pen, track = Pen(ink), (width * 0.5, width - 10 - max(width_of(step.shown, _amount(step).size) for step in fall.steps))
    rows = _rows(fall.steps, track[0] - 10)
    shapes: list[str] = []
    for place, (step, bar, row) in enumerate(zip(fall.steps, fall.bars, rows, strict=True)):
        shapes += _words(pen, step, row, width)
        shapes += _drawn(pen, bar, row.middle, track)
        if place + 1 < len(rows):
            x = track[0] + bar.end * (track[1] - track[0])
            shapes.append(pen.path(f"M{x:.1f} {row.middle + 7:.1f}V{rows[place + 1].middle - 7:.1f}", "control", width=0.8))
        if step.kind == "total":
            shapes.append(pen.path(f"M0 {row.top - 1:g}H{width:g}", "line"))
    return figure((width, rows[-1].top + rows[-1].height + 2), title, shapes)


def _rows(steps: Sequence[Step], room: float) -> list[_Row]:
    """Words wrapped, and rows as high as their words; all of them low where no step has a note."""
    rows, top, usual = [], 0.0, 38 if any(step.note for step in steps) else 25
    for step in steps:
        label, note = wrap(step.label, room, LABEL.size, most=2), wrap(step.note, room, QUIET.size, most=3)
        top += 8 if step.kind == "total" else 0
        height = max(usual, LINE * (len(label) + len(note)) + 10)
        rows.append(_Row(top, height, label, note))
        top += height
    return rows


def _amount(step: Step) -> Style:
    return TOTAL if step.kind == "total" else STRONG


def _words(pen: Pen, step: Step, row: _Row, right: float) -> list[str]:
    style = _amount(step)
    words = [pen.text(right, row.middle + style.size / 3, step.shown, style, anchor="end")]
    baseline = row.middle - LINE * (len(row.label) + len(row.note) - 1) / 2 + 4.5
    looks = [STRONG if step.kind == "total" else LABEL] * len(row.label) + [QUIET] * len(row.note)
    for place, (line, look) in enumerate(zip([*row.label, *row.note], looks, strict=True)):
        words.append(pen.text(0, baseline + LINE * place, line, look))
    return words


def _drawn(pen: Pen, bar: Bar, middle: float, track: tuple[float, float]) -> list[str]:
    span = track[1] - track[0]
    box = (track[0] + bar.start * span, middle - 7, max(2.0, bar.width * span), 14.0)
    if bar.look == "unknown":
        return [pen.rect(box, fill=pen.ink.ground, stroke="control", round_=2, dash="3 2")]
    return [pen.rect(box, fill=_FILL[bar.look], round_=2)]
