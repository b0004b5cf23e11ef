"""Somebody who can write the records, but has neither the secret nor the anchors."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from steward.adapters.records.memory import MemoryRecords, _Row
from steward.kernel.ports import Key

Row = list[Any]
"""A row of the store: pk, sk, version, body as text, due, external, expires."""
PK, SK, VERSION, BODY, DUE, EXTERNAL, EXPIRES = range(7)
SPICE = '0aZ\u00e9 "\\{}[]:,'


def mutate(rows: list[Row], chance: Random) -> None:
    """Change one column of one row, its body by a letter, a value or a blank."""
    row = chance.choice(rows)
    column = chance.randrange(7)
    if column == BODY:
        row[BODY] = chance.choice([_letter, _value, _blank])(row[BODY], chance)
    elif column == VERSION:
        row[VERSION] += chance.choice([1, 7, 2**40])
    elif column == EXPIRES:
        row[EXPIRES] = chance.choice([1, 2**40, 4_000_000_000])
    else:
        place = chance.randrange(len(row[column]) + 1)
        row[column] = row[column][:place] + chance.choice("0az#") + row[column][place:]


def delete(rows: list[Row], chance: Random) -> None:
    """Take one to three rows out."""
    for _ in range(chance.randint(1, 3)):
        rows.pop(chance.randrange(len(rows)))


def insert(rows: list[Row], chance: Random) -> None:
    """Put a row in: a copy under another key, or one made up."""
    made = list(chance.choice(rows))
    made[SK] = "".join(chance.choice("0123456789abcdefgh") for _ in made[SK])
    if chance.random() < 0.5:
        body = {name: value for name, value in json.loads(made[BODY]).items() if name != "stamp"}
        made[BODY] = json.dumps({**body, "actor": "key:forged"}, separators=(",", ":"))
    rows.append(made)


def swap(rows: list[Row], chance: Random) -> None:
    """Exchange two rows: all but their keys, or their keys."""
    one, other = chance.sample(rows, 2)
    if one[BODY] == other[BODY]:
        raise AssertionError("no two receipts are alike")
    one[VERSION:], other[VERSION:] = other[VERSION:], one[VERSION:]


def truncate(rows: list[Row], chance: Random) -> None:
    """Take the newest rows away; the caller takes the newest seals too."""
    rows.sort(key=lambda row: row[SK])
    del rows[-chance.randint(1, len(rows)) :]


Act = Callable[[list[Row], Random], None]
TRIES: Sequence[Act] = (mutate, delete, insert, swap, truncate)


class Store:
    """The rows of a workspace's receipts and seals, to be changed and put back; `write` takes the place of all there is."""

    def __init__(self, receipts: list[Row], seals: list[Row], write: Callable[[list[Row]], None]) -> None:
        self._receipts, self._seals, self._write = receipts, seals, write

    def tamper(self, act: Act, chance: Random) -> None:
        """Do one thing to the receipts as they were. Most chains that are cut short are cut at a seal, with that seal."""
        rows, seals = [list(row) for row in self._receipts], [list(row) for row in self._seals]
        if act is truncate and chance.random() < 0.7:
            seals = seals[: chance.randrange(len(seals))]
            held = {id for row in seals for id, _ in json.loads(row[BODY])["receipts"]}
            rows = [row for row in rows if row[SK] in held]
        else:
            act(rows, chance)
        self._write([*rows, *seals])

    def restore(self) -> None:
        """Put everything back."""
        self._write([*self._receipts, *self._seals])


def stored(row: Row, records: MemoryRecords) -> None:
    """Put a row into a memory store, past all of its checks."""
    pk, sk, *rest = row
    records._set(Key(pk, sk), _Row(*rest))


def memory_writer(records: MemoryRecords) -> Callable[[list[Row]], None]:
    """What writes rows into a memory store that holds nothing else."""

    def write(rows: list[Row]) -> None:
        records._partitions.clear()
        for row in rows:
            stored(row, records)

    return write


def sqlite_writer(path: Path) -> Callable[[list[Row]], None]:
    """What writes rows into a SQLite file that holds nothing else, without asking who has it open."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")

    def write(rows: list[Row]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM row")
        connection.executemany("INSERT OR REPLACE INTO row VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        connection.execute("COMMIT")

    return write


def _letter(text: str, chance: Random) -> str:
    place = chance.randrange(len(text))
    other = chance.choice([letter for letter in SPICE if letter != text[place]])
    return text[:place] + other + text[place + 1 :]


def _value(text: str, chance: Random) -> str:
    body: dict[str, Any] = json.loads(text)
    name = chance.choice(sorted(body))
    others: list[Any] = ["", "x", 0, None, [], True, 1.5]
    body[name] = chance.choice([other for other in others if other != body[name]])
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _blank(text: str, chance: Random) -> str:
    return chance.choice([f" {text}", f"{text}\n", text.replace(",", ", ", 1), text.replace("{", '{"at":"",', 1)])
