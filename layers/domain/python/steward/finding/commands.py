"""Commands of finding: by a sentence, by likeness, and the inventory by filters."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from steward.finding import inventory, searching
from steward.finding.alike import Model, model_of, similar
from steward.finding.model import (
    Findings,
    FindSimilar,
    FoundHome,
    GetListing,
    Inventory,
    Proposal,
    Proposals,
    Propose,
    SearchInventory,
    SearchProperties,
    Similar,
)  # fmt: skip
from steward.finding.proposing import proposals
from steward.finding.rules_chips import clauses
from steward.finding.searching import Asked, Asking
from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import NotFound, Unavailable
from steward.kernel.llm import LanguageModel
from steward.kernel.pages import Facet
from steward.kernel.search import Clause, Filter, Found, Fusion
from steward.properties.inputs import GetProperty
from steward.properties.model import PropertyView
from steward.properties.queries import counted


@command(
    "finding.search", scope="read:properties", danger=Danger.READ, tool="hybrid_search", http="POST /search/hybrid",
    aliases=("POST /properties/search",),
)  # fmt: skip
def search(cmd: SearchProperties, ctx: Context) -> Findings:
    """Find properties by a sentence: places, prices, rooms and features in it filter, and the rest is looked for by words and likeness."""
    begun = ctx.door.ports.clock()
    how = Asking(cmd.limit, Fusion(cmd.method, cmd.keyword_weight, cmd.vector_weight), counted(cmd.facets))
    told, model, doubts = _likened(ctx, searching.asked(ctx, cmd))
    others = [Clause("ref", "ne", model.ref)] if model else []
    if model:
        answer, hits = _alike(ctx, model, how, [*clauses(told.chips), *others])
    else:
        answer, notes = searching.found(ctx, told, how)
        hits, doubts = searching.shown(ctx, told, answer.hits, explain=cmd.explain), [*doubts, *notes]
    return Findings(
        query=cmd.query,
        understood=told.understood,
        rest=told.words,
        total=answer.total,
        hits=hits,
        near=searching.nearly(ctx, told, answer.total, others),
        facets=facets_of(answer),
        notes=[*doubts, *([answer.note] if answer.note else [])],
        ms=_since(begun, ctx),
    )


def _likened(ctx: Context, told: Asked) -> tuple[Asked, Model | None, list[str]]:
    """What is asked, and the home that is to be like; where there is none it stays text, and that is told."""
    if not told.like:
        return told, None, []
    try:
        return told, model_of(ctx, str(told.like.value)), []
    except NotFound as error:
        return replace(told, words=f"{told.words} {told.like.value}".strip(), like=None), None, [error.detail]


def _alike(ctx: Context, model: Model, how: Asking, where: Filter) -> tuple[Found, Sequence[FoundHome]]:
    """Homes like one among those that match, and how many match in all."""
    homes, answer = similar(ctx, model, how.limit, where)
    page = searching.listed(ctx, where, Asking(1, facets=how.facets))
    return Found((), page.total, page.facets, note=answer.note or page.note), homes


def facets_of(answer: Found) -> dict[str, list[Facet]]:
    """Counts as an answer tells them."""
    return {name: [Facet(value=value, count=count) for value, count in counts] for name, counts in answer.facets.items()}


def _since(begun: datetime, ctx: Context) -> float:
    return round((ctx.door.ports.clock() - begun).total_seconds() * 1000, 3)


@command("finding.propose", scope="read:properties", danger=Danger.READ, http="POST /search/proposals")
def propose(cmd: Propose, ctx: Context) -> Proposals:
    """Ask the language model of this home, where there is one, which filters the words may mean that no rule understood."""
    told = searching.asked(ctx, SearchProperties(query=cmd.query, understood=cmd.understood))
    model: LanguageModel = ctx.port(LanguageModel)  # type: ignore[type-abstract]
    proposed, notes = list[Proposal](), list[str]()
    if model.model and told.words:
        try:
            proposed = proposals(ctx, cmd.query, told.words, told.chips)
        except Unavailable as error:
            notes.append(error.detail)
    return Proposals(query=cmd.query, understood=told.understood, rest=told.words, proposed=proposed, model=model.model, notes=notes)


@command("finding.similar", scope="read:properties", danger=Danger.READ, tool="find_similar_properties", http="GET /search/similar/{id}")
def find_similar(cmd: FindSimilar, ctx: Context) -> Similar:
    """Find homes like one: of its kind, nearby and alike in their facts and words, each with why."""
    begun = ctx.door.ports.clock()
    id = ctx.call(GetProperty(id=cmd.id)).id
    model = model_of(ctx, id)
    homes, answer = similar(ctx, model, cmd.limit)
    return Similar(id=model.id, ref=model.ref, hits=homes, notes=[answer.note] if answer.note else [], ms=_since(begun, ctx))


@command("finding.inventory", scope="read:properties", danger=Danger.READ, tool="inventory_search", http="GET /inventory/search")
def search_inventory(cmd: SearchInventory, ctx: Context) -> Inventory:
    """Look through the inventory by filters or a sentence, page by page; only what is available, unless a status is asked for."""
    return inventory.page(ctx, cmd)


@command("finding.listing", scope="read:properties", danger=Danger.READ, http="GET /inventory/{id}")
def get_listing(cmd: GetListing, ctx: Context) -> PropertyView:
    """Show one property of the inventory."""
    view: PropertyView = ctx.call(GetProperty(id=cmd.id))
    return view
