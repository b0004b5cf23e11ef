"""Killing Steward at a chosen moment, and looking at what a home holds afterwards."""

import csv
import io
import os
import random
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from pathlib import Path
from typing import Any

from host import own
from steward import settings
from steward.bootstrap import assemble
from steward.kernel.embedding import Embedder
from steward.kernel.keys import partition
from steward.kernel.ports import Stored
from steward.kernel.product import Product
from steward.kernel.registry import index, manifest
from tests.e2e.homes import COMMAND, Home, Host, Told, until

LONG = 300.0
"""Seconds in which even a busy machine gets there; nobody waits so long on another one."""
HEADER = "id,date,price,bedrooms,bathrooms,sqft_living,sqft_lot,yr_built,zipcode,lat,long"


def county(path: Path, rows: int, *, seed: int = 5) -> Path:
    """A county's sales: some parcels sold twice, some rows that cannot be."""
    chance, lines, parcel = random.Random(seed), [HEADER], 0
    while len(lines) <= rows:
        parcel += 1
        area, north, built = chance.randrange(700, 4000), chance.random() * 0.2, chance.randrange(1920, 2014)
        beds = 33 if parcel % 300 == 0 else chance.randrange(1, 6)
        for _ in range(2 if parcel % 20 == 0 else 1):
            price = exp(11.2 + 0.45 * log(area / 1000) + 1.8 * north + 0.001 * (built - 1970) + chance.gauss(0, 0.12))
            sold = date(2014, 5, 2) + timedelta(chance.randrange(390))
            place = f"{98000 + int(north * 50)},{47.4 + north:.5f},{-122.3 + chance.random() * 0.05:.5f}"
            lines.append(f"{10**9 + parcel},{sold:%Y%m%d}T000000,{price:.0f},{beds},2,{area},{area * 3},{built},{place}")
    path.write_text("\n".join(lines[: rows + 1]) + "\n")
    return path


def copied(home: Home, folder: Path) -> Home:
    """The same home in another folder."""
    shutil.copytree(home.folder, folder)
    return Home(folder, home.settings)


# --- a running process ------------------------------------------------------------------------------------------------


@contextmanager
def begun(home: Home, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A command line at work, the leader of its own process group."""
    environment = {**os.environ, "STEWARD_HOME": str(home.folder), **home.settings}
    with subprocess.Popen(
        [*COMMAND, *words], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def ended(process: subprocess.Popen[str]) -> Told:
    """How a command line ended."""
    out, err = process.communicate(timeout=LONG)
    return Told(process.returncode, out, err)


def killed(process: subprocess.Popen[str]) -> None:
    """kill -9 of the whole group, and the end of every child that it had."""
    children = offspring(process.pid)
    os.killpg(process.pid, signal.SIGKILL) if os.getpgid(process.pid) == process.pid else process.kill()
    process.wait()
    until(lambda: not any(map(alive, children)))


def offspring(pid: int) -> set[int]:
    """The processes below one."""
    children = {int(path.name): _parent(path) for path in Path("/proc").iterdir() if path.name.isdecimal()}
    found, more = set[int](), {pid}
    while more := {child for child, parent in children.items() if parent in more} - found:
        found |= more
    return found


def alive(pid: int) -> bool:
    """Whether a process runs, and is no zombie that waits to be noticed."""
    return _stat(Path(f"/proc/{pid}"))[:1] not in ([], ["Z"])


def _parent(process: Path) -> int:
    told = _stat(process)
    return int(told[1]) if told else 0


def _stat(process: Path) -> list[str]:
    """What the kernel says of a process, from its state on; empty when it is gone."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


# --- a serving host ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Desk:
    """A host, spoken to with a key."""

    host: Host
    key: str

    def get(self, path: str) -> Any:
        """What an address answers."""
        return self.host.ask("GET", path, headers=self._headers()).json()

    def send(self, method: str, path: str, body: bytes = b"{}", *, version: int = 0) -> Any:
        """What a write answers; `version` is the one it expects."""
        expected = {"if-match": f'"{version}"'} if version else {}
        answer = self.host.ask(method, path, body, {**self._headers(), "content-type": "application/json", **expected})
        assert answer.status < 300, answer
        return answer.json()

    def runs(self, kind: str) -> Sequence[Mapping[str, Any]]:
        """Runs of a kind, newest first."""
        found: Sequence[Mapping[str, Any]] = self.get(f"/v1/runs?kind={kind}")["rows"]
        return found

    def reaches(self, kind: str, count: str, least: int) -> None:
        """Wait until the newest run of a kind has done so much, and see that it is not done yet."""
        run = until(lambda: next((run for run in self.runs(kind) if run["counts"].get(count, 0) >= least), None), seconds=LONG)
        assert run["finished_at"] is None, f"the {kind} was done before anybody could look"

    def rests(self, kind: str) -> Mapping[str, Any]:
        """Wait until a run of a kind has succeeded and nothing is open any more; that run."""

        def rested() -> Mapping[str, Any] | None:
            newest = next(iter(self.runs(kind)), None)
            assert newest is None or newest["status"] not in ("failed", "cancelled"), newest
            return newest if newest and newest["finished_at"] and not self.get("/v1/runs?open=true")["rows"] else None

        run: Mapping[str, Any] = until(rested, seconds=LONG)
        return run

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}"}


