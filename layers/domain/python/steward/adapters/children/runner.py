"""The child's side: `python -m steward.adapters.children.runner MODULE PIPE IDLE MEMORY`.

One JSON line in on stdin is one call of the module's `main(request)`; one JSON line out on the pipe is its answer, so that
what the module prints cannot break it. The child ends when nobody asked for IDLE seconds, and at once when its owner is
gone, even in the middle of a call: a thread of its own waits at stdin for that.
"""

import json
import os
import resource
import sys
import threading
from errno import ENOSPC
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import Any

from steward.kernel.errors import DISK_FULL, Invalid, Unavailable


def main(module: str, pipe: str, idle: str, memory: str) -> None:
    """Answer calls until there are none. `memory` is the most bytes of address space, 0 for no limit."""
    if int(memory):
        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    calls: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(calls,), daemon=True).start()
    with os.fdopen(int(pipe), "w", encoding="utf-8") as answers:
        while True:
            try:
                call = calls.get(timeout=float(idle))
            except Empty:
                return
            answers.write(json.dumps(answer(module, json.loads(call))) + "\n")
            answers.flush()


def answer(module: str, request: Any) -> dict[str, Any]:
    """`{"answer": …}`, or `{"kind": …, "detail": …}` of a refusal. Whatever else the module raises ends the child."""
    try:
        return {"answer": import_module(module).main(request)}
    except (Invalid, Unavailable) as error:
        return {"kind": error.kind, "detail": error.detail}
    except OSError as error:
        if error.errno != ENOSPC:
            raise
        return {"kind": "unavailable", "detail": DISK_FULL, "passing": True}
    except MemoryError:
        return {"kind": "unavailable", "detail": "There is too little memory for this; give the process more of it or hand it less."}


def _listen(calls: SimpleQueue[bytes]) -> None:
    # a reader of its own: at a normal end the interpreter wants to close sys.stdin, which this thread would hold
    with os.fdopen(0, "rb", closefd=False) as requests:
        for line in requests:
            calls.put(line)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
