"""Search in memory: for tests and rehearsals; it looks at every document."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any

from steward.adapters.search import looking, rules
from steward.kernel.search import Counts, Document, Filter, Found, Gone, Hit, Hits, IndexSpec, Scalar, Sort, Wish
from steward.kernel.time import Clock, system_clock

Kept = dict[str, Document | Gone]


class MemorySearch:
    """Every list, under one lock; `clock` says when an index took something in."""

    name = "memory"

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._installation = ""
        self._specs: dict[str, IndexSpec] = {}
        self._kept: defaultdict[tuple[str, str], Kept] = defaultdict(dict)
        self._as_of: dict[tuple[str, str], datetime] = {}
        self._lock = Lock()

    def belong(self, installation: str) -> None:
        """As the port says."""
        with self._lock:
            if self._installation not in ("", installation):
                self._specs.clear()
                self._kept.clear()
                self._as_of.clear()
            self._installation = installation

    def define(self, spec: IndexSpec) -> bool:
        """As the port says."""
        with self._lock:
            if self._specs.get(spec.kind) == spec:
                return False
            self._specs[spec.kind] = spec
            for workspace, kind in list(self._kept):
                if kind == spec.kind:
                    self._forget(workspace, kind)
            return True

    def write(self, workspace: str, documents: Sequence[Document | Gone]) -> None:
        """As the port says."""
        last = rules.newest(documents)
        for document in last.values():
            spec = self._spec(document.kind)
            if isinstance(document, Document):
                rules.check_document(spec, document)
        with self._lock:
            for (kind, id), document in last.items():
                kept = self._kept[workspace, kind]
                if id not in kept or rules.rank(document) >= rules.rank(kept[id]):
                    kept[id] = _copy(document) if isinstance(document, Document) else document
                self._as_of[workspace, kind] = self._clock()

    def page(
        self, workspace: str, kind: str, where: Filter, *, sort: Sort, start: int | str = 0, limit: int = 100, facets: Sequence[str] = ()
    ) -> Hits:
        """As the port says."""
        spec = self._spec(kind)
        rules.check_page(spec, where, sort, facets)
        place = rules.place_of(spec, sort, start, limit)
        with self._lock:
            kept = [document for document in self._kept.get((workspace, kind), {}).values() if isinstance(document, Document)]
        found = _sorted(looking.matching(spec, kept, where), sort)
        rest = found[place:] if isinstance(place, int) else [one for one in found if _after(one, place, sort)]
        shown = rest[:limit]
        following = rules.Cursor(rules.single(shown[-1].fields.get(sort.field)), shown[-1].id).text() if len(rest) > limit else ""
        counts = {name: looking.counted(looking.matching(spec, kept, rules.but(where, name)), name) for name in facets}
        rows, ids = [document.row for document in shown], [document.id for document in shown]
        return Hits(rows, ids, len(found), following, counts, self._as_of.get((workspace, kind)))

    def find(self, workspace: str, kind: str, wish: Wish, *, facets: Sequence[str] = ()) -> Found:
        """As the port says."""
        spec = self._spec(kind)
        rules.check_wish(spec, wish, facets)
        with self._lock:
            kept = [document for document in self._kept.get((workspace, kind), {}).values() if isinstance(document, Document)]
        found = {document.id: document for document in looking.matching(spec, kept, wish.where)}
        counts = {name: looking.counted(looking.matching(spec, kept, rules.but(wish.where, name)), name) for name in facets}
        best = [Hit(one.id, found[one.id].row, one.score, one.keyword, one.vector) for one in looking.best(spec, found, wish)]
        return Found(best, len(found), counts, self._as_of.get((workspace, kind)))

    def count(self, workspace: str, kind: str, wheres: Sequence[Filter]) -> Counts:
        """As the port says."""
        spec = self._spec(kind)
        for where in wheres:
            rules.check_filter(spec, where)
        with self._lock:
            kept = [document for document in self._kept.get((workspace, kind), {}).values() if isinstance(document, Document)]
            as_of = self._as_of.get((workspace, kind))
        return Counts([len(looking.matching(spec, kept, where)) for where in wheres], as_of)

    def amend(self, workspace: str, kind: str, where: Filter, fields: Mapping[str, Scalar]) -> None:
        """As the port says."""
        spec = self._spec(kind)
        rules.check_amendment(spec, where, fields)
        with self._lock:
            kept = self._kept[workspace, kind]
            for one in looking.matching(spec, [document for document in kept.values() if isinstance(document, Document)], where):
                kept[one.id] = replace(one, fields={**one.fields, **fields})
            self._as_of[workspace, kind] = self._clock()

    def replace(self, workspace: str, kind: str, documents: Iterable[Document]) -> int:
        """As the port says."""
        spec = self._spec(kind)
        with self._lock:
            kept: Kept = {}
            for document in documents:
                rules.check_document(spec, document)
                kept[document.id] = _copy(document)
            self._kept[workspace, kind] = kept
            self._as_of[workspace, kind] = self._clock()
            return len(kept)

    def settle(self) -> int:
        """Nothing is made in the background."""
        return 0

    def close(self) -> None:
        """Nothing to close."""

    def _forget(self, workspace: str, kind: str) -> None:
        self._kept.pop((workspace, kind), None)
        self._as_of.pop((workspace, kind), None)

    def _spec(self, kind: str) -> IndexSpec:
        if kind not in self._specs:
            raise rules.unknown_kind(kind)
        return self._specs[kind]


def _copy(document: Document) -> Document:
    return replace(document, row=json.loads(json.dumps(document.row)))


def _sorted(documents: Iterable[Document], sort: Sort) -> list[Document]:
    """By the sort field, then by id in the same direction; what has no value there comes last."""

    def place(document: Document) -> Any:
        return document.fields[sort.field], document.id

    known: list[Document] = []
    missing: list[Document] = []
    for document in documents:
        (missing if document.fields.get(sort.field) is None else known).append(document)
    known.sort(key=place, reverse=sort.descending)
    missing.sort(key=lambda document: document.id, reverse=sort.descending)
    return known + missing


def _after(document: Document, last: rules.Cursor, sort: Sort) -> bool:
    """Whether a document comes after the last row of a page."""
    value: Any = document.fields.get(sort.field)
    if value is None or last.value is None:
        if (value is None) != (last.value is None):
            return value is None
        return document.id < last.id if sort.descending else document.id > last.id
    here, there = (value, document.id), (last.value, last.id)
    return here < there if sort.descending else here > there
