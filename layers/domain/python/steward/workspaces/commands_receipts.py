"""Commands on receipts: who did what, as a list and a file; sealing and verifying; erasing where people came from."""

import csv
import io
from collections.abc import Iterator

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Conflict
from steward.kernel.keys import SYSTEM
from steward.kernel.model import FileAnswer
from steward.kernel.origins import KIND as ORIGINS
from steward.kernel.ports import Delete
from steward.kernel.textfiles import cell
from steward.workspaces import rules_receipts, sealing, verifying
from steward.workspaces.anchors import Anchors
from steward.workspaces.exporting import Part, exported
from steward.workspaces.model_receipts import (
    Accepted,
    AcceptLoss,
    ExportReceipts,
    ForgetOrigins,
    Forgotten,
    ListReceipts,
    ReceiptPage,
    ReceiptView,
    Seal,
    Sealed,
    SealReceipts,
    Verified,
    VerifyReceipts,
)
from steward.workspaces.reading_receipts import Wanted, views, whose

COLUMNS = (
    "at", "name", "actor", "actor_kind", "role", "surface", "command", "outcome", "rule", "subject_kind", "subject", "about", "changes",
    "touched", "rows", "unusual", "approval", "approved_by", "origin", "ip", "user_agent", "correlation", "id",
)  # fmt: skip
"""The columns of an export, in order."""
AT_ONCE = 90


@command("receipts.list", scope="read:audit", danger=Danger.READ, tool="list_receipts", http="GET /receipts")
def list_receipts(cmd: ListReceipts, ctx: Context) -> ReceiptPage:
    """List who did what, by whom allowed, newest first; a user sees their own."""
    rules_receipts.checked(cmd)
    rows, onward = Wanted(cmd, whose(ctx)).page(ctx, start=cmd.cursor, limit=cmd.limit)
    return ReceiptPage(rows=views(ctx, rows), next=onward)


@command("receipts.export", scope="read:audit", danger=Danger.READ, http="GET /receipts.csv", audited=True)
def export_receipts(cmd: ExportReceipts, ctx: Context) -> FileAnswer:
    """Write receipts to a CSV file, newest first; a user gets their own. It leaves a receipt."""
    rules_receipts.checked(cmd)
    return exported(ctx, cmd, _lines(cmd, ctx), name="receipts.csv")


@command("receipts.seal", scope="read:audit", danger=Danger.READ)
def seal_receipts(cmd: SealReceipts, ctx: Context) -> Sealed:
    """Put under the chain of seals what is not sealed yet, as every minute does; leaves no receipt, as the seal tells of itself."""
    places = _meant(ctx)
    sealed = sum(sealing.seal(ctx.door, place, ctx.now, fully=True) for place in places)
    ends = [sealing.newest(ctx.door, place) for place in places]
    return Sealed(sealed=sealed, count=sum(one.count for one in ends if one))


@command("receipts.verify", scope="read:audit", danger=Danger.READ, http="POST /receipts/verify")
def verify_receipts(cmd: VerifyReceipts, ctx: Context) -> Verified:
    """Prove that no receipt was changed, removed, put in, swapped or cut off; else name the first one that was."""
    return verifying.verify(ctx.door, _meant(ctx))


@command("receipts.accept_loss", scope="admin:workspace", danger=Danger.WRITE)
def accept_loss(cmd: AcceptLoss, ctx: Context) -> Accepted:
    """Go on after receipts were lost with the end of their chain, as after a backup was put back; the loss stays told for good."""
    last = sealing.newest(ctx.door, ctx.workspace) or Seal(0, ctx.now, 0, "", [])
    anchors = Anchors(ctx.blobs, ctx.workspace)
    anchored = max(anchors.last(), ctx.door.written.reached(ctx.workspace))
    if anchored <= last.number:
        raise Conflict("The chain of receipts reaches its anchor, so nothing was lost with its end.")
    known = anchors.get(anchored)
    lost = max(known.head.count - last.count, 0) if known else 0
    gap = f"{ctx.actor.id}: {cmd.reason}"
    link = Seal(anchored + 1, ctx.now, last.count, last.digest, [], gap=gap)
    ctx.write(ctx.door.stamp.put(link.put(ctx.workspace)))
    return Accepted(seal=link.number, lost=lost, count=last.count)


@command("receipts.forget", scope="admin:workspace", danger=Danger.WRITE, http="POST /receipts/forget")
def forget_origins(cmd: ForgetOrigins, ctx: Context) -> Forgotten:
    """Erase from which addresses and browsers somebody acted; their receipts and the chain stay whole."""
    page = ctx.query(ORIGINS, ctx.door.origins.prefix(cmd.actor), limit=AT_ONCE)
    ctx.announce(f"Erases {len(page.rows):,}{' and more' if page.next else ''} places that {cmd.actor} acted from; receipts stay.")
    for row in page.rows:
        ctx.write(Delete(row.key))
    ctx.door.origins.forget()
    return Forgotten(erased=len(page.rows), more=bool(page.next))


def _meant(ctx: Context) -> list[str]:
    """The workspace of the call; all of them in the installation's own."""
    return sealing.everywhere(ctx.door.ports.records) if ctx.workspace == SYSTEM else [ctx.workspace]


def _lines(cmd: ExportReceipts, ctx: Context) -> Iterator[Part]:
    yield ",".join(COLUMNS) + "\r\n", 0
    for rows in Wanted(cmd, whose(ctx)).pages(ctx):
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerows([cell(_told(one, name)) for name in COLUMNS] for one in views(ctx, rows))
        yield text.getvalue(), len(rows)


def _told(receipt: ReceiptView, column: str) -> object:
    match column:
        case "at":
            return receipt.at.isoformat()
        case "unusual":
            return "; ".join(receipt.unusual)
        case "touched":
            return " ".join(f"{one.kind}:{one.id}" + (f"@{one.version}" if one.version is not None else "") for one in receipt.touched)
        case _:
            return getattr(receipt, column)
