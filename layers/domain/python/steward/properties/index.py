"""How properties are listed: the fields to filter, sort and count by, and the row a list shows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from steward.kernel.context import Context
from steward.kernel.embedding import Embedder
from steward.kernel.errors import Unavailable
from steward.kernel.index import BEYOND, UNEMBEDDED, indexer
from steward.kernel.ports import Stored
from steward.kernel.search import Document, Field, Gone, IndexSpec, Text, Value
from steward.properties.facts import MONEY
from steward.properties.features import mentioned, titles
from steward.properties.model import Outline, PipelineStatus, Property, Source, Valuation
from steward.properties.store import PROPERTIES, SOURCES, VALUATIONS

WAITING = "It waits for a model."
GONE = 1 << 40
"""A version above any a property ever had; its id is never used again."""
BANDS = (0, 150, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 1000, 1500, 2000, 3000)
"""Lower ends of the price bands, in thousands of dollars."""

SPEC = IndexSpec(
    "property",
    4,
    (
        Field("ref", "int", sort=True),
        Field("address", "text", sort=True),
        Field("text", "text"),
        Field("source_id", "text"),
        Field("city", "text", sort=True, facet=True),
        Field("state", "text", facet=True),
        Field("zip", "text", sort=True, facet=True),
        Field("county", "text", facet=True),
        Field("property_type", "text", facet=True),
        Field("bedrooms", "int", sort=True, facet=True),
        Field("bathrooms", "float", sort=True),
        Field("living_area_sqft", "int", sort=True),
        Field("lot_area_sqft", "int", sort=True),
        Field("year_built", "int", sort=True),
        Field("condition", "int"),
        Field("grade", "int"),
        Field("waterfront", "int"),
        Field("features", "tags", facet=True),
        Field("lat", "float"),
        Field("lon", "float"),
        Field("price", "float", sort=True),
        Field("price_band", "int", facet=True),
        Field("asking_price", "float", sort=True),
        Field("rent", "float", sort=True),
        Field("last_sale_price", "float", sort=True),
        Field("last_sale_date", "int", sort=True),
        Field("estimate", "float", sort=True),
        Field("gap", "float", sort=True),
        Field("gap_ratio", "float", sort=True),
        Field("score", "float", sort=True),
        Field("confidence", "float", sort=True),
        Field("as_of", "int", sort=True),
        Field("listing_status", "text", facet=True),
        Field("pipeline_status", "text", facet=True),
        Field("origin", "text", facet=True),
        Field("source", "text", facet=True),
        Field("warning", "text", facet=True),
    ),
    texts=(Text("title", 2.0), Text("place"), Text("features"), Text("remarks")),
    layout=("city", "property_type", "price"),
    place=("lat", "lon"),
)
DAYS = frozenset({"last_sale_date", "as_of"})
"""Fields that hold a day as the number 20141013."""

READ = 2_000
"""Letters of a home's remarks that its vector is made of."""

_SAME = tuple(name for name in Outline.model_fields if name != "property_type")


def versions(ctx: Context, rows: Sequence[Stored]) -> Sequence[int]:
    """A home's document is of its record and its valuation: their versions added."""
    values = ctx.get_many([ctx.key(VALUATIONS.kind, row.key.sk) for row in rows])
    return [row.version + (value.version if value else 0) for row, value in zip(rows, values, strict=True)]


@indexer(SPEC, embedded=True, versions=versions)
def documents(ctx: Context, ids: Sequence[str]) -> Sequence[Document | Gone]:
    """The documents of properties; one that is no more is Gone."""
    homes = PROPERTIES.many(ctx, ids)
    values = VALUATIONS.many(ctx, ids)
    told = {home.source for home in homes if home and home.source}
    sources = {source.id: source for source in SOURCES.many(ctx, sorted(told)) if source}
    vectors = _vectors(ctx, homes)
    return [
        embedded(document(home, value, sources.get(home.source)), vector) if home else Gone(PROPERTIES.kind, id, GONE)
        for id, home, value, vector in zip(ids, homes, values, vectors, strict=True)
    ]


def _vectors(ctx: Context, homes: Sequence[Property | None]) -> Sequence[bytes | None]:
    """A vector a home. No list waits for a provider: what it does not embed now, None, is found by its words, until the next night."""
    written = [meaning(home) if home else "" for home in homes]
    try:
        return ctx.port(Embedder).embed(written)  # type: ignore[type-abstract]
    except Unavailable:
        return [None if text else b"" for text in written]


def embedded(one: Document, vector: bytes | None) -> Document:
    """A document with its vector; without one that there should be, its row says so."""
    return replace(one, row={**one.row, UNEMBEDDED: True}) if vector is None else replace(one, vector=vector)


def meaning(home: Property) -> str:
    """What a home's vector is made of: what somebody wrote of it. Bare facts are found by filters, and alike for too many homes."""
    return " ".join(part for part in (home.title, (home.remarks or "")[:READ]) if part)


