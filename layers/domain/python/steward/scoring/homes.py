"""Properties as the child reads them: one JSON line each, with nothing a model does not look at."""

import json
from pathlib import Path
from typing import Any

from steward.kernel.context import Context
from steward.properties.inputs import Scanned, ScanProperties
from steward.properties.model import Property
from steward.scoring.facts import FIELDS

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


def line(home: Property) -> str:
    """One property. `group` names its parcel, so that it stays in its fold when it is imported again."""
    told: dict[str, Any] = {name: value for name in FIELDS if (value := getattr(home, name)) is not None}
    told["sales"] = [(sale.date.isoformat(), sale.price) for sale in home.sales]
    if home.property_type:
        told["type"] = str(home.property_type)
    if home.zip:
        told["zip"] = home.zip
    group = home.source_id or home.parcel or home.id
    return json.dumps({**told, "id": home.id, "version": home.version, "group": group, "asking": home.asking_price}) + "\n"
