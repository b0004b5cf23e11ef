"""Search by two engines: a server that answers, and the embedded index of this host that answers while the server does not.

Both are written, each as far as it can be. Where one is away the write fails, so what was written stays in the outbox until
both have it: nothing is lost, and what the other has already is ignored when it comes again. A server that is back but has not
yet been told all that it missed answers for no list that lacks something.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import TypeVar

from steward.kernel.errors import StewardError, Unavailable
from steward.kernel.search import Counts, Document, Filter, Found, Gone, Hits, IndexSpec, Scalar, Search, Sort, Wish

NOTE = "The search server is away or behind; this host's own index answered, without what other machines changed meanwhile."
Told = TypeVar("Told", Hits, Found, Counts)
Done = TypeVar("Done")
Key = tuple[str, str]
"""A workspace and a kind."""
log = logging.getLogger("steward.search")


class BothSearch:
    """`server` answers, else `spare`."""

    name = "both"

    def __init__(self, server: Search, spare: Search) -> None:
        self._server, self._spare = server, spare
        self.engines = (spare, server)
        self._away = False
        self._missed: dict[Key, dict[str, int]] = {}
        self._noting = Lock()

    def belong(self, installation: str) -> None:
        """As the port says."""
        self._each(lambda engine: engine.belong(installation))

    def define(self, spec: IndexSpec) -> bool:
        """As the port says: of either."""
        return any(self._each(lambda engine: engine.define(spec)))

    def write(self, workspace: str, documents: Sequence[Document | Gone]) -> None:
        """As the port says."""
        self._each(lambda engine: self._serve(workspace, documents) if engine is self._server else engine.write(workspace, documents))

    def page(
        self, workspace: str, kind: str, where: Filter, *, sort: Sort, start: int | str = 0, limit: int = 100, facets: Sequence[str] = ()
    ) -> Hits:
        """As the port says; a cursor of one engine is one of the other."""
        return self._told(
            (workspace, kind), lambda engine: engine.page(workspace, kind, where, sort=sort, start=start, limit=limit, facets=facets)
        )

    def find(self, workspace: str, kind: str, wish: Wish, *, facets: Sequence[str] = ()) -> Found:
        """As the port says."""
        return self._told((workspace, kind), lambda engine: engine.find(workspace, kind, wish, facets=facets))

    def count(self, workspace: str, kind: str, wheres: Sequence[Filter]) -> Counts:
        """As the port says."""
        return self._told((workspace, kind), lambda engine: engine.count(workspace, kind, wheres))

    def amend(self, workspace: str, kind: str, where: Filter, fields: Mapping[str, Scalar]) -> None:
        """As the port says."""
        self._each(lambda engine: engine.amend(workspace, kind, where, fields))

    def replace(self, workspace: str, kind: str, documents: Iterable[Document]) -> int:
        """As the port says. Each engine reads the documents for itself, so that what is written meanwhile is in both."""
        again = list(documents) if iter(documents) is documents else documents
        return self._each(lambda engine: engine.replace(workspace, kind, again))[0]

    def settle(self) -> int:
        """As the port says."""
        return sum(engine.settle() for engine in self.engines)

    def close(self) -> None:
        """Close both."""
        self._each(lambda engine: engine.close())

    def _serve(self, workspace: str, documents: Sequence[Document | Gone]) -> None:
        """Write to the server, and note what it misses. What it will not take at any time is missing there alone."""
        try:
            self._server.write(workspace, documents)
        except Unavailable as error:
            with self._noting:
                for one in documents if error.passing else ():
                    self._missed.setdefault((workspace, one.kind), {})[one.id] = one.version
            raise
        with self._noting:
            for one in documents if self._missed else ():
                missed = self._missed.get((workspace, one.kind), {})
                if missed.get(one.id, one.version + 1) <= one.version:
                    del missed[one.id]
                if not missed:
                    self._missed.pop((workspace, one.kind), None)

    def _told(self, key: Key, ask: Callable[[Search], Told]) -> Told:
        if key in self._missed:
            return replace(ask(self._spare), note=NOTE)
        try:
            answer = ask(self._server)
        except Unavailable as error:
            if not self._away:
                log.warning("the index of this host answers: %s", error.detail)
            self._away = True
            return replace(ask(self._spare), note=NOTE)
        self._away = False
        return answer

    def _each(self, do: Callable[[Search], Done]) -> list[Done]:
        """What each engine does, the embedded one first. Raises the first error once both were asked."""
        done, failed = list[Done](), list[StewardError]()
        for engine in self.engines:
            try:
                done.append(do(engine))
            except StewardError as error:
                failed.append(error)
        if failed:
            raise failed[0]
        return done
