"""Erasing a closed workspace: every row, document, blob and pointer of it, piece by piece. Doing a piece twice is doing it once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from steward.kernel.context import Context, Ports
from steward.kernel.errors import Conflict
from steward.kernel.keys import SYSTEM, partition
from steward.kernel.ports import Delete, Stored
from steward.kernel.registry import manifest
from steward.workspaces.model import WORKSPACES

MOST = 80
"""Rows that one commit removes."""
PAGE = 500
NO_POINTERS = frozenset({"receipt", "receipt.seal", "origin", "once", "outbox", "run", "heartbeat", "index", "counter", "account"})
"""Kinds of the installation's rows of which none leads to a workspace."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where erasing stands: the kinds of rows that are left, those of the installation that are left, and the place in the first."""

    kinds: Sequence[str]
    pointers: Sequence[str]
    start: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return not self.kinds and not self.pointers


def begin(ports: Ports, workspace: str) -> Mark:
    """Remove the workspace's documents and blobs, and find the kinds of its rows."""
    for kind in manifest().indexes:
        ports.search.replace(workspace, kind, ())
    for blob in list(ports.blobs.list(f"w/{workspace}/")):
        ports.blobs.delete(blob.key)
    pointers = [kind for kind in ports.records.kinds(SYSTEM) if kind not in NO_POINTERS]
    # its own row goes last, so that what was cut short is seen and done again
    return Mark(ports.records.kinds(workspace), sorted(pointers, key=lambda kind: (kind == WORKSPACES.kind, kind)))


def chunk(ctx: Context, workspace: str, mark: Mark) -> tuple[Mark, int]:
    """Remove the next rows, in this context's commit; where that leaves it, and how many they were. Raises Conflict for an open one."""
    found = WORKSPACES.get(ctx, workspace)
    if found and (found.erase_at is None or found.erase_at > ctx.now):
        raise Conflict(f"'{found.slug}' was restored, and is not erased.", current=found.version)
    return _rows(ctx, workspace, mark) if mark.kinds else _pointers(ctx, workspace, mark)


def _rows(ctx: Context, workspace: str, mark: Mark) -> tuple[Mark, int]:
    kind, *rest = mark.kinds
    rows = ctx.door.ports.records.query(partition(workspace, kind), limit=MOST).rows
    _remove(ctx, rows)
    return Mark(mark.kinds if len(rows) == MOST else rest, mark.pointers), len(rows)


def _pointers(ctx: Context, workspace: str, mark: Mark) -> tuple[Mark, int]:
    kind, *rest = mark.pointers
    page = ctx.query(kind, start=mark.start, limit=PAGE)
    rows = [row for row in page.rows if _leads_to(row, workspace)]
    _remove(ctx, rows[:MOST])
    if len(rows) > MOST:
        return mark, MOST
    return Mark((), mark.pointers if page.next else rest, page.next), len(rows)


def _leads_to(row: Stored, workspace: str) -> bool:
    sk = row.key.sk
    return workspace in (sk, row.body.get("workspace")) or sk.endswith(f"#{workspace}") or sk.startswith(f"{workspace}#")


def _remove(ctx: Context, rows: Iterable[Stored]) -> None:
    for row in rows:
        ctx.write(Delete(row.key))
