"""The places a query names: cities with their state, ZIPs, counties, states; misspelt cities too."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from steward.finding.reading.addresses import STREETS, SUFFIXES
from steward.finding.reading.gazette import Gazette, named
from steward.finding.reading.lexicon import foreign, ordinary, phrases
from steward.finding.reading.tokens import Token

_TOWARDS = frozenset("in near around at en de cerca from by within to , or and o y".split())
"""Words after which a word may be a place, however ordinary."""
_ALSO_WORDS = frozenset("in or me hi ok oh la de al co id ma pa mi".split())
"""Codes of states that are words too: read as a state only where a place has just been named."""
_GOES_ON = frozenset(
    ", . $ < <= with for that which at by priced under below over above between near around from less up con por sin without".split()
)
"""What may follow a state that is a word too."""
_AMOUNTS = frozenset("$ < <= > >= - under below over above than most least max min maximum minimum hasta desde upto # no".split())
"""What stands before a number that is no ZIP."""


_BEFORE_ZIP = frozenset({"zip", "zipcode", "code", "postal", "in", "en", "near"})


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a query: from its first token to its last."""

    field: str
    name: str
    first: int
    last: int


class Placing:
    """Finds the spots of one query."""

    def __init__(self, query: str, tokens: Sequence[Token], gazette: Gazette, addresses: Mapping[int, int]) -> None:
        self.query, self.tokens, self.gazette, self.addresses = query, tokens, gazette, addresses
        words = [token.word for token in tokens]
        self.fuzzy = not foreign(words)
        self.shouting = query.isupper()

    def spots(self) -> Iterator[Spot]:
        """Every place, in order; a city is followed by its state."""
        at = 0
        while at < len(self.tokens):
            if at in self.addresses:
                at = self.addresses[at] + 1
                continue
            found = self._zip(at) or self._county(at) or self._city(at) or self._state(at) or self._misspelt(at)
            for spot in found:
                yield spot
                at = spot.last
            at += 1

    def word(self, at: int) -> str:
        """The word at a place of the query; "" beyond its ends."""
        return self.tokens[at].word if 0 <= at < len(self.tokens) else ""

    def _run(self, at: int) -> list[tuple[str, int]]:
        """The words from here, one, two and more together, each with its last token; longest first."""
        words: list[str] = []
        found = []
        for place in range(at, min(at + 2 * self.gazette.longest, len(self.tokens))):
            word = self.tokens[place].word
            if not (word.isalnum() or (words and word in "-.")):
                break
            if word.isalnum():
                words.append(word)
                found.append((named(words), place))
            if len(words) == self.gazette.longest:
                break
        return found[::-1]

    def _zip(self, at: int) -> list[Spot]:
        word, before, after = self.word(at), self.word(at - 1), self.word(at + 1)
        if len(word) != 5 or not word.isdecimal() or before in _AMOUNTS or after in ("$", "k", "dollars", "+"):
            return []
        if phrases().get(after) in ("sqft", "acre", "sqm", "km", "mile", "month") or after in ("sq", "square"):
            return []
        if word not in self.gazette.zips and before not in _BEFORE_ZIP | self.gazette.states.keys():
            return []
        extended = after == "-" and len(self.word(at + 2)) == 4 and self.word(at + 2).isdecimal()
        return [Spot("zip", word, at, at + 2 if extended else at)]

    def _county(self, at: int) -> list[Spot]:
        for words, last in self._run(at):
            name = self.gazette.counties.get(words)
            if name and self.word(last + 1) == "county":
                return [Spot("county", name, at, last + 1), *self._state_after(last + 1)]
            if name and self.word(at - 2) == "condado":
                return [Spot("county", name, at, last)]
        return []

    def _city(self, at: int) -> list[Spot]:
        for words, last in self._run(at):
            if (name := self.gazette.cities.get(words)) and not self._street(at, last):
                state = self._state_after(last)
                if state or not self._ordinary(words, at, last):
                    return [Spot("city", name, at, last), *state]
        return []

    def _street(self, at: int, last: int) -> bool:
        after, before = self.word(last + 1), self.word(at - 1)
        return after in STREETS or (after in SUFFIXES and before.isdecimal())

    def _ordinary(self, words: str, at: int, last: int) -> bool:
        """Whether a city's name is here no more than words: nothing points to a place, and no capital sets it apart."""
        if not ordinary().issuperset(words.split()) or (at == 0 and last == len(self.tokens) - 1):
            return False
        if self.word(at - 1) in ("with", "con", "a", "an") or f"{words} {self.word(last + 1)}" in phrases():
            return True
        return self.word(at - 1) not in _TOWARDS and not (at and self._capital(at))

    def _capital(self, at: int) -> bool:
        letter = self.query[self.tokens[at].start]
        return letter.isupper() and not self.shouting and not self.query.istitle()

    def _state_after(self, last: int) -> list[Spot]:
        """The state that is said with a city, after a comma or none."""
        comma = self.word(last + 1) == ","
        at = last + 2 if comma else last + 1
        for words, end in self._run(at):
            name = self.gazette.states.get(words)
            if name and (words not in _ALSO_WORDS or self._is_state(words, at, comma=comma)):
                return [Spot("state", name, at, end)]
        return []

    def _is_state(self, word: str, at: int, *, comma: bool) -> bool:
        """Whether "in", "or", "me" after a city is a state: something has to follow that does not go on from the word itself."""
        shouted = self.query[self.tokens[at].start : self.tokens[at].end].isupper() and not self.shouting
        following = self.word(at + 1)
        if not shouted and not comma and word not in self.gazette.here:
            return False
        if shouted or not following:
            return True
        if any(words in self.gazette.cities or words in self.gazette.states for words, _ in self._run(at + 1)) or (
            len(following) == 5 and following.isdecimal()
        ):
            return False
        return following in _GOES_ON or following.isdecimal() or phrases().get(following, "text") not in ("text", "neg")

    def _state(self, at: int) -> list[Spot]:
        for words, last in self._run(at):
            name = self.gazette.states.get(words)
            if not name or (len(words) > 2 and words.isalpha() and self._street(at, last)):
                continue
            if len(words) > 2 or self._code(words, at):
                return [Spot("state", name, at, last)]
        return []

    def _code(self, word: str, at: int) -> bool:
        """Whether a code without a city is a state."""
        before = self.word(at - 1)
        if before.isdecimal():
            return False
        shouted = self.query[self.tokens[at].start : self.tokens[at].end].isupper() and not self.shouting
        if word in _ALSO_WORDS or word in phrases():
            return shouted and before in ("in", "en", ",")
        return shouted or before in ("in", "en", "near", "from") or word in self.gazette.here

    def _misspelt(self, at: int) -> list[Spot]:
        if not self.fuzzy or not self.word(at).isalpha() or self.word(at - 1).isdecimal():
            return []
        for words, last in self._run(at):
            if self._strange(words) and (name := self.gazette.misspelt(words)) and not self._street(at, last):
                return [Spot("city", name, at, last), *self._state_after(last)]
        return []

    def _strange(self, words: str) -> bool:
        """Whether words may be a misspelt name: the first and the last say nothing else."""
        known, parts = ordinary(), words.split()
        if len(parts) == 1:
            return words not in known
        ends = {parts[0], parts[-1]}
        return not known.issuperset(parts) and parts[-1] not in known and not any(part in self.gazette.cities for part in ends)
