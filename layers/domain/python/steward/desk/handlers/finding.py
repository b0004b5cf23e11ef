"""The search that every page has: a sentence becomes chips, and homes with their reasons."""

from pydantic import TypeAdapter, ValidationError

from steward.desk.door import Visit
from steward.desk.handlers.around import page
from steward.desk.views import find
from steward.finding.model import Chip, Findings, SearchProperties
from steward.kernel.errors import Invalid
from steward.surfaces.wire import Response

CHIPS = TypeAdapter(list[Chip])
SHOWN = 50


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/find`"""
    return page(visit, "find", {"title": "Find a home", "it": find.view(found(visit), visit.base)}, here="properties")


def found(visit: Visit) -> Findings:
    """What the address asks for; chips that cannot be read are read from the sentence anew."""
    q, told = visit.asked("q"), visit.asked("chips")
    if told:
        try:
            return visit.ask(SearchProperties(query=q, understood=CHIPS.validate_json(told), limit=SHOWN), Findings)
        except (ValidationError, Invalid):
            pass
    return visit.ask(SearchProperties(query=q[:20_000], limit=SHOWN), Findings)
