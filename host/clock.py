"""The schedules on one machine: at each whole minute, and each fifth one, the event that EventBridge would send."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Event, Thread

from host import events
from steward.kernel.errors import StewardError
from steward.kernel.time import Clock

MINUTE = timedelta(minutes=1)
SECONDS = 55
log = logging.getLogger("steward.clock")
Handler = Callable[[events.Event, events.Context], object]


class Ticker:
    """`handlers` by their period in minutes; a tick that was slept through is not made up for."""

    def __init__(self, handlers: Mapping[int, Handler], clock: Clock) -> None:
        self._handlers, self._clock = handlers, clock
        self._stop = Event()
        self._thread = Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        """Begin with the next whole minute."""
        self._thread.start()

    def stop(self) -> None:
        """Come to the end of the tick in hand."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def tick(self, at: datetime) -> None:
        """Send the events of one whole minute."""
        for minutes, handler in self._handlers.items():
            if at.minute % minutes == 0:
                event = events.scheduled(f"every-{minutes}-minutes", at)
                try:
                    handler(event, events.Context(str(event["id"]), seconds=SECONDS))
                except StewardError as error:
                    log.warning("a tick failed, the next one makes up for it: %s", error.detail)

    def _run(self) -> None:
        due = _minute(self._clock()) + MINUTE
        while not self._stop.wait((due - self._clock()).total_seconds()):
            self.tick(due)
            due = max(due, _minute(self._clock())) + MINUTE


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
