"""A queue in one SQLite file, or in memory (`:memory:`). It shares its fsyncs as the records do."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from steward.adapters.queue import bounds
from steward.adapters.sqlite import GroupWriter, Home
from steward.kernel.ports import Message, Received
from steward.kernel.time import Clock, system_clock

SCHEMA = """
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, sent REAL NOT NULL, visible REAL NOT NULL,
  receives INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX message_visible ON message (dead, visible);
"""
VERSION = 1
GIVE_BACK = "UPDATE message SET visible = ?, receives = receives - 1 WHERE dead = 0 AND receives > 0 AND visible > ?"
BURY = "UPDATE message SET dead = 1 WHERE dead = 0 AND visible <= ? AND receives >= ?"
TAKE = """UPDATE message SET receives = receives + 1, visible = ?
WHERE id IN (SELECT id FROM message WHERE dead = 0 AND visible <= ? ORDER BY visible LIMIT ?) RETURNING id, body, receives, sent"""


class SqliteQueue:
    """A receipt is a message's id and the number of its delivery, so a late one no longer counts.

    What a power cut may undo of receiving and deleting only brings a message once more.
    No cursor leaves the writer's thread: freed in another one, it would break the statement that runs there.
    """

    def __init__(self, path: Path | str, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._writer = GroupWriter(Home(str(path), SCHEMA, VERSION, cache_kb=2_000))
        now = self._now()
        # the file has one owner, so what is in hand now was in the hands of one that died; that is no fault of the message
        self._writer.run(lambda connection: connection.execute(GIVE_BACK, (now, now)).rowcount)

    def send(self, messages: Sequence[Message]) -> None:
        """As the port says."""
        bounds.check(messages)
        now = self._now()
        rows = [(message.body, now, now + message.delay) for message in messages]
        sql = "INSERT INTO message (body, sent, visible) VALUES (?, ?, ?)"
        self._writer.run(lambda connection: connection.executemany(sql, rows).rowcount, durable=False)

    def sync(self) -> None:
        """As the port says: a write that changes nothing but is synced, and with it all that came before."""
        sql = "UPDATE message SET visible = visible WHERE id = (SELECT max(id) FROM message)"
        self._writer.run(lambda connection: connection.execute(sql).rowcount)

    def receive(self, limit: int = 10, *, visibility: int = 60) -> Sequence[Received]:
        """As the port says."""
        bounds.check_visibility(visibility)
        now = self._now()

        def take(connection: sqlite3.Connection) -> list[Any]:
            connection.execute(BURY, (now, bounds.MAX_RECEIVES))
            return connection.execute(TAKE, (now + visibility, now, limit)).fetchall()

        return [_received(*row) for row in self._writer.run(take, durable=False)]

    def extend(self, receipt: str, visibility: int) -> None:
        """As the port says."""
        bounds.check_visibility(visibility)
        sql, until = "UPDATE message SET visible = ? WHERE dead = 0 AND id = ? AND receives = ?", self._now() + visibility
        self._writer.run(lambda connection: connection.execute(sql, (until, *receipt.split("."))).rowcount, durable=False)

    def delete(self, receipts: Sequence[str]) -> None:
        """As the port says."""
        places = [receipt.split(".") for receipt in receipts]
        sql = "DELETE FROM message WHERE dead = 0 AND id = ? AND receives = ?"
        self._writer.run(lambda connection: connection.executemany(sql, places).rowcount, durable=False)

    def dead(self) -> Sequence[Received]:
        """As the port says."""
        sql = "SELECT id, body, receives, sent FROM message WHERE dead = 1 ORDER BY sent, id"
        return [_received(*row) for row in self._writer.run(lambda connection: connection.execute(sql).fetchall())]

    def depth(self) -> int:
        """As the port says."""
        sql = "SELECT count(*) FROM message WHERE dead = 0"
        return int(self._writer.run(lambda connection: connection.execute(sql).fetchone()[0], durable=False))

    def close(self) -> None:
        """Finish what waits and close the file."""
        self._writer.close()

    def _now(self) -> float:
        return self._clock().timestamp()


def _received(id: int, body: str, receives: int, sent: float) -> Received:
    return Received(str(id), body, f"{id}.{receives}", receives, datetime.fromtimestamp(sent, UTC))
