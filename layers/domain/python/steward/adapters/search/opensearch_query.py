"""What OpenSearch is asked: filters, orders, counts and the hybrid query, as JSON. All pure.

Names come from a spec and values are values of JSON, so nothing from outside becomes part of the query's language.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from steward.adapters.search import rules
from steward.adapters.search.opensearch_index import HEAD, THERE, is_on_earth, kept
from steward.kernel.search import Clause, Field, Filter, Fusion, IndexSpec, Sort

Query = dict[str, Any]
LARGEST, SMALLEST = rules.WHOLE - 1, -rules.WHOLE
NOTHING: Query = {"match_none": {}}
ENDS = {"text": (None, None), "int": (LARGEST, SMALLEST), "float": ("Infinity", "-Infinity"), "tags": (None, None)}
"""Where a missing value is sorted to: the end of an ascending order, and of a descending one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose documents of which generation are asked for."""

    spec: IndexSpec
    workspace: str
    generation: str

    def own(self) -> list[Query]:
        """The filters that every query begins with."""
        return [{"term": {"workspace": self.workspace}}, {"term": {"generation": self.generation}}, {"term": {"state": THERE}}]

    def filters(self, where: Filter) -> list[Query]:
        return [*self.own(), *(condition(self.spec, clause) for clause in where)]


def listing(asked: Asked, where: Filter, facets: Sequence[str]) -> Query:
    """What a list asks: all that is there, and the head, which no hit is; counts leave out their own field's clauses."""
    within = asked.filters(() if facets else where)
    heads = [within[0], {"term": {"state": HEAD}}]
    counts = {f"facet {name}": _facet(asked, where, name) for name in facets}
    return {
        "query": {"bool": {"filter": [within[0], {"bool": {"should": [_all(within), _all(heads)]}}]}},
        "post_filter": _all(asked.filters(where)),
        "track_total_hits": True,
        "aggs": {"head": {"filter": _all(heads), "aggs": {"one": {"top_hits": {"size": 1}}}}, **counts},
    }


def counting(asked: Asked, wheres: Sequence[Filter]) -> Query:
    """How many match each of some filters, and the head."""
    counts = {f"count {place}": {"filter": _all(asked.filters(where))} for place, where in enumerate(wheres)}
    listed = listing(asked, (), ())
    return {**listed, "size": 0, "aggs": {**listed["aggs"], **counts}}


def order(sort: Sort) -> list[Query]:
    """By the field, then by id in the same direction, what is missing last."""
    direction = "desc" if sort.descending else "asc"
    return [{f"fields.{sort.field}": {"order": direction, "missing": "_last"}}, {"id": direction}]


def after(spec: IndexSpec, sort: Sort, last: rules.Cursor) -> list[Any]:
    """Where a page goes on: the last row's place in the order."""
    field, value = rules.named(spec, sort.field), _plain(last.value)
    if value is None:
        return [ENDS[field.type][sort.descending], last.id]
    return [_bounded(math.floor(value)) if field.type == "int" and isinstance(value, float) else value, last.id]


def by_words(asked: Asked, words: Sequence[str], filters: Sequence[Query]) -> Query:
    """Documents that have any of the words, their scores added over the texts by weight."""
    return {"bool": {"must": [{**matching(asked.spec, words)}], "filter": list(filters)}}


def matching(spec: IndexSpec, words: Sequence[str]) -> Query:
    fields = [f"texts.{text.name}^{text.weight}" for text in spec.texts]
    return {"multi_match": {"query": " ".join(words), "fields": fields, "type": "most_fields", "_name": "keyword"}}


def by_likeness(vector: Sequence[float], filters: Sequence[Query], depth: int) -> Query:
    """The nearest documents of those that pass the filter."""
    return {"knn": {"vector": {"vector": list(vector), "k": depth, "filter": _all(filters), "_name": "vector"}}}


def hybrid(queries: Sequence[Query], fusion: Fusion, depth: int) -> Query:
    """Both lists, and the pipeline that makes one of them."""
    pipeline = json.loads(kept(fusion.method))
    del pipeline["description"]
    if fusion.method == "weights":
        whole = fusion.keyword + fusion.vector or 1.0
        combination = pipeline["phase_results_processors"][0]["normalization-processor"]["combination"]
        combination["parameters"]["weights"] = [fusion.keyword / whole, 1 - fusion.keyword / whole]
    return {"query": {"hybrid": {"queries": list(queries), "pagination_depth": depth}}, "search_pipeline": pipeline, "size": 2 * depth}


def condition(spec: IndexSpec, clause: Clause) -> Query:
    """One clause as a filter."""
    field, name = rules.named(spec, clause.field), f"fields.{clause.field}"
    match clause.op:
        case "known":
            return {"exists": {"field": name}}
        case "unknown":
            return {"bool": {"must_not": [{"exists": {"field": name}}]}}
        case "in":
            wanted = [_plain(value) for value in clause.value if _fits(field, value)] if isinstance(clause.value, tuple) else []
            return {"terms": {name: wanted}} if wanted else NOTHING
        case "contains":
            part = re.sub(r"([\\*?])", r"\\\1", str(clause.value).casefold())
            return {"wildcard": {f"folded.{clause.field}": {"value": f"*{part}*"}}} if part else {"exists": {"field": name}}
        case "eq" | "has":
            return {"term": {name: _plain(clause.value)}} if _fits(field, clause.value) else NOTHING
        case "ne":
            there: list[Query] = [] if field.type == "tags" else [{"exists": {"field": name}}]
            return {"bool": {"filter": there, "must_not": [condition(spec, Clause(clause.field, "eq", clause.value))]}}
        case "near":
            return _near(clause)
        case "lt" | "lte" | "gt" | "gte":
            return _compared(field, name, clause)
        case never:
            assert_never(never)


def _compared(field: Field, name: str, clause: Clause) -> Query:
    value = clause.value
    if field.type == "int" and isinstance(value, float):
        value = math.ceil(value) if clause.op in ("lt", "gte") else math.floor(value)
        if not SMALLEST <= value <= LARGEST:
            return {"exists": {"field": name}} if (value > 0) == (clause.op in ("lt", "lte")) else NOTHING
    return {"range": {name: {clause.op: _plain(value)}}}


def _near(clause: Clause) -> Query:
    lat, lon, km = clause.value if isinstance(clause.value, tuple) else (None, None, None)
    if not is_on_earth(lat, lon) or not isinstance(km, int | float) or km < 0:
        return NOTHING
    return {"geo_distance": {"distance": f"{max(float(km), 1e-6):.6f}km", "place": {"lat": lat, "lon": lon}}}


def _plain(value: Any) -> Any:
    """Yes and no are the numbers 1 and 0."""
    return int(value) if isinstance(value, bool) else value


def _fits(field: Field, value: object) -> bool:
    """Whether a column can hold a value; no whole number equals 1.5."""
    return not (field.type == "int" and isinstance(value, float) and not (value.is_integer() and abs(value) < rules.WHOLE))


def _facet(asked: Asked, where: Filter, name: str) -> Query:
    column = f"fields.{name}"
    counted = {"terms": {"field": column, "size": rules.MAX_FACET, "order": [{"_count": "desc"}, {"_key": "asc"}]}}
    others = asked.filters(rules.but(where, name))
    return {"filter": _all(others), "aggs": {"values": counted, "missing": {"missing": {"field": column}}}}


def _all(filters: Sequence[Query]) -> Query:
    return {"bool": {"filter": list(filters)}}


def _bounded(value: int) -> int:
    return max(SMALLEST, min(LARGEST, value))
