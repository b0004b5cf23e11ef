"""Looking for homes: what was asked becomes chips and words, these become a wish, and its hits come back with their reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from steward.finding import rules_chips, rules_reasons
from steward.finding.homes import facts, records, vector_of
from steward.finding.model import Chip, FoundHome, NearMiss, SearchProperties, Wanted
from steward.finding.places import Known, known_places, middle
from steward.finding.rules_reasons import TEXTS
from steward.finding.understanding import understand
from steward.kernel.context import Context
from steward.kernel.search import Filter, Found, Fusion, Hit, Sort, Wish
from steward.properties.index import SPEC

BEST = Sort("score", descending=True)
"""How homes stand that match a wish equally: the best deals first."""
DEPTH = 50
WEIGHED = Fusion()
NEAR = 4
"""Near misses that are told."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: chips that all hold, words, and the chip of what it is to be like."""

    query: str
    chips: Sequence[Chip]
    words: str
    like: Chip | None = None

    @property
    def understood(self) -> Sequence[Chip]:
        """All that was understood."""
        return [self.like, *self.chips] if self.like else self.chips


def asked(ctx: Context, cmd: Wanted) -> Asked:
    """What a query and its filters say. Raises Invalid naming the filter that cannot be read."""
    known = known_places(ctx)
    chips, rest = understand(cmd.query, known, ctx.now.year, partial(middle, ctx))
    if isinstance(cmd, SearchProperties):
        chips = list(cmd.understood) if cmd.understood is not None else chips
        chips = [chip for chip in chips if chip.text not in cmd.without]
    told, unknown = _area(cmd.area, known)
    chips = [*chips, *told, *rules_chips.filters(cmd, known.spelling)]
    like, chips = rules_chips.likened(chips)
    return Asked(cmd.query, _once(chips), f"{rest} {unknown}".strip(), like)


def _area(told: str, known: Known) -> tuple[list[Chip], str]:
    """The chip of a place of any kind, or the words of one that is not known here."""
    place = known.area(told) if told else None
    return ([Chip(field=place[0], op="eq", value=place[1], text=told)], "") if place else ([], told)


def _once(chips: Sequence[Chip]) -> list[Chip]:
    return [chip for place, chip in enumerate(chips) if chip not in chips[:place]]


@dataclass(frozen=True, slots=True)
class Asking:
    """How many hits, how words and likeness become one, and what is counted besides."""

    limit: int = 10
    fusion: Fusion = WEIGHED
    facets: Sequence[str] = ()


def found(ctx: Context, told: Asked, how: Asking, besides: Sequence[str] = ()) -> tuple[Found, Sequence[str]]:
    """The best hits, and what is to be said of how they were found. Where words find less than matches, the rest follows."""
    where = rules_chips.clauses(told.chips)
    if not told.words:
        return listed(ctx, where, how), ()
    vector, note = vector_of(ctx, told.words)
    wish = Wish(told.words, vector, where, how.limit, max(DEPTH, how.limit), how.fusion, besides)
    answer = ctx.search.find(SPEC.kind, wish, facets=how.facets)
    left = min(how.limit, answer.total) - len(answer.hits)
    if told.chips and left > 0:
        have = {hit.id for hit in answer.hits}
        more = [hit for hit in listed(ctx, where, Asking(how.limit)).hits if hit.id not in have][:left]
        answer = replace(answer, hits=[*answer.hits, *(replace(hit, score=0.0) for hit in more)])
    return answer, [note] if note else ()


def listed(ctx: Context, where: Filter, how: Asking) -> Found:
    """What matches filters alone; all of it matches wholly."""
    page = ctx.search.page(SPEC.kind, where, sort=BEST, limit=how.limit, facets=how.facets)
    hits = [Hit(id, row, 1.0 if where else 0.0) for id, row in zip(page.ids, page.rows, strict=True)]
    return Found(hits, page.total, page.facets, page.as_of, page.note)


def shown(ctx: Context, told: Asked, hits: Sequence[Hit], *, explain: bool = True) -> list[FoundHome]:
    """Hits with their reasons."""
    words = rules_reasons.telling(told.words) if explain else []
    whole = records(ctx, [hit.id for hit in hits if hit.keyword is not None]) if words else {}
    matched = rules_reasons.matching(told.chips) if explain else []
    return [_shown(hit, [*matched, *_reasons(hit, words, _texts(whole.get(hit.id)))] if explain else ()) for hit in hits]


def _shown(hit: Hit, reasons: Sequence[str]) -> FoundHome:
    keyword, vector = (None if score is None else round(score, 4) for score in (hit.keyword, hit.vector))
    return FoundHome(**facts(hit.row), keyword=keyword, vector=vector, score=round(hit.score, 4), reasons=reasons)


def _texts(home: Any) -> Mapping[str, str]:
    return {name: str(getattr(home, name, None) or "") for name in TEXTS} if home else {}


def _reasons(hit: Hit, words: Sequence[str], texts: Mapping[str, str]) -> list[str]:
    return [*rules_reasons.mentions(words, texts), *rules_reasons.likeness(hit.vector)]


def nearly(ctx: Context, told: Asked, total: int, besides: Filter = ()) -> list[NearMiss]:
    """How many more there are with a wish less, at most a few; each is counted exactly. `besides` holds of all that is counted."""
    easings = rules_chips.easings(told.chips)
    if not easings:
        return []
    totals = ctx.search.count(SPEC.kind, [[*rules_chips.clauses(easing.chips), *besides] for easing in easings]).totals
    misses = [(easing, count - total) for easing, count in zip(easings, totals, strict=True) if count > total]
    return [_missed(told, easing, more) for easing, more in misses[:NEAR]]


def _missed(told: Asked, easing: rules_chips.Easing, more: int) -> NearMiss:
    understood = replace(told, chips=easing.chips).understood
    return NearMiss(text=f"{more:,} more {easing.more}", field=easing.field, more=more, query=told.query, understood=understood)
