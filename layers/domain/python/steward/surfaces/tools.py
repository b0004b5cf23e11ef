"""What a tool answers, whoever calls it."""

from collections.abc import Mapping

from steward.kernel.errors import ApprovalNeeded, Forbidden


def refused(error: Forbidden | ApprovalNeeded) -> Mapping[str, str]:
    """The answer of a tool that may not be used now (spec A3.4), with the approval that it waits for."""
    told = {"error": f"Permission denied: {error.detail}"}
    return told | {"approval": error.approval} if isinstance(error, ApprovalNeeded) and error.approval else told
