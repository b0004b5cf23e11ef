"""The outbox: what a commit wants told and indexed is a row of that commit, so it cannot be lost with the process.

After the commit the same caller writes the documents and hands the events to the queue. Once the queue has synced, the
row is cleared by a later commit of the same workspace. Where a process died in between, the sweep does the work again.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from steward.kernel.actor import Surface, system
from steward.kernel.context import Call, Context, Ports
from steward.kernel.errors import StewardError
from steward.kernel.events import Event
from steward.kernel.ids import sortable
from steward.kernel.keys import partition, place
from steward.kernel.ports import ABSENT, Delete, Key, Message, Put
from steward.kernel.registry import heard, index
from steward.kernel.search import Document, Gone
from steward.kernel.time import from_iso, iso

if TYPE_CHECKING:
    from steward.kernel.dispatch import Door

log = logging.getLogger("steward.outbox")
KIND = "outbox"
SYNC_AFTER, SYNC_EVERY = 20, timedelta(seconds=1)
"""Letters that share one sync of the queue, and the least time between two of them."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One commit's outbox row, its events and the records to index."""

    put: Put
    events: Sequence[Event]
    touched: Sequence[tuple[str, str]]


class Outbox:
    """Makes, sends, clears and sweeps letters."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._sent: list[tuple[str, Key]] = []
        self._done: defaultdict[str, list[Key]] = defaultdict(list)
        self._told: set[Key] = set()
        self._sync_at = datetime.min.replace(tzinfo=UTC)
        self._lock = Lock()
        self._trouble = ""

    def letter(self, ctx: Context) -> Letter | None:
        """The letter of a context, None when nobody is to be told and nothing indexed."""
        told = [(name, payload) for name, payload in ctx.events if heard(name)]
        if not told and not ctx.touched:
            return None
        id = sortable(ctx.now, self._ports.entropy)
        events = [Event(f"{id}.{number}", name, ctx.workspace, payload, ctx.now) for number, (name, payload) in enumerate(told)]
        body = {"at": iso(ctx.now), "events": [event.to_json() for event in events], "touched": [list(one) for one in ctx.touched]}
        return Letter(Put(place(ctx.workspace, KIND, id), body, 1, expect=ABSENT), events, list(ctx.touched))

    def send(self, letter: Letter, ctx: Context, *, indexed: bool = True) -> bool:
        """Index and tell; whether all of it was done. An engine that fails now is made up for by the sweep, so the caller's answer
        stands, and who is told does not wait for a list. Without `indexed` it is left to a later sweep to index."""
        failed = [error for step in ([self._index] if indexed else []) + [self._tell] if (error := _tried(step, letter, ctx))]
        if failed or not indexed:
            self._failed(failed, ctx.workspace)
            return False
        with self._lock:
            self._trouble = ""
            self._told.discard(letter.put.key)
            self._sent.append((ctx.workspace, letter.put.key))
            due = len(self._sent) >= SYNC_AFTER and ctx.now >= self._sync_at
            if due:
                self._sync_at = ctx.now + SYNC_EVERY
        if due:
            self._settle()
        return True

    def cleared(self, workspace: str, room: int) -> list[Delete]:
        """Deletions of rows whose letters are sent, at most `room` of them and at most 20."""
        with self._lock:
            done = self._done[workspace]
            taken, self._done[workspace] = done[: min(room, 20)], done[min(room, 20) :]
        return [Delete(key) for key in taken]

    def flush(self) -> None:
        """Clear all that is sent and synced, in commits of their own (the minute tick and a graceful stop do this)."""
        self._settle()
        for workspace in list(self._done):
            while changes := self.cleared(workspace, 100):
                self._ports.records.commit(changes)

    def sweep(self, door: "Door", workspace: str, *, before: datetime) -> int:
        """Send the letters of a workspace that were left from before a moment; their number. Once one could not be indexed, the
        others are not tried: their events are told alone."""
        swept, indexed = 0, True
        with self._lock:
            sent = {*self._done[workspace], *(key for _, key in self._sent)}
        page = self._ports.records.query(partition(workspace, KIND), limit=1000)
        for row in page.rows:
            if from_iso(str(row.body["at"])) >= before or row.key in sent:
                continue
            ctx = Context(door, Call("", {}, system("sweep"), workspace, Surface.SYSTEM), self._ports.clock())
            body: Any = row.body
            events = [Event.from_json(text) for text in body["events"]]
            letter = Letter(Put(row.key, row.body, row.version), events, [(kind, id) for kind, id in body["touched"]])
            indexed = self.send(letter, ctx, indexed=indexed)
            swept += indexed
        return swept

    def _settle(self) -> None:
        """Sync the queue; the letters sent before can then be cleared. One that cannot sync now is asked again later."""
        with self._lock:
            sent, self._sent = self._sent, []
        if not sent:
            return
        try:
            self._ports.queue.sync()
        except StewardError as error:
            log.warning("the queue could not sync: %s", error.detail)
            with self._lock:
                self._sent = [*sent, *self._sent]
            return
        with self._lock:
            for workspace, key in sent:
                self._done[workspace].append(key)

    def _failed(self, errors: Sequence[StewardError], workspace: str) -> None:
        """Say once what is in the way, until it is not or something else is: a full disk would fill the log too."""
        for error in errors[:1]:
            with self._lock:
                known, self._trouble = self._trouble == error.detail, error.detail
            if not known:
                log.warning("left for the sweep: %s", error.detail, extra={"workspace": workspace})

    def _tell(self, letter: Letter, ctx: Context) -> None:
        if letter.events and letter.put.key not in self._told:
            self._ports.queue.send([Message(event.to_json()) for event in letter.events])
            self._told.add(letter.put.key)

    def _index(self, letter: Letter, ctx: Context) -> None:
        by_kind: defaultdict[str, list[str]] = defaultdict(list)
        for kind, id in letter.touched:
            by_kind[kind].append(id)
        documents: list[Document | Gone] = []
        for kind, ids in by_kind.items():
            documents.extend(index(kind).documents(ctx, ids))
        if documents:
            self._ports.search.write(ctx.workspace, documents)


def _tried(step: Callable[[Letter, Context], None], letter: Letter, ctx: Context) -> StewardError | None:
    try:
        step(letter, ctx)
    except StewardError as error:
        return error
    return None


SWEEP_AFTER = timedelta(seconds=30)
