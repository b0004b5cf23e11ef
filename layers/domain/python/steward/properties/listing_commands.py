"""Lists of properties: a page of them, and all of them as a file."""

import csv
import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.model import FileAnswer
from steward.kernel.pages import MAX_PAGE, Facet
from steward.kernel.ports import Stored as Row
from steward.kernel.search import Hits
from steward.kernel.textfiles import cell
from steward.properties import queries
from steward.properties.features import titles
from steward.properties.index import SPEC
from steward.properties.inputs import ExportProperties, ExportPropertiesJson, ListProperties, PropertyPage, Scanned, ScanProperties
from steward.properties.model import Property
from steward.properties.store import PROPERTIES, VALUATIONS
from steward.properties.views import invented, property_rows
from steward.workspaces.exporting import Part, exported

COLUMNS = (
    "source_id", "ref", "title", "address", "unit", "city", "state", "zip", "county", "parcel", "lat", "lon", "property_type", "bedrooms",
    "bathrooms", "living_area_sqft", "lot_area_sqft", "basement_sqft", "floors", "year_built", "year_renovated", "condition", "grade",
    "view", "waterfront", "listing_status", "last_sale_date", "last_sale_price", "asking_price", "rent", "features", "assessed_value",
    "market_value", "tax_annual", "estimate", "estimate_low", "estimate_high", "estimate_as_of", "estimate_at_sale",
    "estimate_at_sale_low", "estimate_at_sale_high", "gap", "gap_ratio", "score", "confidence", "score_reason", "price_basis", "invented",
)  # fmt: skip
"""The columns of an export, in order."""


@command(
    "properties.list", scope="read:properties", danger=Danger.READ, tool="list_properties", http="GET /properties",
    aliases=("GET /api/properties",),
)  # fmt: skip
def list_properties(cmd: ListProperties, ctx: Context) -> PropertyPage:
    """List properties by filters, sorted and counted."""
    hits = ctx.search.page(
        SPEC.kind,
        queries.clauses(cmd, ctx.workspace),
        sort=queries.sorting(cmd.sort),
        start=cmd.cursor or cmd.start,
        limit=cmd.limit,
        facets=queries.counted(cmd.facets),
    )
    facets = {name: [Facet(value=value, count=count) for value, count in counts] for name, counts in hits.facets.items()}
    rows = property_rows(ctx, hits.rows)
    return PropertyPage(rows=rows, total=hits.total, next=hits.next, facets=facets, as_of=hits.as_of, note=hits.note)


@command("properties.scan", scope="read:properties", danger=Danger.READ, internal=True)
def scan_properties(cmd: ScanProperties, ctx: Context) -> Scanned:
    """Read whole records, all of them page by page, for the slices above."""
    if cmd.ids:
        rows, onward = [row for row in ctx.get_many([ctx.key(PROPERTIES.kind, id) for id in cmd.ids]) if row], ""
    else:
        page = ctx.query(PROPERTIES.kind, start=cmd.start, limit=cmd.limit)
        rows, onward = list(page.rows), page.next
    if cmd.unless_valued_by:
        values = ctx.get_many([ctx.key(VALUATIONS.kind, row.key.sk) for row in rows])
        rows = [row for row, value in zip(rows, values, strict=True) if not _valued(row, value, cmd.unless_valued_by)]
    return Scanned(homes=[Property.of(row) for row in rows], next=onward)


def _valued(home: Row, value: Row | None, version: str) -> bool:
    """Told by the rows as they are stored: most need not be read into records then."""
    return value is not None and (value.body.get("model_version"), value.body.get("property_version")) == (version, home.version)


@command(
    "properties.export", scope="read:properties", danger=Danger.READ, tool="export_properties", http="GET /properties.csv", audited=True
)
def export_properties(cmd: ExportProperties, ctx: Context) -> FileAnswer:
    """Write the properties of a list to a CSV file, in the list's order; money in decimal dollars. It leaves a receipt."""
    return exported(ctx, cmd, _lines(cmd, ctx), name="properties.csv")


@command("properties.export_json", scope="read:properties", danger=Danger.READ, http="GET /properties.json", audited=True)
def export_properties_json(cmd: ExportPropertiesJson, ctx: Context) -> FileAnswer:
    """Write the properties of a list to a JSON file: a page of the list with as many rows as there are. It leaves a receipt."""
    return exported(ctx, cmd, _json(cmd, ctx), name="properties.json")


def _lines(cmd: ExportProperties, ctx: Context) -> Iterator[Part]:
    mark = invented(ctx)
    yield ",".join(COLUMNS) + "\r\n", 0
    yield from ((_block(hits.rows, invented=mark), len(hits.rows)) for hits in _pages(cmd, ctx))


def _json(cmd: ExportProperties, ctx: Context) -> Iterator[Part]:
    """A page row by row; what is said of all rows stands behind them."""
    page, lead = PropertyPage(rows=[], total=0), '{"rows":['
    for hits in _pages(cmd, ctx):
        page = PropertyPage(rows=[], total=hits.total, next=hits.next, as_of=hits.as_of, note=hits.note)
        for row in property_rows(ctx, hits.rows):
            yield lead + row.model_dump_json(), 1
            lead = ","
    yield (lead if lead != "," else "") + "]," + page.model_dump_json(exclude={"rows"}).removeprefix("{"), 0


def _pages(cmd: ExportProperties, ctx: Context) -> Iterator[Hits]:
    where, sort = queries.clauses(cmd, ctx.workspace), queries.sorting(cmd.sort)
    start: int | str = cmd.start
    left = cmd.limit or sys.maxsize
    while left and start != "":
        hits = ctx.search.page(SPEC.kind, where, sort=sort, start=start, limit=min(left, MAX_PAGE))
        yield hits
        start, left = hits.next, left - len(hits.rows)


def _block(rows: Sequence[Mapping[str, Any]], *, invented: bool) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in rows:
        known = {**_flat(row), "invented": invented}
        writer.writerow([cell(known.get(name)) for name in COLUMNS])
    return text.getvalue()


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A list's row as the cells of an export, by column."""
    value = row.get("valuation", {})
    estimate, at_sale = value.get("estimate", {}), value.get("at_sale", {})
    return {
        **row,
        "features": ", ".join(titles(row.get("features", ()))),
        "estimate": estimate.get("value"),
        "estimate_low": estimate.get("low"),
        "estimate_high": estimate.get("high"),
        "estimate_as_of": estimate.get("as_of"),
        "estimate_at_sale": at_sale.get("value"),
        "estimate_at_sale_low": at_sale.get("low"),
        "estimate_at_sale_high": at_sale.get("high"),
        "gap": value.get("gap"),
        "gap_ratio": value.get("gap_ratio"),
        "score": value.get("score"),
        "confidence": value.get("confidence"),
        "score_reason": value.get("reason"),
        "price_basis": value.get("price_basis"),
    }
