"""Typesetting, in a process of its own: the only module that loads Typst. It reads its template and fonts, no network."""

import base64
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

from steward.kernel.errors import Invalid

_HERE = Path(__file__).parent
_TAGGED = "ua-1"
"""PDF/UA-1: it asks for a title, alternative texts and a glyph for every letter."""
_PAGES = 2
"""What runs over them is set again, smaller. Looking first would set every memo twice."""


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(_HERE / "fonts")])


def main(request: Mapping[str, Any]) -> dict[str, Any]:
    """`{view, made}` → `{pdf, pages, accessible}`: the view as `view.view` makes it, `made` in epoch seconds; pdf in base64.

    The same request always makes the same bytes. Where the fonts lack a letter of the record, the page shows a box for
    it and is not PDF/UA. Raises Invalid when the template cannot print the view.
    """
    sources = {"main.typ": (_HERE / "memo.typ").read_bytes(), "memo.json": json.dumps(request["view"]).encode()}
    answer = _typeset(sources, request["made"], inputs={})
    return answer if answer["pages"] <= _PAGES else _typeset(sources, request["made"], inputs={"shrink": "yes"})


def _typeset(sources: dict[str, bytes], made: int, *, inputs: dict[str, str]) -> dict[str, Any]:
    try:
        pdf, accessible = _pdf(sources, made, inputs=inputs, standards=[_TAGGED]), True
    except typst.TypstError as error:
        if "PDF/UA" not in error.message:
            raise Invalid(f"The memo cannot be typeset: {error.message}") from error
        pdf, accessible = _pdf(sources, made, inputs=inputs, standards=[]), False
    return {"pdf": base64.b64encode(pdf).decode(), "pages": _pages(sources, inputs), "accessible": accessible}


def _pdf(sources: dict[str, bytes], made: int, *, inputs: dict[str, str], standards: list[str]) -> bytes:
    return typst.compile(  # type: ignore[no-any-return, call-overload]
        sources, font_paths=_fonts(), ignore_system_fonts=True, format="pdf", pdf_standards=standards, sys_inputs=inputs, timestamp=made
    )


def _pages(sources: dict[str, bytes], inputs: dict[str, str]) -> int:
    found = typst.query(  # type: ignore[type-var]
        sources, "<pages>", field="value", one=True, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs
    )
    return int(json.loads(found))
