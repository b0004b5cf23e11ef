"""Receipts of sign-ins that failed: in the installation's own workspace, as nobody, about the account that was tried where there is one.

Whoever tries without end fills no disk: thirty an hour are kept about one account, and thirty of all that name none. Those over
that are written too, to a place that the next one takes, so that no answer is faster for a name that nobody has.
"""

from contextlib import suppress
from dataclasses import replace

from steward.kernel.context import Context
from steward.kernel.errors import Forbidden, Unavailable
from steward.kernel.ids import sortable
from steward.kernel.keys import SYSTEM, kind_of, place
from steward.kernel.limits import Bucket, Buckets, Rate
from steward.kernel.origins import Origin
from steward.kernel.ports import Put
from steward.kernel.receipts import Receipt
from steward.workspaces.lockout import KIND
from steward.workspaces.model_members import ACCOUNTS

KEPT = Rate(30, 3_600, 30)
A_DAY = 86_400


class Failures:
    """Counts in this process which failures were kept."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets

    def refused(self, ctx: Context, command: str, refusal: Forbidden, *, account: str) -> Forbidden:
        """The refusal, with a receipt left of it; `account` is "" where nobody goes by what was said."""
        (level,) = self._buckets.take([Bucket("failure", SYSTEM, f"failure#{account}", KEPT)], ctx.now)
        receipt, origin = _rows(ctx, command, refusal.rule, account)
        kept = [receipt, origin] if not level.wait else [_passing(row, int(ctx.now.timestamp())) for row in (receipt, origin)]
        with suppress(Unavailable):  # a full disk must not hide the refusal
            ctx.door.ports.records.commit(kept)
            if not level.wait:
                ctx.door.written.add(SYSTEM, receipt)
        return refusal


def _rows(ctx: Context, command: str, rule: str, account: str) -> tuple[Put, Put]:
    """The receipt, and the row of where it came from."""
    origin = ctx.door.origins.row(ctx.actor, ctx.origin or Origin(), workspace=SYSTEM, now=ctx.now)
    receipt = Receipt(
        id=sortable(ctx.now, ctx.door.ports.entropy), at=ctx.now, workspace=SYSTEM, actor=ctx.actor, surface=ctx.surface, command=command,
        outcome=Forbidden.kind, rule=rule, request="", subject=account, subject_kind=ACCOUNTS.kind, correlation=ctx.correlation,
        origin=origin.key.sk,
    )  # fmt: skip
    return ctx.door.stamp.put(receipt.put()), origin


def _passing(row: Put, now: int) -> Put:
    return replace(row, key=place(SYSTEM, KIND, f"passing#{kind_of(row.key.pk)}"), expect=None, expires=now + A_DAY)
