"""The Policy that the kernel asks: permission rules, the dangerous set, what a role may do by approval; and the approvals."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from steward.kernel.actor import Actor, Surface
from steward.kernel.context import Call, Context
from steward.kernel.effects import Shown
from steward.kernel.errors import ApprovalNeeded, Forbidden, Invalid, TooMany
from steward.kernel.guard import Approved, Asked, Judged, Ruling
from steward.kernel.keys import SYSTEM
from steward.kernel.ports import Records
from steward.workspaces.identity import OWNER
from steward.workspaces.judging import Rules
from steward.workspaces.model_approvals import APPROVALS, REQUESTERS, Approval, ApprovalStatus, Requester, Waiting
from steward.workspaces.model_members import MEMBERS
from steward.workspaces.model_permissions import standing
from steward.workspaces.rules_approvals import whose

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
        row, actor = REQUESTERS.get(ctx, whose(asked.call.actor)), asked.call.actor.id
        alike = [one for one in row.open if one.request == asked.request] if row else []
        known = {one.id: one for one in APPROVALS.many(ctx, [one.approval for one in alike]) if one}
        mine = next((one for one in alike if one.actor == actor and one.approval in known), None)
        status = known[mine.approval].status_at(ctx.now) if mine else None
        if mine and status is ApprovalStatus.PENDING:
            waits = known[mine.approval]
            raise ApprovalNeeded.of(waits.why, approval=waits.id, rule=waits.rule)
        if row and mine and status is ApprovalStatus.APPROVED:
            used = known[mine.approval]
            REQUESTERS.replace(ctx, row.model_copy(update={"open": [one for one in row.open if one != mine]}))
            APPROVALS.replace(ctx, used.model_copy(update={"status": ApprovalStatus.USED}))
            return Approved(used.id, used.created_at, used.shown)
        _check_denied(asked, [known[one.approval] for one in alike if one.until > ctx.now and one.approval in known])
        return None

    def ask(self, asked: Asked, ruling: Ruling, ctx: Context, *, shown: Shown) -> ApprovalNeeded:
        """As `guard.Policy` says."""
        actor, until = asked.call.actor, ctx.now + timedelta(minutes=ruling.minutes)
        row = REQUESTERS.get(ctx, whose(actor))
        before = [one for one in row.open if one.request == asked.request and one.actor == actor.id] if row else []
        waited = [one for one in row.open if one.until > ctx.now and one not in before] if row else []
        _check_room(waited, ctx.now)
        void = _void(ctx, before)
        approval = APPROVALS.insert(
            ctx,
            Approval(
                id=ctx.new_id(), created_at=ctx.now, updated_at=ctx.now, command=asked.command.name, spoken=asked.command.spoken,
                args_hash=asked.request, why=ruling.reason, rule=ruling.rule, says=shown.says, diff=_told(shown),
                shown=shown.mark, requested_by=actor.id, requester=actor.name, person=_person(ctx, actor), member=actor.member,
                line=actor.line, approvers=list(ruling.approvers), own=ruling.own, expires_at=until,
            ),
        )  # fmt: skip
        open_ = [*waited, Waiting(approval=approval.id, request=asked.request, actor=actor.id, until=until)]
        if row:
            REQUESTERS.replace(ctx, row.model_copy(update={"open": open_}))
        else:
            REQUESTERS.insert(ctx, Requester(id=whose(actor), created_at=ctx.now, updated_at=ctx.now, open=open_))
        ctx.emit("approvals.asked", {"approval": approval.id})
        return ApprovalNeeded.of(DIFFERENT if void else ruling.reason, approval=approval.id, rule=ruling.rule)


def _check_room(waited: Sequence[Waiting], now: datetime) -> None:
    """Raises TooMany while as many as may wait do so."""
    pending = [one.until for one in waited if one.pending]
    if len(pending) >= MOST_PENDING:
        raise TooMany(
            f"{MOST_PENDING} of your requests and your keys' wait for approval already; have one decided, withdraw one, or wait "
            "until one runs out.",
            retry_after=_seconds(min(pending), now),
            rule="approvals",
        )


def _check_denied(asked: Asked, alike: Sequence[Approval]) -> None:
    """Raises Forbidden where the same was denied to the same person, whichever of their keys asked, and its time is not up."""
    for one in alike:
        if one.status is ApprovalStatus.DENIED:
            words = f": {one.reason}" if one.reason else ""
            raise Forbidden(f"'{asked.command.spoken}' was asked for and denied by {one.decided_by}{words}.", rule="approval")


def _person(ctx: Context, actor: Actor) -> str:
    """The name of who made a key, "" for a person."""
    if actor.kind != "key":
        return ""
    maker = MEMBERS.get(ctx, actor.member) if actor.member else None
    return maker.name if maker else OWNER.name


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
