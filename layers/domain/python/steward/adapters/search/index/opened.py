"""One workspace's index of a kind, opened: its folder, and what was written since."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from sqlite3 import Connection

import numpy as np

from steward.adapters.search import record, rules
from steward.adapters.search.index.delta import Delta
from steward.adapters.search.index.folder import Folder
from steward.adapters.search.index.left import Left, Rows
from steward.adapters.search.index.shelf import Shelf
from steward.adapters.search.index.words import Words
from steward.adapters.search.table import Table
from steward.kernel.search import Scalar, Wish

MOST_WORDS = 24
"""Words of a query that are looked for: the rarest of those that occur."""
MOST_NEW = 30_000
"""Documents that are held in memory at most; beyond them a folder is waited for."""
MANY = 50_000
"""Rows of which words and likeness are looked for at the same time: Tantivy needs no interpreter."""
NEW = record.Standing(number=-1)
Scores = Mapping[int | str, float]
"""Candidates: rows of the folder, ids of what was written since."""


class Behind(Exception):
    """More was written since the folder was made than is held in memory."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish with its words as the index keeps them, and the facets."""

    wish: Wish
    words: Sequence[str]
    facets: Sequence[str]

    @property
    def idle(self) -> bool:
        """Whether nothing is asked but the filter."""
        return not self.words and not self.wish.vector


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of an index has: how many match, the facets, and candidates by words, by likeness or, where neither is asked, by id."""

    total: int
    counts: Mapping[str, Counter[Scalar]]
    keyword: Scores = field(default_factory=dict)
    vector: Scores = field(default_factory=dict)
    ids: Sequence[str] = ()


class Opened:
    """`lock` guards all of it but the folder, which never changes."""

    def __init__(self, table: Table, workspace: str, shelf: Shelf) -> None:
        self.lock = threading.Lock()
        self.table, self._workspace, self._shelf = table, workspace, shelf
        self._standing = NEW
        self.folder: Folder | None = None
        self._delta = Delta(table.spec, None)
        self._dead: Rows = np.empty(0, np.int64)

    @property
    def written(self) -> int:
        """Documents that were written since the folder was made."""
        return len(self._delta.documents) + len(self._dead)

    def catch_up(self, reader: Connection) -> None:
        """Take in what was written since. Raises Torn where the folder is not whole, Behind where that is too much."""
        now = record.standing(reader, self._workspace, self.table.spec.kind)
        if now == self._standing:
            return
        anew = (now.since, now.folder) != (self._standing.since, self._standing.folder)
        if anew and not now.folder:
            self._begin(now, self.table.count(reader, self._workspace))
            self._put(reader, None)
        else:
            after = now.folded if anew else self._standing.number
            ids = record.touched(reader, self._workspace, self.table.spec.kind, after=after)
            if anew:
                self._begin(now, len(ids))
            self._kill(ids)
            self._put(reader, ids)
        self._standing = now

    def part(self, asked: Asked) -> tuple[Part, Sequence[str], Rows]:
        """What was written since has of a wish; the words that both parts look for, and the folder's rows that count no more."""
        delta, wish = self._delta, asked.wish
        held = delta.left(wish.where)
        fresh = {id: one for id, one in held.items() if id not in wish.besides}
        words = self._rarest(asked.words)
        counts = {name: delta.counted(name, delta.left(rules.but(wish.where, name))) for name in asked.facets}
        vector = delta.nearest(wish.vector, fresh) if wish.vector else {}
        ids = sorted(fresh)[: wish.limit] if asked.idle else []
        return Part(len(held), counts, dict(delta.best(words, fresh).items()), dict(vector.items()), ids), words, self._dead

    def _begin(self, now: record.Standing, new: int) -> None:
        if new > MOST_NEW:
            raise Behind
        self._standing, spec = NEW, self.table.spec
        self.folder = Folder(self._shelf.path(self._workspace, spec.kind, now.folder), spec) if now.folder else None
        self._delta, self._dead = Delta(spec, self.folder.words if self.folder else None), np.empty(0, np.int64)

    def _kill(self, ids: Iterable[str]) -> None:
        """What was touched counts no more as it was."""
        rows = [self.folder.row(id) for id in ids] if self.folder else []
        if rows:
            self._dead = np.union1d(self._dead, np.array([row for row in rows if row is not None], np.int64))

    def _put(self, reader: Connection, ids: Sequence[str] | None) -> None:
        for id in ids or ():
            self._delta.drop(id)
        for document in self.table.documents(reader, self._workspace, ids):
            self._delta.put(document)

    def _rarest(self, words: Sequence[str]) -> list[str]:
        """The words that occur, the rarest first, as many as are looked for."""
        sources: list[Delta | Words] = [self._delta, self.folder.words] if self.folder and self.folder.words else [self._delta]
        texts = [text.name for text in self.table.spec.texts]
        occurring = {word: sum(source.having(text, word) for source in sources for text in texts) for word in words}
        return sorted((word for word, count in occurring.items() if count), key=lambda word: (occurring[word], word))[:MOST_WORDS]


def part_of(folder: Folder, asked: Asked, words: Sequence[str], dead: Rows) -> Part:
    """What a folder has of a wish."""
    wish = asked.wish
    held = folder.columns.left(wish.where).without(dead)
    counts = {name: folder.columns.counted(name, folder.columns.left(rules.but(wish.where, name)).without(dead)) for name in asked.facets}
    left = held.without(_rows(folder, wish.besides))
    if asked.idle:
        return Part(held.count, counts, ids=folder.first_ids(left, wish.limit))
    if left.count < MANY:
        return Part(held.count, counts, _by_words(folder, words, left, wish.depth), _by_likeness(folder, left, wish))
    keyword = _aside().submit(_by_words, folder, words, left, wish.depth)
    vector = _by_likeness(folder, left, wish)
    return Part(held.count, counts, keyword.result(), vector)


@cache
def _aside() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="search-words")


def _by_words(folder: Folder, words: Sequence[str], left: Left, depth: int) -> Scores:
    return dict(folder.words.best(words, left, depth).items()) if folder.words and words else {}


def _by_likeness(folder: Folder, left: Left, wish: Wish) -> Scores:
    if not folder.vectors or not wish.vector:
        return {}
    rows, scores = folder.vectors.nearest(wish.vector, left, wish.depth)
    return dict(zip(rows.tolist(), scores.tolist(), strict=True))


def _rows(folder: Folder, ids: Iterable[str]) -> Rows:
    return np.array([row for row in (folder.row(id) for id in ids) if row is not None], np.int64)
