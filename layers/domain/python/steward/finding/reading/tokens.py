"""A query cut into words, numbers and signs, each with its place in the query, so that nothing of it is lost."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 1_000
"""Characters that are read; what comes after stays text."""

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|(?<![\w.])\.\d+|(?:m|ft|mts?)[2²](?!\w)|[^\W\d_]+|[<>]=|[^\s'’]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word in lower case without accents, a number as typed, or a sign; from `start` to `end` of the query."""

    word: str
    start: int
    end: int


def tokens(query: str) -> list[Token]:
    """The tokens of a query, in order. An apostrophe parts words and is none itself."""
    return [Token(found.group(), *found.span()) for found in _TOKEN.finditer(plain(query[:LONGEST]))]


def plain(text: str) -> str:
    """Lower case and without accents, letter for letter: a place in it is the same place in the text."""
    return text.lower() if text.isascii() else "".join(map(_letter, text))


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    bare = unicodedata.normalize("NFD", letter)[0].lower()
    return bare if len(bare) == 1 else letter
