"""Mails leave the house here, and nowhere else: claimed, handed to the carrier, noted."""

from typing import cast

from steward.kernel.errors import Invalid, TooMany, Unavailable
from steward.kernel.events import Event, reaction
from steward.kernel.ids import sortable
from steward.kernel.mail import Mail, Mailer
from steward.kernel.reactor import Reactor
from steward.workspaces.model_mails import ClaimMail, Invite, NoteMail, TellNear

TRIES = 8
"""Tries of one mail, each later than the one before: in all about an hour."""
SOON, LATE = 15, 900


@reaction("members.invited")
def write_to_invited(event: Event, reactor: Reactor) -> None:
    """Whoever is invited gets a mail with the way in."""
    reactor.dispatch(Invite(member=str(event.payload["member"]), by=str(event.payload["by"])))


@reaction("members.added")
def write_to_added(event: Event, reactor: Reactor) -> None:
    """So does whoever was made a member at once, unless they sign in here already."""
    reactor.dispatch(Invite(member=str(event.payload["member"])))


@reaction("workspaces.quota_near")
def warn_of_quota(event: Event, reactor: Reactor) -> None:
    """Owners and admins hear once in a month that a quota comes near its end."""
    reactor.dispatch(TellNear.model_validate(event.payload))


@reaction("mails.wanted")
def send_mail(event: Event, reactor: Reactor) -> None:
    """Send a mail that a command asked for. Where the carrier cannot be reached, or the plan has no e-mails left, it is tried again later.

    A process that dies between sending and noting sends twice; both have one Message-ID.
    """
    id = str(event.payload["mail"])
    try:
        claimed = reactor.dispatch(ClaimMail(mail=id), key=_unique(reactor))
    except TooMany:
        reactor.again(event.payload, delay=LATE)
        return
    if claimed.wait:
        reactor.again(event.payload, delay=claimed.wait)
    if not claimed.to:
        return
    carrier, problem, final = "", "", False
    try:
        mailer = cast(Mailer, reactor.ports.more[Mailer])
        carrier = mailer.send(Mail(id, claimed.to, claimed.subject, claimed.text))
    except Invalid as error:
        problem, final = error.detail, True
    except Unavailable as error:
        problem, final = error.detail, claimed.fence >= TRIES
    reactor.dispatch(NoteMail(mail=id, fence=claimed.fence, carrier=carrier, problem=problem, final=final), key=_unique(reactor))
    if problem and not final:
        reactor.again(event.payload, delay=min(SOON * 2**claimed.fence, LATE))


def _unique(reactor: Reactor) -> str:
    """Each try is one of its own: the row's state says whether there is anything left to do."""
    return sortable(reactor.ports.clock(), reactor.ports.entropy)
