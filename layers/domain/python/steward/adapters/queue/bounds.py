"""The limits of the Queue port, the same on every engine."""

from collections.abc import Sequence

from steward.kernel.errors import Invalid
from steward.kernel.ports import Message

MAX_RECEIVES = 5
"""Deliveries of a message before it moves to the dead letters."""
MAX_BODY = 262_144
MAX_DELAY = 900
MAX_VISIBILITY = 43_200


def check(messages: Sequence[Message]) -> None:
    """Raises Invalid for a message that is too large, empty or delayed for too long."""
    for message in messages:
        if not 0 < len(message.body.encode()) <= MAX_BODY:
            raise Invalid("A message has 1 byte to 256 KB; put what is large into a blob.")
        if not 0 <= message.delay <= MAX_DELAY:
            raise Invalid("A message is delayed by at most 900 seconds.")


def check_visibility(seconds: int) -> None:
    """Raises Invalid outside of 0 seconds to 12 hours."""
    if not 0 <= seconds <= MAX_VISIBILITY:
        raise Invalid("A message is hidden for 0 to 43,200 seconds.")
