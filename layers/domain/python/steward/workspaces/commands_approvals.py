"""Commands on approvals: who waits for a yes, and the yes or no."""

from collections.abc import Iterator
from dataclasses import replace

from steward.kernel.actor import PUBLIC, Actor, Surface, covers
from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Conflict, Forbidden, NotFound
from steward.kernel.model import Nothing
from steward.workspaces.identity import OWNER
from steward.workspaces.mails import want
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
    TellApprovers,
    Withdraw,
)  # fmt: skip
from steward.workspaces.model_mails import Purpose
from steward.workspaces.model_members import ACCOUNTS, MEMBERS
from steward.workspaces.roles import held
from steward.workspaces.rules_approvals import (
    OPEN,
    SHORT,
    asker,
    check_decidable,
    check_withdrawable,
    ending_in,
    may_decide,
    may_see,
    mine,
    whose,
)
from steward.workspaces.rules_mails import plain

MOST_MAILS = 20
"""How many members are written to about one approval."""


@command("approvals.list", scope="approve", danger=Danger.READ, http="GET /approvals")
def list_approvals(cmd: ListApprovals, ctx: Context) -> ApprovalPage:
    """List approvals, newest first: all that concern the caller, or only those that wait."""
    actor, start = _deciding(ctx), cmd.start
    found: list[Approval] = []
    while len(found) < cmd.limit:
        rows, start = APPROVALS.page(ctx, start=start, limit=cmd.limit - len(found), newest=True)
        found += [one for one in rows if may_see(one, actor) and not (cmd.pending and one.status_at(ctx.now) is not ApprovalStatus.PENDING)]
        if not start or (cmd.pending and rows[-1].created_at < ctx.now - OPEN):
            break
    return ApprovalPage(rows=[_view(one, ctx, actor) for one in found], total=len(found), next=start)


@command("approvals.get", scope=PUBLIC, danger=Danger.READ, http="GET /approvals/{id}")
def get_approval(cmd: GetApproval, ctx: Context) -> ApprovalView:
    """Show an approval to who asked for it and to who may decide."""
    _check_known(ctx)
    return _view(_found(ctx, cmd.id), ctx, _deciding(ctx))


@command("approvals.approve", scope="approve", danger=Danger.WRITE, http="POST /approvals/{id}/approve")
def approve(cmd: Approve, ctx: Context) -> ApprovalView:
    """Say yes, once, to exactly what the approval shows."""
    return _decided(_found(ctx, cmd.id), ApprovalStatus.APPROVED, ctx, reason=cmd.reason)


@command("approvals.deny", scope="approve", danger=Danger.WRITE, http="POST /approvals/{id}/deny")
def deny(cmd: Deny, ctx: Context) -> ApprovalView:
    """Say no; the same request is not asked for again before its time has run out."""
    return _decided(_found(ctx, cmd.id), ApprovalStatus.DENIED, ctx, reason=cmd.reason)


@command("approvals.withdraw", scope=PUBLIC, danger=Danger.WRITE, http="POST /approvals/{id}/withdraw")
def withdraw(cmd: Withdraw, ctx: Context) -> ApprovalView:
    """Take one's own request back, which makes room for another."""
    _check_known(ctx)
    approval, actor = _found(ctx, cmd.id), _deciding(ctx)
    check_withdrawable(approval, actor, now=ctx.now)
    row = REQUESTERS.get(ctx, whose(approval))
    if row:
        REQUESTERS.replace(ctx, row.model_copy(update={"open": [one for one in row.open if one.approval != approval.id]}))
    ctx.emit("approvals.decided", {"approval": approval.id})
    taken_back = approval.model_copy(update={"status": ApprovalStatus.WITHDRAWN, "decided_by": actor.name, "decided_at": ctx.now})
    return _view(APPROVALS.replace(ctx, taken_back), ctx, actor)


