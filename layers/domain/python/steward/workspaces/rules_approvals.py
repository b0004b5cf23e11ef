"""Who may decide over an approval, and when: pure decisions. A key's role here is that of the member who made it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from steward.kernel.actor import Actor, Surface
from steward.kernel.errors import Conflict, Forbidden, StewardError
from steward.kernel.guard import DECIDERS
from steward.workspaces.model_approvals import Approval, ApprovalStatus
from steward.workspaces.model_permissions import LONGEST
from steward.workspaces.roles import Role

HUMAN = frozenset({Surface.DESK, Surface.CLI})
SHORT = 6
"""How many letters of the end of an id are enough to name an approval."""
GONE: Mapping[ApprovalStatus, str] = {
    ApprovalStatus.APPROVED: "This approval is approved already; nothing is left to decide, and who asked can go on.",
    ApprovalStatus.USED: "This approval is used already: what it was for is done.",
    ApprovalStatus.DENIED: "This approval is denied already; nothing is left to decide.",
    ApprovalStatus.WITHDRAWN: "This approval is withdrawn already: who asked has taken the request back.",
    ApprovalStatus.EXPIRED: "This approval ran out already; the request has to be made again.",
}
"""Why nothing can be decided over one any more."""
OPEN = timedelta(minutes=LONGEST)
"""How long ago an approval that still waits was asked for at most."""


def mine(approval: Approval, actor: Actor) -> bool:
    """Whether this actor asked, or a key or session of the same member."""
    return approval.requested_by == actor.id or (actor.member != "" and actor.member == approval.member)


def whose(one: Approval | Actor) -> str:
    """The id of the person behind a request: the member, also of a key; else the first of the keys that made one another."""
    by = one.requested_by if isinstance(one, Approval) else one.id
    return one.member or one.line or by


def asker(requester: str, person: str) -> str:
    """Who asks, by name: `Dana Reeve`, `nightly, a key of Dana Reeve`."""
    return f"{requester}, a key of {person}" if person else requester


def akin(approval: Approval, actor: Actor) -> bool:
    """Whether both go back to one API key, or, where nobody may decide their own, to the owner of the machine."""
    by_machine = actor.member == approval.member == ""
    return (actor.line != "" and actor.line == approval.line) or (by_machine and not approval.own)


def is_named(approval: Approval, actor: Actor) -> bool:
    """Whether this actor is one of those who may decide; an owner always is."""
    return actor.role in (Role.OWNER, *approval.approvers) or (actor.member != "" and actor.member in approval.approvers)


def may_see(approval: Approval, actor: Actor) -> bool:
    """Whether an approval is shown: to who asked, to who may decide, and to who looks after the workspace."""
    return mine(approval, actor) or is_named(approval, actor) or actor.role in DECIDERS


def check_decidable(approval: Approval, actor: Actor, surface: Surface, *, now: datetime) -> None:
    """Raises Conflict when there is nothing to decide any more, Forbidden when it is not this actor's to decide."""
    status = approval.status_at(now)
    if status is not ApprovalStatus.PENDING:
        raise Conflict(GONE[status], current=approval.version)
    if mine(approval, actor) and not (approval.own and actor.kind == "member" and surface in HUMAN):
        raise Forbidden("Nobody decides their own request here; somebody else has to.", rule="approval.own")
    if akin(approval, actor) and not mine(approval, actor):
        raise Forbidden(
            "This counts as deciding one's own: who asks and who decides go back to the same key or person.", rule="approval.own"
        )
    if not is_named(approval, actor):
        raise Forbidden("This is for somebody else to decide; the approval names its approvers.", rule="approval.approvers")


def check_withdrawable(approval: Approval, actor: Actor, *, now: datetime) -> None:
    """Raises Forbidden where somebody else asked, Conflict where it is decided against, used or over."""
    status = approval.status_at(now)
    if not mine(approval, actor):
        raise Forbidden("Only who asked takes a request back; who may decide denies it.", rule="approval.own")
    if status not in (ApprovalStatus.PENDING, ApprovalStatus.APPROVED):
        raise Conflict(GONE[status], current=approval.version)


def may_decide(approval: Approval, actor: Actor, surface: Surface, *, now: datetime) -> bool:
    """Whether it waits, and is this actor's to decide."""
    try:
        check_decidable(approval, actor, surface, now=now)
    except StewardError:
        return False
    return True


def ending_in(approvals: Iterable[Approval], text: str) -> list[Approval]:
    """Those whose ids end in a text of six letters or more."""
    end = text.strip().lower()
    return [one for one in approvals if len(end) >= SHORT and one.id.endswith(end)]
