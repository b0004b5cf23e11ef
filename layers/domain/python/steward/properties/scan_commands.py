"""Reading whole records, for the slices above that look at all of them."""

from collections.abc import Sequence

from pydantic import Field

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.model import Input, Output
from steward.kernel.pages import MAX_PAGE
from steward.properties.model import Property
from steward.properties.store import PROPERTIES, VALUATIONS


class ScanProperties(Input):
    """The next properties in the order of their ids, or only those of `ids`. `unless_valued_by` leaves out the ones that
    this version of a model has valued as they are now."""

    ids: list[str] = Field(default_factory=list, max_length=MAX_PAGE)
    start: str = ""
    limit: int = Field(default=500, ge=1, le=MAX_PAGE)
    unless_valued_by: str = ""


class Scanned(Output):
    """Properties, and where the next page starts ("" at the end)."""

    homes: Sequence[Property]
    next: str = ""


@command("properties.scan", scope="read:properties", danger=Danger.READ, internal=True)
def scan(cmd: ScanProperties, ctx: Context) -> Scanned:
    """Read whole properties."""
    if cmd.ids:
        homes, onward = [home for home in PROPERTIES.many(ctx, cmd.ids) if home], ""
    else:
        homes, onward = PROPERTIES.page(ctx, start=cmd.start, limit=cmd.limit)
    if cmd.unless_valued_by:
        values = VALUATIONS.many(ctx, [home.id for home in homes])
        homes = [
            home
            for home, value in zip(homes, values, strict=True)
            if not value or (value.model_version, value.property_version) != (cmd.unless_valued_by, home.version)
        ]
    return Scanned(homes=homes, next=onward)
