"""Colours and images of a workspace: pure decisions."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from typing import Any

from steward.kernel.errors import Fault, Invalid

MOST_BYTES = 100_000
WHITE = 1.0
TEXT, SHAPE = 4.5, 3.0
"""The least contrast of white text on a colour, and of a shape on white (WCAG 2.2)."""
MAGIC: Mapping[str, tuple[int, bytes]] = {
    "image/png": (0, b"\x89PNG\r\n\x1a\n"),
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/webp": (8, b"WEBP"),
}
"""Where in an image of each kind its mark is, and what that is."""
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_IMAGE = re.compile(r"data:(image/[a-z+]+);base64,([A-Za-z0-9+/=]+)")


def merged(before: Mapping[str, Any], told: Mapping[str, Any], *, most: int) -> dict[str, Any]:
    """The settings with those that are told; null takes one back. Raises Invalid for more than there is room for."""
    after = {name: value for name, value in {**before, **told}.items() if value is not None}
    if len(after) > most:
        raise _wrong("settings", f"A workspace has at most {most} settings, and these would be {len(after)}; take some back with null.")
    return after


def checked_colour(text: str, *, field: str, least: float) -> str:
    """A colour in lower case, "" for none. Raises Invalid for what is no colour, or too light to be seen on white."""
    colour = text.lower()
    if not colour:
        return ""
    if not _COLOUR.fullmatch(colour):
        raise _wrong(field, f"'{text[:20]}' is no colour; write one such as #1f4d3a.")
    found = contrast(colour)
    if found < least:
        what = "white text on it" if least == TEXT else "it on white"
        raise _wrong(field, f"{colour} is too light: {what} has a contrast of {found:.1f}, and {least} is the least; take a darker one.")
    return colour


def contrast(colour: str) -> float:
    """The contrast of a colour against white, 1 to 21."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return (WHITE + 0.05) / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def image_of(text: str) -> tuple[str, bytes]:
    """The media type and the bytes of a logo. Raises Invalid for what is no PNG, JPEG or WebP image, or too large."""
    found = _IMAGE.fullmatch(text)
    if found is None or found[1] not in MAGIC:
        raise _wrong("logo", f"The logo is no image that can be shown; send data:image/png;base64,… (or {', '.join(list(MAGIC)[1:])}).")
    try:
        content = b64decode(found[2], validate=True)
    except Error as error:
        raise _wrong("logo", "The logo is not whole: what follows 'base64,' is no base64.") from error
    start, magic = MAGIC[found[1]]
    if content[start : start + len(magic)] != magic:
        raise _wrong("logo", f"The logo says it is {found[1]}, and is something else.")
    if len(content) > MOST_BYTES:
        raise _wrong("logo", f"The logo has {len(content):,} bytes; {MOST_BYTES:,} is the most. Make it smaller.")
    return found[1], content


def _wrong(field: str, detail: str) -> Invalid:
    return Invalid(detail, faults=[Fault(f"/{field}", detail)])
