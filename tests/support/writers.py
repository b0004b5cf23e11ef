"""Eight writers on one store, to be killed: `python -m tests.support.writers ROUND sqlite PATH` or `… ROUND dynamo TABLE HOST`.

Each commit inserts a pair of rows and adds one to a sum. What is acknowledged is said on stdout as `writer.number`.
"""

import os
import sys
import threading
from itertools import count
from pathlib import Path

from steward.kernel.ports import ABSENT, Add, Key, Put, Records

WRITERS = 8
PAIRS, SUM = "w#kill#pair", Key("w#kill#sum", "sum")


def main(turn: str, engine: str, *place: str) -> None:
    """Write until killed."""
    records = opened(engine, *place)
    for writer in range(WRITERS):
        threading.Thread(target=write, args=(records, turn, writer)).start()


def opened(engine: str, place: str, host: str = "") -> Records:
    """The store."""
    if engine == "sqlite":
        from steward.adapters.records.sqlite import SqliteRecords

        return SqliteRecords(Path(place))
    from steward.adapters.records.dynamo import DynamoRecords

    return DynamoRecords(place, region="eu-central-1", host=host)


def write(records: Records, turn: str, writer: int) -> None:
    """Commit pairs and say so, for ever."""
    for number in count():
        place = f"{turn}.{writer}.{number}"
        pair = [Put(Key(PAIRS, f"{place}.{half}"), {"half": half}, 1, expect=ABSENT) for half in "ab"]
        records.commit([*pair, Add(SUM, {"pairs": 1})])
        os.write(1, f"{writer}.{number}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
