"""The design that is chosen most often: Tantivy for words, and a graph of vectors (usearch) whose answers are filtered afterwards."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from tantivy import FieldType, Occur, Query
from usearch.index import Index

from steward.adapters.search.index.words import ANALYSIS, analyzer, words_of
from steward.kernel.search import Clause, Document

TEXTS = {"title": 2.0, "remarks": 1.0}
WORDS, NUMBERS = ("city", "type"), ("price", "beds")
AT_ONCE = 20_000
DEPTH, K = 50, 60


class Pair:
    """Listings under the number of their place."""

    def __init__(self, path: Path, dimension: int) -> None:
        builder = tantivy.SchemaBuilder()
        for name in TEXTS:
            builder.add_text_field(name, tokenizer_name=ANALYSIS, index_option="freq")
        for name in WORDS:
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
        for name in NUMBERS:
            builder.add_integer_field(name, indexed=True, fast=True)
        builder.add_unsigned_field("number", fast=True)
        path.mkdir()
        self._schema = builder.build()
        self._words = tantivy.Index(self._schema, path=str(path))
        self._words.register_tokenizer(ANALYSIS, analyzer())
        self._graph = Index(ndim=dimension, metric="cos", dtype="i8")
        self._facts: list[dict[str, Any]] = []

    def fill(self, documents: Iterable[Document]) -> None:
        """Take documents."""
        writer, vectors = self._words.writer(200_000_000, 1), list[bytes]()
        for number, one in enumerate(documents):
            row = tantivy.Document()
            for name, text in one.texts.items():
                row.add_text(name, text)
            for name in WORDS:
                row.add_text(name, str(one.fields[name]))
            for name in NUMBERS:
                row.add_integer(name, int(str(one.fields[name])))
            row.add_unsigned("number", number)
            writer.add_document(row)
            self._facts.append({name: one.fields[name] for name in (*WORDS, *NUMBERS)})
            vectors.append(one.vector)
            if len(vectors) == AT_ONCE:
                self._add(vectors)
        self._add(vectors)
        writer.commit()
        writer.wait_merging_threads()
        self._words.reload()

    def find(self, words: str, vector: bytes, where: Sequence[Clause]) -> list[str]:
        """The ten best by both, fused by their places."""
        searcher = self._words.searcher()
        hits = searcher.search(self._query(words, where), DEPTH, count=False).hits
        scores: dict[int, float] = {}
        by_words: list[Any] = searcher.fast_field_values("number", [place for _, place in hits])
        for ranked in (by_words, self.nearest(vector, where)):
            for place, number in enumerate(ranked):
                scores[number] = scores.get(number, 0.0) + 1 / (K + place)
        return [f"p{number + 1:09d}" for number in sorted(scores, key=lambda number: -scores[number])[:10]]

    def nearest(self, vector: bytes, where: Sequence[Clause], depth: int = DEPTH) -> list[int]:
        """What the graph says is most like, and is left by the filter."""
        near = self._graph.search(np.frombuffer(vector, "<f4"), depth).keys.tolist()
        return [number for number in near if all(_holds(clause, self._facts[number]) for clause in where)]

    def _add(self, vectors: list[bytes]) -> None:
        if vectors:
            start = len(self._graph)
            rows = np.frombuffer(b"".join(vectors), "<f4").reshape(len(vectors), -1)
            self._graph.add(np.arange(start, start + len(rows)), rows, threads=2)
            vectors.clear()

    def _query(self, words: str, where: Sequence[Clause]) -> Query:
        said = [(name, weight, word) for word in words_of(words) for name, weight in TEXTS.items()]
        terms = [Query.boost_query(Query.term_query(self._schema, name, word, "freq"), weight) for name, weight, word in said]
        wanted = [(Occur.Must, Query.boolean_query([(Occur.Should, term) for term in terms]))]
        for clause in where:
            wanted.append((Occur.Must, Query.const_score_query(self._clause(clause), 0.0)))
        return Query.boolean_query(wanted)

    def _clause(self, clause: Clause) -> Query:
        value: Any = clause.value
        if clause.op == "eq":
            return Query.term_query(self._schema, clause.field, value)
        least, most = (None, value) if clause.op == "lte" else (value, None)
        return Query.range_query(self._schema, clause.field, FieldType.Integer, least, most)


def _holds(clause: Clause, facts: dict[str, Any]) -> bool:
    value, asked = facts[clause.field], clause.value
    return bool(value == asked if clause.op == "eq" else value <= asked if clause.op == "lte" else value >= asked)