def had_by(home: Property) -> list[str]:
    """The features of a home: those that are told, or else those that its description speaks of."""
    return home.features or mentioned(f"{home.title or ''}\n{home.remarks or ''}"[:READ])


def texts(home: Property) -> dict[str, str]:
    """What a home can be found by in words."""
    kind = str(home.property_type or "").replace("_", " ")
    place = (home.address, home.unit, home.city, home.state, home.zip, home.county, kind)
    told = {
        "title": home.title, "place": " ".join(part for part in place if part), "features": ", ".join(titles(home.features or ())),
        "remarks": home.remarks,
    }  # fmt: skip
    return {name: text for name, text in told.items() if text}


def document(home: Property, value: Valuation | None, source: Source | None) -> Document:
    """A property with its valuation as a list shows it. Money in dollars, days as numbers."""
    row = _row(home, value)
    day = source.as_of if source else None
    found: dict[str, Value] = {
        "text": " ".join(str(row[name]) for name in ("address", "unit", "city", "zip", "parcel", "source_id") if name in row).lower(),
        "property_type": row.get("property_type"),
        "waterfront": None if home.waterfront is None else int(home.waterfront),
        "price": _dollars(home.price),
        "price_band": band(home.price),
        "last_sale_price": row.get("last_sale_price"),
        "last_sale_date": number_of(row["last_sale_date"]) if "last_sale_date" in row else None,
        "as_of": number_of((day or home.updated_at.date()).isoformat()),
        "source": home.source or None,
        "warning": home.warnings[0] if home.warnings else None,
        "features": tuple(had_by(home)) or None,
        "estimate": None, "gap": None, "gap_ratio": None, "score": None, "confidence": None,
    }  # fmt: skip
    if value and value.model:
        found.update(estimate=_dollars(value.estimate), gap=_dollars(value.gap))
        found.update(gap_ratio=value.gap_ratio, score=value.score, confidence=value.confidence)
    fields = {field.name: found[field.name] if field.name in found else row.get(field.name) for field in SPEC.fields}
    beyond = value.version if value else 0
    return Document(PROPERTIES.kind, home.id, home.version + beyond, fields, {**row, BEYOND: beyond} if beyond else row, texts(home))


def _row(home: Property, value: Valuation | None) -> dict[str, Any]:
    """A PropertyRow's JSON without what is not known; its source by id."""
    row: dict[str, Any] = {name: told for name in _SAME if (told := getattr(home, name)) is not None}
    row.update((name, _dollars(cents)) for name in MONEY if (cents := getattr(home, name)) is not None)
    row.update(
        id=home.id, ref=home.ref, version=home.version, created_at=home.created_at.isoformat(), updated_at=home.updated_at.isoformat(),
        origin=str(home.origin), listing_status=str(home.listing_status), pipeline_status=str(stage(home, value)),
    )  # fmt: skip
    if home.property_type:
        row["property_type"] = str(home.property_type)
    if home.sales:
        row.update(last_sale_date=home.sales[0].date.isoformat(), last_sale_price=_dollars(home.sales[0].price))
    if home.warnings:
        row["warnings"] = home.warnings
    if home.source:
        row["source"] = home.source
    row["valuation"] = valuation_row(value) if value and (value.model or value.reason) else {"reason": WAITING}
    return row


def stage(home: Property, value: Valuation | None) -> PipelineStatus:
    """How far the pipeline is: a score raises a new or enriched property to scored."""
    early = home.pipeline_status in (PipelineStatus.NEW, PipelineStatus.ENRICHED)
    return PipelineStatus.SCORED if early and value and value.score is not None else home.pipeline_status


def valuation_row(value: Valuation) -> dict[str, Any]:
    """A valuation as a ValuationView's JSON, without its explanation."""
    row: dict[str, Any] = {
        "model": value.model,
        "model_version": value.model_version,
        "reason": value.reason,
        "price_basis": value.price_basis,
    }
    row["estimate"] = _interval(value.estimate, value.as_of, low=value.low, high=value.high)
    row["at_sale"] = _interval(value.at_sale, value.at_sale_date, low=value.at_sale_low, high=value.at_sale_high)
    row.update(
        price=_dollars(value.price), gap=_dollars(value.gap), gap_ratio=value.gap_ratio, score=value.score, confidence=value.confidence
    )
    return {name: told for name, told in row.items() if told not in (None, "")}


def _interval(value: int | None, day: date | None, *, low: int | None, high: int | None) -> Mapping[str, Any] | None:
    if value is None or low is None or high is None or day is None:
        return None
    return {"value": value / 100, "low": low / 100, "high": high / 100, "as_of": day.isoformat()}


def _dollars(cents: int | None) -> float | None:
    return None if cents is None else cents / 100


def band(cents: int | None) -> int | None:
    """The lower end of a price's band, in dollars."""
    if cents is None:
        return None
    return max(low for low in BANDS if low * 100_000 <= cents) * 1000


def number_of(day: str) -> int:
    """`2014-10-13` to 20141013."""
    return int(day.replace("-", ""))
