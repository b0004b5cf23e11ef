"""What hits shall be like: "similar to property 5", "like #12", "similar to 123 Main St"."""

import re

from steward.finding.reading.draft import Draft
from steward.finding.reading.grammar import compiled

_THE = r"(?: (?:the|la|el|my|a))*(?: (?:property|propiedad|listing|ref|id|T:\w+))?"
_ID = compiled(rf"like{_THE}(?: №)? (?P<id>#\d+|[^\W\d_]+)")
_WRITTEN = re.compile(r"(?=[\w-]*\d)(?=[\w-]*[a-zA-Z])[\w-]{10,}")
_REF = compiled(rf"like{_THE}(?: (?:№|no|number|numero))? (?P<ref>#\d+)")
_STREET = r"(?P<address>address|#\d+(?: [^\W\d_]+| #\d+ (?:th|st|nd|rd))+)"
_ADDRESS = compiled(rf"like{_THE}(?: (?:at|on|en))? {_STREET}")
_TOWN = re.compile(r", P:\d+(?: (?:, )?P:\d+)*(?= )")
"""The places that an address goes on with."""
_WISHING = re.compile(r" (?:would|d|i|we|do|looks|feels) $")
_ENDS = frozenset(
    """
under over with without in for near and or but by within that which built below above between con sin en y o less more around upto
from bed bath < <= > >= ~ neg rent sale price
""".split()
)
_LONGEST = 8


def likeness(draft: Draft, query: str) -> str:
    """The ref or the address; "" when none is said. What was read is taken out of the draft."""
    if " like " not in draft.line:
        return ""
    for pattern, make in ((_ID, _id), (_ADDRESS, _address), (_REF, _ref)):
        for match in pattern.finditer(draft.line):
            if not _WISHING.search(draft.line, 0, match.start()) and (like := make(draft, match, query)):
                return like
    return ""


def _ref(draft: Draft, match: re.Match[str], _query: str) -> str:
    typed = draft.tokens[draft.span(match, "ref")[0]].word
    if not typed.isdecimal() or re.match(r" (?:-? ?(?:bed|bath)|sqft|sqm|acre|/|\$)", draft.line[match.end() :]):
        return ""
    draft.blank(match)
    return typed


def _id(draft: Draft, match: re.Match[str], query: str) -> str:
    """An id as it is written, of letters and digits."""
    first = draft.span(match, "id")[0]
    written = _WRITTEN.match(query, draft.tokens[first].start)
    if not written:
        return ""
    last = max(at for at, token in enumerate(draft.tokens) if token.start < written.end())
    draft.taken.update(range(draft.span(match)[0], last + 1))
    return written[0]


def _address(draft: Draft, match: re.Match[str], query: str) -> str:
    """The words of an address up to one that goes on with the query."""
    start = match.start("address")
    inside = list(draft.within(start, match.end()))
    kept = inside[:1]
    for place, tokens in inside[1:_LONGEST]:
        if draft.line[place:].split(" ", 1)[0] in _ENDS:
            break
        kept.append((place, tokens))
    if len(inside) == len(kept) and (town := _TOWN.match(draft.line, match.end() + 1)):
        kept += draft.within(town.start(), town.end())
    if len(kept) < 2 and kept[0][1][0] == kept[0][1][1]:
        return ""
    end = draft.line.index(" ", kept[-1][0])
    said = re.compile(re.escape(draft.line[match.start() : end])).search(draft.line, match.start())
    assert said
    draft.blank(said)
    first, last = kept[0][1][0], kept[-1][1][1]
    return query[draft.tokens[first].start : draft.tokens[last].end]
