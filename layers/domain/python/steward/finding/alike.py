"""Homes like one: of its kind and nearby first, each with why."""

from dataclasses import dataclass
from typing import Any

from steward.finding import rules_reasons
from steward.finding.homes import facts
from steward.finding.model import SimilarHome
from steward.finding.reading import MILE
from steward.finding.reading.addresses import SUFFIXES
from steward.kernel.context import Context
from steward.kernel.errors import NotFound
from steward.kernel.ids import ref_of
from steward.kernel.search import Clause, Document, Filter, Found, Sort, Wish
from steward.properties.index import SPEC, documents
from steward.properties.inputs import GetProperty

REACHES = (2.0, 10.0, 50.0)
"""Kilometres to look around, the nearest that has enough."""
CANDIDATES = 200
MET = 100
"""Homes whose addresses are looked at for the one that is meant."""
WHERE = ("address", "unit", "city", "state", "zip", "parcel", "source_id")
LIKENESS = 0.4
"""How much of being like it is how it reads; the rest is in the facts."""


@dataclass(frozen=True, slots=True)
class Model:
    """The home that others are to be like: its id, its facts, and how it reads."""

    id: str
    ref: int
    facts: dict[str, Any]
    vector: bytes


def model_of(ctx: Context, told: str) -> Model:
    """The home of an id or a ref, or else of an address. Raises NotFound."""
    try:
        id = ctx.call(GetProperty(id=told)).id
    except NotFound:
        id = _addressed(ctx, told)
        if not id:
            raise
    (document,) = documents(ctx, [id])
    if not isinstance(document, Document):
        raise NotFound(f"There is no property '{told[:64]}' in this workspace; give its ref, its id, or its address.")
    return Model(id, ref_of(id), facts(document.row), document.vector)


def _addressed(ctx: Context, told: str) -> str:
    """The home whose address has the numbers and names told, best with the kind of street and the town too; "" for none."""
    street = rules_reasons.folded(told.partition(",")[0]).split()[:8]
    names = [word for word in street if word not in SUFFIXES or word == street[0]]
    if told.isdecimal() or not names:  # a ref that is none is no part of an address
        return ""
    page = ctx.search.page(SPEC.kind, [Clause("text", "contains", word) for word in names], sort=Sort("ref"), limit=MET)
    asked, numbers = set(rules_reasons.folded(told).split()), {word for word in names if word.isdecimal()}
    known = [
        (set(rules_reasons.folded(" ".join(str(row.get(part) or "") for part in WHERE)).split()), id)
        for id, row in zip(page.ids, page.rows, strict=True)
    ]
    return max(((len(asked & words), id) for words, id in known if numbers <= words), key=lambda one: one[0], default=(0, ""))[1]


def similar(ctx: Context, model: Model, limit: int, where: Filter = ()) -> tuple[list[SimilarHome], Found]:
    """The homes most like one, and the answer they were chosen from."""
    answer = _candidates(ctx, model, limit, where)
    homes = [_home(model, facts(hit.row), hit.vector) for hit in answer.hits]
    return sorted(homes, key=lambda home: (-home.score, home.id))[:limit], answer


def _candidates(ctx: Context, model: Model, limit: int, where: Filter) -> Found:
    """Of the same kind and nearby, as far around as there are enough; at last anything."""
    found = Found((), 0)
    for near in _around(model):
        wish = Wish(vector=model.vector, where=[*where, *near], limit=CANDIDATES, depth=CANDIDATES, besides=[model.id])
        found = ctx.search.find(SPEC.kind, wish)
        if len(found.hits) >= limit:
            return found
    return found


def _around(model: Model) -> list[list[Clause]]:
    lat, lon, kind, city = (model.facts.get(name) for name in ("lat", "lon", "property_type", "city"))
    same = [Clause("property_type", "eq", str(kind))] if kind else []
    if lat is not None and lon is not None:
        places = [[Clause("lat", "near", (float(lat), float(lon), km))] for km in REACHES]
    else:
        places = [[Clause("city", "eq", city)]] if city else []
    return [*([*same, *place] for place in places), same, *places[-1:], []]


def _home(model: Model, other: dict[str, Any], vector: float | None) -> SimilarHome:
    close, km = rules_reasons.closeness(model.facts, other), rules_reasons.distance(model.facts, other)
    score = close if vector is None else (1 - LIKENESS) * close + LIKENESS * max(0.0, vector)
    mine, its = model.facts.get("price"), other.get("price")
    return SimilarHome(
        **other,
        vector=None if vector is None else round(vector, 4),
        score=round(score, 4),
        reasons=rules_reasons.alike(model.facts, other, vector),
        distance_km=None if km is None else round(km, 2),
        distance_miles=None if km is None else round(km / MILE, 2),
        price_difference=None if mine is None or its is None else round(its - mine, 2),
    )
