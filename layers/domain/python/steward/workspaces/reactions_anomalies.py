"""What looks for the unusual: every five minutes, where people or keys did something since."""

from steward.kernel.events import Event, reaction
from steward.kernel.keys import SYSTEM
from steward.kernel.reactor import Reactor
from steward.workspaces.commands_anomalies import PAGE, fresh, is_somebodys
from steward.workspaces.here import here
from steward.workspaces.model_anomalies import LookOver, TellUnusual


@reaction("cycle.came")
def look_for_the_unusual(event: Event, reactor: Reactor) -> None:
    """Look new receipts over; Steward's own alone are left until there are many. What is invented is never unusual."""
    ctx = reactor.context()
    if event.workspace == SYSTEM or here(ctx).invented:
        return
    rows, number = fresh(ctx), 0
    more = len(rows) > PAGE or any(is_somebodys(row) for row in rows)
    while more:
        more = reactor.dispatch(LookOver(), key=f"{event.id}:look:{number}").more
        number += 1


@reaction("receipts.unusual")
def write_of_the_unusual(event: Event, reactor: Reactor) -> None:
    """Owners and admins hear of it."""
    found = event.payload["findings"]
    reactor.dispatch(TellUnusual(findings=found if isinstance(found, list) else []))
