"""A host as a process of its own, on a home of its own."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 120
COMMAND = (sys.executable, "-m", "host.main")


@dataclass(frozen=True)
class Told:
    """How a command line ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Its one JSON value."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Its JSON value."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Home:
    """A folder, and what is done with it."""

    folder: Path
    settings: Mapping[str, str]

    def steward(self, *words: str) -> Told:
        """Run one command line to its end."""
        done = subprocess.run([*COMMAND, *words], env=self._environment(), capture_output=True, text=True, timeout=PATIENCE, check=False)
        return Told(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def serving(self, *, through: Sequence[str] = ()) -> Iterator["Host"]:
        """A host that is ready; `through` is a command to run it under. It is killed at the end if it still runs."""
        process = subprocess.Popen(
            [*through, *COMMAND, "serve"], env=self._environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first.startswith("Steward answers at "), process.stderr.read() if process.stderr else first
            yield Host(process, first.split()[-1])
        finally:
            process.kill()
            process.communicate()

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("STEWARD_")}
        return {**kept, "STEWARD_HOME": str(self.folder), "STEWARD_PORT": "0", **self.settings}


@dataclass(frozen=True)
class Host:
    """A running host."""

    process: subprocess.Popen[str]
    url: str

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        place = urlsplit(self.url)
        return place.hostname or "", place.port or 0

    def connection(self) -> http.client.HTTPConnection:
        """A connection to it."""
        return http.client.HTTPConnection(*self.address, timeout=PATIENCE)

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
        """One request on a connection of its own."""
        connection = self.connection()
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


def until(seen: Any, *, seconds: float = PATIENCE, pause: float = 0.02) -> Any:
    """What `seen()` answers as soon as it is true."""
    end = time.monotonic() + seconds
    while not (found := seen()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(pause)
    return found
