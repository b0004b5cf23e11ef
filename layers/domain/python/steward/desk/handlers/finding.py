"""The search that every page has: a sentence becomes chips, and homes with their reasons."""

from urllib.parse import parse_qs

from pydantic import TypeAdapter, ValidationError

from steward.desk import query, render
from steward.desk.door import Visit
from steward.desk.forms import fields
from steward.desk.handlers.around import barred, page
from steward.desk.views import crossing, find, kept
from steward.finding.model import Chip, Findings, FindSimilar, Proposals, Propose, SearchProperties, Similar
from steward.finding.model_watchlists import (
    CreateWatchlist,
    DeleteWatchlist,
    ListWatchlists,
    News,
    NewsOfWatchlist,
    WatchlistPage,
    WatchlistView,
)  # fmt: skip
from steward.kernel.errors import Invalid
from steward.kernel.model import Nothing
from steward.properties.inputs import ListProperties, PropertyPage
from steward.surfaces.wire import Response

CHIPS = TypeAdapter(list[Chip])
SHOWN, ALIKE = 50, 6
FACETS = list(find.FACETS)


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/find`"""
    if not visit.asked("q").strip() and not visit.asked("chips"):
        return render.redirect(f"{visit.base}/properties")
    if visit.asked("within"):
        told = narrowed(visit, visit.asked("q"), visit.asked("within"))
        return render.redirect(find.address(f"{visit.base}/find", told.query, told.understood))
    told = found(visit)
    view = {
        "title": "Find a home",
        "it": find.view(told, visit.base),
        "chips": visit.asked("chips"),
        "no_save": barred(visit, "watchlists.create"),
        "first": not (told.total or told.near) and not visit.ask(ListProperties(limit=1), PropertyPage).total,
    }
    return page(visit, "find", view, here="properties")


def narrowed(visit: Visit, q: str, within: str) -> Findings:
    """A search within a list: what the list is narrowed to becomes chips beside those of the sentence."""
    state = query.parse(f"{visit.base}/properties", parse_qs(within))
    asked = {"query": q[:20_000], "limit": 1, **(crossing.wanted(state) or {})}
    return visit.ask(SearchProperties.model_validate(asked), Findings)


def proposed(visit: Visit) -> Response:
    """`GET /w/{desk}/find/proposals`, a part of a search's page: what a model takes its other words for."""
    chips = told_chips(visit.asked("chips")) if visit.asked("chips") else None
    told = visit.ask(Propose.model_validate({"query": visit.asked("q")[:20_000], "understood": chips}), Proposals)
    return page(visit, "proposals", {"title": "What may be meant", "it": find.proposals(told, visit.base)}, here="properties")


def similar(visit: Visit) -> Response:
    """`GET /w/{desk}/properties/{ref}/similar`, a part of a property's page."""
    alike = visit.ask(FindSimilar(id=visit.named["ref"], limit=ALIKE), Similar)
    view = {"title": "Similar homes", "homes": [find.hit(home, visit.base) for home in alike.hits]}
    return page(visit, "similar", view, here="properties")


def save(visit: Visit) -> Response:
    """`POST /w/{desk}/find`: the search, or the list, is kept under a name, and all that are kept are shown; what it finds now is no news.

    The very same search under the same name is kept once.
    """
    told = fields(visit.request.body)
    q, name = told.get("q", "")[:500], told.get("name", "").strip()[:100]
    filters: dict[str, object] = {"understood": told_chips(told.get("chips", ""))} if told.get("chips") else {}
    if told.get("list"):
        filters = {"understood": [chip.model_dump(mode="json") for chip in narrowed(visit, "", told["list"]).understood]}
    asked = CreateWatchlist(name=name or q[:100], query=q, filters=filters)
    there = visit.ask(ListWatchlists(), WatchlistPage).rows
    kept = next((one for one in there if (one.name, one.query, one.filters) == (asked.name, q, filters)), None)
    if kept is None:
        kept = visit.ask(asked, WatchlistView)
        visit.ask(NewsOfWatchlist(id=kept.id), News)
    return render.redirect(f"{visit.base}/searches?done=search-kept#s{kept.ref}")


def searches(visit: Visit) -> Response:
    """`GET /w/{desk}/searches`"""
    return _searches(visit)


def news(visit: Visit) -> Response:
    """`POST /w/{desk}/searches/{ref}/news`: what is new, which counts as seen from then on."""
    told = visit.ask(NewsOfWatchlist(id=visit.named["ref"]), News)
    return _searches(visit, kept.news(told, visit.base))


def forget(visit: Visit) -> Response:
    """`POST /w/{desk}/searches/{ref}/forget`"""
    visit.ask(DeleteWatchlist(id=visit.named["ref"]), Nothing)
    return render.redirect(f"{visit.base}/searches?done=search-forgotten")


def _searches(visit: Visit, told: kept.NewsView | None = None) -> Response:
    found = visit.ask(ListWatchlists(), WatchlistPage)
    view = {"title": "Saved searches", "rows": [kept.row(one, visit.base, visit.now) for one in reversed(found.rows)], "news": told}
    view |= {"no_news": barred(visit, "watchlists.news"), "no_forget": barred(visit, "watchlists.delete")}
    return page(visit, "searches", view, here="properties")


def told_chips(text: str) -> list[dict[str, object]]:
    """The chips that an address carries. Raises Invalid when they are none."""
    try:
        return [chip.model_dump(mode="json") for chip in CHIPS.validate_json(text)]
    except ValidationError as error:
        raise Invalid("The chips of this search cannot be read; search again, then save.") from error


def found(visit: Visit) -> Findings:
    """What the address asks for; chips that cannot be read are read from the sentence anew."""
    q, told = visit.asked("q"), visit.asked("chips")
    if told:
        try:
            return visit.ask(SearchProperties(query=q, understood=CHIPS.validate_json(told), limit=SHOWN, facets=FACETS), Findings)
        except (ValidationError, Invalid):
            pass
    return visit.ask(SearchProperties(query=q[:20_000], limit=SHOWN, facets=FACETS), Findings)
