"""Properties as the child reads them: one JSON line each, with nothing a model does not look at."""

import json
from pathlib import Path
from typing import Any

from steward.kernel.context import Context
from steward.properties.inputs import Scanned, ScanProperties
from steward.properties.model import Property
from steward.scoring.facts import FIELDS
from steward.scoring.rules import SMALLEST_PRICE

PAGE = 500


def write(ctx: Context, path: Path, *, unless_valued_by: str = "") -> tuple[int, set[str]]:
    """Write all properties to a file; how many there are, and the imports that told their sales."""
    count, sources, start = 0, set[str](), ""
    with path.open("w", encoding="utf-8") as lines:
        while True:
            page: Scanned = ctx.call(ScanProperties(start=start, limit=PAGE, unless_valued_by=unless_valued_by))
            for home in page.homes:
                lines.write(line(home))
                sources.update(sale.source for sale in home.sales if sale.source)
            count, start = count + len(page.homes), page.next
            if not start:
                return count, sources


def sold_parcels(ctx: Context, *, most: int) -> int:
    """How many parcels have a sale that can be learnt from, counted up to `most`."""
    found, start = set[str](), ""
    while True:
        page: Scanned = ctx.call(ScanProperties(start=start, limit=PAGE))
        found |= {group(home) for home in page.homes if any(sale.price >= SMALLEST_PRICE for sale in home.sales)}
        start = page.next
        if not start or len(found) >= most:
            return min(len(found), most)


def group(home: Property) -> str:
    """The name of its parcel, so that it stays in its fold when it is imported again."""
    return home.source_id or home.parcel or home.id


def line(home: Property) -> str:
    """One property."""
    told: dict[str, Any] = {name: value for name in FIELDS if (value := getattr(home, name)) is not None}
    told["sales"] = [(sale.date.isoformat(), sale.price) for sale in home.sales]
    if home.property_type:
        told["type"] = str(home.property_type)
    if home.zip:
        told["zip"] = home.zip
    return json.dumps({**told, "id": home.id, "version": home.version, "group": group(home), "asking": home.asking_price}) + "\n"
