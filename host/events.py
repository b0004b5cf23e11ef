"""The events of AWS, made on one machine: what API Gateway, EventBridge, S3 and SQS would send."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, quote

from steward.kernel.ports import Blob, Received

Event = Mapping[str, Any]
ACCOUNT, REGION = "000000000000", "local"
MAX_QUERY_FIELDS = 500


class Context:
    """What a handler asks of Lambda's context: the time that is left for it; and that a host stands around it, which waits in its place."""

    hosted = True

    def __init__(self, id: str, *, seconds: float) -> None:
        self.aws_request_id = id
        self._until = monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the deadline; 0 past it."""
        return max(0, round((self._until - monotonic()) * 1000))


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came over the wire; header names are in lower case, the path is percent-encoded."""

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    source_ip: str


def http(asked: Asked) -> Event:
    """The proxy event (version 1) of a request. Raises ValueError for a query of too many fields."""
    resource, proxy = _route(asked.path)
    query, headers = _grouped(parse_qsl(asked.query, keep_blank_values=True, max_num_fields=MAX_QUERY_FIELDS)), _grouped(asked.headers)
    body, encoded = _text(asked.body)
    return {
        "resource": resource,
        "path": asked.path,
        "httpMethod": asked.method,
        "headers": {name: ("; " if name == "cookie" else ", ").join(values) for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": None if proxy is None else {"proxy": proxy},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": asked.method,
            "path": asked.path,
            "stage": "local",
            "identity": {"sourceIp": asked.source_ip, "userAgent": headers.get("user-agent", [""])[-1]},
        },
        "body": body,
        "isBase64Encoded": encoded,
    }


def answered(answer: Event) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of a proxy answer."""
    headers = [(name.lower(), str(value)) for name, value in answer.get("headers", {}).items()]
    headers += [(name.lower(), str(value)) for name, values in answer.get("multiValueHeaders", {}).items() for value in values]
    body = answer.get("body") or ""
    return int(answer["statusCode"]), headers, b64decode(body) if answer.get("isBase64Encoded") else body.encode()


def scheduled(rule: str, at: datetime) -> Event:
    """EventBridge's event of a schedule."""
    resources = [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}"]
    told = {"detail-type": "Scheduled Event", "source": "aws.events", "resources": resources, "detail": {}}
    return _bus(f"{rule}-{at.timestamp():.0f}", at) | told


def object_created(blob: Blob, at: datetime) -> Event:
    """EventBridge's event of a file that has arrived."""
    file = {"key": blob.key, "size": blob.size, "etag": blob.etag, "sequencer": f"{at.timestamp():020.6f}"}
    detail = {"version": "0", "bucket": {"name": "files"}, "object": file, "reason": "PutObject"}
    told = {"detail-type": "Object Created", "source": "aws.s3", "resources": ["arn:aws:s3:::files"], "detail": detail}
    return _bus(f"{blob.key}:{blob.etag}", at) | told


def batch(messages: Sequence[Received]) -> Event:
    """SQS's event of some messages."""
    return {"Records": [_record(message) for message in messages]}


def _record(message: Received) -> Event:
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.receives),
            "SentTimestamp": str(round(message.sent.timestamp() * 1000)),
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:steward-work",
        "awsRegion": REGION,
    }


def _bus(id: str, at: datetime) -> dict[str, Any]:
    time = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"version": "0", "id": id, "account": ACCOUNT, "time": time, "region": REGION}


def _route(path: str) -> tuple[str, str | None]:
    """The resource of `functions/api.py` that a path belongs to, and what its `{proxy+}` is."""
    if path == "/":
        return "/", None
    under = "/v1/" if path.startswith("/v1/") and len(path) > len("/v1/") else "/"
    return f"{under}{{proxy+}}", quote(path[len(under) :], safe="/%!$&'()*+,;=:@~-._")


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _text(body: bytes) -> tuple[str | None, bool]:
    if not body:
        return None, False
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return b64encode(body).decode(), True
