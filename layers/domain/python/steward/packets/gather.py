"""Gathering: from the record of a property and its neighbours to the facts a memo rests on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import ceil, cos, floor, radians
from typing import Any, cast

from steward.kernel.context import Context
from steward.kernel.money import to_cents
from steward.kernel.search import Clause, Filter, Sort
from steward.packets.facts import Comp, Estimate, Home, Known, MemoFacts, Part, Sale, Score
from steward.packets.figures.streets import HALF_MILE, METRES_A_DEGREE, Place
from steward.packets.said import label_of, numbered, table, value_of
from steward.packets.words import day, listed, short
from steward.properties.facts import WARNINGS
from steward.properties.model import Lines, PropertyView, SourceView
from steward.runs.model import GetRun, RunView
from steward.scoring.comparables import ENOUGH, MILE, REACHES, Candidate, Chosen, Comparison, Reach, Subject, compare
from steward.workspaces.model import GetWorkspace, WorkspaceView

MOST = 1_000
LONGEST_NAME = 60
"""Letters of an import's name that a memo has room for."""
AROUND, MOST_AROUND = 1.9, 500
"""How far neighbours dot the map, in times the farthest comparable sale or half a mile, and how many of them at most."""

Row = Mapping[str, Any]
"""A property as a list shows it: a PropertyRow's JSON."""


def near(ctx: Context, at: Place, metres: float, *, where: Filter = (), most: int = MOST) -> list[Row]:
    """Listed properties within a square of `metres` to each side for which more may hold; newest sales first."""
    north, east = metres / METRES_A_DEGREE, metres / METRES_A_DEGREE / cos(radians(at[1]))
    square = [
        Clause("lat", "gte", at[1] - north), Clause("lat", "lte", at[1] + north),
        Clause("lon", "gte", at[0] - east), Clause("lon", "lte", at[0] + east),
    ]  # fmt: skip
    newest = Sort("last_sale_date", descending=True)
    return list(cast(Sequence[Row], ctx.search.page("property", [*square, *where], sort=newest, limit=most).rows))


def compared(ctx: Context, home: PropertyView) -> tuple[Comparison, Mapping[str, Row]] | None:
    """The comparable sales of a home by the nearest reach that finds enough, and their rows; None where it is nowhere."""
    if home.lat is None or home.lon is None:
        return None
    estimate = home.valuation.estimate
    today = estimate.as_of if estimate else ctx.now.date()
    value = to_cents(estimate.value) if estimate else None
    subject = Subject(home.id, home.lat, home.lon, today, home.living_area_sqft, str(home.property_type or ""), value)
    for reach in REACHES:
        rows = {str(row["id"]): row for row in near(ctx, (home.lon, home.lat), reach.metres, where=_alike(subject, reach))}
        comparison = compare(subject, [_candidate(row) for row in rows.values()], reach)
        if len(comparison.chosen) >= ENOUGH:
            break
    return comparison, rows


def _alike(subject: Subject, reach: Reach) -> list[Clause]:
    """What a list can tell of a reach, so that few rows are read; `compare` looks closely."""
    since = subject.as_of - timedelta(days=reach.days)
    clauses = [Clause("last_sale_date", "gte", int(since.strftime("%Y%m%d")))]
    if subject.area:
        clauses.append(Clause("living_area_sqft", "gte", floor(subject.area * (1 - reach.size))))
        clauses.append(Clause("living_area_sqft", "lte", ceil(subject.area * (1 + reach.size))))
    return clauses


def _candidate(row: Row) -> Candidate:
    at_sale = row.get("valuation", {}).get("at_sale")
    said = to_cents(at_sale["value"]) if at_sale and at_sale["as_of"] == row["last_sale_date"] else None
    sold, cents = date.fromisoformat(row["last_sale_date"]), to_cents(row["last_sale_price"])
    return Candidate(row["id"], row["lat"], row["lon"], sold, cents, row.get("living_area_sqft"), row.get("property_type", ""), said)


def memo_facts(ctx: Context, home: PropertyView) -> MemoFacts:
    """Everything a memo of this home may say, but for the neighbours on its map."""
    desk: WorkspaceView = ctx.call(GetWorkspace(workspace=ctx.workspace))
    found = compared(ctx, home)
    told = home.valuation
    return MemoFacts(
        _home(home),
        desk.name,
        estimate=_estimate(home),
        no_estimate=told.reason,
        score=_score(home),
        price=_price(home),
        sales=[Sale(sale.date, to_cents(sale.price)) for sale in reversed(home.sales)],
        comps=[_comp(one, found[1][one.sale.id], place) for place, one in enumerate(found[0].chosen, 1)] if found else (),
        comps_rule=_rule(found[0]) if found else "",
        facts=table(home),
        warnings=[WARNINGS.get(code, code) for code in home.warnings],
        sources=_sources(ctx, home, [found[1][one.sale.id] for one in found[0].chosen] if found else ()),
        invented=desk.invented,
    )


