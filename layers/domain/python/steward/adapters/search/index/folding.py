"""Making folders, by a thread of its own: what was written since the last one is folded into the next while others read and write."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from steward.adapters.search import record
from steward.adapters.search.index.shelf import Shelf
from steward.adapters.search.table import Table
from steward.adapters.sqlite import GroupWriter, Readers
from steward.kernel.errors import StewardError, Unavailable
from steward.kernel.ports import Children
from steward.kernel.search import Document

if TYPE_CHECKING:
    from steward.adapters.search.index.making import Made

BATCH = 5_000
"""Documents written since a folder was made, after which the next is made."""
SHARE = 50
"""Of a large folder: one of so many documents."""
QUIET, LONGEST = 1.0, 30.0
"""Seconds that a writer has to be quiet before that, and that it is waited for at most: an import is folded once."""
FEW, LARGE = 500, 5_000
"""Documents that are not worth a folder when a process ends; and those of a folder that a child makes, where there is one."""
MODULE = "steward.adapters.search.index.making"
PATIENCE = 3_600.0
Key = tuple[str, str]
"""A workspace and a kind."""
Place = tuple[str, Table]
log = logging.getLogger("steward.search")


class _Stopped(Exception):
    """The product ends, or all is put anew, while a folder is being made."""


class Folding:
    """Makes folders when told how much was written, or at once; large ones by `children`, an own one for each, as one that is of no
    use any more is ended."""

    def __init__(
        self, readers: Readers, writer: GroupWriter, shelf: Shelf, batch: int = BATCH, *, children: Callable[[], Children] | None = None
    ) -> None:
        self._readers, self._writer, self._shelf, self._batch, self._children = readers, writer, shelf, batch, children
        self._touched: dict[Key, Table] = {}
        self._in_hand: dict[Key, Children] = {}
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
        self._touched[key] = table
        self._written[key] += count
        if self._written[key] >= self.batch(self._folded[key]):
            self.soon(workspace, table)

    def seen(self, workspace: str, table: Table, *, new: int, folded: int) -> None:
        """A find looked through so many documents that a folder does not hold."""
        if new >= FEW:
            self._touched[workspace, table.spec.kind] = table
        if new > self.batch(folded):
            self.soon(workspace, table)

    def batch(self, folded: int) -> int:
        """How much is written until a folder of so many documents is made anew: a larger one costs more."""
        return max(self._batch, folded // SHARE)

    def soon(self, workspace: str, table: Table) -> None:
        """Make a folder once its writers are quiet."""
        self._touched[workspace, table.spec.kind] = table
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="folding of the search index", daemon=True)
                self._thread.start()
        self._waiting.put((workspace, table))

    def settle(self) -> int:
        """Make the folders that are behind by more than a few documents, or by a share of them, as for a process that ends; how many
        documents they have."""
        return sum(self._attempt(key[0], table) for key, table in tuple(self._touched.items()) if self._is_behind(key, table))

    def _is_behind(self, key: Key, table: Table) -> bool:
        with self._readers.snapshot() as reader:
            now, count = record.standing(reader, *key), table.count(reader, key[0])
            new = len(record.touched(reader, *key, after=now.folded)) if now.folder else count
            return new >= max(FEW, count // SHARE)

    def now(self, workspace: str, table: Table) -> int:
        """Make a folder of what there is, unless it is there; how many documents it has."""
        key = workspace, table.spec.kind
        with self._lock(key), suppress(_Stopped):
            with self._readers.snapshot() as reader:
                then, count = record.standing(reader, *key), table.count(reader, workspace)
            self._written[key] = 0
            if then.number == 0 or (then.folder and then.folded == then.number):
                return 0
            self._shelf.keep_only(*key, then.folder)
            made = self._aside(key, table) if self._children and count >= LARGE else self._here(key, table)
            self._folded[key] = made.count
            self._writer.run(lambda connection: record.fold(connection, *key, name=made.name, then=made.then))
            self._shelf.keep_only(*key, self._named(key))
            return made.count
        return 0

    def anew(self, workspace: str, kind: str) -> None:
        """All was put anew: what is being made is of no use, what was made is not read any more."""
        key = workspace, kind
        self._useless.add(key)
        self._end(key)
        with self._lock(key):
            self._useless.discard(key)
            self._shelf.keep_only(*key, self._named(key))

    def _here(self, key: Key, table: Table) -> "Made":
        from steward.adapters.search.index import making

        with self._readers.snapshot() as reader:
            return making.make(
                reader, table, key[0], into=self._shelf.path(*key, ""), watched=lambda documents: self._while_useful(key, documents)
            )

    def _aside(self, key: Key, table: Table) -> "Made":
        """Made by a child. Where it cannot be, it is made here."""
        from steward.adapters.search.index import making

        assert self._children
        child = self._in_hand[key] = self._children()
        try:
            self._raise_if_useless(key)
            request = making.asked(self._readers.path, table, key[0], into=self._shelf.path(*key, ""))
            return making.told(cast("dict[str, Any]", child.call(MODULE, request, timeout=PATIENCE)))
        except StewardError as error:
            self._raise_if_useless(key)
            log.warning("no process makes the search index of %s, so this one does: %s", table.spec.kind, error.detail)
            return self._here(key, table)
        finally:
            del self._in_hand[key]
            child.close()

    def _end(self, key: Key) -> None:
        if child := self._in_hand.get(key):
            child.close()

    def _raise_if_useless(self, key: Key) -> None:
        if self._stopped or key in self._useless:
            raise _Stopped

    def _named(self, key: Key) -> str:
        """The folder that is read."""
        return self._writer.run(lambda connection: record.standing(connection, *key)).folder

    def _lock(self, key: Key) -> threading.Lock:
        with self._starting:
            return self._making.setdefault(key, threading.Lock())

    def close(self) -> None:
        """End; a folder that is being made is left."""
        self._stopped = True
        for key in tuple(self._in_hand):
            self._end(key)
        if self._thread:
            self._waiting.put(None)
            self._thread.join()

    def _while_useful(self, key: Key, documents: Iterator[Document]) -> Iterator[Document]:
        for document in documents:
            self._raise_if_useless(key)
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

    def _attempt(self, workspace: str, table: Table) -> int:
        try:
            return self.now(workspace, table)
        except (Unavailable, OSError, ValueError) as error:
            log.warning("The search index of %s could not be made and is read as it was: %s", table.spec.kind, error)
            return 0
