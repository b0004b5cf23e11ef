"""Search on OpenSearch: every list, and what is found by words and likeness in one hybrid query.

Readers are kept whole by generations: what replaces a workspace's documents is written beside them, and one write of the
workspace's head turns all readers to it. Each answer carries the head as it was at that moment, so a reader who asked for a
generation that is no more asks again. Writers who come meanwhile write to both.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from steward.adapters.search import opensearch_query as query
from steward.adapters.search import rules
from steward.adapters.search.fusing import Fused, fuse
from steward.adapters.search.looking import terms
from steward.adapters.search.opensearch_client import Client
from steward.adapters.search.opensearch_index import Source, columns, index_name, numbers, place, source, version
from steward.adapters.search.opensearch_keeping import Keeper, Kind, still
from steward.adapters.search.opensearch_query import Asked, Query
from steward.kernel.errors import Unavailable
from steward.kernel.search import Counts, Document, Filter, Found, Gone, Hit, Hits, IndexSpec, Scalar, Sort, Wish
from steward.kernel.time import Clock, from_iso, iso, system_clock

Listed = Callable[[], tuple[str, Sequence[IndexSpec]]]
AT_ONCE = 500
"""Documents of one bulk request."""
WINDOW = 10_000
"""Rows that the server passes over by itself."""
MOST_WORDS = 200
"""Words of one query; of more, the rarest that are there at all."""
MOST_DEPTH = 1_000
TURNS = 10
"""How often a reader asks again when a rebuild was quicker."""


@dataclass(frozen=True, slots=True)
class Looked:
    """An answer about a list, and the head as it was at that moment."""

    hits: Sequence[Source]
    total: int
    facets: Mapping[str, Sequence[tuple[Scalar, int]]]
    head: Source | None
    counts: Sequence[int] = ()

    @property
    def as_of(self) -> datetime | None:
        return from_iso(self.head["taken"]) if self.head and self.head["taken"] else None


class OpenSearchSearch:
    """`prefix` begins the names of all indexes; `knn` is the engine of vectors, lucene or faiss. `listed` says whose the lists are
    and what they hold, to a process that uses them without having defined them."""

    name = "opensearch"

    def __init__(self, client: Client, *, prefix: str, knn: str, listed: Listed = lambda: ("", ()), clock: Clock = system_clock) -> None:
        self._client, self._prefix, self._knn, self._listed, self._clock = client, prefix, knn, listed, clock
        self._keeper = Keeper(client, prefix, knn)
        self._installation = ""
        self._kinds: dict[str, Kind] = {}
        self._seen: dict[tuple[str, str], str] = {}

    def belong(self, installation: str) -> None:
        """As the port says: others' lists have indexes of their own, which stay."""
        self._installation = installation
        self._kinds.clear()
        self._seen.clear()

    def define(self, spec: IndexSpec) -> bool:
        """As the port says. Names of an earlier spec stay, for processes that still use it."""
        kind = self._kinds[spec.kind] = self._named(spec)
        return self._keeper.make(kind)

    def write(self, workspace: str, documents: Sequence[Document | Gone]) -> None:
        """As the port says."""
        taken: dict[str, list[Document | Gone]] = {}
        for document in rules.newest(documents).values():
            kind = self._kind(document.kind)
            if isinstance(document, Document):
                rules.check_document(kind.spec, document)
            taken.setdefault(document.kind, []).append(document)
        for name, some in taken.items():
            kind = self._kinds[name]
            found = self._keeper.head(kind, workspace) or self._keeper.begun(kind, workspace)
            generations = [one for one in (found["generation"], found["next"]) if one]
            lines = [line for generation in generations for one in some for line in _put(kind, workspace, generation, one)]
            self._client.bulk([*lines, *self._keeper.taken(kind, workspace, iso(self._clock()))], refresh=True)

    def page(
        self, workspace: str, kind: str, where: Filter, *, sort: Sort, start: int | str = 0, limit: int = 100, facets: Sequence[str] = ()
    ) -> Hits:
        """As the port says."""
        of = self._kind(kind)
        rules.check_page(of.spec, where, sort, facets)
        place = rules.place_of(of.spec, sort, start, limit)
        for asked in self._generations(of, workspace):
            more: Query = {"size": limit + 1, "sort": query.order(sort), "_source": ["id", "row", f"fields.{sort.field}"]}
            if isinstance(place, rules.Cursor):
                more["search_after"] = query.after(of.spec, sort, place)
            else:
                more |= self._passed(of, asked, query.listing(asked, where, ()) | more, place)
            looked = self._look(of, asked, query.listing(asked, where, facets) | more)
            if self._current(of, asked, looked):
                return _paged(looked, sort, limit)
        return Hits([], [], 0, "", {name: [] for name in facets})

    def find(self, workspace: str, kind: str, wish: Wish, *, facets: Sequence[str] = ()) -> Found:
        """As the port says."""
        of = self._kind(kind)
        rules.check_wish(of.spec, wish, facets)
        for asked in self._generations(of, workspace):
            best = self._best(of, asked, wish)
            listing = query.listing(asked, wish.where, facets)
            if best is None:
                most = {"size": min(wish.limit + len(wish.besides), WINDOW), "sort": [{"id": "asc"}], "_source": ["id", "row"]}
                looked = self._look(of, asked, listing | most)
                left = [hit["_source"] for hit in looked.hits if hit["_source"]["id"] not in wish.besides]
                hits = [Hit(one["id"], json.loads(one["row"]), 0.0) for one in left[: wish.limit]]
            else:
                looked, hits = self._look(of, asked, listing | {"size": 0}), best
            if self._current(of, asked, looked):
                return Found(hits, looked.total, looked.facets, looked.as_of)
        return Found([], 0, {name: [] for name in facets})

    def count(self, workspace: str, kind: str, wheres: Sequence[Filter]) -> Counts:
        """As the port says, in one request."""
        of = self._kind(kind)
        for where in wheres:
            rules.check_filter(of.spec, where)
        for asked in self._generations(of, workspace):
            looked = self._look(of, asked, query.counting(asked, wheres))
            if self._current(of, asked, looked):
                return Counts(looked.counts, looked.as_of)
        return Counts([0] * len(wheres))

    def amend(self, workspace: str, kind: str, where: Filter, fields: Mapping[str, Scalar]) -> None:
        """As the port says: each is written again under its own version, so a newer one that came meanwhile stays."""
        of = self._kind(kind)
        rules.check_amendment(of.spec, where, fields)
        found = self._keeper.head(of, workspace) or self._keeper.begun(of, workspace)
        for generation in (found["generation"], found["next"]):
            for hits in self._every(of, Asked(of.spec, workspace, generation), where) if generation else ():
                lines = [line for hit in hits for line in _amended(of, hit, fields)]
                self._client.bulk(lines, refresh=False)
        self._client.bulk(self._keeper.taken(of, workspace, iso(self._clock())), refresh=True)
        self._client.ask("POST", f"/{of.index}/_refresh")

    def replace(self, workspace: str, kind: str, documents: Iterable[Document]) -> int:
        """As the port says. Raises Unavailable when another replacement took over."""
        of, made = self._kind(kind), secrets.token_hex(6)
        self._keeper.turn(of, workspace, lambda found: {"next": made})
        try:
            written, rest = 0, iter(documents)
            while batch := list(islice(rest, AT_ONCE)):
                for document in batch:
                    rules.check_document(of.spec, document)
                self._client.bulk([line for one in batch for line in _put(of, workspace, made, one)], refresh=False)
                written += len(batch)
            self._client.ask("POST", f"/{of.index}/_refresh")
            self._keeper.turn(of, workspace, lambda found: {"generation": still(found, made), "next": "", "taken": iso(self._clock())})
        except BaseException:
            self._keeper.turn(of, workspace, lambda found: {"next": "" if found["next"] == made else found["next"]})
            self._keeper.forget(of, workspace, {"term": {"generation": made}})
            raise
        current = self._keeper.head(of, workspace) or {}
        alive = [one for one in (current.get("generation"), current.get("next")) if one]
        self._keeper.forget(of, workspace, {"bool": {"must_not": [{"terms": {"generation": alive}}]}})
        return written

    def settle(self) -> int:
        """Nothing is made in the background."""
        return 0

    def close(self) -> None:
        """Leave the server."""
        self._client.close()

    # --- looking ---

    def _generations(self, kind: Kind, workspace: str) -> Iterator[Asked]:
        """The generation that was last seen; when an answer has told of another one, that. None where a workspace has no head."""
        for _ in range(TURNS):
            seen = self._seen.get((kind.index, workspace)) or (self._keeper.head(kind, workspace) or {}).get("generation")
            if not seen:
                return
            yield Asked(kind.spec, workspace, seen)
        raise Unavailable("The lists are being made anew again and again; try again.", passing=True)

    def _current(self, kind: Kind, asked: Asked, looked: Looked) -> bool:
        """Whether an answer is of the generation that its own head names."""
        if looked.head is None:
            self._seen.pop((kind.index, asked.workspace), None)
            return False
        self._seen[kind.index, asked.workspace] = looked.head["generation"]
        return bool(looked.head["generation"] == asked.generation)

    def _look(self, kind: Kind, asked: Asked, wanted: Query) -> Looked:
        answer = self._keeper.search(kind, asked.workspace, wanted)
        told = answer["aggregations"]
        heads = told["head"]["one"]["hits"]["hits"]
        facets = {name.removeprefix("facet "): _counted(found) for name, found in told.items() if name.startswith("facet ")}
        counts = [told[name]["doc_count"] for name in wanted["aggs"] if name.startswith("count ")]
        return Looked(answer["hits"]["hits"], answer["hits"]["total"]["value"], facets, heads[0]["_source"] if heads else None, counts)

    def _passed(self, kind: Kind, asked: Asked, wanted: Query, offset: int) -> Query:
        """How a page begins at an offset; beyond what the server passes over, after the row before it."""
        if offset + wanted["size"] <= WINDOW:
            return {"from": offset}
        last: Query = {}
        while offset:
            size = min(offset, WINDOW)
            step: Query = {"size": size, "_source": False, "aggs": {}, "track_total_hits": False}
            hits = self._keeper.search(kind, asked.workspace, wanted | step | last)["hits"]["hits"]
            if len(hits) < size:
                return {"size": 0}
            offset, last = offset - len(hits), {"search_after": hits[-1]["sort"]}
        return last

    def _best(self, kind: Kind, asked: Asked, wish: Wish) -> list[Hit] | None:
        """The best of the candidates, None where neither words nor a vector say anything."""
        filters = asked.filters(wish.where)
        if wish.besides:
            filters.append({"bool": {"must_not": [{"terms": {"id": list(wish.besides)}}]}})
        depth = max(1, min(wish.depth, MOST_DEPTH))
        words, vector = self._known(kind, asked, sorted(set(terms(wish.words)))), numbers(wish.vector)
        queries = [query.by_words(asked, words, filters)] if words and kind.spec.texts else []
        queries += [query.by_likeness(vector, filters, depth)] if vector else []
        if not queries:
            return None
        if len(queries) == 2:
            return self._fused(kind, asked, query.hybrid(queries, wish.fusion, depth), wish)
        ordered: Query = {"query": queries[0], "size": depth, "sort": [{"_score": "desc"}, {"id": "asc"}], "_source": ["id", "row"]}
        found = self._keeper.search(kind, asked.workspace, ordered)["hits"]["hits"]
        hits = {hit["_source"]["id"]: hit for hit in found}
        scores = {id: _cosine(hit["_score"]) if vector else float(hit["_score"]) for id, hit in hits.items()}
        return [_hit(hits[one.id], one) for one in fuse({} if vector else scores, scores if vector else {}, wish)]

    def _fused(self, kind: Kind, asked: Asked, wanted: Query, wish: Wish) -> list[Hit]:
        """The server's own union; a list that is empty leaves the whole score to the other."""
        answer = self._keeper.search(kind, asked.workspace, wanted | {"_source": ["id", "row"]}, include_named_queries_score="true")
        hits = answer["hits"]["hits"]
        lists = {name for hit in hits for name in hit["matched_queries"]}
        if wish.fusion.method == "rrf":
            scale = 61 / max(1, len(lists))
        else:
            shares = {"keyword": wish.fusion.keyword, "vector": wish.fusion.vector}
            scale = (sum(shares.values()) or 1.0) / (sum(shares[name] for name in lists) or 1.0)
        found = [_told(hit, scale) for hit in hits]
        return sorted(found, key=lambda one: (-one.score, one.id))[: wish.limit]

    def _known(self, kind: Kind, asked: Asked, words: Sequence[str]) -> Sequence[str]:
        """The words to look for: of very many, those that are there, the rarest first."""
        if len(words) <= MOST_WORDS:
            return words
        each = {str(place): query.matching(kind.spec, [word]) for place, word in enumerate(words[:10_000])}
        wanted = {"size": 0, "query": {"bool": {"filter": asked.own()}}, "aggs": {"words": {"filters": {"filters": each}}}}
        counts = self._keeper.search(kind, asked.workspace, wanted)["aggregations"]["words"]["buckets"]
        there = sorted((found["doc_count"], int(place)) for place, found in counts.items() if found["doc_count"])
        return [words[place] for _, place in there[:MOST_WORDS]]

    def _every(self, kind: Kind, asked: Asked, where: Filter) -> Iterator[Sequence[Source]]:
        """All documents that match, some at once, with their versions."""
        wanted: Query = {"query": {"bool": {"filter": asked.filters(where)}}, "size": AT_ONCE, "sort": [{"id": "asc"}], "version": True}
        while hits := self._keeper.search(kind, asked.workspace, wanted)["hits"]["hits"]:
            yield hits
            wanted["search_after"] = hits[-1]["sort"]

    # --- keeping ---

    def _kind(self, name: str) -> Kind:
        if name not in self._kinds:
            installation, specs = self._listed()
            self._installation = self._installation or installation
            self._kinds = {spec.kind: self._named(spec) for spec in specs} | self._kinds
        if name not in self._kinds:
            raise rules.unknown_kind(name)
        return self._kinds[name]

    def _named(self, spec: IndexSpec) -> Kind:
        return Kind(spec, index_name(self._prefix, self._installation, spec, self._knn))


