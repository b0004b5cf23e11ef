"""Tickets: made at one step of a way in, used up at the next, within five minutes."""

from datetime import timedelta

from steward.kernel.context import Context
from steward.kernel.errors import Forbidden
from steward.kernel.ids import fingerprint
from steward.workspaces.model_factors import TICKETS, Step, Ticket
from steward.workspaces.rules import random_text

LIFE = timedelta(minutes=5)
LATE = "That took too long; begin again."


def issue(ctx: Context, step: Step, *, account: str = "", how: str = "", challenge: str = "", verifier: str = "") -> str:
    """A new ticket, in this commit; told this once."""
    text = random_text(ctx.entropy, 43)
    ticket = Ticket(
        id=fingerprint(text), created_at=ctx.now, updated_at=ctx.now, step=step, account=account, how=how,
        challenge=challenge, verifier=verifier, expires_at=ctx.now + LIFE,
    )  # fmt: skip
    TICKETS.insert(ctx, ticket)
    return text


def known(ctx: Context, text: str, step: Step) -> Ticket:
    """The ticket of a text. Raises Forbidden for one that is unknown, for another step, used up or too old."""
    found = TICKETS.get(ctx, fingerprint(text))
    if found is None or found.step is not step or found.expires_at <= ctx.now:
        raise Forbidden(LATE, rule="ticket", unknown=True)
    return found


def redeem(ctx: Context, text: str, step: Step) -> Ticket:
    """The same, used up in this commit; of two at once only one gets through."""
    found = known(ctx, text, step)
    TICKETS.remove(ctx, found)
    return found
