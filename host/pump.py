"""The queue on one machine: batches go to the handler as SQS would send them; what failed is given back."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Event, Thread
from time import monotonic
from typing import Any

from host import events
from steward.kernel.errors import StewardError
from steward.kernel.ports import Queue, Received

THREADS = 4
MOST = 10
VISIBILITY = 120
SLICE = 2
"""Seconds that a run is worked on before its event goes round again, so that a stop is quick."""
MARGIN = 10
"""What the handler keeps back of its time for its answer."""
IDLE = 0.05
SLOWEST = 60
log = logging.getLogger("steward.pump")
Batch = Callable[[events.Event, events.Context], Mapping[str, Any]]


class Pump:
    """One thread that receives, a few that work."""

    def __init__(self, queue: Queue, batch: Batch) -> None:
        self._queue, self._batch = queue, batch
        self._stop = Event()
        self._free = BoundedSemaphore(THREADS)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="pump")
        self._thread = Thread(target=self._run, name="pump", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Receive nothing more, and come to the end of what is in hand."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._free.acquire()
            most, messages = self._received()
            if messages:
                self._pool.submit(self._work, messages)
            else:
                self._free.release()
            if len(messages) < most:
                self._stop.wait(IDLE)

    def _received(self) -> tuple[int, Sequence[Received]]:
        """How many messages were asked for, and those that came. A short queue is shared out, a long one goes in full batches."""
        try:
            most = min(MOST, 1 + self._queue.depth() // THREADS)
            return most, self._queue.receive(most, visibility=VISIBILITY)
        except StewardError as error:
            log.warning("the queue does not answer: %s", error.detail)
            self._stop.wait(1)
            return MOST, ()

    def _work(self, messages: Sequence[Received]) -> None:
        try:
            self._settle(messages, self._failed(messages))
        finally:
            self._free.release()

    def _settle(self, messages: Sequence[Received], failed: frozenset[str]) -> None:
        """Tell the queue what is done and what is to come back soon, until it can take note or they come back by themselves."""
        until = monotonic() + VISIBILITY
        while (refusal := self._refused(messages, failed)) and monotonic() < until:
            log.warning("the queue takes no note of what is done: %s", refusal)
            if self._stop.wait(1):
                break

    def _refused(self, messages: Sequence[Received], failed: frozenset[str]) -> str:
        """Why the queue took no note, "" when it did."""
        try:
            self._queue.delete([one.receipt for one in messages if one.id not in failed])
            for one in messages:
                if one.id in failed:
                    self._queue.extend(one.receipt, min(2**one.receives, SLOWEST))
        except StewardError as error:
            return error.detail
        return ""

    def _failed(self, messages: Sequence[Received]) -> frozenset[str]:
        context = events.Context(messages[0].receipt, seconds=MARGIN + SLICE * len(messages))
        answer = self._batch(events.batch(messages), context)
        return frozenset(one["itemIdentifier"] for one in answer["batchItemFailures"])
