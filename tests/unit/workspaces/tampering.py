"""Somebody who can write the records, but has neither the secret nor the anchors."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
    for _ in range(chance.randint(1, min(3, len(rows)))):
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
    """Take the newest rows away."""
    rows.sort(key=lambda row: row[SK])
    del rows[-chance.randint(1, len(rows)) :]


Act = Callable[[list[Row], Random], None]
TRIES: Sequence[Act] = (mutate, delete, insert, swap, truncate)


@dataclass(frozen=True, slots=True)
class Chain:
    """The receipts and the seals of a workspace; `own` are the rows that say that there is one."""

    receipts: Sequence[Row]
    seals: Sequence[Row]
    own: Sequence[Row]

    @property
    def rows(self) -> list[Row]:
        """All of it, as copies."""
        return [list(row) for row in (*self.receipts, *self.seals, *self.own)]


class Store:
    """The rows of some workspaces, to be changed and put back; `write` takes the place of all there is."""

    def __init__(self, chains: Sequence[Chain], write: Callable[[list[Row]], None]) -> None:
        self._chains, self._write = chains, write

    def tamper(self, act: Act, chance: Random) -> None:
        """Do one thing to the receipts of one workspace as they were."""
        chosen = chance.choice(self._chains)
        others = [row for chain in self._chains if chain is not chosen for row in chain.rows]
        self._write([*others, *(_cut(chosen, chance) if act is truncate else _done(act, chosen, chance))])

    def restore(self) -> None:
        """Put everything back."""
        self._write([row for chain in self._chains for row in chain.rows])


def _done(act: Act, chain: Chain, chance: Random) -> list[Row]:
    rows = [list(row) for row in chain.receipts]
    act(rows, chance)
    return [*rows, *chain.seals, *chain.own]


def _cut(chain: Chain, chance: Random) -> list[Row]:
    """Cut out a whole workspace, cut a chain at a seal with that seal, or take only the newest receipts."""
    how = chance.random()
    if how < 0.3 and chain.own:
        return []
    if how < 0.7 and chain.seals:
        seals = chain.seals[: chance.randrange(len(chain.seals))]
        held = {id for row in seals for id, _ in json.loads(row[BODY])["receipts"]}
        return [*(row for row in chain.receipts if row[SK] in held), *seals, *chain.own]
    return _done(truncate, chain, chance)


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
