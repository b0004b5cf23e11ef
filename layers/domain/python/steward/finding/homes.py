"""A property's row of the index as a hit shows it, and what its likeness is told by."""

from collections.abc import Mapping, Sequence
from typing import Any

from steward.finding.model import Home
from steward.kernel.context import Context
from steward.kernel.embedding import Embedder
from steward.kernel.errors import Unavailable
from steward.properties.inputs import ScanProperties
from steward.properties.model import Property

FACTS = tuple(Home.model_fields)


def facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a hit shows of a row; the price is what is asked, else what it was sold for last."""
    price = row.get("asking_price", row.get("last_sale_price"))
    title = row.get("title") or row.get("address") or f"Property {row['ref']}"
    known = {name: row[name] for name in FACTS if row.get(name) is not None}
    return {**known, "title": title, **({} if price is None else {"price": price})}


def records(ctx: Context, ids: Sequence[str]) -> dict[str, Property]:
    """Whole records by their ids."""
    return {home.id: home for home in ctx.call(ScanProperties(ids=list(ids))).homes} if ids else {}


def vector_of(ctx: Context, words: str) -> tuple[bytes, str]:
    """The embedding of some words, and why there is none where the model cannot be asked now."""
    if not words.strip():
        return b"", ""
    try:
        return ctx.port(Embedder).embed([words])[0], ""  # type: ignore[type-abstract]
    except Unavailable as error:
        return b"", f"Likeness was left out: {error.detail}"
