"""What SQLite records do on a bad disk, with another's file, and when several write at once."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest

from steward.adapters.records.sqlite import SqliteRecords
from steward.adapters.sqlite import GroupWriter, Home
from steward.adapters.waits import waits
from steward.kernel.errors import Internal, Unavailable
from steward.kernel.ports import Add, Key, Put
from tests.support.engines import Clock

OWN_DISK = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
"""Runs a script where what it mounts is seen by nobody else and gone when it ends."""


def told(command: Sequence[str]) -> Mapping[str, Any]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    happened: Mapping[str, Any] = json.loads(finished.stdout)
    return happened


def mounted(script: str) -> list[str]:
    """A command in a place with a small disk at `$0`; skips where the system does not allow that."""
    if subprocess.run([*OWN_DISK, "mount -t tmpfs tmpfs /mnt"], capture_output=True, check=False).returncode:
        pytest.skip("skipped: no disks can be mounted here")
    return [*OWN_DISK, f'mount -t tmpfs -o size=2m tmpfs "$0" && {script}']


def assert_nothing_is_half(happened: Mapping[str, Any], reason: str) -> None:
    assert reason in happened["sentence"]
    assert happened["filled"] > 0
    assert happened["readable"] == 2 * happened["filled"]
    assert happened["left"]["before"] == 2 * happened["filled"]
    assert happened["left"]["again"] == 2 * happened["again"][0]
    assert happened["left"]["after"] == 2


def test_a_full_disk_is_one_sentence_and_work_goes_on_when_there_is_room(tmp_path: Path) -> None:
    command = mounted('exec "$1" -m tests.support.tight_disk full "$0"')
    assert_nothing_is_half(told([*command, str(tmp_path), sys.executable]), "is full and nothing more was written")


def test_a_disk_error_is_one_sentence_and_work_goes_on_when_it_is_over(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.support.tight_disk", "error", str(tmp_path)]
    assert_nothing_is_half(told(command), "reported an error and nothing more was written")


@pytest.mark.parametrize("body", ["{", "[1]", b"\xff", b"{}", "[" * 100_000])
def test_a_body_that_steward_cannot_have_written_is_named(tmp_path: Path, body: str | bytes) -> None:
    records = SqliteRecords(tmp_path / "steward.db")
    records.commit([Put(Key("w#a#note", one), {"n": 1}, 1) for one in ("good", "bad")])
    with closing(sqlite3.connect(tmp_path / "steward.db", isolation_level=None)) as other:
        text = "CAST(? AS TEXT)" if body == b"\xff" else "?"
        other.execute(f"UPDATE row SET body = {text} WHERE sk = 'bad'", (body,))
    assert records.get([Key("w#a#note", "good")])[0]
    with pytest.raises(Internal, match="'bad' of w#a#note is damaged") as caught:
        records.query("w#a#note")
    assert caught.value.reference == "bad"
    records.close()


OPEN = """
import pathlib, sys
from steward.adapters.records.sqlite import SqliteRecords
from steward.kernel.errors import Unavailable
try:
    SqliteRecords(pathlib.Path(sys.argv[1], "home", "steward.db")).close()
    print('"opened"')
except Unavailable as refusal:
    import json; print(json.dumps(refusal.detail))
"""


@pytest.mark.parametrize("begun", [True, False], ids=["a home", "no home yet"])
def test_a_read_only_disk_is_one_sentence(tmp_path: Path, *, begun: bool) -> None:
    first = '"$1" -c "$2" "$0" >/dev/null && ' if begun else ""
    command = mounted(f'{first}mount -o remount,ro "$0" && exec "$1" -c "$2" "$0"')
    sentence = told([*command, str(tmp_path), sys.executable, OPEN])
    assert "check" in sentence
    assert "home" in sentence


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "steward.db"
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version=99")
    newer.close()
    before = path.read_bytes()
    with pytest.raises(Unavailable, match="newer Steward"):
        SqliteRecords(path)
    assert path.read_bytes()[100:] == before[100:]


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "steward.db"
    path.write_text("price,beds\n" * 1_000)
    with pytest.raises(Unavailable, match="damaged or no Steward file"):
        SqliteRecords(path)
    assert path.read_text() == "price,beds\n" * 1_000


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    first = SqliteRecords(tmp_path / "steward.db")
    first.commit([Put(Key("w#a#b", "c"), {"d": 1}, 1)])
    first.close()
    second = SqliteRecords(tmp_path / "steward.db")
    assert second.get([Key("w#a#b", "c")])[0]
    second.close()


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    records = SqliteRecords(tmp_path / "steward.db")
    records.close()
    records.close()
    with pytest.raises(Unavailable):
        records.commit([Add(Key("w#a#b", "c"), {"d": 1})])
    with pytest.raises(Unavailable):
        records.get([Key("w#a#b", "c")])


def test_expired_rows_are_swept_by_later_commits(tmp_path: Path, clock: Clock) -> None:
    records = SqliteRecords(tmp_path / "steward.db", clock)
    records.commit([Put(Key("w#a#b", "c"), {}, 1, expires=clock.in_(10))])
    clock.advance(120)
    records.commit([Put(Key("w#a#b", "d"), {}, 1)])
    records.close()
    file = sqlite3.connect(tmp_path / "steward.db")
    assert file.execute("SELECT sk FROM row").fetchall() == [("d",)]
    file.close()


def test_what_one_caller_raises_undoes_its_own_changes_only(tmp_path: Path) -> None:
    writer = GroupWriter(Home(str(tmp_path / "x.db"), "CREATE TABLE t (n INTEGER)", 1))

    def work(number: int) -> bool:
        def insert(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO t VALUES (?)", (number,))
            if number % 2:
                raise ValueError(number)

        try:
            writer.run(insert)
        except ValueError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(40))) == [True, False] * 20
    rows = writer.run(lambda connection: connection.execute("SELECT n FROM t ORDER BY n").fetchall())
    assert rows == [(number,) for number in range(0, 40, 2)]
    writer.close()


def test_who_commits_says_that_it_waits_before_it_does(tmp_path: Path) -> None:
    records, heard = SqliteRecords(tmp_path / "steward.db"), list[str]()

    def commit() -> None:
        waits.set(lambda: heard.append("waits"))
        records.commit([Put(Key("w#w1#note", "a"), {}, 1)])

    copy_context().run(commit)
    records.close()
    assert heard == ["waits"]
