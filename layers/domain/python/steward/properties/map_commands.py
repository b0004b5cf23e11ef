"""A list of properties as a map."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.pages import MAX_PAGE
from steward.kernel.search import Clause, Filter, Hits, Sort
from steward.properties import queries
from steward.properties.index import SPEC
from steward.properties.map_model import MapGroup, MapHome, MapProperties, MapTown, MapView
from steward.properties.rules_map import Box, Place, box_of, frame, middle, quarters, wider, within

PLACED = (Clause("lat", "known"), Clause("lon", "known"))
SAMPLED, HELD, LOOKS = 250, 0.98, 6
"""Homes in each of several orders that a frame is first guessed from, and the places of groups; the share a frame has to hold; how often
it is widened until it does."""
ORDERS = (Sort("ref"), Sort("ref", descending=True), Sort("price"), Sort("price", descending=True))
DEEP, TOWNS = 3, 12
"""How often the map is quartered for groups, and how many towns are named."""


@command("properties.map", scope="read:properties", danger=Danger.READ, http="GET /properties/map")
def map_properties(cmd: MapProperties, ctx: Context) -> MapView:
    """Show the properties of a list on a map: where each is, or where there are many how many lie where."""
    where = queries.clauses(cmd.model_copy(update={"bbox": ""}), ctx.workspace)
    total, placed = ctx.search.count(SPEC.kind, [where, [*where, *PLACED]]).totals
    where = [*where, *PLACED]
    box = box_of(cmd.bbox) or _frame(ctx, where, placed)
    if box is None:
        return MapView(total=total, placed=0, within=0)
    where = [*where, *within(box)]
    counted = ctx.search.page(SPEC.kind, where, sort=ORDERS[0], limit=1, facets=["city"])
    seen: dict[str, Any] = {}
    if counted.total > cmd.most and cmd.groups:
        cities = [(str(city), count) for city, count in counted.facets["city"] if city][:TOWNS]
        seen = {"groups": _groups(ctx, where, box), "towns": [_town(ctx, where, city, count) for city, count in cities]}
    elif counted.total <= cmd.most:
        rows = list(_rows(ctx, where, queries.sorting(cmd.sort)))
        seen = {"homes": [_home(row) for row in rows], "towns": _towns(rows)}
    return MapView(total=total, placed=placed, within=counted.total, bbox=box, **seen)


def _frame(ctx: Context, where: Filter, placed: int) -> Box | None:
    """The frame of all that match: of few from each, of many from a sample, widened until it holds nearly all."""
    if placed <= MAX_PAGE:
        return frame(_places(ctx.search.page(SPEC.kind, where, sort=ORDERS[0], limit=MAX_PAGE)))
    found = frame([place for sort in ORDERS for place in _places(ctx.search.page(SPEC.kind, where, sort=sort, limit=SAMPLED))])
    for _ in range(LOOKS):
        if found is None or ctx.search.count(SPEC.kind, [[*where, *within(found)]]).totals[0] >= placed * HELD:
            break
        found = wider(found, 0.3)
    return found


def _places(hits: Hits) -> list[Place]:
    return [_at(row) for row in hits.rows]


def _at(row: Mapping[str, Any]) -> Place:
    return float(row["lon"]), float(row["lat"])


def _rows(ctx: Context, where: Filter, sort: Sort) -> Iterator[Mapping[str, Any]]:
    start: int | str = 0
    while start != "":
        hits = ctx.search.page(SPEC.kind, where, sort=sort, start=start, limit=MAX_PAGE)
        yield from hits.rows
        start = hits.next


def _groups(ctx: Context, where: Filter, box: Box) -> list[MapGroup]:
    """How many lie in each part of the box, counted exactly; empty parts are left out."""
    parts = [box]
    for _ in range(DEEP):
        parts = [quarter for part in parts for quarter in quarters(part)]
    totals = ctx.search.count(SPEC.kind, [[*where, *within(part)] for part in parts]).totals
    some = [place for sort in ORDERS for place in _places(ctx.search.page(SPEC.kind, where, sort=sort, limit=SAMPLED))]
    return [_group(part, count, some) for part, count in zip(parts, totals, strict=True) if count]


def _group(part: Box, count: int, some: Sequence[Place]) -> MapGroup:
    """Where some of its homes lie, or else in its middle."""
    west, south, east, north = part
    here = [(lon, lat) for lon, lat in some if west <= lon <= east and south <= lat <= north]
    lon, lat = middle(here or [(west, south), (east, north)])
    return MapGroup(lat=lat, lon=lon, count=count, bbox=part)


def _town(ctx: Context, where: Filter, city: str, count: int) -> MapTown:
    hits = ctx.search.page(SPEC.kind, [*where, Clause("city", "eq", city)], sort=ORDERS[0], limit=SAMPLED)
    return _named(city, _places(hits), count)


def _towns(rows: Sequence[Mapping[str, Any]]) -> list[MapTown]:
    towns: dict[str, list[Place]] = {}
    for row in rows:
        if row.get("city"):
            towns.setdefault(row["city"], []).append(_at(row))
    most = sorted(towns.items(), key=lambda town: (-len(town[1]), town[0]))[:TOWNS]
    return [_named(city, places, len(places)) for city, places in most]


def _named(city: str, places: Sequence[Place], count: int) -> MapTown:
    lon, lat = middle(places)
    return MapTown(name=city, lat=lat, lon=lon, count=count)


def _home(row: Mapping[str, Any]) -> MapHome:
    value = row.get("valuation", {})
    known = {name: row[name] for name in ("ref", "lat", "lon", "address", "city", "zip", "asking_price") if name in row}
    parcel = row.get("parcel") or row.get("source_id")
    return MapHome(**known, parcel=parcel, estimate=(value.get("estimate") or {}).get("value"), score=value.get("score"))
