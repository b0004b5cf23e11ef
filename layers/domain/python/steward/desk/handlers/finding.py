"""The search that every page has: a sentence becomes chips, and homes with their reasons."""

from pydantic import TypeAdapter, ValidationError

from steward.desk import render
from steward.desk.door import Visit
from steward.desk.handlers.around import page
from steward.desk.views import find
from steward.finding.model import Chip, Findings, FindSimilar, SearchProperties, Similar
from steward.kernel.errors import Invalid
from steward.surfaces.wire import Response

CHIPS = TypeAdapter(list[Chip])
SHOWN, ALIKE = 50, 6
FACETS = list(find.FACETS)


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/find`"""
    if not visit.asked("q").strip() and not visit.asked("chips"):
        return render.redirect(f"{visit.base}/properties")
    return page(visit, "find", {"title": "Find a home", "it": find.view(found(visit), visit.base)}, here="properties")


def similar(visit: Visit) -> Response:
    """`GET /w/{desk}/properties/{ref}/similar`, a part of a property's page."""
    alike = visit.ask(FindSimilar(id=visit.named["ref"], limit=ALIKE), Similar)
    view = {"title": "Similar homes", "homes": [find.hit(home, visit.base) for home in alike.hits]}
    return page(visit, "similar", view, here="properties")


def found(visit: Visit) -> Findings:
    """What the address asks for; chips that cannot be read are read from the sentence anew."""
    q, told = visit.asked("q"), visit.asked("chips")
    if told:
        try:
            return visit.ask(SearchProperties(query=q, understood=CHIPS.validate_json(told), limit=SHOWN, facets=FACETS), Findings)
        except (ValidationError, Invalid):
            pass
    return visit.ask(SearchProperties(query=q[:20_000], limit=SHOWN, facets=FACETS), Findings)