@command("approvals.tell", scope="approve", danger=Danger.WRITE, internal=True)
def tell_approvers(cmd: TellApprovers, ctx: Context) -> Nothing:
    """Write to those who may decide over an approval, the owner of the installation among them, each with a link of their own."""
    approval, start = APPROVALS.require(ctx, cmd.approval), ""
    said = f"{plain(asker(approval.requester, approval.person))} asks for '{approval.spoken}'"
    owner = ACCOUNTS.get(ctx, OWNER.id)
    if owner and owner.email and may_decide(approval, OWNER, Surface.DESK, now=ctx.now):
        by_link = OWNER.id if owner.is_verified else ""  # a link that decides goes to an address that is known to be theirs
        want(ctx, Purpose.APPROVE, owner.email, account=OWNER.id, workspace=ctx.workspace, member=by_link, approval=approval.id, said=said)
    while len(ctx.changes) < MOST_MAILS:
        members, start = MEMBERS.page(ctx, start=start, limit=200)
        for one in members:
            deciding = Actor(
                one.id, "member", one.name, held(one.role), role=one.role, workspace=ctx.workspace, member=one.id, line=one.line
            )
            able = one.active and covers(deciding.scopes, "approve") and may_decide(approval, deciding, Surface.DESK, now=ctx.now)
            if able and len(ctx.changes) < MOST_MAILS:
                want(
                    ctx,
                    Purpose.APPROVE,
                    one.email,
                    account=one.account,
                    workspace=ctx.workspace,
                    member=one.id,
                    approval=approval.id,
                    said=said,
                )
        if not start:
            break
    return Nothing()


def _check_known(ctx: Context) -> None:
    if not ctx.actor.known:
        raise Forbidden("Missing API key", unknown=True)


def _deciding(ctx: Context) -> Actor:
    """The actor as one who decides: a key has the role of the member who made it."""
    return replace(ctx.actor, role=ctx.actor.rank)


def _found(ctx: Context, named: str) -> Approval:
    """The approval of an id, or of the end of one that waits. Raises NotFound also for what the actor may not see."""
    found, short = APPROVALS.get(ctx, named), len(named) < len(ctx.new_id())
    if found is None and short:
        waiting = ending_in(_waiting(ctx), named)
        if waiting[1:]:
            raise Conflict(f"'{named[:64]}' is the end of {len(waiting)} approvals; say more of it.")
        found = waiting[0] if waiting else None
    asked, deciding = found is not None and mine(found, ctx.actor), covers(ctx.actor.scopes, "approve")
    if found is None or not (asked or (deciding and may_see(found, _deciding(ctx)))):
        told = f"No approval that waits here ends in '{named[:64]}'" if short else f"There is no approval '{named[:64]}' in this workspace"
        raise NotFound(f"{told}; `steward approvals list` shows them, decided ones too.")
    return found


def _waiting(ctx: Context) -> Iterator[Approval]:
    """Those that can still wait, newest first."""
    start = ""
    while True:
        rows, start = APPROVALS.page(ctx, start=start, limit=200, newest=True)
        yield from (one for one in rows if one.status_at(ctx.now) is ApprovalStatus.PENDING)
        if not start or rows[-1].created_at < ctx.now - OPEN:
            return


def _decided(approval: Approval, status: ApprovalStatus, ctx: Context, *, reason: str) -> ApprovalView:
    actor = _deciding(ctx)
    check_decidable(approval, actor, ctx.surface, now=ctx.now)
    decision = {"status": status, "decided_by": actor.name, "decided_at": ctx.now, "reason": reason}
    row = REQUESTERS.get(ctx, whose(approval))
    if row:
        left = [one.model_copy(update={"pending": False}) if one.approval == approval.id else one for one in row.open]
        REQUESTERS.replace(ctx, row.model_copy(update={"open": left}))
    ctx.emit("approvals.decided", {"approval": approval.id})
    return _view(APPROVALS.replace(ctx, approval.model_copy(update=decision)), ctx, actor)


def _view(approval: Approval, ctx: Context, actor: Actor) -> ApprovalView:
    own = {"status", "short", "mine", "decidable"}
    kept = approval.model_dump(include=set(ApprovalView.model_fields) - own)
    return ApprovalView(
        status=approval.status_at(ctx.now),
        short=approval.id[-SHORT:],
        mine=mine(approval, actor),
        decidable=covers(actor.scopes, "approve") and may_decide(approval, actor, ctx.surface, now=ctx.now),
        **kept,
    )
