"""The ticks. Their time is the event's, never the clock's."""

from chalice.app import Blueprint, CloudWatchEvent, Rate

from functions.edge import product
from steward.kernel.time import from_iso
from steward.runs import tick

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="minute")
def minute(event: CloudWatchEvent) -> None:
    """What is due, and what an earlier process left undone."""
    tick.minute(product().door, from_iso(event.time))


@blueprint.schedule(Rate(5, unit=Rate.MINUTES), name="five-minutes")
def five_minutes(event: CloudWatchEvent) -> None:
    """The system heartbeat."""
    tick.five_minutes(product().door, from_iso(event.time))
