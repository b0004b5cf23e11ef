"""Commands on approvals: who waits for a yes, and the yes or no."""

from steward.kernel.actor import PUBLIC, covers
from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Forbidden, NotFound
from steward.workspaces.model_approvals import (
    APPROVALS,
    REQUESTERS,
    Approval,
    ApprovalPage,
    ApprovalStatus,
    ApprovalView,
    Approve,
    Deny,
    GetApproval,
    ListApprovals,
)
from steward.workspaces.rules_approvals import check_decidable, mine


@command("approvals.list", scope="approve", danger=Danger.READ, http="GET /approvals")
def list_approvals(cmd: ListApprovals, ctx: Context) -> ApprovalPage:
    """List approvals, newest first: all, or only those that wait."""
    start = cmd.start
    found: list[Approval] = []
    while len(found) < cmd.limit:
        rows, start = APPROVALS.page(ctx, start=start, limit=200, newest=True)
        found += [one for one in rows if not cmd.pending or one.status_at(ctx.now) is ApprovalStatus.PENDING]
        if not start:
            break
    shown = found[: cmd.limit]
    more = shown[-1].id if len(found) > cmd.limit else start
    return ApprovalPage(rows=[_view(one, ctx) for one in shown], total=len(found), next=more)


@command("approvals.get", scope=PUBLIC, danger=Danger.READ, http="GET /approvals/{id}")
def get_approval(cmd: GetApproval, ctx: Context) -> ApprovalView:
    """Show an approval to who asked for it and to who may decide."""
    if not ctx.actor.known:
        raise Forbidden("Missing API key", unknown=True)
    found = APPROVALS.get(ctx, cmd.id)
    if found is None or not (mine(found, ctx.actor) or covers(ctx.actor.scopes, "approve")):
        raise NotFound(f"There is no approval '{cmd.id[:64]}' in this workspace.")
    return _view(found, ctx)


@command("approvals.approve", scope="approve", danger=Danger.WRITE, http="POST /approvals/{id}/approve")
def approve(cmd: Approve, ctx: Context) -> ApprovalView:
    """Say yes, once, to exactly what the approval shows."""
    return _decided(APPROVALS.require(ctx, cmd.id), ApprovalStatus.APPROVED, ctx, reason=cmd.reason)


@command("approvals.deny", scope="approve", danger=Danger.WRITE, http="POST /approvals/{id}/deny")
def deny(cmd: Deny, ctx: Context) -> ApprovalView:
    """Say no; the same request is not asked for again before its time has run out."""
    return _decided(APPROVALS.require(ctx, cmd.id), ApprovalStatus.DENIED, ctx, reason=cmd.reason)


def _decided(approval: Approval, status: ApprovalStatus, ctx: Context, *, reason: str) -> ApprovalView:
    check_decidable(approval, ctx.actor, ctx.surface, now=ctx.now)
    decision = {"status": status, "decided_by": ctx.actor.name, "decided_at": ctx.now, "reason": reason}
    row = REQUESTERS.get(ctx, approval.requested_by)
    if row:
        left = [one.model_copy(update={"pending": False}) if one.approval == approval.id else one for one in row.open]
        REQUESTERS.replace(ctx, row.model_copy(update={"open": left}))
    return _view(APPROVALS.replace(ctx, approval.model_copy(update=decision)), ctx)


def _view(approval: Approval, ctx: Context) -> ApprovalView:
    kept = approval.model_dump(include=set(ApprovalView.model_fields) - {"status"})
    return ApprovalView(status=approval.status_at(ctx.now), **kept)
