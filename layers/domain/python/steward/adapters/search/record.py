"""What the database says of the index files beside it: how far each folder goes, and what was written since.

Every write has a number that only rises. A folder goes up to one; documents that a later one touched are named until a folder holds them.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

SCHEMA = """
CREATE TABLE taken (workspace TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL, number INTEGER NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (workspace, kind)) WITHOUT ROWID;
CREATE TABLE changed (workspace TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY (workspace, kind, id)) WITHOUT ROWID;
CREATE INDEX changed_by_number ON changed (workspace, kind, number);
CREATE TABLE folder (workspace TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY (workspace, kind)) WITHOUT ROWID;
CREATE TABLE counter (number INTEGER NOT NULL);
INSERT INTO counter VALUES (0);
"""
TABLES = ("taken", "changed", "folder", "counter")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a workspace's documents of a kind stand: the number of the last write, the one since which they are not all others, and the
    folder that holds them up to a number; "" for none."""

    number: int = 0
    since: int = 0
    folder: str = ""
    folded: int = 0


def standing(connection: sqlite3.Connection, workspace: str, kind: str) -> Standing:
    """How the documents stand."""
    sql = "SELECT taken.number, since, coalesce(name, ''), coalesce(folder.number, 0) FROM taken LEFT JOIN folder USING (workspace, kind)"
    found = connection.execute(f"{sql} WHERE workspace = ? AND kind = ?", (workspace, kind)).fetchone()
    return Standing(*found) if found else Standing()


def take(connection: sqlite3.Connection, workspace: str, kind: str, at: str) -> int:
    """Note a write; its number."""
    (number,) = connection.execute("UPDATE counter SET number = number + 1 RETURNING number").fetchone()
    keep = "INSERT INTO taken VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at, number = excluded.number"
    connection.execute(keep, (workspace, kind, at, number, number))
    return int(number)


def touch(connection: sqlite3.Connection, workspace: str, kind: str, *, number: int, ids: Iterable[str]) -> None:
    """Note which documents a write touched."""
    rows = [(workspace, kind, id, number) for id in ids]
    connection.executemany("INSERT OR REPLACE INTO changed VALUES (?, ?, ?, ?)", rows)


def touched(connection: sqlite3.Connection, workspace: str, kind: str, *, after: int) -> list[str]:
    """The documents that were touched after a number."""
    sql = "SELECT id FROM changed WHERE workspace = ? AND kind = ? AND number > ?"
    return [id for (id,) in connection.execute(sql, (workspace, kind, after))]


def behind(connection: sqlite3.Connection, workspace: str, kind: str, *, after: int, most: int) -> int:
    """How many documents were touched after a number, counted no further than a most."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM changed WHERE workspace = ? AND kind = ? AND number > ? LIMIT ?)"
    (count,) = connection.execute(sql, (workspace, kind, after, most)).fetchone()
    return int(count)


def fold(connection: sqlite3.Connection, workspace: str, kind: str, *, name: str, then: Standing) -> bool:
    """A folder holds what there was then, unless all was put anew meanwhile; whether it does."""
    now = standing(connection, workspace, kind)
    if now.since != then.since or now.folded > then.number:
        return False
    connection.execute("INSERT OR REPLACE INTO folder VALUES (?, ?, ?, ?)", (workspace, kind, name, then.number))
    connection.execute("DELETE FROM changed WHERE workspace = ? AND kind = ? AND number <= ?", (workspace, kind, then.number))
    return True


def unfold(connection: sqlite3.Connection, workspace: str, kind: str, *, name: str) -> None:
    """A folder is not to be read any more."""
    connection.execute("DELETE FROM folder WHERE workspace = ? AND kind = ? AND name = ?", (workspace, kind, name))


def folders(connection: sqlite3.Connection, kind: str) -> dict[str, str]:
    """The folder of each workspace that has one."""
    return dict(connection.execute("SELECT workspace, name FROM folder WHERE kind = ?", (kind,)).fetchall())


def forget(connection: sqlite3.Connection, kind: str, workspace: str | None = None) -> None:
    """Forget what is said of a kind, or of one workspace's documents of it."""
    for name in ("taken", "changed", "folder"):
        if workspace is None:
            connection.execute(f"DELETE FROM {name} WHERE kind = ?", (kind,))  # noqa: S608
        else:
            connection.execute(f"DELETE FROM {name} WHERE kind = ? AND workspace = ?", (kind, workspace))  # noqa: S608