def neighbours(ctx: Context, facts: MemoFacts) -> list[tuple[Place, str, int]]:
    """What dots the map of a memo, and makes its streets: where, street and house number."""
    if facts.home.at is None:
        return []
    far = max([HALF_MILE, *(comp.miles * MILE for comp in facts.comps)])
    rows = near(ctx, facts.home.at, far * AROUND, most=MOST_AROUND)
    return [_neighbour(row) for row in rows if row["ref"] != facts.home.ref]


def imports_of(home: PropertyView) -> set[str]:
    """The imports that a home's facts and sales come from."""
    return {source.id for source in home.sources}


def _home(home: PropertyView) -> Home:
    house, street = numbered(home.address)
    return Home(
        home.ref, home.parcel or home.source_id or "", house, street, home.city or "", home.state or "", home.zip or "",
        str(home.property_type or ""), home.bedrooms, home.bathrooms, home.living_area_sqft, home.lot_area_sqft, home.year_built,
        home.year_renovated or None, home.condition, (home.lon, home.lat) if home.lat is not None and home.lon is not None else None,
    )  # fmt: skip


def _estimate(home: PropertyView) -> Estimate | None:
    told = home.valuation
    if told.estimate is None:
        return None
    parts = [_part(line, base=not place) for place, line in enumerate(told.contributions)]
    value = told.estimate
    name = named(told.model, told.model_version)
    return Estimate(to_cents(value.value), to_cents(value.low), to_cents(value.high), value.as_of, name, parts)


def named(model: str, version: str) -> str:
    """What a memo calls a version of a model."""
    return f"{model}-{version}" if version else model


def _part(line: Lines, *, base: bool) -> Part:
    said = value_of(line.fact, line.value)
    if base:
        return Part(label_of(line.fact), to_cents(line.amount), said, "base")
    return Part(label_of(line.fact), to_cents(line.amount), said or "not known", "fact" if said else "unknown")


def _score(home: PropertyView) -> Score | None:
    told = home.valuation
    if told.score is None:
        return None
    parts = [
        Part(line.reason, round(line.points * 100), line.note, "fact" if place else "base") for place, line in enumerate(told.breakdown)
    ]
    return Score(round(told.score), parts, None if told.confidence is None else told.confidence / 100)


def _price(home: PropertyView) -> Known | None:
    """What the estimate was compared with; without an estimate the asking price, if there is one."""
    told = home.valuation
    if told.price is not None:
        asking = told.price_basis == "asking"
        return Known(to_cents(told.price), asking, home.listed_on if asking else told.estimate.as_of if told.estimate else None)
    return Known(to_cents(home.asking_price), True, home.listed_on) if home.asking_price is not None else None


def _comp(one: Chosen, row: Row, place: int) -> Comp:
    house, street = numbered(row.get("address"))
    name = street or f"Parcel {row.get('parcel') or row.get('source_id') or row['ref']}"
    at, miles = (one.sale.lon, one.sale.lat), one.metres / MILE
    return Comp(name, house or str(place), one.sale.sold, one.sale.cents, miles, at, one.sale.area, one.adjusted)


def _rule(comparison: Comparison) -> str:
    left = f"; {comparison.left_out} more were less alike" if comparison.left_out else ""
    rule = comparison.rule
    return f"{rule[0].upper()}{rule[1:]}{left}." + (
        " Adjusted by what the model says of both homes and both days." if comparison.middle else ""
    )


def _sources(ctx: Context, home: PropertyView, rows: Iterable[Row]) -> list[str]:
    """Every import, with its date, that a fact of the home, its sales or the comparable sales (`rows`) come from."""
    told = [_import(home, source) for source in home.sources]
    others = {str(row.get("source") or "") for row in rows} - {"", *(source.id for source in home.sources)}
    for other in sorted(others):
        run: RunView = ctx.call(GetRun(run=other))
        told.append(f"{short(run.name, LONGEST_NAME)}, read on {day(run.created_at.date())}: comparable sales.")
    by_hand = {label_of(name).lower(): by.at.date() for name, by in home.provenance.items() if by.edited}
    if by_hand:
        told.append(f"Entered by hand, last on {day(max(by_hand.values()))}: {listed(list(by_hand))}.")
    if home.source is None:
        told.append(f"{'The rest was entered' if told else 'Entered'} by hand on {day(home.created_at.date())}.")
    return told


def _import(home: PropertyView, source: SourceView) -> str:
    """An import, and what it told where that is not everything."""
    newest = f", its data to {day(source.as_of)}" if source.as_of else ""
    named = [label_of(name).lower() for name, by in home.provenance.items() if by.by == source.id and not by.edited]
    named += ["sales"] if any(sale.source == source.id for sale in home.sales) else []
    only = f": {listed(named)}" if named and home.source != source else ""
    return f"{short(source.name, LONGEST_NAME)}, read on {day(source.imported_at.date())}{newest}{only}."


def _neighbour(row: Row) -> tuple[Place, str, int]:
    house, street = numbered(row.get("address"))
    return (row["lon"], row["lat"]), street, int(house) if house.isdecimal() else 0
