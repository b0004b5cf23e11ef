"""From a query to what it asks."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from steward.finding.reading.addresses import addresses
from steward.finding.reading.choices import choices
from steward.finding.reading.draft import Draft, Found
from steward.finding.reading.lexicon import STOPS, foreign
from steward.finding.reading.likeness import likeness
from steward.finding.reading.model import Middle, Places, Reading, Understood, nowhere
from steward.finding.reading.placing import Placing
from steward.finding.reading.rules import RULES
from steward.finding.reading.tokens import LONGEST, Token, tokens
from steward.kernel.search import Clause

_ONE_OF = frozenset({"city", "state", "county", "zip", "property_type", "bedrooms", "listing_status"})
"""Fields that a home has one value of: several that are asked for are alternatives."""


def read(query: str, places: Places, today_year: int, *, middle: Middle = nowhere) -> Reading:
    """What a query asks of properties; never raises, whatever was typed. Only its first 1,000 letters are read, the others stay text.
    `middle` is asked where a distance from a place is meant."""
    cut = tokens(query)
    streets = addresses(cut)
    spots = {spot.first: spot for spot in Placing(query, cut, places.gazette, streets).spots()}
    draft = Draft(cut, spots, today_year, places.rents > places.prices, streets, middle)
    draft.lex(bare=foreign([token.word for token in cut]))
    draft.renting = draft.renting or " rent " in draft.line
    draft.like = likeness(draft, query)
    likened = sorted(draft.taken)
    for needed, pattern, make in RULES:
        if needed in draft.line:
            draft.each(pattern, make)
    choices(draft, places.types)
    found = sorted(draft.found, key=lambda one: (one.first, one.last))
    understood = tuple(_understood(few, query, cut) for few in _joined(found))
    like_text = query[cut[likened[0]].start : cut[likened[-1]].end] if draft.like else ""
    return Reading(query, understood, _rest(query, cut, draft.taken), draft.like, like_text)


def clauses(reading: Reading) -> list[Clause]:
    """The filter of a reading."""
    return [Clause(one.field, cast(Any, one.op), one.value) for one in reading.understood]


def _joined(found: Iterable[Found]) -> list[list[Found]]:
    """What was found, alternatives of one field together, and what was said twice."""
    joined: list[list[Found]] = []
    for one in found:
        if same := next((few for few in joined if _alternative(few[0], one)), None):
            same.append(one)
        else:
            joined.append([one])
    return joined


def _alternative(one: Found, other: Found) -> bool:
    if one.field != other.field:
        return False
    return (one.op, one.value) == (other.op, other.value) or (one.field in _ONE_OF and {one.op, other.op} <= {"eq", "in"})


def _understood(found: Sequence[Found], query: str, cut: Sequence[Token]) -> Understood:
    texts = _typed(found, query, cut)
    first = found[0]
    if all((one.op, one.value) == (first.op, first.value) for one in found):
        return Understood(first.field, first.op, first.value, texts)
    values = (value for one in found for value in (one.value if isinstance(one.value, tuple) else (one.value,)))
    return Understood(first.field, "in", tuple(dict.fromkeys(values)), texts)


def _typed(found: Sequence[Found], query: str, cut: Sequence[Token]) -> str:
    """The words that something was read from: as one piece where nothing else stands between them."""
    first, last = min(one.first for one in found), max(one.last for one in found)
    read = {at for one in found for at in range(one.first, one.last + 1)}
    if all(at in read or _idle(cut[at].word) for at in range(first, last)):
        return query[cut[first].start : cut[last].end]
    return ", ".join(dict.fromkeys(query[cut[one.first].start : cut[one.last].end] for one in found))


def _rest(query: str, cut: Sequence[Token], taken: set[int]) -> str:
    """What was not read, without the little words and signs beside what was."""
    if not taken:
        return query.strip()
    left = [at not in taken for at in range(len(cut))]
    for order in (range(len(cut)), reversed(range(len(cut)))):
        edge = True
        for at in order:
            if left[at] and edge and _idle(cut[at].word):
                left[at] = False
            else:
                edge = not left[at]
    runs: list[list[int]] = []
    for at in range(len(cut)):
        if left[at] and runs and runs[-1][1] == at - 1:
            runs[-1][1] = at
        elif left[at]:
            runs.append([at, at])
    texts = [query[cut[first].start : cut[last].end] for first, last in runs]
    return " ".join([*texts, query[LONGEST:].strip()]).strip()


def _idle(word: str) -> bool:
    return word in STOPS or not word.isalnum()
