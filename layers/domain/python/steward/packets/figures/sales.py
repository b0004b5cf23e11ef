"""A property's sales over the years, against what a typical home of its market cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from steward.packets.figures.ink import Ink
from steward.packets.figures.scale import Scale, spread, thousands, whole
from steward.packets.figures.svg import QUIET, STRONG, Pen, figure, line_of, width_of

MOST_NAMED = 6
_FLOOR = 104.0


@dataclass(frozen=True, slots=True)
class Dated:
    """Dollars on a day."""

    on: date
    dollars: float


@dataclass(frozen=True, slots=True)
class Sales:
    """Sales oldest first; the asking price if one is known; the market's typical price over time, where known."""

    sold: Sequence[Dated]
    asking: Dated | None = None
    market: Sequence[Dated] = ()

    def said(self) -> str:
        """The whole drawing in one sentence."""
        told = ", ".join(f"{whole(sale.dollars)} in {sale.on.year}" for sale in self.sold) or "none known"
        asked = f"; asking {whole(self.asking.dollars)} in {self.asking.on.year}" if self.asking else ""
        return f"Sales: {told}{asked}." + (" Dashed line: typical home." if self.market else "")


def sales_line(sales: Sales, ink: Ink, *, width: float = 376) -> str:
    """Sales as dots on a line, the asking price as an open square, the market dashed behind them."""
    pen, known = Pen(ink), [*sales.sold, *([sales.asking] if sales.asking else [])]
    everything = [*known, *sales.market]
    if not everything:
        return figure((width, 132), sales.said(), [pen.text(width / 2, 66, "no sale known", QUIET, anchor="middle")])
    days, prices = [point.on.toordinal() for point in everything], [point.dollars for point in everything]
    across = Scale(min(days), max(days), 14, width - 46) if max(days) > min(days) else Scale(min(days) - 1, max(days) + 1, 14, width - 46)
    up = Scale(min(prices) * 0.9, max(prices) * 1.02, _FLOOR - 6, 32)
    at = [(across(point.on.toordinal()), up(point.dollars)) for point in known]
    shapes = [pen.path(f"M0 {_FLOOR:g}H{width:g}", "line")]
    if len(sales.market) > 1:
        shapes.append(pen.path(line_of((across(p.on.toordinal()), up(p.dollars)) for p in sales.market), "control", dash="3 3"))
    sold = at[: len(sales.sold)]
    if len(sold) > 1:
        shapes.append(pen.path(line_of(sold), "viz-enamel", width=2))
    if sales.asking and sold:
        shapes.append(pen.path(line_of(at[-2:]), "viz-enamel", width=2, dash="2 4"))
    shapes += [pen.circle(x, y, 4, fill="viz-enamel", stroke=ink.ground, width=1.5) for x, y in sold]
    if sales.asking:
        shapes.append(pen.rect((at[-1][0] - 4, at[-1][1] - 4, 8, 8), fill="surface", stroke="ink", rare=' stroke-width="2"'))
    return figure((width, 132), sales.said(), [*shapes, *_words(pen, sales, at, width)])


def _words(pen: Pen, sales: Sales, at: Sequence[tuple[float, float]], width: float) -> list[str]:
    """Prices above their points, years on the floor, kept apart; of many sales every second or third is named, the last always."""
    named = [(thousands(sale.dollars), sale.on.year) for sale in sales.sold]
    named += [(f"asking {thousands(sales.asking.dollars)}", sales.asking.on.year)] if sales.asking else []
    every = -(-len(named) // MOST_NAMED)
    named, at = named[::-1][::every][::-1], at[::-1][::every][::-1]
    tops = spread([x for x, _ in at], [width_of(price, 13) + 8 for price, _ in named], (0, width))
    shapes = [
        pen.text(x, y - 10, price, STRONG, anchor="middle", halo=pen.ink.ground)
        for x, (_, y), (price, _) in zip(tops, at, named, strict=True)
    ]
    years: dict[int, float] = {}
    for (x, _), (_, year) in zip(at, named, strict=True):
        years.setdefault(year, x)
    feet = spread(list(years.values()), [34.0] * len(years), (0, width))
    return shapes + [pen.text(x, 120, str(year), QUIET, anchor="middle") for x, year in zip(feet, years, strict=True)]
