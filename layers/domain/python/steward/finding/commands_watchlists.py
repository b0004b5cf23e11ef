"""Commands on watchlists: searches that are kept, their matches, and what is new since somebody last looked."""

from collections.abc import Sequence

from pydantic import ValidationError

from steward.finding import searching
from steward.finding.model import FoundHome, SearchProperties
from steward.finding.model_watchlists import (
    MOST_LISTS,
    MOST_SEEN,
    SEEN,
    WATCHLISTS,
    CreateWatchlist,
    DeleteWatchlist,
    GetWatchlist,
    Kept,
    ListWatchlists,
    Matches,
    MatchWatchlist,
    News,
    NewsOfWatchlist,
    Seen,
    UpdateWatchlist,
    Watchlist,
    WatchlistPage,
    WatchlistView,
    asked_of,
)  # fmt: skip
from steward.finding.rules_chips import clauses
from steward.finding.searching import Asked, Asking
from steward.kernel.command import Danger, by_id, command
from steward.kernel.context import Context
from steward.kernel.errors import Conflict, Fault, Invalid, NotFound
from steward.kernel.ids import derive
from steward.kernel.model import Nothing
from steward.kernel.search import Hit, Hits, Sort
from steward.properties.index import SPEC

OWN = frozenset({"query", "q", "limit", "facets", "explain"})
"""What a watchlist says elsewhere, or each look by itself."""


def load(ctx: Context, told: str) -> Watchlist:
    """The watchlist of an id or a ref. Raises NotFound."""
    by_ref = derive(ctx.workspace, WATCHLISTS.kind, int(told)) if told.isascii() and told.isdigit() and len(told) < 10 else told
    found = next((one for one in WATCHLISTS.many(ctx, list(dict.fromkeys([by_ref, told]))) if one), None)
    if found is None:
        raise NotFound(f"There is no watchlist '{told[:64]}' in this workspace; `list_watchlists` lists them.")
    return found


BY_ID = by_id(id=lambda ctx, told: load(ctx, told).id)


@command("watchlists.create", scope="write:properties", danger=Danger.WRITE, tool="save_watchlist", http="POST /watchlists")
def create_watchlist(cmd: CreateWatchlist, ctx: Context) -> WatchlistView:
    """Keep a search under a name, so that its matches and its news can be asked for."""
    if len(WATCHLISTS.page(ctx, limit=MOST_LISTS)[0]) >= MOST_LISTS:
        raise Invalid(f"There are {MOST_LISTS} watchlists already; delete one first.")
    _check(cmd)
    ref = ctx.refs(WATCHLISTS.kind)
    made = Watchlist(
        **cmd.model_dump(exclude_none=True), id=ctx.new_id(WATCHLISTS.kind, ref), ref=ref, created_at=ctx.now, updated_at=ctx.now,
        owner_id=ctx.actor.member or ctx.actor.id,
    )  # fmt: skip
    searching.asked(ctx, _search(made))
    return _view(WATCHLISTS.insert(ctx, made))


@command("watchlists.list", scope="read:properties", danger=Danger.READ, tool="list_watchlists", http="GET /watchlists")
def list_watchlists(cmd: ListWatchlists, ctx: Context) -> WatchlistPage:
    """List the searches that are kept."""
    found = [one for one in WATCHLISTS.page(ctx, limit=MOST_LISTS)[0] if one.active or not cmd.active]
    return WatchlistPage(rows=[_view(one) for one in found], total=len(found))


@command("watchlists.get", scope="read:properties", danger=Danger.READ, http="GET /watchlists/{id}")
def get_watchlist(cmd: GetWatchlist, ctx: Context) -> WatchlistView:
    """Show a search that is kept."""
    return _view(load(ctx, cmd.id))


@command("watchlists.update", scope="write:properties", danger=Danger.WRITE, http="PATCH /watchlists/{id}", spelt=BY_ID)
def update_watchlist(cmd: UpdateWatchlist, ctx: Context) -> WatchlistView:
    """Change a search that is kept."""
    known = load(ctx, cmd.id)
    if ctx.expected_version is not None and ctx.expected_version != known.version:
        raise Conflict(f"Watchlist {known.ref} was changed since you read it; read it again.", current=known.version, stale=True)
    _check(cmd)
    changed = known.model_copy(update=cmd.model_dump(exclude_none=True, exclude={"id"}))
    searching.asked(ctx, _search(changed))
    return _view(WATCHLISTS.replace(ctx, changed) if changed != known else known)