# --- what a home holds ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """What the stores of a home hold. `exported` is the export of its properties by source id; `left` is what a dead
    process may have left: messages, dead letters, drafts and temporary files."""

    exported: Mapping[str, Mapping[str, str]]
    rows: Mapping[str, Sequence[Stored]]
    listed: int
    left: Sequence[str]

    def runs(self, kind: str) -> list[Mapping[str, Any]]:
        """The bodies of the runs of a kind."""
        return [run.body for run in self.rows["run"] if run.body["kind"] == kind]

    def facts(self) -> dict[str, Mapping[str, str]]:
        """What is exported, without the numbers that a kill may leave gaps in."""
        return {id: {name: value for name, value in row.items() if name != "ref"} for id, row in self.exported.items()}


def held(home: Home) -> Held:
    """Look into a home that nobody owns."""
    product = assemble(settings.load({"STEWARD_HOME": str(home.folder)}))
    try:
        for kind in manifest().indexes:
            spec = index(kind).made_with(product.ports.port(Embedder))  # type: ignore[type-abstract]
            assert not product.ports.search.define(spec), "the list is not the one that the process left"
        workspace = own.workspace_of(product, "")
        messages = [message.body for message in (*product.ports.queue.receive(10), *product.ports.queue.dead())]
        files = [path.name for place in ("tmp", "blobs/.drafts") for path in (home.folder / place).glob("*")]
        return Held(
            exported={row["source_id"]: row for row in csv.DictReader(io.StringIO(_export(product)))},
            rows={kind: list(_rows(product, partition(workspace, kind))) for kind in ("property", "valuation", "model", "packet", "run")},
            listed=_run(product, "properties.list", {"limit": 1})["total"],
            left=[*messages, *files],
        )
    finally:
        product.close()


def stored(home: Home, kind: str) -> int:
    """How many rows of a kind are durable now, seen from outside of the process that owns the home."""
    return _count(home.folder / "steward.db", "SELECT count(*) FROM row WHERE pk LIKE ?", f"w#%#{kind}")


def queued(home: Home) -> int:
    """How many messages are not dealt with yet, seen from outside too."""
    return _count(home.folder / "queue.db", "SELECT count(*) FROM message WHERE dead = 0")


def eventually(seen: Callable[[], Any]) -> Any:
    """`until`, for as long as a busy machine may need."""
    return until(seen, seconds=LONG)


def _count(place: Path, sql: str, *told: str) -> int:
    with closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True)) as database:
        (count,) = database.execute(sql, told).fetchone()
        return int(count)


def _run(product: Product, command: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    return own.run(product, command, raw, workspace="", key="", expected=None)


def _export(product: Product) -> str:
    with product.ports.blobs.open(_run(product, "properties.export", {})["blob"]) as file:
        return file.read().decode()


def _rows(product: Product, pk: str) -> Iterator[Stored]:
    start = ""
    while True:
        page = product.ports.records.query(pk, start=start, limit=500)
        yield from page.rows
        start = page.next
        if not start:
            return
