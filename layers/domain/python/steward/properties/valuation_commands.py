"""Valuations, as the scoring slice hands them down."""

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.properties.inputs import MOST_VALUED, Cleared, ClearValuations, SetValuations, Stored
from steward.properties.model import Valuation
from steward.properties.store import PROPERTIES, VALUATIONS, clear


@command("properties.set_valuations", scope="write:properties", danger=Danger.WRITE, internal=True)
def set_valuations(cmd: SetValuations, ctx: Context) -> Stored:
    """Store valuations; those of properties that are gone, or changed since they were valued, are passed over."""
    ids = [valued.id for valued in cmd.valuations]
    homes = PROPERTIES.many(ctx, ids)
    earlier = VALUATIONS.many(ctx, ids)
    written: list[str] = []
    for valued, home, known in zip(cmd.valuations, homes, earlier, strict=True):
        if home is None or (valued.property_version and valued.property_version != home.version):
            continue
        made = Valuation.model_validate(
            {
                **valued.__dict__,
                "created_at": known.created_at if known else ctx.now,
                "updated_at": ctx.now,
                "version": known.version if known else 0,
            }
        )
        if known is None:
            VALUATIONS.insert(ctx, made)
        elif made.model_copy(update={"updated_at": known.updated_at}) != known:
            VALUATIONS.replace(ctx, made)
        else:
            continue
        written.append(valued.id)
    ctx.reindex(PROPERTIES.kind, written)
    return Stored(written=len(written))


@command("properties.clear_valuations", scope="write:properties", danger=Danger.WRITE, internal=True)
def clear_valuations(cmd: ClearValuations, ctx: Context) -> Cleared:
    """Let the next properties that a version of a model has valued wait for a model again."""
    page, onward = VALUATIONS.page(ctx, start=cmd.start, limit=MOST_VALUED)
    for value in page:
        if value.model_version == cmd.model_version:
            clear(ctx, value)
    return Cleared(next=onward)
