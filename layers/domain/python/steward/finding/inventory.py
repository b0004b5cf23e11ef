"""The inventory: pages of what matches, by a field's order or the best match first."""

from dataclasses import replace

from steward.finding import rules_chips, searching
from steward.finding.homes import facts
from steward.finding.model import Chip, Home, Inventory, SearchInventory
from steward.finding.searching import Asked, Asking
from steward.kernel.context import Context
from steward.kernel.errors import Fault, Invalid
from steward.kernel.pages import Facet
from steward.kernel.search import Hits
from steward.properties.index import SPEC
from steward.properties.model import ListingStatus
from steward.properties.queries import counted, sorting

AVAILABLE = Chip(field="listing_status", op="eq", value=ListingStatus.AVAILABLE.value, text="available")
DEEPEST = 1_000
"""How far down a list of best matches goes; one by a field has no end."""


def page(ctx: Context, cmd: SearchInventory) -> Inventory:
    """A page, with how many more there are if a wish is eased."""
    told = searching.asked(ctx, cmd)
    if not cmd.status and not any(chip.field == AVAILABLE.field for chip in told.chips):
        told = replace(told, chips=[*told.chips, AVAILABLE])
    hits = _best(ctx, cmd, told) if told.words and not cmd.sort else _sorted(ctx, cmd, told)
    return Inventory(
        rows=[Home(**facts(row)) for row in hits.rows],
        next_cursor=hits.next,
        total=hits.total,
        facets={name: [Facet(value=value, count=count) for value, count in counts] for name, counts in hits.facets.items()},
        applied=told.chips,
        not_understood=[part for part in (told.words, told.like and told.like.text) if part],
        relaxations=searching.nearly(ctx, told, hits.total),
        notes=[hits.note] if hits.note else [],
    )


def _sorted(ctx: Context, cmd: SearchInventory, told: Asked) -> Hits:
    sort = sorting(cmd.sort) if cmd.sort else searching.BEST
    where = rules_chips.clauses(told.chips)
    return ctx.search.page(SPEC.kind, where, sort=sort, start=cmd.cursor or 0, limit=cmd.limit, facets=counted(cmd.facets))


def _best(ctx: Context, cmd: SearchInventory, told: Asked) -> Hits:
    """The best matches from an offset on."""
    start = _offset(cmd.cursor)
    answer, _ = searching.found(ctx, told, Asking(min(start + cmd.limit, DEEPEST), facets=counted(cmd.facets)))
    shown = answer.hits[start : start + cmd.limit]
    end = start + len(shown)
    more = len(shown) == cmd.limit and end < min(answer.total, DEEPEST)
    rows, ids = [hit.row for hit in shown], [hit.id for hit in shown]
    return Hits(rows, ids, answer.total, str(end) if more else "", answer.facets, answer.as_of, answer.note)


def _offset(cursor: str) -> int:
    if cursor and not (cursor.isascii() and cursor.isdigit() and int(cursor) < DEEPEST):
        raise Invalid(
            "This is no page of this list that was given out; start at its first page.", faults=[Fault("/cursor", "not given out")]
        )
    return int(cursor or 0)
