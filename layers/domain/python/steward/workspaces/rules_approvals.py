"""Who may decide over an approval, and when: pure decisions."""

from datetime import datetime

from steward.kernel.actor import Actor, Surface
from steward.kernel.errors import Conflict, Forbidden
from steward.workspaces.model_approvals import Approval, ApprovalStatus
from steward.workspaces.roles import Role

HUMAN = frozenset({Surface.DESK, Surface.CLI})


def mine(approval: Approval, actor: Actor) -> bool:
    """Whether this actor asked, or a key or session of the same member."""
    return approval.requested_by == actor.id or (actor.member != "" and actor.member == approval.member)


def check_decidable(approval: Approval, actor: Actor, surface: Surface, *, now: datetime) -> None:
    """Raises Conflict when there is nothing to decide any more, Forbidden when it is not this actor's to decide."""
    status = approval.status_at(now)
    if status is not ApprovalStatus.PENDING:
        gone = "ran out" if status is ApprovalStatus.EXPIRED else f"is {status}"
        raise Conflict(f"This approval {gone} already; the request has to be made again.", current=approval.version)
    if mine(approval, actor) and not (approval.own and actor.kind == "member" and surface in HUMAN):
        raise Forbidden("Nobody decides their own request here; somebody else has to.", rule="approval.own")
    named = actor.role in (Role.OWNER, *approval.approvers) or actor.member in approval.approvers
    if not named and actor.kind != "key":
        raise Forbidden(f"This is for {' or '.join(approval.approvers)} to decide.", rule="approval.approvers")
