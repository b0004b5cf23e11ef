"""What came of an approval, for whoever waits for it."""

from collections.abc import Mapping
from datetime import datetime

from steward.kernel.keys import place
from steward.kernel.ports import Records
from steward.workspaces.model_approvals import APPROVALS, Approval, ApprovalStatus

RAN_OUT = "Nobody decided in time, which is a no; ask again when somebody is there to decide."


OVER: Mapping[ApprovalStatus, str] = {
    ApprovalStatus.EXPIRED: RAN_OUT,
    ApprovalStatus.WITHDRAWN: "This request was taken back by who made it; nothing was done.",
}
"""How a wait ends where nobody said yes or no."""


def status_of(records: Records, workspace: str, approval: str, *, now: datetime) -> ApprovalStatus:
    """The status of an approval now; one that is gone has expired."""
    (row,) = records.get([place(workspace, APPROVALS.kind, approval)])
    return Approval.of(row).status_at(now) if row else ApprovalStatus.EXPIRED
