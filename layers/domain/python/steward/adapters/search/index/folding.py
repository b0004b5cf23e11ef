"""Making folders, by a thread of its own: what was written since the last one is folded into the next while others read and write."""

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from time import monotonic

from steward.adapters.search import record
from steward.adapters.search.index.shelf import Shelf
from steward.adapters.search.table import Table
from steward.adapters.sqlite import GroupWriter, Readers
from steward.kernel.errors import Unavailable
from steward.kernel.search import Document

BATCH = 5_000
"""Documents written since a folder was made, after which the next is made."""
SHARE = 50
"""Of a large folder: one of so many documents."""
QUIET, LONGEST = 1.0, 30.0
"""Seconds that a writer has to be quiet before that, and that it is waited for at most: an import is folded once."""
Place = tuple[str, Table]
log = logging.getLogger("steward.search")


class _Stopped(Exception):
    """The product ends while a folder is being made."""


class Folding:
    """Makes folders when told how much was written, or at once."""

    def __init__(self, readers: Readers, writer: GroupWriter, shelf: Shelf, batch: int = BATCH) -> None:
        self._readers, self._writer, self._shelf, self._batch = readers, writer, shelf, batch
        self._waiting: SimpleQueue[Place | None] = SimpleQueue()
        self._written, self._folded = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        self._making, self._starting = threading.Lock(), threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def told(self, workspace: str, table: Table, count: int) -> None:
        """So many documents were written."""
        key = workspace, table.spec.kind
        self._written[key] += count
        if self._written[key] >= self.batch(self._folded[key]):
            self.soon(workspace, table)

    def batch(self, folded: int) -> int:
        """How much is written until a folder of so many documents is made anew: a larger one costs more."""
        return max(self._batch, folded // SHARE)

    def soon(self, workspace: str, table: Table) -> None:
        """Make a folder once its writers are quiet."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="folding of the search index", daemon=True)
                self._thread.start()
        self._waiting.put((workspace, table))

    def now(self, workspace: str, table: Table) -> None:
        """Make a folder of what there is, unless it is there."""
        from steward.adapters.search.index import folder

        kind = table.spec.kind
        with self._making, self._readers.snapshot() as reader:
            then = record.standing(reader, workspace, kind)
            self._written[workspace, kind] = 0
            if then.number == 0 or (then.folder and then.folded == then.number):
                return
            name = f"{then.number:012d}"
            path = self._shelf.path(workspace, kind, name)
            self._shelf.keep_only(workspace, kind, then.folder)
            self._folded[workspace, kind] = folder.make(path, table.spec, self._unless_stopped(table.laid(reader, workspace)))
            held = self._writer.run(lambda connection: record.fold(connection, workspace, kind, name=name, then=then))
            self._shelf.keep_only(workspace, kind, name if held else self._writer.run(lambda c: record.standing(c, workspace, kind)).folder)

    def close(self) -> None:
        """End; a folder that is being made is left."""
        self._stopped = True
        if self._thread:
            self._waiting.put(None)
            self._thread.join()

    def _unless_stopped(self, documents: Iterator[Document]) -> Iterator[Document]:
        for document in documents:
            if self._stopped:
                raise _Stopped
            yield document

    def _serve(self) -> None:
        while (first := self._waiting.get()) is not None:
            places, until = {first}, monotonic() + LONGEST
            while monotonic() < until:
                try:
                    more = self._waiting.get(timeout=QUIET)
                except Empty:
                    break
                if more is None:
                    return
                places.add(more)
            for workspace, table in places:
                self._attempt(workspace, table)

    def _attempt(self, workspace: str, table: Table) -> None:
        try:
            self.now(workspace, table)
        except _Stopped:
            return
        except (Unavailable, OSError, ValueError) as error:
            log.warning("The search index of %s could not be made and is read as it was: %s", table.spec.kind, error)
