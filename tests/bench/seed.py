"""The obvious design, as the one that ours is measured beside: SQLite's FTS5 joined with its filter, and sqlite-vec over what is left."""

import re
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import apsw
import sqlite_vec

from steward.kernel.search import Clause, Document

SIGNS = {"eq": "=", "lte": "<=", "gte": ">="}
WORD = re.compile(r"\w+")
K = 60


class Seed:
    """One file of listings."""

    def __init__(self, path: Path, dimension: int) -> None:
        self._connection = apsw.Connection(str(path))
        self._connection.enable_load_extension(True)
        self._connection.load_extension(sqlite_vec.loadable_path())
        for sql in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA cache_size=-200000",
            "CREATE TABLE home (id INTEGER PRIMARY KEY, ref TEXT, city TEXT, type TEXT, price INTEGER, beds INTEGER)",
            "CREATE INDEX home_by ON home (city, type, price)",
            "CREATE VIRTUAL TABLE words USING fts5(title, remarks, content='', tokenize='porter')",
            f"CREATE VIRTUAL TABLE vectors USING vec0(embedding int8[{dimension}] distance_metric=cosine)",
        ):
            self._connection.execute(sql)

    def fill(self, documents: Iterable[Document]) -> None:
        """Take documents, each under the number of its place."""
        with self._connection:
            for number, one in enumerate(documents, 1):
                facts = [one.fields[name] for name in ("city", "type", "price", "beds")]
                self._connection.execute("INSERT INTO home VALUES (?, ?, ?, ?, ?, ?)", (number, one.id, *facts))
                self._connection.execute("INSERT INTO words (rowid, title, remarks) VALUES (?, ?, ?)", (number, *one.texts.values()))
                self._connection.execute("INSERT INTO vectors (rowid, embedding) VALUES (?, vec_int8(?))", (number, small(one.vector)))

    def find(self, words: str, vector: bytes, where: Sequence[Clause]) -> list[str]:
        """The ten best by both, fused by their places. Words lead: led by the filter, SQLite would ask for them anew at each listing."""
        condition = " AND ".join(f"{clause.field} {SIGNS[clause.op]} ?" for clause in where) or "1"
        values = [clause.value for clause in where]
        match = " OR ".join(f'"{word}"' for word in WORD.findall(words))
        join = "SELECT words.rowid FROM words CROSS JOIN home ON home.id = words.rowid WHERE words MATCH ?"
        by_words = self._connection.execute(f"{join} AND {condition} ORDER BY rank LIMIT 50", (match, *values))
        some = f"AND rowid IN (SELECT id FROM home WHERE {condition})" if where else ""
        like = f"SELECT rowid FROM vectors WHERE embedding MATCH vec_int8(?) AND k = 50 {some} ORDER BY distance"
        lists = [by_words.fetchall(), self._connection.execute(like, (small(vector), *values)).fetchall()]
        scores: dict[object, float] = {}
        for ranked in lists:
            for place, (number,) in enumerate(ranked):
                scores[number] = scores.get(number, 0.0) + 1 / (K + place)
        best: Any = sorted(scores, key=lambda number: -scores[number])[:10]
        rows = self._connection.execute(f"SELECT ref FROM home WHERE id IN ({', '.join('?' * len(best))})", best).fetchall()
        return [str(ref) for (ref,) in rows]

    def close(self) -> None:
        self._connection.close()


def small(vector: bytes) -> bytes:
    """A vector in a byte a number."""
    numbers = array("f", vector)
    scale = 127 / (max(map(abs, numbers), default=0) or 1)
    return array("b", [round(number * scale) for number in numbers]).tobytes()
