"""Ink: what each design token is written as, so that one drawing serves the page (light and dark) and the paper."""

from collections.abc import Mapping
from dataclasses import dataclass

LIGHT: Mapping[str, str] = {
    "canvas": "#F2F7F7",
    "surface": "#FFFFFF",
    "line": "#D7DFE1",
    "control": "#73838A",
    "ink": "#13222D",
    "ink2": "#3C4B56",
    "ink3": "#58666E",
    "enamel": "#104E7C",
    "enamel-fill": "#104E7C",
    "enamel-wash": "#E0EFFA",
    "on-fill": "#FFFFFF",
    "agent": "#6B4592",
    "viz-enamel": "#2A6DA4",
    "viz-brick": "#C4403B",
    "viz-slate": "#758996",
}
"""The light theme's tokens that figures and memos use."""


@dataclass(frozen=True, slots=True)
class Ink:
    """`colours`: token → colour text. `font`: family attribute, empty where the page's own style sheet says it.

    `ground` is the token a figure stands on, `map_ground` the one a map is filled with.
    """

    colours: Mapping[str, str]
    font: str
    ground: str
    map_ground: str

    def __getitem__(self, token: str) -> str:
        return self.colours[token]


PAGE = Ink({token: f"var(--{token})" for token in LIGHT}, font="", ground="canvas", map_ground="surface")
PAPER = Ink(LIGHT, font="Instrument Sans", ground="surface", map_ground="canvas")
