"""A home of its own for a bench: the real command line and the real host, started as a person would."""

import atexit
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.bench.bench import Failed, Missing
from tests.bench.county import write_county

ROOT = Path(__file__).resolve().parents[2]
STEWARD = ROOT / ".venv/bin/steward"
SHARED = ROOT.parent / "shared/data/kc_sales/kc_house_data.csv"
READY_WITHIN, STOPPED_WITHIN = 30, 60


@dataclass(frozen=True)
class Ran:
    """What a command line answered, how long it took in seconds, and the most memory it held in MB."""

    answer: Any
    seconds: float
    peak: float


@dataclass(frozen=True)
class MainJob:
    """How the main job went: the import, then training and scoring."""

    imported: Ran
    scored: Ran

    @property
    def seconds(self) -> float:
        return self.imported.seconds + self.scored.seconds


@dataclass
class Home:
    """A folder, and what is asked of the `steward` that owns it."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("STEWARD_")}
        return {**kept, "STEWARD_HOME": str(self.folder), "STEWARD_PORT": "0", **self.environ}

    def steward(self, *words: str) -> Ran:
        """Run one command line to its end. Raises Failed with what it said."""
        started = time.perf_counter()
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            child = subprocess.Popen([STEWARD, *words, "--json"], env=self.environment, stdout=out, stderr=err)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            took = time.perf_counter() - started
            out.seek(0), err.seek(0)
            told, said = out.read(), err.read()
        if child.returncode:
            raise Failed(f"steward {' '.join(words)}: exit {child.returncode}: {(told + said).strip().splitlines()[-1][:300]}")
        return Ran(json.loads(told), took, usage.ru_maxrss / 1000)

    @contextmanager
    def served(self, *wrapper: str) -> Iterator["Served"]:
        """The host on this home, under a wrapper such as strace when there is one, stopped at the end."""
        key = self.steward("keys", "create", "--name", "bench", "--scope", "*").answer["key"]
        log = self.folder / "host.log"
        started = time.perf_counter()
        with log.open("w") as out:
            child = subprocess.Popen([*wrapper, STEWARD, "serve"], env=self.environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            address = _address(log, child)
            yield Served(address, key, child.pid, time.perf_counter() - started, _link(log.read_text()))
        finally:
            host = children(child.pid)[1 if wrapper else 0]
            os.kill(host, signal.SIGTERM)
            child.wait(timeout=STOPPED_WITHIN)


@dataclass(frozen=True)
class Served:
    """A running host: its address, a key for everything, its process, the seconds until it was ready, its sign-in link."""

    address: str
    key: str
    pid: int
    ready: float
    link: str

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """One request by key; the JSON answer."""
        sent = None if body is None else json.dumps(body).encode()
        head = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **headers}
        with urlopen(Request(self.address + path, sent, head, method=method), timeout=60) as answer:
            return json.load(answer)


def _address(log: Path, child: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and child.poll() is None:
        found = re.search(r"https?://[\d.]+:\d+", log.read_text())
        if found and _healthy(found[0]):
            return found[0]
        time.sleep(0.005)
    raise Failed(f"the host did not get ready: {log.read_text()[-300:]}")


def _healthy(address: str) -> bool:
    try:
        with urlopen(f"{address}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _link(said: str) -> str:
    found = re.search(r"https?://\S+/\S*(?:link|token|enter|sign)\S*", said)
    return found[0] if found else ""


def children(pid: int) -> Sequence[int]:
    """A process and all that it started."""
    told = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [(int(child), int(parent)) for child, parent in (line.split() for line in told.splitlines())]
    found = [pid]
    for one in found:
        found += [child for child, parent in parents if parent == one]
    return found


def resident(pid: int) -> float:
    """MB of memory that a process and its children hold, shared pages counted in each."""
    kilobytes = 0
    for one in children(pid):
        text = Path(f"/proc/{one}/smaps_rollup").read_text()
        kilobytes += int(re.findall(r"^Rss:\s+(\d+)", text, re.MULTILINE)[0])
    return kilobytes / 1000


@contextmanager
def empty_home(**environ: str) -> Iterator[Home]:
    """A home that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="steward-bench-"))
    try:
        yield Home(folder, environ)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def county_file() -> Path:
    """The real county's file where it is, else an invented one of the same size and form."""
    if SHARED.exists():
        return SHARED
    invented = ROOT / "build/bench/county.csv"
    return invented if invented.exists() else write_county(invented, rows=21_613)


@cache
def county_home() -> tuple[Home, MainJob]:
    """A home with the county's file in it, valued and scored, made once a run; and how that went."""
    home = Home(Path(tempfile.mkdtemp(prefix="steward-bench-")))
    atexit.register(shutil.rmtree, home.folder, ignore_errors=True)
    return home, MainJob(home.steward("import", str(county_file()), "--yes"), home.steward("score", "--all"))


def need(program: str, mend: str) -> str:
    """The path of a program. Raises Missing with the mend where there is none."""
    found = shutil.which(program)
    if not found:
        raise Missing(f"{program} is not here; {mend}")
    return found
