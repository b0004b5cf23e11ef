"""Figures as SVG text: pure functions of small frozen specs and an ink. The desk and the memo draw with the same ones."""

from steward.packets.figures.ink import PAGE, PAPER, Ink
from steward.packets.figures.ladder import score_ladder
from steward.packets.figures.plat import Plat, Spot, plat
from steward.packets.figures.sales import Dated, Sales, sales_line
from steward.packets.figures.streets import Address, Street, metres, streets
from steward.packets.figures.waterfall import Fall, Step, lay, waterfall
from steward.packets.figures.worth import Price, Worth, range_glyph, range_strip, worth

__all__ = [
    "PAGE",
    "PAPER",
    "Address",
    "Dated",
    "Fall",
    "Ink",
    "Plat",
    "Price",
    "Sales",
    "Spot",
    "Step",
    "Street",
    "Worth",
    "lay",
    "metres",
    "plat",
    "range_glyph",
    "range_strip",
    "sales_line",
    "score_ladder",
    "streets",
    "waterfall",
    "worth",
]
