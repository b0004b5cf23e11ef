"""Errors as RFC 9457 problem documents: one table from kind to status."""

import json
from collections.abc import Mapping

from steward.kernel.errors import (
    ApprovalNeeded,
    Conflict,
    Forbidden,
    Internal,
    Invalid,
    NotFound,
    StewardError,
    TooMany,
    Unavailable,
)  # fmt: skip

TITLES: Mapping[int, str] = {
    400: "The request cannot be read",
    401: "Nobody is signed in",
    403: "Not allowed",
    404: "Not found",
    405: "The address does not take this method",
    409: "It was changed or is in hand",
    412: "It was changed since you read it",
    413: "Too large",
    415: "The content type is not JSON",
    422: "Something in the request is wrong",
    428: "Something has to come first",
    429: "Too many requests",
    500: "A fault of Steward's own",
    503: "Not available here or now",
}


def status_of(error: StewardError) -> int:
    """The HTTP status of an error."""
    match error:
        case Invalid():
            return 413 if error.too_large else 400 if error.malformed else 422
        case Forbidden():
            return 401 if error.unknown else 403
        case NotFound():
            return 404
        case Conflict():
            return 412 if error.stale else 409
        case ApprovalNeeded():
            return 428
        case TooMany():
            return 429
        case Unavailable():
            return 503
        case _:
            return 500


def document(error: StewardError, *, status: int = 0, instance: str = "") -> dict[str, object]:
    """The problem document of an error; `errors` lists a JSON pointer and a detail for each wrong field."""
    status = status or status_of(error)
    told: dict[str, object] = {
        "type": f"urn:steward:problem:{_type(error)}",
        "title": TITLES[status],
        "status": status,
        "detail": error.detail,
    }
    if instance:
        told["instance"] = instance
    match error:
        case Invalid(faults=faults) if faults:
            told["errors"] = [{"pointer": fault.pointer, "detail": fault.detail} for fault in faults]
        case Forbidden(rule=rule) | TooMany(rule=rule) if rule:
            told["rule"] = rule
        case Conflict(current=current) if current is not None:
            told["current_version"] = current
        case ApprovalNeeded(approval=approval, rule=rule) if approval:
            told |= {"approval": approval, "rule": rule}
        case Internal(reference=reference):
            told["reference"] = reference
        case _:
            pass
    return told


def body(error: StewardError, *, status: int = 0, instance: str = "") -> bytes:
    """The same as JSON bytes."""
    return json.dumps(document(error, status=status, instance=instance), ensure_ascii=False).encode("utf-8", "replace")


def _type(error: StewardError) -> str:
    if isinstance(error, ApprovalNeeded) and not error.approval:
        return "precondition_required"
    return error.kind
