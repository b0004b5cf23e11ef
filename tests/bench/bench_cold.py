"""The cold start: from the start of the runtime to a function's first answer, beside a bare one of the same libraries."""

import compileall
import json
import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pytest

from tests.bench.bench import Figure, at_most, bench
from tests.e2e.conftest import Cloud, _cloud, recorded
from tests.e2e.package import Package, unpacked
from tests.e2e.runtime_api import running
from tests.support.engines import CREDENTIALS

PAIRS = 9
BARE = """
from aws_lambda_powertools import Logger
from chalice import Chalice, Response
from pydantic import BaseModel
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model
import os

app = Chalice("bare")
logger = Logger(service="bare")


class Row(Model):
    class Meta:
        table_name = "steward"
        region = "us-east-1"
        host = os.environ["BARE_ADDRESS"]

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class Answer(BaseModel):
    found: int


@app.route("/v1/{proxy+}", methods=["GET", "POST"])
def answer():
    found = len(list(Row.batch_get([("w#x#y", "z")])))
    return Response(Answer(found=found).model_dump_json(), {"content-type": "application/json"}, 200)
"""


@bench("cold")
def cold() -> Iterator[Figure]:
    """One API call with one read of a table, to the packaged function and to a bare one in turn."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        package = unpacked(folder / "package")
        cloud, address = stack.enter_context(_stand_in(package, folder / "home"))
        bare = _bare(package, folder / "bare")
        compileall.compile_dir(folder, quiet=2)
        ours, theirs = [], []
        for _ in range(PAIRS):
            ours.append(_first_answer(package, cloud.environment))
            theirs.append(_first_answer(bare, {**cloud.environment, "BARE_ADDRESS": address}))
    ratio = median(one / other for one, other in zip(ours, theirs, strict=True))
    beside = f"{median(ours) * 1000:.0f} ms beside {median(theirs) * 1000:.0f} ms"
    yield Figure("cold start: first answer of the packaged API, times bare", ratio, "", at_most(1.3), beside)


@contextmanager
def _stand_in(package: Package, home: Path) -> Iterator[tuple[Cloud, str]]:
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    os.environ.update(CREDENTIALS)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        yield _cloud(package, f"http://{host}:{port}", home, patch), f"http://{host}:{port}"
    server.stop()


def _bare(package: Package, folder: Path) -> Package:
    """The same layer and runtime, with an app that does nothing but answer."""
    (folder / "task").mkdir(parents=True)
    (folder / "task" / "app.py").write_text(BARE)
    (folder / "task" / "chalice").symlink_to(package.folder / "task" / "chalice")
    for part in ("opt", "runtime"):
        (folder / part).symlink_to(package.folder / part)
    return Package(folder)


def _first_answer(package: Package, environment: Mapping[str, str]) -> float:
    """Seconds from the start of the process to its answer to a call with a well-formed, unknown key."""
    event = json.loads(json.dumps(recorded("api_list_runs")))
    event["headers"]["Authorization"] = "Bearer " + KEY
    event["multiValueHeaders"]["Authorization"] = ["Bearer " + KEY]
    started = time.perf_counter()
    with running(package, "app.app", environment) as function:
        answer = function(event)
        taken = time.perf_counter() - started
    assert not answer.failed, answer.told
    return taken


def _key() -> str:
    from steward.workspaces.rules import new_secret

    return new_secret(lambda length: b"\1" * length)


KEY = _key()
