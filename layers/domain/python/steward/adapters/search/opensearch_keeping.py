"""How an OpenSearch index is made and kept: its name and alias, and the head of each workspace in it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from steward.adapters.search.opensearch_client import Client, Refused, place
from steward.adapters.search.opensearch_index import HEAD, Source, body, head
from steward.kernel.errors import Unavailable
from steward.kernel.search import IndexSpec

CONFLICT = 409
TURNS = 10
"""How often a change of a head is tried again when another one was quicker."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The index of a kind."""

    spec: IndexSpec
    index: str


class Keeper:
    """The indexes of one server."""

    def __init__(self, client: Client, prefix: str, knn: str) -> None:
        self._client, self._prefix, self._knn = client, prefix, knn

    def make(self, kind: Kind) -> bool:
        """Make the index of a kind, and let the kind's alias name it alone; whether it is new."""
        if self._client.has(kind.index):
            return False
        try:
            self._client.ask("PUT", f"/{kind.index}", body(kind.spec, self._knn))
        except Refused as refused:
            if refused.reason != "resource_already_exists_exception":
                raise Unavailable(f"The search server makes no index ({refused.reason}); check that it has the k-NN plugin.") from refused
            return False
        alias = f"{self._prefix}-{kind.spec.kind}"
        others = {"remove": {"index": f"{alias}-*", "alias": alias, "must_exist": False}}
        self._client.ask("POST", "/_aliases", {"actions": [others, {"add": {"index": kind.index, "alias": alias}}]})
        return True

    def head(self, kind: Kind, workspace: str) -> Source | None:
        """The head as it is at this moment, with the number that a change of it names."""
        try:
            found = self._client.document(kind.index, workspace)
        except Refused as refused:
            raise _unmade(refused) from refused
        if found is None:
            return None
        return {**found["_source"], "_at": (found["_seq_no"], found["_primary_term"])}

    def begun(self, kind: Kind, workspace: str) -> Source:
        """The head of a workspace that had none."""
        told = head(workspace, secrets.token_hex(6))
        try:
            self._client.ask("PUT", place(kind.index, "_create", workspace), told, routing=workspace)
        except Refused as refused:
            if refused.status != CONFLICT:
                raise
        found = self.head(kind, workspace)
        if found is None:
            raise Unavailable("The search server keeps nothing; try again.", passing=True)
        return found

    def turn(self, kind: Kind, workspace: str, change: Callable[[Source], Source]) -> None:
        """Change a head as it is at this moment, again when another was quicker."""
        for _ in range(TURNS):
            found = self.head(kind, workspace) or self.begun(kind, workspace)
            number, term = found.pop("_at")
            told, path = {**found, **change(found)}, place(kind.index, "_doc", workspace)
            try:
                self._client.ask("PUT", path, told, routing=workspace, refresh="true", if_seq_no=number, if_primary_term=term)
            except Refused as refused:
                if refused.status != CONFLICT:
                    raise
            else:
                return
        raise Unavailable("The lists are written too often to be made anew now; try again.", passing=True)

    def taken(self, kind: Kind, workspace: str, at: str) -> list[Source]:
        """The write that says when something was last taken in."""
        where = {"_index": kind.index, "_id": workspace, "routing": workspace, "retry_on_conflict": TURNS}
        return [{"update": where}, {"doc": {"taken": at}}]

    def forget(self, kind: Kind, workspace: str, which: Source) -> None:
        """Remove documents of a workspace, never its head."""
        own = {"bool": {"filter": [{"term": {"workspace": workspace}}, which], "must_not": [{"term": {"state": HEAD}}]}}
        path = f"/{kind.index}/_delete_by_query"
        self._client.ask("POST", path, {"query": own}, routing=workspace, refresh="true", conflicts="proceed")

    def search(self, kind: Kind, workspace: str, wanted: Source, **params: str) -> Any:
        """The answer to a query about one workspace."""
        try:
            return self._client.ask("POST", f"/{kind.index}/_search", wanted, routing=workspace, **params)
        except Refused as refused:
            raise _unmade(refused) from refused


def _unmade(refused: Refused) -> Unavailable:
    if refused.reason == "index_not_found_exception":
        return Unavailable("This list is not made yet; `steward search rebuild` makes it from the records.", passing=True)
    return Unavailable(f"The search server does not answer this ({refused.reason}); check that it has the k-NN and neural-search plugins.")


def still(found: Source, made: str) -> str:
    """The generation that is being made, while no other rebuild is. Raises Unavailable when one is."""
    if found["next"] != made:
        raise Unavailable("Another rebuild of these lists has taken over; its end is worth waiting for.", passing=True)
    return made
