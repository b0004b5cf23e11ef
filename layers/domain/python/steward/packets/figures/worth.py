"""The range glyph, the one way a value is drawn: the band holds four in five, the dot is the middle, a tick a known price."""

from collections.abc import Sequence
from dataclasses import dataclass

from steward.packets.figures.ink import Ink
from steward.packets.figures.scale import Scale, spread, thousands, ticks, whole
from steward.packets.figures.svg import LEAD, PLAIN, QUIET, STRONG, Pen, figure, width_of

ROW_REACH = 0.3
"""A row's glyph runs from 30 % under the middle to 30 % over it, so rows can be compared by eye."""


@dataclass(frozen=True, slots=True)
class Price:
    """A price that is known: dollars, what it is (`asking`, `sold`), when, and whether it is the one compared with."""

    dollars: float
    what: str
    when: str = ""
    main: bool = True


@dataclass(frozen=True, slots=True)
class Worth:
    """An estimate in dollars: the 80 % range and its middle, the prices known, and what comparable homes sold for."""

    low: float
    middle: float
    high: float
    prices: Sequence[Price] = ()
    comps: Sequence[float] = ()

    def said(self) -> str:
        """The whole drawing in one sentence."""
        told = f"Estimate: 80 percent range {whole(self.low)} to {whole(self.high)}, middle {whole(self.middle)}."
        told += "".join(
            f" {price.what.capitalize()} {whole(price.dollars)}{f', {price.when}' if price.when else ''}." for price in self.prices
        )
        return told + (f" {len(self.comps)} comparable sales marked below." if self.comps else "")


def worth(value: Worth, ink: Ink, *, width: float = 728) -> str:
    """With an axis, for a property's own page and the memo; narrower than 480 it says money shorter."""
    pen, compact = Pen(ink), width < 480
    floor = 92 if compact else 80
    seen = [value.low, value.high, *value.comps, *(price.dollars for price in value.prices)]
    marks = ticks(min(seen), max(seen), 4 if compact else 7)
    scale = Scale(marks[0], marks[-1], 24, width - 24)
    shapes = [pen.path(f"M24 {floor}H{width - 24:g}", "control")]
    for mark in marks:
        shapes.append(pen.path(f"M{scale(mark):.1f} {floor}v5", "control"))
        shapes.append(pen.text(scale(mark), floor + 19, thousands(mark, fine=True), QUIET, anchor="middle"))
    shapes += _band(pen, value, scale, 62)
    if not compact:
        shapes += [pen.path(f"M{scale(comp):.1f} {floor - 6}v6", "viz-enamel", width=2) for comp in value.comps]
    shapes += [_pin(pen, price, scale(price.dollars), floor) for price in value.prices]
    shapes += _ends(pen, value, scale, compact=compact)
    shapes += _labels(pen, value, scale, width)
    return figure((width, floor + 24), value.said(), shapes)


def range_strip(value: Worth, ink: Ink, *, width: float = 480) -> str:
    """Without an axis but with its figures, for a peek and a card."""
    pen = Pen(ink)
    seen = [value.low, value.high, *(price.dollars for price in value.prices)]
    reach = (max(seen) - min(seen)) * 0.2 or 1
    scale = Scale(min(seen) - reach, max(seen) + reach, 14, width - 14)
    shapes = [pen.path(f"M14 40H{width - 14:g}", "line", width=2), *_band(pen, value, scale, 40, height=16)]
    ends = spread([scale(value.low), scale(value.high)], [52, 52], (0, width))
    shapes += [
        pen.text(x, 66, thousands(end, fine=True), QUIET, anchor="middle") for x, end in zip(ends, (value.low, value.high), strict=True)
    ]
    shapes += [pen.path(f"M{scale(price.dollars):.1f} 26V54", "ink" if price.main else "viz-slate", width=2) for price in value.prices]
    words = [(scale(price.dollars), f"{price.what} {thousands(price.dollars)}", STRONG) for price in value.prices]
    words.append((scale(value.middle), whole(value.middle), LEAD))
    places = spread([x for x, _, _ in words], [width_of(text, style.size) + 12 for _, text, style in words], (0, width))
    shapes += [pen.text(x, 18, text, style, anchor="middle") for x, (_, text, style) in zip(places, words, strict=True)]
    return figure((width, 72), value.said(), shapes)


