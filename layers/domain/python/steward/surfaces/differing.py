"""Where two long texts differ, so that a person sees that and not their equal beginnings. Nothing that differs is ever left out."""

from dataclasses import dataclass

LONG = 160
"""Letters up to which both texts stand whole."""
AROUND = 40
"""Letters alike that stay on either side."""


@dataclass(frozen=True, slots=True)
class Apart:
    """What of two long texts is alike and what is not: `skipped` letters are alike before `lead`, `left` after `tail`."""

    skipped: int
    lead: str
    before: str
    after: str
    tail: str
    left: int


def apart(before: str, after: str) -> Apart | None:
    """Where two texts differ; None where they are short or one of them is nothing, so that both stand whole."""
    if not before or not after or max(len(before), len(after)) <= LONG:
        return None
    start = _alike(before, after)
    alike = _alike(before[start:][::-1], after[start:][::-1])
    end = len(before) - alike
    lead, tail = _words(before[:start][::-1])[::-1], _words(before[end:])
    return Apart(start - len(lead), lead, before[start:end], after[start : len(after) - alike], tail, alike - len(tail))


def _words(text: str) -> str:
    """The first words of a text that are near enough; of one without blanks its first letters."""
    near = text[:AROUND]
    return near if len(text) <= AROUND else near.rpartition(" ")[0] or near


def _alike(one: str, other: str) -> int:
    """How many letters two texts begin with alike."""
    return next((at for at, (mine, theirs) in enumerate(zip(one, other, strict=False)) if mine != theirs), min(len(one), len(other)))


def visible(text: str) -> str:
    """A text in which nothing hides: what is not printed, such as a change of direction, stands as its number."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter == "\n" else f"\\u{ord(letter):04x}" for letter in text)
