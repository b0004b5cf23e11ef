"""Verifying: the chain of seals is walked beside the receipts, so that whatever was done to either is found."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from steward.kernel.dispatch import Door
from steward.kernel.errors import Internal
from steward.kernel.ids import fingerprint
from steward.kernel.keys import SYSTEM
from steward.kernel.ports import Json, Records, Stored
from steward.kernel.stamp import mark
from steward.workspaces import identity
from steward.workspaces.anchors import Anchors
from steward.workspaces.model import WORKSPACES
from steward.workspaces.model_receipts import Head, Seal, Verified
from steward.workspaces.sealing import TRIES, origins, receipts, seals

CHANGED = "It is not as Steward wrote it."
STAMPED_ELSEWHERE = "It was stamped with another secret than this installation's receipts.key."
GONE = "It was sealed and is gone, or another one is in its place."
STRANGE = "It has no stamp, so Steward did not write it."
REMOVED = "It was written and is gone, before a seal held it."
ORIGIN = "An address and a browser that receipts name are not as Steward wrote them."
CUT_OUT = "The workspace was made and is gone with its receipts, though nothing says that it was erased."
UNREADABLE = "It cannot be read, and nothing after it was looked at."
UNSEALED = "The seal over it is gone or was changed."


def verify(door: Door, workspaces: Iterable[str]) -> Verified:
    """What the chains of some workspaces say together; `head` is that of the one, or made of those of all."""
    workspaces, known = list(workspaces), Known(door.ports.records)
    told = [_told(door, workspace, known) for workspace in workspaces]
    if SYSTEM in workspaces and (missing := known.missing()):
        told.append(
            Verified(ok=False, count=0, head="", unsealed=0, faults=len(missing), broken=missing[0], workspace=missing[0], why=CUT_OUT)
        )
    if len(told) == 1:
        return told[0]
    first = min((one for one in told if not one.ok), key=lambda one: one.broken, default=told[0])
    return Verified(
        ok=all(one.ok for one in told),
        count=sum(one.count for one in told),
        head=fingerprint(" ".join(one.head for one in told))[:32],
        unsealed=sum(one.unsealed for one in told),
        gaps=sum(one.gaps for one in told),
        faults=sum(one.faults for one in told),
        broken=first.broken,
        workspace=first.workspace,
        why=first.why,
    )


class Known:
    """Which workspaces there are, beside those that receipts tell were made or erased: one cut out with all that it has is missed."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._there, self._made, self._erased = self._now(), set[str](), set[str]()

    def see(self, body: Mapping[str, Json]) -> None:
        """Hear what a receipt tells of workspaces."""
        touched: Any = body["touched"]
        for kind, id, version in touched:
            if kind == WORKSPACES.kind:
                (self._made if version else self._erased).add(id)

    def missing(self) -> Sequence[str]:
        """Those that were made, not erased, and are neither there now nor when the walk began."""
        return sorted(self._made - self._erased - self._there - self._now())

    def _now(self) -> set[str]:
        return {one.id for one in identity.workspaces(self._records)}


def _told(door: Door, workspace: str, known: Known) -> Verified:
    """What one chain says. One that was sealed on during the walk is walked anew: the walk may have met only a part of the new seal."""
    for _ in range(TRIES):
        before = _ends(door, workspace)
        told = _Walk(door, workspace, known).go()
        if told.ok or _ends(door, workspace) == before:
            break
    return told


def _ends(door: Door, workspace: str) -> tuple[str, int]:
    """The last seal and the last anchor; a seal that cannot be read is one too, of which the walk tells."""
    try:
        last = next(seals(door.ports.records, workspace, forward=False), None)
        end = last.key.sk if last else ""
    except Internal as damaged:
        end = damaged.reference
    return end, Anchors(door.ports.blobs, workspace).last()


