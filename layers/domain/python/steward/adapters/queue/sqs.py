"""A queue in SQS. Its redrive policy moves a message to the dead letters after five deliveries (the template sets it)."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from steward.adapters import aws
from steward.adapters.queue import bounds
from steward.kernel.errors import Unavailable
from steward.kernel.ports import Message, Received

BATCH = 10
BATCH_BYTES = bounds.MAX_BODY
LOOK = 20
"""Seconds that dead letters are hidden for while they are looked at."""
STALE = frozenset({"ReceiptHandleIsInvalid", "InvalidParameterValue", "MessageNotInflight"})
WAITING = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")


class SqsQueue:
    """`endpoint` is set for anything that is not AWS."""

    def __init__(self, url: str, *, region: str, endpoint: str | None = None) -> None:
        self._url, self._region, self._endpoint = url, region, endpoint

    @cached_property
    def _client(self) -> Any:
        return aws.client("sqs", self._region, self._endpoint)

    def send(self, messages: Sequence[Message]) -> None:
        """As the port says."""
        bounds.check(messages)
        for batch in _batches(messages):
            entries = [{"Id": str(n), "MessageBody": one.body, "DelaySeconds": one.delay} for n, one in enumerate(batch)]
            with self._said():
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            if failed := answer.get("Failed"):
                raise Unavailable(f"The queue did not take a message ({failed[0]['Code']}); try again in a moment.", passing=True)

    def sync(self) -> None:
        """Every message is durable when it is sent."""

    def receive(self, limit: int = 10, *, visibility: int = 60) -> Sequence[Received]:
        """As the port says, at most ten at once."""
        bounds.check_visibility(visibility)
        return [_received(found) for found in self._take(self._url, min(limit, BATCH), visibility)]

    def extend(self, receipt: str, visibility: int) -> None:
        """As the port says."""
        bounds.check_visibility(visibility)
        with self._said():
            try:
                self._client.change_message_visibility(QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=visibility)
            except ClientError as error:
                if aws.code(error).rpartition(".")[2] not in STALE:
                    raise

    def delete(self, receipts: Sequence[str]) -> None:
        """As the port says."""
        for first in range(0, len(receipts), BATCH):
            entries = [{"Id": str(n), "ReceiptHandle": receipt} for n, receipt in enumerate(receipts[first : first + BATCH])]
            with self._said():
                self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)

    def dead(self) -> Sequence[Received]:
        """As the port says. They are hidden from others while they are read, then given back."""
        with self._said():
            found = self._attributes("RedrivePolicy")
            name = json.loads(found["RedrivePolicy"])["deadLetterTargetArn"].rpartition(":")[2]
            url = self._client.get_queue_url(QueueName=name)["QueueUrl"]
        letters: dict[str, Received] = {}
        while taken := self._take(url, BATCH, LOOK):
            letters.update({letter.id: letter for letter in map(_received, taken)})
        for letter in letters.values():
            with self._said():
                self._client.change_message_visibility(QueueUrl=url, ReceiptHandle=letter.receipt, VisibilityTimeout=0)
        return sorted(letters.values(), key=lambda letter: letter.sent)

    def depth(self) -> int:
        """As the port says."""
        with self._said():
            found = self._attributes(*WAITING)
        return sum(int(found[name]) for name in WAITING)

    def close(self) -> None:
        """Nothing to close."""

    def _take(self, url: str, limit: int, visibility: int) -> list[dict[str, Any]]:
        with self._said():
            answer = self._client.receive_message(
                QueueUrl=url, MaxNumberOfMessages=limit, VisibilityTimeout=visibility, MessageSystemAttributeNames=["All"]
            )
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def _attributes(self, *names: str) -> dict[str, str]:
        found: dict[str, str] = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=list(names))["Attributes"]
        return found

    def _said(self) -> AbstractContextManager[None]:
        return aws.said("The queue", "STEWARD_QUEUE")


def _batches(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Messages in order, as many together as one call takes."""
    batch: list[Message] = []
    size = 0
    for message in messages:
        length = len(message.body.encode())
        if batch and (len(batch) == BATCH or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += length
    if batch:
        yield batch


def _received(found: dict[str, Any]) -> Received:
    attributes = found["Attributes"]
    sent = datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC)
    return Received(found["MessageId"], found["Body"], found["ReceiptHandle"], int(attributes["ApproximateReceiveCount"]), sent)
