"""Children as processes of this machine, one for each call or kept warm for a module."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import Any, cast

from steward.kernel.errors import Internal, Invalid, Unavailable
from steward.kernel.ports import Json

STOPPED = "Steward was stopped in the meantime; this goes on at its next start."
RUNNER = "steward.adapters.children.runner"


class ProcessChildren:
    """Calls of a kept module wait for each other; others run side by side.

    `environment` is all that a child sees of it; `idle` seconds without a call end a kept one; `memory` is the most bytes
    of a child's address space, 0 for no limit.
    """

    def __init__(self, environment: Mapping[str, str] | None = None, *, idle: float = 120, memory: int = 0) -> None:
        self._environment = {**(environment or {}), "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self._idle, self._memory = idle, memory
        self._kept: dict[str, _Child] = {}
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)
        self._alive: set[_Child] = set()
        self._starting, self._closed = Lock(), False

    def call(self, module: str, request: Json, *, timeout: float, keep: bool = False) -> Json:
        """As the port says."""
        deadline = time.monotonic() + timeout
        line = json.dumps(request) + "\n"
        if not keep:
            child = self._start(module)
            try:
                return child.ask(line, deadline)
            finally:
                self._end(child)
        lock = self._locks[module]
        if not lock.acquire(timeout=timeout):
            raise Unavailable(f"{module} is busy with other calls; try again in a moment.", passing=True)
        try:
            return self._ask_kept(module, line, deadline)
        finally:
            lock.release()

    def close(self) -> None:
        """End all children and start no more; a call in hand raises Unavailable."""
        with self._starting:
            self._closed = True
        for child in tuple(self._alive):
            child.stop()
        while self._kept:
            self._end(self._kept.popitem()[1])

    def _ask_kept(self, module: str, line: str, deadline: float) -> Json:
        """Ask the warm child, or a new one when it has ended for want of calls."""
        child = self._kept.pop(module, None) or self._start(module)
        try:
            answer = child.ask(line, deadline)
        except _Idled:
            self._end(child)
            child = self._start(module)
            answer = child.ask(line, deadline)
        finally:
            if child.well:
                self._kept[module] = child
            else:
                self._end(child)
        return answer

    def _start(self, module: str) -> "_Child":
        with self._starting:
            if self._closed:
                raise Unavailable(STOPPED)
            child = _Child(module, self._environment, idle=self._idle, memory=self._memory)
            self._alive.add(child)
            return child

    def _end(self, child: "_Child") -> None:
        self._alive.discard(child)
        child.end()


class _Idled(Exception):
    """A kept child ended between two calls."""


class _Child:
    """One process. It is `well` while it can be asked again."""

    def __init__(self, module: str, environment: Mapping[str, str], *, idle: float, memory: int) -> None:
        self._module = module
        stdin, requests = os.pipe()
        answers, pipe = os.pipe()
        self._requests, self._answers = os.fdopen(requests, "wb"), os.fdopen(answers, "rb", buffering=0)
        command = [sys.executable, "-m", RUNNER, module, str(pipe), str(idle), str(memory)]
        try:
            # what a module prints goes to our stderr (2); a session of its own keeps Ctrl-C away from it
            self._process = subprocess.Popen(command, stdin=stdin, stdout=2, env=environment, pass_fds=(pipe,), start_new_session=True)
        except OSError as error:
            self._close()
            detail = f"No process can be started ({error.strerror}); free some memory, or set STEWARD_CHILDREN=none."
            raise Unavailable(detail, passing=True) from error
        finally:
            os.close(stdin)
            os.close(pipe)
        self._asked = self._stopped = False
        self.well = True

    def ask(self, line: str, deadline: float) -> Json:
        """One answer. Raises what the port says, or _Idled when the child had ended before it was asked again."""
        again, self._asked = self._asked, True
        self.well = False
        with suppress(BrokenPipeError):  # the child has ended then, and reading says how
            self._requests.write(line.encode())
            self._requests.flush()
        told = self._read(deadline)
        if not told.endswith(b"\n"):
            status = self._process.wait()
            if self._stopped:
                raise Unavailable(STOPPED)
            if again and status == 0:
                raise _Idled
            raise Internal(f"The process for {self._module} ended with {_ending(status)} and no answer; the log says why.")
        said: dict[str, Any] = json.loads(told)
        self.well = True
        match said.get("kind"):
            case None:
                return cast("Json", said["answer"])
            case "invalid":
                raise Invalid(said["detail"])
            case _:
                raise Unavailable(said["detail"], passing=said.get("passing", False))

    def stop(self) -> None:
        """Kill the process and whatever it started; who waits for its answer hears that."""
        self._stopped = True
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Stop the process and let go of it."""
        self.well = False
        self.stop()
        self._process.wait()
        self._close()

    def _close(self) -> None:
        with suppress(BrokenPipeError):
            self._requests.close()
        self._answers.close()

    def _read(self, deadline: float) -> bytes:
        """What the child says up to the end of its line, or of its life. Raises Internal at the deadline."""
        told = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            while not told.endswith(b"\n"):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise Internal(f"The process for {self._module} took too long and was stopped; hand it less.")
                part = self._answers.read(1 << 20)
                if not part:
                    break
                told += part
        return bytes(told)


def _ending(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
