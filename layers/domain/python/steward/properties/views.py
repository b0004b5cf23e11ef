"""Records as answers: money in dollars, sources by name."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from steward.kernel.context import Context
from steward.kernel.keys import place
from steward.kernel.money import dollars
from steward.properties import index
from steward.properties.facts import MONEY
from steward.properties.model import (
    Description,
    Estimate,
    Lines,
    Property,
    PropertyRow,
    PropertyView,
    SaleView,
    Source,
    SourceView,
    Valuation,
    ValuationView,
)  # fmt: skip
from steward.properties.store import SOURCES, VALUATIONS
from steward.workspaces.model import HOME, WORKSPACES


def property_view(ctx: Context, home: Property) -> PropertyView:
    """A whole property with its valuation and the source of its facts."""
    value = VALUATIONS.get(ctx, home.id)
    sources = [source_view(source) for source in SOURCES.many(ctx, _told_by(home)) if source]
    last = home.last_sale
    facts: dict[str, Any] = {name: getattr(home, name) for name in Description.model_fields}
    facts.update((name, _dollars(getattr(home, name))) for name in MONEY)
    return PropertyView(
        **facts,
        id=home.id,
        ref=home.ref,
        version=home.version,
        created_at=home.created_at,
        updated_at=home.updated_at,
        origin=home.origin,
        listing_status=home.listing_status,
        pipeline_status=index.stage(home, value),
        last_sale_date=last.date if last else None,
        last_sale_price=_dollars(last.price) if last else None,
        sales=[SaleView(date=sale.date, price=dollars(sale.price), source=sale.source) for sale in home.sales],
        warnings=home.warnings,
        source=next((source for source in sources if source.id == home.source), None),
        sources=sources,
        provenance=home.provenance,
        valuation=valuation_view(value),
        invented=invented(ctx),
    )


def _told_by(home: Property) -> list[str]:
    """The imports that a property's facts and sales come from, its own first."""
    others = {told.by for told in home.provenance.values() if not told.edited} | {sale.source for sale in home.sales}
    return [source for source in (home.source, *sorted(others - {home.source})) if source]


def property_rows(ctx: Context, rows: Sequence[Mapping[str, Any]]) -> list[PropertyRow]:
    """Rows of the index as a list shows them; their source is told as it is now, not as it was when they were written."""
    told = sorted({row["source"] for row in rows if "source" in row})
    sources = {source.id: source_view(source) for source in SOURCES.many(ctx, told) if source}
    mark = invented(ctx)
    return [PropertyRow.model_validate({**row, "source": sources.get(row.get("source", "")), "invented": mark}) for row in rows]


def invented(ctx: Context) -> bool:
    """Whether everything in this workspace is made up."""
    row = ctx.get(place(HOME, WORKSPACES.kind, ctx.workspace))
    return bool(row and row.body.get("invented"))


def source_view(source: Source) -> SourceView:
    """A source in a few words."""
    return SourceView(id=source.id, name=source.name, as_of=source.as_of, imported_at=source.created_at)


def valuation_view(value: Valuation | None) -> ValuationView:
    """A valuation; without one the reason is that no model has looked yet."""
    if value is None or not (value.model or value.reason):
        return ValuationView(reason=index.WAITING)
    return ValuationView(
        estimate=_estimate({"value": value.estimate, "low": value.low, "high": value.high}, value.as_of),
        at_sale=_estimate({"value": value.at_sale, "low": value.at_sale_low, "high": value.at_sale_high}, value.at_sale_date),
        price=_dollars(value.price),
        price_basis=value.price_basis,
        gap=_dollars(value.gap),
        gap_ratio=value.gap_ratio,
        score=value.score,
        confidence=value.confidence,
        breakdown=value.breakdown,
        contributions=[Lines(fact=one.fact, value=one.value, amount=dollars(one.amount)) for one in value.contributions],
        reason=value.reason,
        model=value.model,
        model_version=value.model_version,
    )


def _estimate(cents: Mapping[str, int | None], day: Any) -> Estimate | None:
    if day is None or None in cents.values():
        return None
    return Estimate(as_of=day, **{name: dollars(amount) for name, amount in cents.items() if amount is not None})


def _dollars(cents: int | None) -> Decimal | None:
    return None if cents is None else dollars(cents)
