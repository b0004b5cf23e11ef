"""Batches of the queue: each message to its reactions; those that fail, and only those, come back."""

import logging
from typing import Any

from chalice.app import Blueprint, SQSEvent

from functions.edge import product
from steward.kernel.events import Event
from steward.kernel.reactor import deliver

NAME = "steward-work"
MARGIN = 10
"""Seconds that are left for the answer."""
log = logging.getLogger("steward.queue")
blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue=NAME, batch_size=10, name="queue")
def batch(event: SQSEvent) -> dict[str, Any]:
    """The ids of the messages that failed, as SQS wants them."""
    context: Any = event.context
    records, failed = event.to_dict()["Records"], []
    for place, record in enumerate(records):
        left = context.get_remaining_time_in_millis() / 1000 - MARGIN
        if not _delivered(record, seconds=max(left, 0) / (len(records) - place)):
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _delivered(record: dict[str, Any], *, seconds: float) -> bool:
    try:
        deliver(product().door, Event.from_json(record["body"]), seconds=seconds)
    except Exception:  # one bad message must not hold up the others, whatever is wrong with it
        log.exception("a message failed and comes back", extra={"sqs_message": record["messageId"]})
        return False
    return True
