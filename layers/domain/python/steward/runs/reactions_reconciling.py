"""What the installation hears at night: the lists are compared with the records."""

from steward.kernel.events import Event, reaction
from steward.kernel.keys import SYSTEM
from steward.kernel.reactor import Reactor
from steward.runs.model import StartRun

NIGHT = 3
"""The hour (UTC) after which lists are compared, once a day."""


@reaction("cycle.came")
def compare_lists(event: Event, reactor: Reactor) -> None:
    """Start the day's comparison; one key a day, so that it is started once however often this is heard."""
    if event.workspace == SYSTEM and event.at.hour == NIGHT:
        reactor.dispatch(StartRun(kind="reconcile", name="Lists", trigger="schedule"), key=f"reconcile:{event.at:%Y-%m-%d}")
