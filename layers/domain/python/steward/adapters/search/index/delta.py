"""What was written since a folder was made, in memory."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from steward.adapters.search import looking
from steward.adapters.search.index.vectors import dots
from steward.adapters.search.index.words import Words, words_of
from steward.kernel.search import Document, Filter, IndexSpec, Scalar

Scores = dict[str, float]
Held = Mapping[str, Document]


class Delta:
    """Documents, and where in them each word is. Only one thread at a time may use it."""

    def __init__(self, spec: IndexSpec, words: Words | None) -> None:
        self._spec, self._words = spec, words
        self.documents: dict[str, Document] = {}
        self._having: dict[tuple[str, str], dict[str, int]] = {}
        self._bags: dict[str, dict[str, Counter[str]]] = {}
        self._totals = Counter[str]()
        self._places: dict[str, int] = {}
        self._free: list[int] = []
        self._vectors = np.zeros((64, spec.dimension), np.float32)

    def put(self, document: Document) -> None:
        """Take a document, in the place of what it was before."""
        self.drop(document.id)
        id = document.id
        self.documents[id] = document
        self._bags[id] = {text.name: Counter(words_of(document.texts.get(text.name, ""))) for text in self._spec.texts}
        for name, bag in self._bags[id].items():
            self._totals[name] += bag.total()
            for word, count in bag.items():
                self._having.setdefault((name, word), {})[id] = count
        if document.vector:
            place = self._place(id)
            self._vectors[place] = np.frombuffer(document.vector, "<f4")

    def drop(self, id: str) -> None:
        """Forget a document."""
        if self.documents.pop(id, None) is None:
            return
        for name, bag in self._bags.pop(id).items():
            self._totals[name] -= bag.total()
            for word in bag:
                having = self._having[name, word]
                del having[id]
                if not having:
                    del self._having[name, word]
        if id in self._places:
            self._free.append(self._places.pop(id))

    def _place(self, id: str) -> int:
        if not self._free:
            size = len(self._vectors)
            if len(self._places) == size:
                self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
            self._places[id] = len(self._places)
        else:
            self._places[id] = self._free.pop()
        return self._places[id]

    def left(self, where: Filter, besides: Collection[str] = ()) -> Held:
        """The documents for which all clauses hold."""
        found = looking.matching(self._spec, self.documents.values(), where)
        return {document.id: document for document in found if document.id not in besides}

    def counted(self, name: str, left: Held) -> Counter[Scalar]:
        """A facet of them."""
        return looking.tallied(left.values(), name)

    def having(self, text: str, word: str) -> int:
        """In how many documents a text has a word."""
        return len(self._having.get((text, word), ()))

    def best(self, words: Sequence[str], left: Held) -> Scores:
        """BM25 of those that have any of the words, as if they lay in the folder."""
        scores: Scores = {}
        count = len(self.documents) + (self._words.count if self._words else 0)
        for text in self._spec.texts if left else ():
            mean = self._mean(text.name) or 1.0
            for word in words:
                having = self._having.get((text.name, word), {})
                all_having = len(having) + (self._words.having(text.name, word) if self._words else 0)
                rarity = text.weight * math.log(1 + (count - all_having + 0.5) / (all_having + 0.5)) * (looking.K1 + 1)
                for id in having.keys() & left.keys():
                    long = looking.K1 * (1 - looking.B + looking.B * self._bags[id][text.name].total() / mean)
                    scores[id] = scores.get(id, 0.0) + rarity * having[id] / (having[id] + long)
        return scores

    def _mean(self, text: str) -> float:
        """The mean length of a text, the folder's documents counted."""
        told = self._words.count if self._words else 0
        whole = self._totals[text] + (told * self._words.lengths[text] if self._words else 0)
        return whole / max(1, told + len(self.documents))

    def nearest(self, asked: bytes, left: Held) -> Scores:
        """The cosine of those that have a vector."""
        ids = [id for id in left if id in self._places]
        if not ids:
            return {}
        vectors = self._vectors[[self._places[id] for id in ids]]
        return dict(zip(ids, dots(np.frombuffer(asked, "<f4"), vectors).tolist(), strict=True))