def range_glyph(value: Worth, ink: Ink, *, width: float = 120) -> str:
    """For a row of a list: no text at all; the middle is always in the middle, a price further off stands at the edge."""
    pen = Pen(ink)
    scale = Scale(value.middle * (1 - ROW_REACH), value.middle * (1 + ROW_REACH), 0, width)
    low, high = max(scale(value.low), 0), min(scale(value.high), width)
    shapes = [
        pen.path(f"M0 7H{width:g}", "line", width=2),
        pen.rect((low, 4, high - low, 6), fill=ink.map_ground, round_=3),
        pen.rect((low, 4, high - low, 6), fill="viz-enamel", round_=3, rare=' fill-opacity=".42"'),
        pen.circle(width / 2, 7, 3, fill="enamel"),
    ]
    for price in value.prices[:1]:
        shapes.append(pen.rect((min(max(scale(price.dollars), 1), width - 1) - 1, 0, 2, 14), fill="ink", round_=1))
    return figure((width, 14), value.said(), shapes, kind="glyph")


def _band(pen: Pen, value: Worth, scale: Scale, y: float, *, height: float = 22) -> list[str]:
    box = (scale(value.low), y - height / 2, scale(value.high) - scale(value.low), height)
    band = pen.rect(box, fill="enamel-wash", stroke="viz-enamel", round_=height / 2)
    return [band, pen.circle(scale(value.middle), y, 8 if height > 16 else 7, fill="enamel-fill", stroke="surface", width=2)]


def _pin(pen: Pen, price: Price, x: float, floor: float) -> str:
    token = "ink" if price.main else "viz-slate"
    return pen.path(f"M{x:.1f} 48V{floor:g}", token, width=2) + f'<path d="M{x - 5:.1f} 42h10l-5 7z" fill="{pen.ink[token]}"/>'


def _ends(pen: Pen, value: Worth, scale: Scale, *, compact: bool) -> list[str]:
    """The band's two figures: beside it, inside it where a price tick stands beside it, below it where there is no room."""
    low, high = scale(value.low), scale(value.high)
    if compact:
        places = spread([low, high], [50, 50], (0, scale.end + 24))
        return [
            pen.text(x, 87, thousands(end, fine=True), PLAIN, anchor="middle")
            for x, end in zip(places, (value.low, value.high), strict=True)
        ]
    roomy = high - low > 150
    pins = [scale(price.dollars) for price in value.prices]
    beside_low = not (roomy and any(low - 54 < pin < low for pin in pins)) and low > 66
    beside_high = not (roomy and any(high < pin < high + 54 for pin in pins)) and high < scale.end - 30
    return [
        pen.text(low - 7, 66, thousands(value.low, fine=True), PLAIN, anchor="end")
        if beside_low
        else pen.text(low + 10, 66, thousands(value.low, fine=True), PLAIN),
        pen.text(high + 7, 66, thousands(value.high, fine=True), PLAIN)
        if beside_high
        else pen.text(high - 10, 66, thousands(value.high, fine=True), PLAIN, anchor="end"),
    ]


def _labels(pen: Pen, value: Worth, scale: Scale, width: float) -> list[str]:
    """What stands above the band: the prices and the middle, kept apart."""
    money = thousands if width < 480 else whole
    words = [(scale(price.dollars), f"{price.what} {money(price.dollars)}", price.when) for price in value.prices]
    words.append((scale(value.middle), money(value.middle), "middle"))
    widths = [max(width_of(top, 13.5), width_of(under, 12)) + 14 for _, top, under in words]
    shapes = []
    for x, (_, top, under) in zip(spread([x for x, _, _ in words], widths, (0, width)), words, strict=True):
        shapes.append(pen.text(x, 20, top, LEAD if under == "middle" else STRONG, anchor="middle"))
        shapes.append(pen.text(x, 35, under, QUIET, anchor="middle") if under else "")
    return shapes
