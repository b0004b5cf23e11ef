"""The rows of this slice: properties, their valuations, the names they are found by, imports and what imports did."""

from collections.abc import Iterable, Sequence
from typing import Any

from steward.kernel.context import Context
from steward.kernel.effects import untold
from steward.kernel.errors import NotFound
from steward.kernel.ids import derive, fingerprint
from steward.kernel.ports import ABSENT, Delete
from steward.kernel.rows import Table
from steward.properties import rules
from steward.properties.model import Layout, Property, Source, Valuation

PROPERTIES: Table[Property] = Table("property", Property, indexed=True)
VALUATIONS: Table[Valuation] = Table("valuation", Valuation)
SOURCES: Table[Source] = Table("source", Source, noun="import", external=lambda source: source.sha256)
KEY, JOURNAL, HELD, TALLY, LAYOUT = map(untold, ("property.key", "import.journal", "import.held", "import.tally", "import.layout"))
UNDER = "import.under"
"""What a property was before an import that is undone, where a later import's values still stand on it."""


def load(ctx: Context, told: str) -> Property:
    """The property of an id, a ref or a source's own id: the ref is tried first, `source:ID` forces the last. Raises NotFound."""
    name = told.strip()
    if not name.startswith("source:"):
        ids = [name] if name else []
        if name.isascii() and name.isdigit() and len(name) < 10:
            ids.append(derive(ctx.workspace, PROPERTIES.kind, int(name)))
        for found in PROPERTIES.many(ctx, ids):
            if found:
                return found
    source_id = name.removeprefix("source:")
    known = by_keys(ctx, [f"source#{source_id}"]).get(f"source#{source_id}") if source_id and len(source_id) <= 200 else None
    found = PROPERTIES.get(ctx, known) if known else None
    if found is None:
        raise NotFound(f"There is no property '{name[:64]}' in this workspace; give its ref, its id, or source:ID.")
    return found


def by_keys(ctx: Context, names: Iterable[str]) -> dict[str, str]:
    """Which property each name (`source#…`, `address#…`) belongs to; unknown names are left out."""
    asked = list(dict.fromkeys(names))
    rows = ctx.get_many([ctx.key(KEY, name) for name in asked])
    return {name: str(row.body["id"]) for name, row in zip(asked, rows, strict=True) if row}


def claim(ctx: Context, name: str, id: str) -> None:
    """Let a name belong to a property; the commit fails when somebody was faster."""
    ctx.put(ctx.key(KEY, name), {"id": id}, version=1, expect=ABSENT)


def release(ctx: Context, property: Property, names: Sequence[str] = ()) -> None:
    """Give up the names of a property (all it goes by, and `names`) that belong to it."""
    mine = by_keys(ctx, [*rules.keys(property.__dict__), *names])
    for name, id in mine.items():
        if id == property.id:
            ctx.write(Delete(ctx.key(KEY, name)))


def place_of(run: str, chunk: int) -> str:
    """The sort key of what one chunk of a run left."""
    return f"{run}#{chunk:08d}"


def journal(ctx: Context, run: str, chunk: int) -> list[Any]:
    """What a chunk of an import wrote, oldest first: a mapping of id, body before (None for a new one), and names claimed."""
    row = ctx.get(ctx.key(JOURNAL, place_of(run, chunk)))
    found = row.body["entries"] if row else []
    return list(found) if isinstance(found, list) else []


def last_journal(ctx: Context, run: str) -> int:
    """The number of the last chunk of an import that wrote anything, 0 when none did."""
    page = ctx.query(JOURNAL, f"{run}#", limit=1, forward=False)
    return int(page.rows[0].key.sk.rpartition("#")[2]) if page.rows else 0


def clear_valuation(ctx: Context, id: str) -> None:
    """Empty the valuation of a property, if it has one."""
    known = VALUATIONS.get(ctx, id)
    if known and (known.model or known.reason):
        clear(ctx, known)


def clear(ctx: Context, known: Valuation) -> None:
    """Empty a valuation; the row stays, so that versions only grow."""
    VALUATIONS.replace(ctx, Valuation(id=known.id, version=known.version, created_at=known.created_at, updated_at=ctx.now))
    ctx.reindex(PROPERTIES.kind, [known.id])


def remove(ctx: Context, property: Property) -> None:
    """Take a property out with its names and its valuation."""
    release(ctx, property)
    PROPERTIES.remove(ctx, property)
    valuation = VALUATIONS.get(ctx, property.id)
    if valuation:
        VALUATIONS.remove(ctx, valuation)


def header_of(layout: Layout, *, listings: bool) -> str:
    """What two files with the same columns that are read alike have in common."""
    return fingerprint("\x1f".join([*layout.header, "\x1elistings"] if listings else layout.header))
