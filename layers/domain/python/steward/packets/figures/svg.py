"""The few shapes figures are made of. Colours are presentation attributes, never style text, so a strict CSP holds; a
text's looks sit on a tspan, where no rule of the page for `text` reaches them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from steward.packets.figures.ink import Ink

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
NOBREAK = "\u00a0"
_NARROW, _WIDE = frozenset(f"iljtfrI1.,:;'|!()[] {NOBREAK}"), frozenset("mwMW@%")


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set: size in units, weight, colour token, and whether it is condensed."""

    size: float
    weight: int
    token: str
    condensed: bool = False


PLAIN = Style(12, 400, "ink2")
QUIET = Style(12, 400, "ink3")
STRONG = Style(13, 600, "ink")
LEAD = Style(14, 600, "enamel")


def clean(text: str) -> str:
    """Text from outside made safe inside XML: escaped, and without what XML cannot hold."""
    return escape(_UNPRINTABLE.sub("", text), {'"': "&quot;"})


def num(value: float) -> str:
    """A coordinate with at most one decimal: 12, 12.5."""
    return f"{value:.1f}".removesuffix(".0").replace("-0", "0", 1) if abs(value) < 0.05 else f"{value:.1f}".removesuffix(".0")


def width_of(text: str, size: float) -> float:
    """About how wide a text is set; figures cannot measure, so they leave a little room."""
    ems = sum(0.3 if mark in _NARROW else 0.88 if mark in _WIDE else 0.68 if mark.isupper() else 0.57 for mark in text)
    return ems * size


def fit(text: str, room: float, size: float) -> str:
    """The text, cut with an ellipsis when it would be wider than `room`."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip(" ,") + "…"


def wrap(text: str, room: float, size: float, *, most: int) -> list[str]:
    """The text in at most so many lines that fit into `room`, the last cut with an ellipsis when there is more."""
    lines = [""]
    for word in text.replace(" %", f"{NOBREAK}%").replace("± ", f"±{NOBREAK}").split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or width_of(longer, size) <= room or len(lines) == most:
            lines[-1] = longer
        else:
            lines.append(word)
    return [fit(line, room, size) for line in lines if line]


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes shapes in one ink."""

    ink: Ink

    def text(
        self, x: float, y: float, words: str, style: Style = PLAIN, *, anchor: str = "start", halo: str = "", turn: float | None = None
    ) -> str:
        """A line of text; `halo` is the token of an outline that keeps it readable over lines, `turn` in degrees."""
        place = f'x="{num(x)}" y="{num(y)}"'
        if turn is not None:
            place = f'transform="translate({num(x)} {num(y)}) rotate({num(turn)})" y="{num(style.size / 3)}"'
        place += f' text-anchor="{anchor}"' if anchor != "start" else ""
        place += f' font-family="{self.ink.font}"' if self.ink.font else ""
        looks = f'font-size="{style.size:g}" font-weight="{style.weight}" fill="{self.ink[style.token]}"'
        looks += ' font-stretch="condensed"' if style.condensed else ""
        if halo:
            looks += f' paint-order="stroke" stroke="{self.ink[halo]}" stroke-width="3.5" stroke-linejoin="round"'
        return f"<text {place}><tspan {looks}>{clean(words)}</tspan></text>"

    def rect(
        self, box: tuple[float, float, float, float], *, fill: str = "", stroke: str = "", round_: float = 0, dash: str = "", rare: str = ""
    ) -> str:
        """A box (x, y, width, height) with rounded corners; `rare` is further attributes as they stand."""
        x, y, width, height = box
        place = f'x="{num(x)}" y="{num(y)}" width="{num(max(width, 0))}" height="{num(height)}" rx="{num(round_)}"'
        return f"<rect {place}{self._paint(fill, stroke, dash=dash)}{rare}/>"

    def circle(self, x: float, y: float, r: float, *, fill: str = "", stroke: str = "", width: float = 1, dash: str = "") -> str:
        """A disc or a ring."""
        return f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(r)}"{self._paint(fill, stroke, width=width, dash=dash)}/>'

    def dot(self, x: float, y: float, r: float, *, strength: float) -> str:
        """A disc of the charts' blue, as strong as 0 to 1 says."""
        return f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(r)}" fill="{self.ink["viz-enamel"]}" fill-opacity="{strength:.2g}"/>'

    def path(self, d: str, stroke: str, *, width: float = 1, dash: str = "", rare: str = "") -> str:
        """An open line; `rare` is further attributes as they stand."""
        return f'<path d="{d}"{self._paint("", stroke, width=width, dash=dash)} stroke-linejoin="round"{rare}/>'

    def _paint(self, fill: str, stroke: str, *, width: float = 1, dash: str = "") -> str:
        painted = f' fill="{self.ink[fill]}"' if fill else ' fill="none"'
        if stroke:
            painted += f' stroke="{self.ink[stroke]}"'
            painted += f' stroke-width="{width:g}"' if width != 1 else ""
            painted += f' stroke-dasharray="{dash}"' if dash else ""
        return painted


def line_of(points: Iterable[tuple[float, float]]) -> str:
    """Points as path text."""
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points)


def figure(size: tuple[float, float], title: str, shapes: Iterable[str], *, kind: str = "fig") -> str:
    """A whole drawing: an image to assistive technology, named by `title`; it scales with its place."""
    width, height = num(size[0]), num(size[1])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-label="{clean(title)}">{"".join(shapes)}</svg>'
    )
