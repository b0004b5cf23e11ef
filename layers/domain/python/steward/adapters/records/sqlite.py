"""Records in one SQLite file: WAL, synchronous=FULL, group commit. What is acknowledged survives kill -9 and a power cut."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, assert_never

from steward.adapters.records import limits
from steward.adapters.records.limits import LAST, Checked, IndexName
from steward.adapters.sqlite import GroupWriter, Home, Readers
from steward.kernel.keys import kind_of, prefix_of
from steward.kernel.ports import ABSENT, Add, Change, Check, Delete, Key, Page, Put, Stored
from steward.kernel.time import Clock, system_clock

SCHEMA = """
CREATE TABLE row (
  pk TEXT NOT NULL, sk TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
  due TEXT NOT NULL, external TEXT NOT NULL, expires INTEGER, PRIMARY KEY (pk, sk)
);
CREATE INDEX row_due ON row (pk, due, sk) WHERE due <> '';
CREATE INDEX row_external ON row (pk, external, sk) WHERE external <> '';
CREATE INDEX row_expires ON row (expires) WHERE expires IS NOT NULL;
"""
VERSION = 1
COLUMNS = "pk, sk, version, body, due, external, expires"
READ = COLUMNS.replace("body", "CASE typeof(body) WHEN 'text' THEN CAST(body AS BLOB) END")
"""A body's bytes, so that one that is no text at all is told from an engine that fails."""
UPSERT = f"""INSERT INTO row ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pk, sk) DO UPDATE SET
  version = excluded.version, body = excluded.body, due = excluded.due, external = excluded.external, expires = excluded.expires"""
LIVE = "(expires IS NULL OR expires > ?)"
SWEEP = "DELETE FROM row WHERE rowid IN (SELECT rowid FROM row WHERE expires <= ? LIMIT 500)"
SWEEP_EVERY = 60.0


class SqliteRecords:
    """The truth in a file."""

    def __init__(self, path: Path, clock: Clock = system_clock) -> None:
        home = Home(str(path), SCHEMA, VERSION)
        self._clock = clock
        self._writer = GroupWriter(home)
        self._readers = Readers(home)
        self._swept = 0.0

    def get(self, keys: Sequence[Key]) -> Sequence[Stored | None]:
        """As the port says."""
        limits.check_keys(keys)
        asked = [part for key in keys if limits.storable(key) for part in (key.pk, key.sk)]
        places = ", ".join(["(?, ?)"] * (len(asked) // 2))
        sql = f"WITH asked (pk, sk) AS (VALUES {places}) SELECT {READ} FROM asked CROSS JOIN row USING (pk, sk) WHERE {LIVE}"
        with self._readers.lend() as reader:
            rows = reader.execute(sql, [*asked, self._clock().timestamp()]).fetchall() if asked else []
        found = {stored.key: stored for stored in map(_stored, rows)}
        return [found.get(key) for key in keys]

    def query(self, pk: str, prefix: str = "", *, index: IndexName = "", start: str = "", limit: int = 100, forward: bool = True) -> Page:
        """As the port says."""
        limits.check_limit(limit)
        if not limits.storable(Key(pk, prefix or "-")):
            return Page([])
        column, order = index or "sk", "ASC" if forward else "DESC"
        place = f"{column}, sk" if index else "sk"
        where, values = [f"pk = ? AND {column} >= ? AND {column} < ? AND {column} <> ''"], [pk, prefix, prefix + LAST]
        if start:
            values += limits.place_of(start, prefix, 2 if index else 1)
            where.append(f"({place}) {'>' if forward else '<'} ({'?, ?' if index else '?'})")
        sorting = f"{column} {order}, sk {order}" if index else f"sk {order}"
        sql = f"SELECT {READ} FROM row WHERE {' AND '.join(where)} AND {LIVE} ORDER BY {sorting} LIMIT ?"
        with self._readers.lend() as reader:
            rows = [_stored(row) for row in reader.execute(sql, [*values, self._clock().timestamp(), limit + 1])]
        return Page(rows[:limit], limits.cursor_of(rows[limit - 1], index) if len(rows) > limit else "")

    def commit(self, changes: Sequence[Change]) -> None:
        """As the port says; it waits for the fsync that it shares with whoever else waits."""
        checked = limits.check(changes)
        self._writer.run(lambda connection: self._apply(connection, checked))

    def kinds(self, workspace: str) -> Sequence[str]:
        """As the port says."""
        prefix = prefix_of(workspace)
        with self._readers.lend() as reader:
            rows = reader.execute("SELECT DISTINCT pk FROM row WHERE pk >= ? AND pk < ? ORDER BY pk", [prefix, prefix + LAST]).fetchall()
        return [kind_of(pk) for (pk,) in rows]

    def coming(self) -> AbstractContextManager[None]:
        """As the port says."""
        return self._writer.coming()

    def close(self) -> None:
        """Finish what waits and close the file."""
        self._readers.close()
        self._writer.close()

    def _apply(self, connection: sqlite3.Connection, checked: Sequence[Checked]) -> None:
        now = self._clock().timestamp()
        for one in checked:
            _change(connection, one, now)
        if now >= self._swept + SWEEP_EVERY:
            connection.execute(SWEEP, (now,))
            self._swept = now


def _change(connection: sqlite3.Connection, one: Checked, now: float) -> None:
    """Write one change. Raises Conflict when its row is not at the expected version."""
    key = (one.change.key.pk, one.change.key.sk)
    expect = None if isinstance(one.change, Add) else one.change.expect
    if expect is not None and expect != (version := _version(connection, key, now)):
        raise limits.conflict(version)
    match one.change:
        case Put() as put:
            connection.execute(UPSERT, (*key, put.version, one.text, put.due, put.external, put.expires))
        case Add(_, amounts):
            _add(connection, key, amounts, now)
        case Delete():
            connection.execute("DELETE FROM row WHERE pk = ? AND sk = ?", key)
        case Check():
            pass
        case never:
            assert_never(never)


def _version(connection: sqlite3.Connection, key: tuple[str, str], now: float) -> int:
    sql = f"SELECT version FROM row WHERE pk = ? AND sk = ? AND {LIVE}"
    row = connection.execute(sql, (*key, now)).fetchone()
    return int(row[0]) if row else ABSENT


def _add(connection: sqlite3.Connection, key: tuple[str, str], amounts: Mapping[str, int], now: float) -> None:
    sql = f"SELECT version, body, due, external, expires FROM row WHERE pk = ? AND sk = ? AND {LIVE}"
    version, body, *rest = connection.execute(sql, (*key, now)).fetchone() or (ABSENT, "{}", "", "", None)
    connection.execute(UPSERT, (*key, version + 1, limits.encode(limits.added(limits.decode(body, Key(*key)), amounts)), *rest))


def _stored(row: tuple[Any, ...]) -> Stored:
    pk, sk, version, raw, due, external, expires = row
    key = Key(pk, sk)
    body = limits.decode(raw, key)
    return Stored(key, version, body, due, external, expires, raw.decode())