@command("watchlists.delete", scope="write:properties", danger=Danger.WRITE, http="DELETE /watchlists/{id}", spelt=BY_ID)
def delete_watchlist(cmd: DeleteWatchlist, ctx: Context) -> Nothing:
    """Forget a search that is kept, and what was seen of it."""
    known = load(ctx, cmd.id)
    if seen := SEEN.get(ctx, known.id):
        SEEN.remove(ctx, seen)
    WATCHLISTS.remove(ctx, known)
    return Nothing()


@command("watchlists.matches", scope="read:properties", danger=Danger.READ, http="GET /watchlists/{id}/matches")
def match_watchlist(cmd: MatchWatchlist, ctx: Context) -> Matches:
    """Show what matches a search that is kept, the best first."""
    known = load(ctx, cmd.id)
    told = searching.asked(ctx, _search(known))
    answer, _ = searching.found(ctx, told, Asking(cmd.limit))
    hits = searching.shown(ctx, told, answer.hits)
    return Matches(id=known.id, ref=known.ref, understood=told.chips, rest=told.words, total=answer.total, hits=hits)


@command("watchlists.news", scope="write:properties", danger=Danger.WRITE, http="POST /watchlists/{id}/news", spelt=BY_ID)
def news_of_watchlist(cmd: NewsOfWatchlist, ctx: Context) -> News:
    """Tell what matches a kept search that did not when its news were last asked for, and what was changed; it counts as seen then."""
    known = load(ctx, ctx.call(GetWatchlist(id=cmd.id)).id)  # who may write but not read is shown no homes
    told = searching.asked(ctx, _search(known))
    page, seen = _newest(ctx, told), SEEN.get(ctx, known.id)
    before = seen.homes if seen else {}
    versions = {id: int(str(row["version"])) for id, row in zip(page.ids, page.rows, strict=True)}
    new = [id for id in page.ids if id not in before]
    changed = [id for id in page.ids if id in before and before[id] != versions[id]]
    _keep(ctx, known, seen, versions)
    show = dict(zip(page.ids, _hits(ctx, told, page), strict=True))
    return News(
        id=known.id, ref=known.ref, since=known.checked_to, news=len(new), changes=len(changed),
        new=[show[id] for id in new[: cmd.limit]], changed=[show[id] for id in changed[: cmd.limit]],
    )  # fmt: skip


def _newest(ctx: Context, told: Asked) -> Hits:
    """The newest properties that match; of one with words those that are found by them."""
    if not told.words:
        return ctx.search.page(SPEC.kind, clauses(told.chips), sort=Sort("ref", descending=True), limit=MOST_SEEN)
    answer, _ = searching.found(ctx, told, Asking(MOST_SEEN))
    hits = [hit for hit in answer.hits if hit.keyword is not None]
    return Hits([hit.row for hit in hits], [hit.id for hit in hits], len(hits))


def _hits(ctx: Context, told: Asked, page: Hits) -> Sequence[FoundHome]:
    return searching.shown(ctx, told, [Hit(id, row, 1.0) for id, row in zip(page.ids, page.rows, strict=True)])


def _keep(ctx: Context, known: Watchlist, seen: Seen | None, versions: dict[str, int]) -> None:
    """Note what was seen, and when."""
    if seen is None:
        SEEN.insert(ctx, Seen(id=known.id, created_at=ctx.now, updated_at=ctx.now, homes=versions))
    elif seen.homes != versions:
        SEEN.replace(ctx, seen.model_copy(update={"homes": versions}))
    WATCHLISTS.replace(ctx, known.model_copy(update={"checked_to": ctx.now}))


def _check(cmd: Kept) -> None:
    """Raises Invalid, naming the filter, for filters that no search takes."""
    filters = dict(cmd.filters or {})
    if wrong := sorted(OWN & filters.keys()):
        raise Invalid(f"'{wrong[0]}' is no filter of a watchlist.", faults=[Fault(f"/filters/{wrong[0]}", "not taken here")])
    try:
        asked_of("", filters)
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(str(part) for part in first["loc"])
        detail = f"The filter '{where[:60]}' cannot be taken: {first['msg']}."
        raise Invalid(detail, faults=[Fault(f"/filters/{where}", first["msg"])]) from error


def _search(known: Watchlist) -> SearchProperties:
    return asked_of(known.query, known.filters)


def _view(known: Watchlist) -> WatchlistView:
    return WatchlistView(**known.model_dump(include=set(WatchlistView.model_fields)))
