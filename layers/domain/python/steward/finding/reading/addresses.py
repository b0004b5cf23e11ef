"""Street addresses in a query: they stay text as they are, whatever their words say elsewhere."""

from collections.abc import Sequence

from steward.finding.reading.lexicon import STOPS, phrases
from steward.finding.reading.tokens import Token

STREETS = frozenset("street avenue ave road rd blvd boulevard lane drive parkway pkwy highway hwy".split())
SUFFIXES = STREETS | frozenset("st dr ln ct court pl place ter terrace cir circle way".split())
_ORDINALS = frozenset({"st", "nd", "rd", "th"})
_DIRECTIONS = frozenset("n s e w ne nw se sw north south east west".split())
_UNITS = frozenset({"apt", "unit", "suite", "ste", "#"})
_MOST = 4
"""Words between a number and its street's suffix."""


def addresses(tokens: Sequence[Token]) -> dict[int, int]:
    """The first and the last token of each: a house number, a name, the kind of street, what follows of direction and unit."""
    words = [token.word for token in tokens]
    found: dict[int, int] = {}
    at = 0
    while at < len(words):
        last = _address(words, at) if words[at].isdecimal() and len(words[at]) <= 6 else at
        if last > at:
            found[at] = last
        at = max(last, at) + 1
    return found


def _address(words: Sequence[str], at: int) -> int:
    """The last word of the address that begins at a number; the number's own place when none does."""
    place = at + 1
    for _ in range(_MOST + 1):
        word = _at(words, place)
        if word.isdecimal() and _at(words, place + 1) in _ORDINALS:
            place += 2
        elif word in SUFFIXES and place > at + 1 and words[place - 1] not in _DIRECTIONS:
            return _unit(words, place)
        elif word in _DIRECTIONS or _names(word):
            place += 1
        else:
            break
    return at


def _names(word: str) -> bool:
    return word.isalpha() and word not in STOPS and phrases().get(word, "F:").startswith("F:")


def _unit(words: Sequence[str], last: int) -> int:
    if _at(words, last + 1) in _DIRECTIONS:
        last += 1
    return last + 2 if _at(words, last + 1) in _UNITS and _at(words, last + 2).isalnum() else last


def _at(words: Sequence[str], place: int) -> str:
    return words[place] if place < len(words) else ""
