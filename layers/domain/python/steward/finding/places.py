"""The places that a workspace itself knows: its cities, states, ZIPs and counties, from its list of properties."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from steward.finding.reading import Places
from steward.finding.remembered import Remembered
from steward.finding.rules_reasons import folded
from steward.kernel.context import Context
from steward.kernel.search import Clause, Filter, Hits, Scalar, Sort
from steward.properties.index import SPEC

KINDS = ("city", "county", "state", "zip")
TYPE = "property_type"
AMOUNTS = ("rent", "price")
MANY, HELD = 20_000, timedelta(seconds=10)
"""A workspace with so many properties, or with more cities than a facet tells, is not counted again before that, whatever changes in it."""
SOME = 300
"""Homes of a place by which its middle is known."""
WHOLE = 1_000
"""Values that a facet tells at most; where there are more cities, they are asked for state by state."""


@dataclass(frozen=True, slots=True)
class Known:
    """The places as a reader knows them; `spelt` finds one of a kind by its folded text."""

    places: Places
    spelt: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    total: int = 0
    as_of: datetime | None = None
    at: datetime | None = None

    def spelling(self, kind: str, told: str) -> str:
        """A place as this workspace spells it; as it was told where it is not known."""
        return self.spelt.get(kind, {}).get(folded(told), told)

    def area(self, told: str) -> tuple[str, str] | None:
        """The kind and spelling of any place that is called so."""
        return next(((kind, known) for kind in KINDS if (known := self.spelt[kind].get(folded(told)))), None)


def known_places(ctx: Context) -> Known:
    """The places of the context's workspace, as its list is now; of a very long list as it was some seconds ago."""
    remembered = ctx.port(Remembered)
    known = remembered.of(ctx.workspace)
    long = known and (known.total > MANY or len(known.places.cities) >= WHOLE)
    if known and known.at and long and timedelta(0) <= ctx.now - known.at < HELD:
        return known
    if known and known.as_of and known.as_of == ctx.search.count(SPEC.kind, []).as_of:
        return known
    known = counted(ctx)
    remembered.keep(ctx.workspace, known)
    return known


def counted(ctx: Context) -> Known:
    """The places of a workspace, counted."""
    hits = _page(ctx, [], (*KINDS, TYPE))
    counts = {name: _texts(found) for name, found in hits.facets.items()}
    if len(counts["city"]) >= WHOLE - 1:
        rarer = Counter[str]()
        for state in counts["state"]:
            rarer.update(_texts(_page(ctx, [Clause("state", "eq", state)], ["city"]).facets["city"]))
        counts["city"] = {**rarer, **counts["city"]}
    rents, prices = ctx.search.count(SPEC.kind, [[Clause(name, "known")] for name in AMOUNTS]).totals
    places = Places(
        cities=counts["city"], states=counts["state"], counties=counts["county"], zips=counts["zip"], types=counts[TYPE],
        rents=rents, prices=prices,
    )  # fmt: skip
    spelt = {kind: {folded(value): value for value in reversed(list(counts[kind]))} for kind in KINDS}
    return Known(places, spelt, hits.total, hits.as_of, ctx.now)


def middle(ctx: Context, field: str, name: str) -> tuple[float, float] | None:
    """Where the homes of a place mostly are; None where none of them tells."""
    known = [Clause(field, "eq", name), Clause("lat", "known"), Clause("lon", "known")]
    rows = ctx.search.page(SPEC.kind, known, sort=Sort("ref"), limit=SOME).rows
    if not rows:
        return None
    return round(median(float(str(row["lat"])) for row in rows), 5), round(median(float(str(row["lon"])) for row in rows), 5)


def _page(ctx: Context, where: Filter, facets: Sequence[str] = ()) -> Hits:
    return ctx.search.page(SPEC.kind, where, sort=Sort("ref"), limit=1, facets=facets)


def _texts(found: Sequence[tuple[Scalar, int]]) -> dict[str, int]:
    return {value: count for value, count in found if isinstance(value, str) and value}
