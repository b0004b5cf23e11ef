"""Batches of the queue: each message to its reactions; those that fail, and only those, come back."""

import logging
from typing import Any

from chalice.app import Blueprint, SQSEvent

from functions.edge import product
from steward.kernel.errors import Unavailable
from steward.kernel.events import Event
from steward.kernel.ports import Message
from steward.kernel.reactor import deliver

NAME = "steward-work"
MARGIN = 10
"""Seconds that are left for the answer."""
LATER = 15
"""Seconds until a message is heard again that an engine was in the way of."""
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
        _heard(record["body"], seconds=seconds)
    except Unavailable as reason:
        log.warning("a message comes back: %s", reason.detail, extra={"sqs_message": record["messageId"]})
        return False
    except Exception:  # one bad message must not hold up the others, whatever is wrong with it
        log.exception("a message failed and comes back", extra={"sqs_message": record["messageId"]})
        return False
    return True


def _heard(body: str, *, seconds: float) -> None:
    """Deliver an event. What only an engine is in the way of is no fault of the message, and must not make a dead letter of it."""
    try:
        deliver(product().door, Event.from_json(body), seconds=seconds)
    except Unavailable as reason:
        if not reason.passing:
            raise
        log.warning("a message is heard again in %d seconds: %s", LATER, reason.detail)
        product().ports.queue.send([Message(body, LATER)])
