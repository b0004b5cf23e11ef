"""Cut the static TTFs that memos are set in from the variable font of the npm package @fontsource-variable/instrument-sans.

    npm pack @fontsource-variable/instrument-sans && tar xzf fontsource-variable-instrument-sans-*.tgz
    .venv/bin/python scripts/fonts.py package layers/domain/python/steward/packets/fonts

Typst reads neither woff2 nor variable axes. The condensed cut keeps the family's name and differs by width class alone,
because a family called "… Condensed" would be folded into it anyway. The licence (OFL 1.1) is copied beside the files.
"""

import sys
from pathlib import Path
from shutil import copyfile

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FAMILY = "Instrument Sans"
CUTS = {"Regular": (400, 100), "SemiBold": (600, 100), "Bold": (700, 100), "CondensedBold": (700, 75)}
"""Style name → weight, width in per cent."""
WIDTH_CLASS = {75: 3, 100: 5}


def cut(source: Path, style: str, *, weight: int, width: int) -> TTFont:
    """One static font of a style, named so that typesetters tell the cuts apart."""
    font = instantiateVariableFont(TTFont(source), {"wght": weight, "wdth": width})
    add_plus_minus(font)
    font.flavor = None
    font["OS/2"].usWeightClass = weight
    font["OS/2"].usWidthClass = WIDTH_CLASS[width]
    names = {1: f"{FAMILY} {style}", 2: "Regular", 3: f"{FAMILY} {style} static", 4: f"{FAMILY} {style}", 16: FAMILY, 17: style}
    names[6] = names[4].replace(" ", "")
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    return font


def add_plus_minus(font: TTFont) -> None:
    """Make the missing ± of the font's own plus and minus, the minus where the plus ends below."""
    glyphs, (advance, bearing) = font["glyf"], font["hmtx"]["plus"]
    plus, minus = glyphs["plus"], glyphs["minus"]
    lift = round((plus.yMax - plus.yMin) * 0.14)
    pen = TTGlyphPen(glyphs)
    pen.addComponent("plus", (1, 0, 0, 1, 0, lift))
    pen.addComponent("minus", (1, 0, 0, 1, (advance - font["hmtx"]["minus"][0]) // 2, plus.yMin - minus.yMin - round(lift * 0.9)))
    glyphs["plusminus"] = pen.glyph()
    font["hmtx"]["plusminus"] = (advance, bearing)
    font.setGlyphOrder([*dict.fromkeys([*font.getGlyphOrder(), "plusminus"])])
    for table in font["cmap"].tables:
        table.cmap[0xB1] = "plusminus"


def main(package: Path, target: Path) -> None:
    """Write every cut and the licence into `target`."""
    target.mkdir(parents=True, exist_ok=True)
    source = package / "files" / "instrument-sans-latin-standard-normal.woff2"
    for style, (weight, width) in CUTS.items():
        cut(source, style, weight=weight, width=width).save(target / f"InstrumentSans-{style}.ttf")
    copyfile(package / "LICENSE", target / "LICENSE.txt")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
