"""Finding: in an index's folder and in what was written since, joined."""

import logging
import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from heapq import nlargest
from operator import itemgetter
from sqlite3 import Connection

from steward.adapters.search import looking, record
from steward.adapters.search.fusing import Fused, fuse
from steward.adapters.search.index.folder import Folder, Torn
from steward.adapters.search.index.folding import Folding
from steward.adapters.search.index.opened import Asked, Behind, Opened, Part, Scores, part_of
from steward.adapters.search.index.shelf import Shelf
from steward.adapters.search.index.words import asked_of
from steward.adapters.search.table import Table
from steward.adapters.sqlite import GroupWriter, Readers
from steward.kernel.errors import Unavailable
from steward.kernel.search import Scalar, Wish

OPEN = 64
"""Indexes that are kept open."""
TRIES = 3
log = logging.getLogger("steward.search")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, how many match the filter, and the facets."""

    best: Sequence[Fused]
    total: int
    facets: dict[str, list[tuple[Scalar, int]]]


class Engine:
    """Finds in every workspace's index of every kind."""

    def __init__(self, readers: Readers, writer: GroupWriter, shelf: Shelf, folding: Folding) -> None:
        self._readers, self._writer, self._shelf, self._folding = readers, writer, shelf, folding
        self._opened: OrderedDict[tuple[str, str], Opened] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, table: Table, workspace: str, wish: Wish, *, facets: Sequence[str], stack: ExitStack) -> tuple[Answer, Connection]:
        """The answer, and the database as it was then, until the stack ends."""
        asked = Asked(wish, asked_of(wish.words), facets)
        for again in reversed(range(TRIES)):
            try:
                return self._attempt(table, workspace, asked, stack)
            except Behind:
                self._folding.now(workspace, table)
            except Torn as torn:
                if again == 0:
                    raise Unavailable("The search index could not be read; `steward reindex` makes it anew.") from torn
                self._drop(table, workspace, torn.name)
        raise Unavailable("The search index takes in more than it can at the moment; try again in a minute.")

    def _attempt(self, table: Table, workspace: str, asked: Asked, stack: ExitStack) -> tuple[Answer, Connection]:
        opened = self._open(table, workspace)
        with opened.lock:
            reader = stack.enter_context(self._readers.snapshot())
            opened.catch_up(reader)
            folder, (fresh, words, dead) = opened.folder, opened.part(asked)
        self._folding.seen(workspace, table, new=opened.written, folded=folder.count if folder else 0)
        part = part_of(folder, asked, words, dead) if folder else None
        return _joined(asked, fresh, part, folder), reader

    def _open(self, table: Table, workspace: str) -> Opened:
        key = workspace, table.spec.kind
        with self._lock:
            opened = self._opened.get(key)
            if opened is None or opened.table is not table:
                opened = self._opened[key] = Opened(table, workspace, self._shelf)
            self._opened.move_to_end(key)
            while len(self._opened) > OPEN:
                self._opened.popitem(last=False)
            return opened

    def _drop(self, table: Table, workspace: str, name: str) -> None:
        """Read a folder no more; a find after it looks in memory, or waits for another."""
        log.warning("The search index of %s was not whole, or of an older version; it is made anew from the lists", table.spec.kind)
        self._writer.run(lambda connection: record.unfold(connection, workspace, table.spec.kind, name=name))
        self._folding.soon(workspace, table)


def _joined(asked: Asked, fresh: Part, part: Part | None, folder: Folder | None) -> Answer:
    parts, wish = [fresh, part] if part else [fresh], asked.wish
    total = sum(part.total for part in parts)
    counts = {name: looking.ranked(sum((part.counts[name] for part in parts), Counter())) for name in asked.facets}
    if asked.idle:
        ids = sorted(id for part in parts for id in part.ids)[: wish.limit]
        return Answer([Fused(id, 0.0, None, None) for id in ids], total, counts)
    keyword = _first([part.keyword for part in parts], wish.depth)
    vector = _first([part.vector for part in parts], wish.depth)

    def name(key: int | str) -> str:
        return folder.ids[key] if folder and isinstance(key, int) else str(key)

    return Answer(fuse(keyword, vector, wish, name=name), total, counts)


def _first(parts: Sequence[Scores], depth: int) -> Scores:
    """The best so many of all parts."""
    scores = {key: score for part in parts for key, score in part.items()}
    return scores if len(scores) <= depth else dict(nlargest(depth, scores.items(), key=itemgetter(1)))
