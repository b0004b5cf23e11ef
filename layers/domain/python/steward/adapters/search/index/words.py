"""Words: Tantivy's index of a folder, and what a text's words are. The same analysis reads documents, queries and what is new."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import tantivy
from tantivy import Occur, Query

from steward.adapters.search.index.left import Left
from steward.kernel.search import Text

ANALYSIS = "steward"
LONGEST = 64
"""Bytes of the longest word that is kept."""
READ = 2_000
"""Words of a query that are weighed at all."""
BLOCK = 128
"""Rows that share a term, by which a filter that leaves few rows leads the search."""
BLOCKS = 400
"""Most such terms of a query."""
SINGLE = 32
"""Most that are asked one by one: a set of terms marks all rows of the index first."""
HEAP = 200_000_000
SAMPLED = 50
"""Every so many documents one is measured, for the mean length of a text."""


@cache
def analyzer() -> tantivy.TextAnalyzer:
    """Lower case, no accents, no words that say nothing, English stems (they leave Spanish words whole or nearly so)."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for one in (
        tantivy.Filter.remove_long(LONGEST),
        tantivy.Filter.lowercase(),
        tantivy.Filter.stopword("english"),
        tantivy.Filter.stopword("spanish"),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(one)
    return builder.build()


def words_of(text: str) -> list[str]:
    """The words of a text as they are kept and looked for."""
    return analyzer().analyze(unicodedata.normalize("NFKC", text))


def asked_of(text: str) -> list[str]:
    """The words of a query, each once; of a very long one the first."""
    return list(dict.fromkeys(words_of(text)))[:READ]


def _field(text: str) -> str:
    """A text's name in Tantivy's schema, beside the names of ours."""
    return f"text.{text}"


def _opened(texts: Sequence[Text], path: Path) -> tantivy.Index:
    builder = tantivy.SchemaBuilder()
    for text in texts:
        builder.add_text_field(_field(text.name), tokenizer_name=ANALYSIS, index_option="freq")
    builder.add_unsigned_field("row", fast=True)
    builder.add_unsigned_field("block", indexed=True)
    index = tantivy.Index(builder.build(), path=str(path))
    index.register_tokenizer(ANALYSIS, analyzer())
    return index


class Words:
    """The words of a folder. `lengths`: how many words a text has on average."""

    def __init__(self, folder: Path, texts: Sequence[Text], lengths: Mapping[str, float]) -> None:
        index = _opened(texts, folder / "words")
        self.lengths, self._texts = lengths, texts
        self._schema, self._searcher = index.schema, index.searcher()
        self.count = self._searcher.num_docs

    def having(self, text: str, word: str) -> int:
        """In how many documents a text has a word."""
        return self._searcher.doc_freq(_field(text), word)

    def best(self, words: Sequence[str], left: Left, depth: int) -> dict[int, float]:
        """The rows that have any of the words, with BM25 added up over the texts by their weight: the best so many."""
        terms = [(text, word) for word in words for text in self._texts if self.having(text.name, word)]
        if not terms or not left.count:
            return {}
        any_of = Query.boolean_query([(Occur.Should, self._term(text, word)) for text, word in terms])
        blocks = self._blocks(left)
        query = any_of if blocks is None else Query.boolean_query([(Occur.Must, any_of), (Occur.Must, self._lead(blocks))])
        looked = self.count if blocks is None else len(blocks) * BLOCK
        limit = depth * (1 + looked // left.count)
        while True:
            hits = self._searcher.search(query, limit, count=False).hits
            rows = np.array(self._searcher.fast_field_values("row", [place for _, place in hits]), np.int64)
            held = np.flatnonzero(left.has(rows))
            if len(held) >= depth or len(hits) < limit:
                return {int(rows[at]): float(hits[at][0]) for at in held[:depth].tolist()}
            limit *= 8

    def _term(self, text: Text, word: str) -> Query:
        term = Query.term_query(self._schema, _field(text.name), word, "freq")
        return term if text.weight == 1 else Query.boost_query(term, text.weight)

    def _blocks(self, left: Left) -> Sequence[int] | None:
        """The blocks in which rows are left; None where that are too many to lead a search."""
        first, after = left.start // BLOCK, (left.stop - 1) // BLOCK + 1
        if left.count == self.count:
            return None
        if left.mask is None or after - first <= SINGLE:
            return range(first, after) if after - first <= BLOCKS else None
        blocks = np.unique(left.rows() // BLOCK)
        return blocks.tolist() if len(blocks) <= BLOCKS else None

    def _lead(self, blocks: Sequence[int]) -> Query:
        if len(blocks) > SINGLE:
            return Query.const_score_query(Query.term_set_query(self._schema, "block", list(blocks)), 0.0)
        terms = [(Occur.Should, Query.term_query(self._schema, "block", block)) for block in blocks]
        return Query.const_score_query(Query.boolean_query(terms), 0.0)


def write(folder: Path, texts: Sequence[Text], rows: Iterable[Mapping[str, str]]) -> dict[str, float]:
    """Lay words down for `Words`; the mean length of each text."""
    (folder / "words").mkdir()
    writer = _opened(texts, folder / "words").writer(HEAP, 1)
    lengths, measured = dict.fromkeys((text.name for text in texts), 0), 0
    for row, told in enumerate(rows):
        document = tantivy.Document()
        document.add_unsigned("row", row)
        document.add_unsigned("block", row // BLOCK)
        for name in lengths:
            if text := told.get(name):
                document.add_text(_field(name), unicodedata.normalize("NFKC", text))
        if row % SAMPLED == 0:
            measured += 1
            for name in lengths:
                lengths[name] += len(words_of(told.get(name, "")))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    return {name: total / max(1, measured) for name, total in lengths.items()}