class _Walk:
    """One workspace's receipts beside their seals. `broken` says what is wrong, by the id of the receipt.

    Receipts come in the order of their ids, and seals nearly so: after a seal's last receipt all of its others have been seen.
    `loose` are those that were seen and that no seal has named yet, `written` those that this process wrote and that were not seen.
    """

    def __init__(self, door: Door, workspace: str, known: Known) -> None:
        self.broken: dict[str, str] = {}
        self._door, self._workspace, self._known = door, workspace, known
        self._written = door.written.of(workspace)
        self._anchors = Anchors(door.ports.blobs, workspace)
        self._ends = [Head(), Head()]
        self._gaps = 0
        self._rows = receipts(door.ports.records, workspace)
        self._ahead: Stored | None = None
        self._loose: dict[str, str] = {}

    def go(self) -> Verified:
        """Walk to the end."""
        try:
            for row in seals(self._door.ports.records, self._workspace):
                self._link(row)
            self._see_until("")
            self._anchored()
            self._see_origins()
        except Internal as damaged:
            place = damaged.reference
            self.broken[self._under(int(place)) if _is_number(place) else place] = UNREADABLE
        self.broken = dict.fromkeys(self._written, REMOVED) | self.broken
        end, first = self._ends[-1], min(self.broken, default="")
        unsealed = len(self._loose.keys() - self.broken.keys())
        return Verified(
            ok=not self.broken, count=end.count, head=end.digest, unsealed=unsealed, gaps=self._gaps, faults=len(self.broken),
            broken=first, workspace=self._workspace if first else "", why=self.broken.get(first, ""),
        )  # fmt: skip

    def _link(self, row: Stored) -> None:
        """One seal: it follows on the one before, and each of its receipts is there as it was."""
        if not self._door.stamp.holds(row):
            self.broken[self._under(int(row.key.sk)) if _is_number(row.key.sk) else row.key.sk] = self._why(row, UNSEALED)
            return
        seal, before = Seal.of(row), self._ends[-1]
        if seal.number != before.number + 1 and not seal.gap:
            self.broken.setdefault(self._under(before.number + 1), UNSEALED)
        elif (seal.previous, seal.count) != (before.digest, before.count + len(seal.receipts)):
            self.broken.setdefault(self._under(seal.number), UNSEALED)
        lost = self._anchors.get(seal.number - 1) if seal.gap else None
        self._ends = [lost.head if lost else before, seal.head]
        self._gaps += bool(seal.gap)
        if seal.receipts:
            self._see_until(max(id for id, _ in seal.receipts))
        for id, digest in seal.receipts:
            if self._loose.pop(id, "") != digest:
                self.broken.setdefault(id, GONE)

    def _see_until(self, last: str) -> None:
        """See the receipts up to one, or all that are left."""
        while row := self._ahead or next(self._rows, None):
            self._ahead = row if last and row.key.sk > last else None
            if self._ahead:
                return
            self._see(row)

    def _see(self, row: Stored) -> None:
        id = row.key.sk
        self._loose[id] = self._door.stamp.of(row)
        self._written.pop(id, None)
        if self._door.stamp.holds(row):
            self._known.see(row.body)
        else:
            self.broken[id] = self._why(row, CHANGED if mark(row.body) else STRANGE)

    def _see_origins(self) -> None:
        """Where people acted from is under no seal, as it can be erased; what is there has to be as it was written."""
        for row in origins(self._door.ports.records, self._workspace):
            if not self._door.stamp.holds(row):
                self.broken[f"origin {row.key.sk}"] = self._why(row, ORIGIN)

    def _why(self, row: Stored, otherwise: str) -> str:
        name = mark(row.body).partition(".")[0]
        return STAMPED_ELSEWHERE if name and name != self._door.stamp.name else otherwise

    def _anchored(self) -> None:
        """The chain has to reach its anchor, which may lack the last seal where a process died."""
        end, seen = self._ends[-1], self._door.written.reached(self._workspace)
        last = self._anchors.last()
        reached = max(last, seen)
        if reached > end.number:
            anchor = self._anchors.get(reached)
            lost = f", {anchor.head.count - end.count:,} in all" if anchor else ""
            why = f"It and those after it are gone{lost}: the chain ends before seal {reached}, which was anchored."
            self.broken.setdefault(self._under(end.number + 1), why)
            return
        anchor = self._anchors.get(last) if last else None
        cut = last < seen and not self._gaps
        if end.number and (cut or (anchor.head if anchor else Head(last)) not in self._ends):
            self.broken.setdefault(f"anchor {max(last, end.number)}", "The anchor outside of the records is gone or is another chain's.")

    def _under(self, number: int) -> str:
        """The first receipt under a seal, as its anchor tells; else the seal itself."""
        anchor = self._anchors.get(number)
        return anchor.first if anchor and anchor.first else f"seal {number}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()
