"""Lambda's Runtime API on loopback, and a function's process that lives by it."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from typing import Any

from tests.e2e.package import Package

PATIENCE = 60
SECONDS = 300


@dataclass(frozen=True)
class Answer:
    """What a function answered; `failed` when it raised."""

    told: Any
    failed: bool


class Function:
    """One handler's process, waiting for events."""

    def __init__(self) -> None:
        self.events: SimpleQueue[bytes] = SimpleQueue()
        self.answers: SimpleQueue[Answer] = SimpleQueue()
        self.process: subprocess.Popen[bytes] | None = None

    def __call__(self, event: Mapping[str, Any]) -> Answer:
        """The answer to an event."""
        self.events.put(json.dumps(event).encode())
        for _ in range(PATIENCE * 10):
            try:
                return self.answers.get(timeout=0.1)
            except Empty:
                assert self.process is not None
                assert self.process.poll() is None, "the runtime ended"
        raise AssertionError("the function did not answer")


@contextmanager
def running(package: Package, handler: str, environment: Mapping[str, str]) -> Iterator[Function]:
    """A handler under the real runtime, from the packaged files alone."""
    function = Function()
    server = _server(function)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told = {
        **environment,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(package.path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
        "AWS_LAMBDA_FUNCTION_NAME": handler,
        "LAMBDA_TASK_ROOT": package.path[0],
    }
    # -S leaves out the site-packages of the machine, so nothing can be found that is not packaged
    command = [sys.executable, "-S", "-m", "awslambdaric", handler]
    function.process = subprocess.Popen(command, cwd=package.path[0], env=told)
    try:
        yield function
    finally:
        function.process.kill()
        function.process.wait()
        server.shutdown()
        server.server_close()


def _server(function: Function) -> ThreadingHTTPServer:
    class Api(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            event = function.events.get()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")  # without it the runtime ends without a word
            self.send_header("Content-Length", str(len(event)))
            self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
            self.send_header("Lambda-Runtime-Deadline-Ms", str(round((time.time() + SECONDS) * 1000)))
            self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:tested")
            self.end_headers()
            self.wfile.write(event)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            function.answers.put(Answer(json.loads(body or b"null"), failed=not self.path.endswith("/response")))

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.daemon_threads = True
    return server
