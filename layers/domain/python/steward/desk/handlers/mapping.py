"""The map of the list of properties: as part of its page, and as what a browser draws it from."""

import json
from collections.abc import Mapping

from steward.desk import query
from steward.desk.door import Visit
from steward.desk.query import State
from steward.desk.views import hints, plat
from steward.desk.views.plat import MapPart
from steward.properties.map_model import MapProperties, MapView
from steward.surfaces.wire import Response


def drawn_for(visit: Visit, state: State) -> MapPart | None:
    """The map of a page, None where its layout has none."""
    if state.layout == "table":
        return None
    seen = visit.ask(MapProperties.model_validate(asked(state)), MapView)
    return plat.part(seen, ground(visit, state, seen), state)


def marks(visit: Visit) -> Response:
    """`GET /w/{desk}/properties.map`: what lies in an area of the same list."""
    state = query.parse(f"{visit.base}/properties", visit.request.query)
    hints.refuse(state)
    seen = visit.ask(MapProperties.model_validate(asked(state)), MapView)
    body = json.dumps(plat.marks(seen, ground(visit, state, seen)), separators=(",", ":")).encode()
    return Response(200, {"Content-Type": "application/json", "Cache-Control": "no-cache, private", "Vary": "Cookie"}, body)


def asked(state: State) -> Mapping[str, str]:
    """A list's filters and order as its map asks for them."""
    return {**state.filters, "q": state.q, "sort": state.sort}


def ground(visit: Visit, state: State, seen: MapView) -> MapView:
    """All homes of the area that is seen, whether they match or not: streets are made of them."""
    narrowed = state.q or any(name != "bbox" for name in state.filters)
    if not narrowed or seen.bbox is None:
        return seen
    return visit.ask(MapProperties(bbox=plat.text_of(seen.bbox), groups=False), MapView)
