"""Looking at an import's file before a row of it is stored: its size and checksum, its columns, its first rows."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any

from steward.kernel.context import Context
from steward.properties.facts import MONEY
from steward.properties.intake.columns import recognise
from steward.properties.intake.headings import squash
from steward.properties.intake.normalising import Normaliser
from steward.properties.intake.reading import rows
from steward.properties.intake.sniffing import SAMPLE_BYTES, sniff
from steward.properties.model import Column, Origin, Source
from steward.properties.places import Gazetteer
from steward.properties.rules import Taken, plate
from steward.properties.store import LAYOUT, SOURCES, header_of

JUDGED = 300
"""Rows that columns are judged by."""
PLACES = 12
"""Places of a long file that they are taken from, so that no stretch of it decides alone."""
PREVIEWED = 5
_BLOCK = 1 << 20
_LISTING = ("mls", "listingkey", "listingid", "standardstatus")
"""What only the columns of a listing service are called."""


def look(ctx: Context, source: Source) -> Source:
    """A source with all that its file says about itself. Raises Invalid for what is no table of properties."""
    with ctx.blobs.open(source.blob) as stream:
        head = stream.read(SAMPLE_BYTES)
        layout = sniff(head, whole=len(head) < SAMPLE_BYTES)
        mark, newline, size, lines = sha256(head), layout.newline.encode(), len(head), head.count(layout.newline.encode())
        while block := stream.read(_BLOCK):
            mark.update(block)
            size += len(block)
            lines += block.count(newline)
            head = block
    lines += not head.rstrip(b"\0").endswith(newline)
    checksum = mark.hexdigest()
    told = source.model_copy(update={"layout": layout, "size": size, "sha256": checksum, "rows": max(0, lines - layout.line + 1)})
    columns, known = _columns(ctx, told, sample(ctx, told))
    listing = any(mark in squash(column.name) for column in columns for mark in _LISTING)
    told = told.model_copy(
        update={
            "columns": columns,
            "mapping_from": known,
            "same_as": _same(ctx, checksum),
            "origin": Origin.MLS if listing else Origin.IMPORTED,
        }
    )
    return told.model_copy(update={"preview": preview(ctx, told)})


def sample(ctx: Context, source: Source) -> list[list[str]]:
    """The cells of sound rows: all of a short file, some from each of several places of a long one."""
    if source.layout is None:
        return []
    first, size = source.layout.start, source.size
    if source.rows <= JUDGED:
        return list(_stretch(ctx, source, range(first, size)))
    step = (size - first) // PLACES // 2 * 2  # a letter of UTF-16 has two bytes
    parts = [range(start, start + step) for start in range(first, first + step * PLACES, step)]
    return [cells for part in parts for cells in islice(_stretch(ctx, source, part), JUDGED // PLACES)]


def _stretch(ctx: Context, source: Source, part: range) -> Iterator[list[str]]:
    """The cells of the sound rows between two bytes of a file, without the one that begins before them."""
    layout = source.layout
    if layout is None:
        return
    with ctx.blobs.open(source.blob, start=part.start) as stream:
        found = rows(stream, layout, offset=part.start, line=0)
        for row in islice(found, 0 if part.start == layout.start else 1, None):
            if row.end > part.stop:
                return
            if not row.fault:
                yield row.cells


def preview(ctx: Context, source: Source) -> list[dict[str, Any]]:
    """The first rows that can be taken in, as they will look; money in dollars."""
    read = Normaliser(source.columns, told_by=source.id, today=ctx.now.date(), gazetteer=ctx.port(Gazetteer))
    taken = (read.take(cells) for cells in sample(ctx, source))
    return [_shown(one) for one in islice((one for one in taken if isinstance(one, Taken)), PREVIEWED)]


def _shown(taken: Taken) -> dict[str, Any]:
    facts: dict[str, Any] = {
        name: value / 100 if name in MONEY and isinstance(value, int) else value for name, value in taken.facts.items()
    }
    if taken.sale:
        facts.update(last_sale_date=taken.sale.date.isoformat(), last_sale_price=taken.sale.price / 100)
    number, street = plate(facts)
    facts.pop("remarks", None)
    return {**facts, "plate": number, "street": street}


def _columns(ctx: Context, source: Source, cells: Sequence[Sequence[str]]) -> tuple[list[Column], str]:
    """Columns as recognised, or as a person confirmed them for a file with the same header; then also that file's name."""
    layout, listings = source.layout, source.listings
    if layout is None:
        return [], ""
    known = ctx.get(ctx.key(LAYOUT, header_of(layout, listings=listings)))
    if known is None:
        return recognise(layout.header, cells, listings=listings), ""
    fields: Any = known.body["columns"]
    said = {str(name): str(field) for name, field in fields.items()}
    return recognise(layout.header, cells, said, listings=listings), str(known.body["name"])


def _same(ctx: Context, checksum: str) -> str:
    """The latest import of the very same file that still stands, or ""."""
    page = ctx.query(SOURCES.kind, checksum, index="external", forward=False)
    return next((one.id for one in map(Source.of, page.rows) if one.undone_at is None), "")
