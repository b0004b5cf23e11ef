"""Making folders, by a thread of its own: what was written since the last one is folded into the next while others read and write."""

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from sqlite3 import Connection
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
Key = tuple[str, str]
"""A workspace and a kind."""
Place = tuple[str, Table]
log = logging.getLogger("steward.search")


class _Stopped(Exception):
    """The product ends, or all is put anew, while a folder is being made."""


class Folding:
    """Makes folders when told how much was written, or at once."""

    def __init__(self, readers: Readers, writer: GroupWriter, shelf: Shelf, batch: int = BATCH) -> None:
        self._readers, self._writer, self._shelf, self._batch = readers, writer, shelf, batch
        self._waiting: SimpleQueue[Place | None] = SimpleQueue()
        self._written, self._folded = Counter[Key](), Counter[Key]()
        self._making: dict[Key, threading.Lock] = {}
        self._useless: set[Key] = set()
        self._starting = threading.Lock()
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
        key = workspace, table.spec.kind
        with self._lock(key), self._readers.snapshot() as reader, suppress(_Stopped):
            then = record.standing(reader, *key)
            self._written[key] = 0
            if then.number == 0 or (then.folder and then.folded == then.number):
                return
            self._shelf.keep_only(*key, then.folder)
            self._make(key, table, then, reader)
            self._shelf.keep_only(*key, self._named(key))

    def anew(self, workspace: str, kind: str) -> None:
        """All was put anew: what is being made is of no use, what was made is not read any more."""
        key = workspace, kind
        self._useless.add(key)
        with self._lock(key):
            self._useless.discard(key)
            self._shelf.keep_only(*key, self._named(key))

    def _make(self, key: Key, table: Table, then: record.Standing, reader: Connection) -> None:
        from steward.adapters.search.index import folder

        name = f"{then.number:012d}"
        documents = self._while_useful(key, table.laid(reader, key[0]))
        self._folded[key] = folder.make(self._shelf.path(*key, name), table.spec, documents)
        self._writer.run(lambda connection: record.fold(connection, *key, name=name, then=then))

    def _named(self, key: Key) -> str:
        """The folder that is read."""
        return self._writer.run(lambda connection: record.standing(connection, *key)).folder

    def _lock(self, key: Key) -> threading.Lock:
        with self._starting:
            return self._making.setdefault(key, threading.Lock())

    def close(self) -> None:
        """End; a folder that is being made is left."""
        self._stopped = True
        if self._thread:
            self._waiting.put(None)
            self._thread.join()

    def _while_useful(self, key: Key, documents: Iterator[Document]) -> Iterator[Document]:
        for document in documents:
            if self._stopped or key in self._useless:
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
        except (Unavailable, OSError, ValueError) as error:
            log.warning("The search index of %s could not be made and is read as it was: %s", table.spec.kind, error)
