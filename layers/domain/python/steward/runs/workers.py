"""Workers: what does the work of a kind of run, one chunk after the other."""

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from typing import TypeVar

from steward.kernel.reactor import Reactor
from steward.kernel.registry import manifest
from steward.runs.model import Run


class Progress(StrEnum):
    """MORE: call again with the run as it stands now. WAIT: it waits for a person. DONE: it has ended."""

    MORE = "more"
    WAIT = "wait"
    DONE = "done"


Work = Callable[[Run, Reactor], Progress]
WORKERS: dict[str, Work] = {}
Worker = TypeVar("Worker", bound=Work)


def worker(kind: str) -> Callable[[Worker], Worker]:
    """Register what works on runs of a kind. It may be killed anywhere: it goes on from the run's cursor."""

    def register(work: Worker) -> Worker:
        if kind in WORKERS:
            raise ValueError(f"two workers for runs of kind {kind}")
        WORKERS[kind] = work
        return work

    return register


def worker_for(kind: str) -> Work:
    """The worker of a kind."""
    if kind not in WORKERS:
        import_module(manifest().workers[kind])
    return WORKERS[kind]
