"""What was acknowledged survives kill -9: not lost, not doubled, not half there."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from steward.adapters.records.dynamo import DynamoRecords
from steward.adapters.records.sqlite import SqliteRecords
from steward.kernel.ports import Records
from tests.support.engines import CREDENTIALS
from tests.support.writers import PAIRS, SUM, WRITERS


def killed(turn: int, *place: str, after: float, environment: Mapping[str, str]) -> set[str]:
    """Let eight writers work for a while after their first commit, kill them, and give what they were told is durable."""
    command = [sys.executable, "-m", "tests.support.writers", f"{turn:02}", *place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)}) as process:
        assert process.stdout
        first = process.stdout.readline()
        time.sleep(after)
        process.kill()
        said = (first + process.stdout.read()).decode()
    return {line for line in said.split("\n")[:-1] if line}


def found(records: Records, turn: int) -> Counter[str]:
    """How many rows of each pair of a turn there are."""
    halves: Counter[str] = Counter()
    start = ""
    while True:
        page = records.query(PAIRS, f"{turn:02}.", start=start, limit=1_000)
        halves.update(row.key.sk.split(".", 1)[1].rpartition(".")[0] for row in page.rows)
        start = page.next
        if not start:
            return halves


def audit(records: Records, turn: int, acknowledged: set[str]) -> int:
    """Hold a turn against its acknowledgements; the number of its pairs."""
    halves = found(records, turn)
    assert acknowledged <= halves.keys(), "an acknowledged write is lost"
    assert set(halves.values()) <= {2}, "a commit is half there"
    assert len(halves.keys() - acknowledged) <= WRITERS, "more was written than one commit a writer beyond the acknowledged"
    return len(halves)


def summed(records: Records) -> object:
    (row,) = records.get([SUM])
    return row and row.body["pairs"]


def test_25_kills_lose_double_and_halve_nothing_in_sqlite(tmp_path: Path) -> None:
    path, dice, pairs, acknowledged = tmp_path / "steward.db", random.Random(25), 0, 0
    for turn in range(25):
        told = killed(turn, "sqlite", str(path), after=dice.uniform(0, 0.25), environment={})
        records = SqliteRecords(path)
        pairs += audit(records, turn, told)
        assert summed(records) == pairs, "an addition is lost or doubled"
        records.close()
        acknowledged += len(told)
    assert acknowledged > 25 * WRITERS


def test_killed_clients_lose_double_and_halve_nothing_in_dynamodb(local_table: DynamoRecords) -> None:
    pairs = 0
    for turn in range(3):
        place = ("dynamo", local_table.name, local_table.host or "")
        told = killed(turn, *place, after=0.5, environment=CREDENTIALS)
        time.sleep(0.5)  # what the server had in hand may still be written
        pairs += audit(local_table, turn, told)
        assert summed(local_table) == pairs, "an addition is lost or doubled"
