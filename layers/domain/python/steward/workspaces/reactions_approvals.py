"""Who may decide over an approval hears of it."""

from steward.kernel.events import Event, reaction
from steward.kernel.reactor import Reactor
from steward.workspaces.model_approvals import TellApprovers


@reaction("approvals.asked")
def write_to_approvers(event: Event, reactor: Reactor) -> None:
    """Each of those who may decide gets a mail with a link of their own."""
    reactor.dispatch(TellApprovers(approval=str(event.payload["approval"])))
