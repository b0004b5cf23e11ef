"""The Policy that the kernel asks: permission rules, the dangerous set, what a role may do by approval; and the approvals."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from steward.kernel.actor import Surface
from steward.kernel.context import Call, Context
from steward.kernel.effects import Shown
from steward.kernel.errors import ApprovalNeeded, Forbidden, Invalid, TooMany
from steward.kernel.guard import Approved, Asked, Judged, Ruling
from steward.kernel.keys import SYSTEM
from steward.kernel.ports import Records
from steward.workspaces.judging import Rules
from steward.workspaces.model_approvals import APPROVALS, REQUESTERS, Approval, ApprovalStatus, Requester, Waiting
from steward.workspaces.model_permissions import standing

MOST_PENDING = 5
MOST_TOLD = 250_000
"""Letters of an effect; with the rest of the approval it fits into a row."""
DIFFERENT = "What it would change is not what was approved any more, so it has to be approved again"


class RulePolicy:
    """Judges by the workspace's standing row, which is read for every call, so a change holds everywhere at once."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def judge(self, command: Judged, call: Call) -> Ruling:
        """As `guard.Judge` says."""
        found = None if call.surface is Surface.SYSTEM or call.workspace == SYSTEM else standing(self._records, call.workspace)
        return Rules.of(found).judge(command, call)

    def redeem(self, asked: Asked, ctx: Context) -> Approved | None:
        """As `guard.Policy` says."""
        row = REQUESTERS.get(ctx, asked.call.actor.id)
        mine = next((one for one in row.open if one.request == asked.request), None) if row else None
        approval = APPROVALS.get(ctx, mine.approval) if mine else None
        if row is None or mine is None or approval is None:
            return None
        match approval.status_at(ctx.now):
            case ApprovalStatus.PENDING:
                raise ApprovalNeeded.of(approval.why, approval=approval.id, rule=approval.rule)
            case ApprovalStatus.APPROVED:
                REQUESTERS.replace(ctx, row.model_copy(update={"open": [one for one in row.open if one != mine]}))
                APPROVALS.replace(ctx, approval.model_copy(update={"status": ApprovalStatus.USED}))
                return Approved(approval.id, approval.created_at, approval.shown)
            case ApprovalStatus.DENIED if mine.until > ctx.now:
                words = f": {approval.reason}" if approval.reason else ""
                raise Forbidden(f"'{asked.command.spoken}' was asked for and denied by {approval.decided_by}{words}.", rule="approval")
            case _:
                return None

    def ask(self, asked: Asked, ruling: Ruling, ctx: Context, *, shown: Shown) -> ApprovalNeeded:
        """As `guard.Policy` says."""
        actor, until = asked.call.actor, ctx.now + timedelta(minutes=ruling.minutes)
        row = REQUESTERS.get(ctx, actor.id)
        waited = [one for one in row.open if one.until > ctx.now and one.request != asked.request] if row else []
        if sum(one.pending for one in waited) >= MOST_PENDING:
            raise TooMany(
                f"{MOST_PENDING} of your requests wait for approval already; have one decided first, or wait until one runs out.",
                retry_after=_seconds(min(one.until for one in waited if one.pending), ctx.now),
                rule="approvals",
            )
        void = _void(ctx, [one for one in row.open if one.request == asked.request] if row else [])
        approval = APPROVALS.insert(
            ctx,
            Approval(
                id=ctx.new_id(), created_at=ctx.now, updated_at=ctx.now, command=asked.command.name, spoken=asked.command.spoken,
                args_hash=asked.request, why=ruling.reason, rule=ruling.rule, says=shown.says, diff=_told(shown),
                shown=shown.mark, requested_by=actor.id, requester=actor.name, member=actor.member, line=actor.line,
                approvers=list(ruling.approvers), own=ruling.own, expires_at=until,
            ),
        )  # fmt: skip
        open_ = [*waited, Waiting(approval=approval.id, request=asked.request, until=until)]
        if row:
            REQUESTERS.replace(ctx, row.model_copy(update={"open": open_}))
        else:
            REQUESTERS.insert(ctx, Requester(id=actor.id, created_at=ctx.now, updated_at=ctx.now, open=open_))
        ctx.emit("approvals.asked", {"approval": approval.id})
        return ApprovalNeeded.of(DIFFERENT if void else ruling.reason, approval=approval.id, rule=ruling.rule)


def _told(shown: Shown) -> list[dict[str, Any]]:
    """All of an effect, as it is kept with its approval. Raises Invalid where that is more than a person could look through."""
    told = [asdict(one) for one in shown.effects]
    if len(json.dumps(told)) > MOST_TOLD:
        raise Invalid("This would change more than one approval can show; do it in smaller parts.")
    return told


def _void(ctx: Context, before: Sequence[Waiting]) -> bool:
    """Whether an approval of the same request was there to use; it is good for nothing any more."""
    known = [one for one in APPROVALS.many(ctx, [one.approval for one in before]) if one]
    good = [one for one in known if one.status_at(ctx.now) is ApprovalStatus.APPROVED]
    for one in good:
        APPROVALS.replace(ctx, one.model_copy(update={"status": ApprovalStatus.EXPIRED}))
    return bool(good)


def _seconds(until: datetime, now: datetime) -> int:
    return max(1, int((until - now).total_seconds()))
