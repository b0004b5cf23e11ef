"""The ticks. Their time is the event's, never the clock's. What they need is imported then, not with the API's first answer."""

from chalice.app import Blueprint, CloudWatchEvent, Rate

from functions.edge import product
from steward.kernel.time import from_iso

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="minute")
def minute(event: CloudWatchEvent) -> None:
    """What is due, and what an earlier process left undone."""
    from steward.runs import tick

    tick.minute(product().door, from_iso(event.time))


@blueprint.schedule(Rate(5, unit=Rate.MINUTES), name="five-minutes")
def five_minutes(event: CloudWatchEvent) -> None:
    """The system heartbeat."""
    from steward.runs import tick

    tick.five_minutes(product().door, from_iso(event.time))
