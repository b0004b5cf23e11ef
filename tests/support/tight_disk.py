"""Records on a disk that fills up and is emptied again: `python -m tests.support.tight_disk MODE FOLDER`.

MODE `full` expects FOLDER to be a disk of its own, of two megabytes; `error` has the system refuse longer files. What
happened is printed as JSON.
"""

import json
import resource
import sys
from itertools import count
from pathlib import Path

from steward.adapters.records.sqlite import SqliteRecords
from steward.kernel.errors import Unavailable
from steward.kernel.ports import Key, Put

PK = "w#tight#row"
MEGABYTE = 1 << 20


def main(mode: str, folder: str) -> None:
    """Fill, fail, make room, go on, reopen."""
    ballast = Path(folder, "ballast")
    ballast.write_bytes(b"x" * MEGABYTE)
    path = Path(folder, "steward.db")
    records = SqliteRecords(path)
    if mode == "error":
        resource.setrlimit(resource.RLIMIT_FSIZE, (MEGABYTE // 2, resource.RLIM_INFINITY))
    filled, sentence = fill(records, "before")
    again = fill(records, "again")
    readable = len(written(records, "before"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    ballast.unlink()
    records.commit(pair("after"))
    records.close()
    reopened = SqliteRecords(path)
    left = {name: len(written(reopened, name)) for name in ("before", "again", "after")}
    reopened.close()
    print(json.dumps({"filled": filled, "sentence": sentence, "again": again, "readable": readable, "left": left}))


def fill(records: SqliteRecords, name: str) -> tuple[int, str]:
    """Commit pairs of rows until one is refused; how many were acknowledged and the refusal's sentence."""
    for number in count():
        try:
            records.commit(pair(f"{name}.{number:04}"))
        except Unavailable as refusal:
            return number, refusal.detail
    raise AssertionError


def pair(name: str) -> list[Put]:
    return [Put(Key(PK, f"{name}.{half}"), {"text": "x" * 8_000}, 1) for half in "ab"]


def written(records: SqliteRecords, name: str) -> list[str]:
    return [row.key.sk for row in records.query(PK, name, limit=1_000).rows]


if __name__ == "__main__":
    main(*sys.argv[1:])