def _put(kind: Kind, workspace: str, generation: str, document: Document | Gone) -> list[Source]:
    where = {"_index": kind.index, "_id": place(workspace, generation, document.id), "routing": workspace}
    guard = {"version": version(document), "version_type": "external_gte"}
    return [{"index": {**where, **guard}}, source(kind.spec, workspace, generation, document)]


def _amended(kind: Kind, hit: Source, fields: Mapping[str, Scalar]) -> list[Source]:
    where = {"_index": kind.index, "_id": hit["_id"], "routing": hit["_routing"]}
    told = {name: tuple(value) if isinstance(value, list) else value for name, value in hit["_source"]["fields"].items()}
    others = {name: value for name, value in hit["_source"].items() if name not in ("fields", "folded", "place")}
    changed = {**others, **columns(kind.spec, {**told, **fields})}
    return [{"index": {**where, "version": hit["_version"], "version_type": "external_gte"}}, changed]


def _paged(looked: Looked, sort: Sort, limit: int) -> Hits:
    shown = [hit["_source"] for hit in looked.hits[:limit]]
    following = rules.Cursor(shown[-1].get("fields", {}).get(sort.field), shown[-1]["id"]).text() if len(looked.hits) > limit else ""
    rows = [json.loads(one["row"]) for one in shown]
    return Hits(rows, [one["id"] for one in shown], looked.total, following, looked.facets, looked.as_of)


def _counted(found: Source) -> list[tuple[Scalar, int]]:
    """Values and how often they occur: the most frequent first, then in their own order, the missing one last."""
    counts: list[tuple[Scalar, int]] = [(bucket["key"], bucket["doc_count"]) for bucket in found["values"]["buckets"]]
    if found["missing"]["doc_count"]:
        counts.append((None, found["missing"]["doc_count"]))
    return sorted(counts, key=lambda counted: -counted[1])[: rules.MAX_FACET]


def _hit(hit: Source, one: Fused) -> Hit:
    return Hit(one.id, json.loads(hit["_source"]["row"]), one.score, one.keyword, one.vector)


def _told(hit: Source, scale: float) -> Hit:
    parts = hit["matched_queries"]
    vector = _cosine(parts["vector"]) if "vector" in parts else None
    score = min(1.0, hit["_score"] * scale)
    return Hit(hit["_source"]["id"], json.loads(hit["_source"]["row"]), score, parts.get("keyword"), vector)


def _cosine(score: float) -> float:
    """The server's scores of likeness are the cosine brought to 0..1."""
    return 2 * score - 1
