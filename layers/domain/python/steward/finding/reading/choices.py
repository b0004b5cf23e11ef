"""What is one of a few: places, property types, features, statuses."""

import re
from collections.abc import Collection

from steward.finding.reading.chips import MILE
from steward.finding.reading.draft import Draft, Found
from steward.finding.reading.grammar import at, compiled

FARTHEST = 1_000
"""Kilometres or miles that somebody looks around a place."""
HOMES = frozenset({"home", "homes"})
"""What is a house, unless there is none, or it is to be like one home that may be anything."""
FLATS = {"condo": "apartment", "apartment": "condo"}
"""Two names for the same thing, told apart by who owns it."""
_THE = r"(?: (?:a|an|any|the|in|un|una|en|el|la|near))*"
_SYMBOLS = {"P": "", "S": "listing_status", "T": "property_type"}
_DENIED = [compiled(rf"neg{_THE} {kind}:\w+(?: (?:or|o|neg|and|y){_THE} {kind}:\w+)*") for kind in _SYMBOLS]
_PLACE = compiled(r"P:(?P<at>\d+)")
_AROUND = compiled(
    r"(?:(?:<=|<|upto|~|in) )?(?P<far>#\d+)(?: -)? (?P<unit>km|mile)(?: radius)?(?: (?:of|from|de|del|a|around|~))+"
    r"(?: (?:the|el|la|downtown|central|center|centre|centro|of|de))* P:(?P<at>\d+)"
)
_TYPE = compiled(r"T:(?P<name>\w+)")
_STATUS = compiled(r"S:(?P<name>\w+)")
_ONE = r"(?:#\d+ (?:- )?(?=F:garage))?F:\w+"
_FEATURE = compiled(_ONE)
_NO_FEATURE = compiled(rf"neg{_THE} {_ONE}(?: (?:(?:or|o|neg){_THE}|and|y) {_ONE})*")
_EITHER = compiled(rf"(?:either )?{_ONE}(?: (?:or|o|u)(?: (?:a|an|una?))? {_ONE})+")
_GROUND = compiled(r"lot")
_NO_GROUND = re.compile(r" (?:large|big|huge|corner|double|own|deep|flat|private|level|oversized|spacious|wooded|fenced|nice|the|F:\w+) $")


def choices(draft: Draft, types: Collection[str] | None) -> None:
    """Read what is one of a few; `types` are the property types that there are, None when that is not known."""
    if " neg " in draft.line:
        for pattern in _DENIED:
            draft.each(pattern, _none_of)
    draft.each(_AROUND, _around)
    draft.each(_PLACE, lambda draft, match: [_named(draft, f"P:{match['at']}", draft.span(match))])
    draft.each(_STATUS, lambda draft, match: [_named(draft, match[0], draft.span(match))])
    draft.each(_TYPE, lambda draft, match: _type(draft, match, types))
    draft.each(_NO_FEATURE, lambda draft, match: [Found("features", "ne", name, *draft.span(match)) for name in _names(match)])
    draft.each(_EITHER, _any_of)
    draft.each(_FEATURE, lambda draft, match: [Found("features", "has", _names(match)[0], *draft.span(match))])
    draft.each(_GROUND, _ground)


def _around(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    """So far around the middle of a place; where that is not known, in it."""
    spot, far = draft.spots[int(match["at"])], at(match["far"], draft.numbers).value
    middle = draft.middle(spot.field, spot.name)
    if not 0 < far < FARTHEST:
        return None
    if not middle:
        return [_named(draft, f"P:{match['at']}", draft.span(match))]
    km = round(far * (MILE if match["unit"] == "mile" else 1), 3)
    return [Found("lat", "near", (*middle, km), *draft.span(match))]


def _none_of(draft: Draft, match: re.Match[str]) -> list[Found]:
    return [_named(draft, symbol, draft.span(match), op="ne") for symbol in re.findall(r"[PST]:\w+", match[0])]


def _names(match: re.Match[str]) -> list[str]:
    return re.findall(r"F:(\w+)", match[0])


def _any_of(draft: Draft, match: re.Match[str]) -> list[Found]:
    names = tuple(dict.fromkeys(_names(match)))
    return [Found("features", "in" if len(names) > 1 else "has", names if len(names) > 1 else names[0], *draft.span(match))]


def _named(draft: Draft, symbol: str, span: tuple[int, int], *, op: str = "eq") -> Found:
    kind, name = symbol.split(":")
    if kind == "P":
        spot = draft.spots[int(name)]
        return Found(spot.field, op, spot.name, *span)
    return Found(_SYMBOLS[kind], op, name, *span)


def _type(draft: Draft, match: re.Match[str], types: Collection[str] | None) -> list[Found] | None:
    name = match["name"]
    first, last = draft.span(match)
    after = draft.tokens[last + 1].word if last + 1 < len(draft.tokens) else ""
    if draft.tokens[last].word in ("apt", "piso") and after[:1].isdecimal():
        return None
    if draft.tokens[last].word in HOMES and first == last and (draft.like or (types is not None and name not in types)):
        return []
    if types is not None and name not in types and (other := FLATS.get(name)) in types:
        return [Found("property_type", "in", (name, str(other)), first, last)]
    return [Found("property_type", "eq", name, first, last)]


def _ground(draft: Draft, match: re.Match[str]) -> list[Found] | None:
    """A "lot" is a piece of land, unless it is that of a house."""
    numbered = draft.line.startswith(" #", match.end())
    if numbered or any(one.field == "property_type" for one in draft.found) or _NO_GROUND.search(draft.line, 0, match.start()):
        return None
    return [Found("property_type", "eq", "land", *draft.span(match))]
