"""A query in work: its tokens as a line of symbols, and what was read from them so far."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from steward.finding.reading.lexicon import longest, phrases
from steward.finding.reading.model import Middle, nowhere
from steward.finding.reading.numbers import Number, number
from steward.finding.reading.placing import Spot
from steward.finding.reading.tokens import Token
from steward.kernel.search import Scalar

GONE = "\x00"
"""Stands in the line for what was read already: nothing is read across it."""
_NEGATED = re.compile(r" neg(?: (?:a|an|any|the|in|un|una|en|el|la|near|for|with|with a))? $")


@dataclass(slots=True)
class Found:
    """A condition with the tokens it was read from."""

    field: str
    op: str
    value: Scalar | tuple[Scalar, ...]
    first: int
    last: int


@dataclass(slots=True)
class Draft:
    """`line` is the symbols, each between two spaces; `starts` says which tokens the symbol at a place of the line stands for."""

    tokens: Sequence[Token]
    spots: dict[int, Spot]
    year: int
    renting: bool
    addresses: Mapping[int, int] = field(default_factory=dict)
    middle: Middle = nowhere
    numbers: list[Number] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    like: str = ""
    line: str = " "
    starts: dict[int, tuple[int, int]] = field(default_factory=dict)

    def lex(self, *, bare: bool) -> None:
        """Write the line. `bare` knows no phrases, only places."""
        at, parts, length = 0, [], 1
        while at < len(self.tokens):
            symbol, last = self._symbol(at, bare=bare)
            if symbol:
                parts.append(symbol)
                self.starts[length] = (at, last)
                length += len(symbol) + 1
            at = last + 1
        self.line = " " + "".join(f"{part} " for part in parts)

    def _symbol(self, at: int, *, bare: bool) -> tuple[str, int]:
        """The symbol of a token and those that belong to it, with the last of them; "" for a point, which says nothing."""
        if at in self.addresses:
            return "address", self.addresses[at]
        if spot := self.spots.get(at):
            return f"P:{at}", spot.last
        if bare:
            return "text", at
        symbol, last = self._phrase(at)
        if symbol and last > at:
            return symbol, last
        if (said := number(self.tokens, at)) and not any(place in self.spots for place in range(at, said[1])):
            self.numbers.append(said[0])
            return f"#{len(self.numbers) - 1}", said[1] - 1
        word = self.tokens[at].word
        return symbol or {".": "", "#": "№"}.get(word, word), at

    def _phrase(self, at: int) -> tuple[str, int]:
        """The longest phrase that begins here, over hyphens, points and slashes within it."""
        words, best, known = "", ("", at), phrases()
        count, most = 0, longest()
        for place in range(at, len(self.tokens)):
            word = self.tokens[place].word
            if place in self.spots or place in self.addresses or count == most:
                break
            if word in "-./&" and words:
                continue
            words = f"{words} {word}" if words else word
            count += 1
            if words in known:
                best = (known[words], place)
        return best

    def each(self, pattern: re.Pattern[str], make: "Callable[[Draft, re.Match[str]], list[Found] | None]") -> None:
        """Read what matches a pattern; `make` gives None where it means nothing. What is denied stays text."""
        at = 0
        while match := pattern.search(self.line, at):
            at = match.start() + 1
            denied = _NEGATED.search(self.line, 0, match.start()) if " neg " in self.line else None
            found = None if denied else make(self, match)
            if denied:
                self.blank(match, read=False)
            if found is not None:
                self.found += found
                self.blank(match)

    def span(self, match: re.Match[str], group: int | str = 0) -> tuple[int, int]:
        """The first and the last token of a match."""
        inside = [tokens for place, tokens in self.within(*match.span(group))]
        return inside[0][0], inside[-1][1]

    def within(self, start: int, end: int) -> Iterator[tuple[int, tuple[int, int]]]:
        """The symbols between two places of the line, with their tokens."""
        place = start
        while place < end:
            if place in self.starts:
                yield place, self.starts[place]
            place = self.line.find(" ", place) + 1 or end

    def blank(self, match: re.Match[str], group: int | str = 0, *, read: bool = True) -> None:
        """Take a match out of the line; `read` when it was understood, so that it is no text either."""
        start, end = match.span(group)
        if read:
            for _, (first, last) in self.within(start, end):
                self.taken.update(range(first, last + 1))
        gone = "".join(" " if letter == " " else GONE for letter in self.line[start:end])
        self.line = self.line[:start] + gone + self.line[end:]
