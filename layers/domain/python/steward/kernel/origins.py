"""Where people act from: an address and a browser, kept apart from receipts so that they can be erased."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.kernel.actor import Actor
from steward.kernel.effects import untold
from steward.kernel.errors import Unavailable
from steward.kernel.keys import place
from steward.kernel.ports import Put, Records
from steward.kernel.stamp import Stamp
from steward.kernel.time import iso

log = logging.getLogger("steward.origins")
KIND = untold("origin")
LIFE = timedelta(days=400)
RENEWED = timedelta(days=30)
MOST_KNOWN = 10_000
MAX_TEXT = 300


@dataclass(frozen=True, slots=True)
class Origin:
    """The network address and the program of a request, as it said them; "" where it said none."""

    ip: str = ""
    user_agent: str = ""


class Origins:
    """Gives each pair of actor and origin a name, which receipts refer to; the row behind it lives 400 days after its last use.

    The row is written before the receipt, once a month and process, so a write costs none of its own.
    """

    def __init__(self, records: Records, stamp: Stamp) -> None:
        self._records, self._stamp = records, stamp
        self._known: dict[tuple[str, str, Origin], tuple[str, datetime]] = {}

    def prefix(self, actor: str) -> str:
        """What the names of an actor's origins begin with."""
        return self._stamp.hidden(actor)[:20] + "."

    def refer(self, actor: Actor, origin: Origin | None, *, workspace: str, now: datetime) -> str:
        """The name of an origin, "" without one. Where it cannot be written it is left out, as it must not stop a command."""
        if origin is None or not (origin.ip or origin.user_agent):
            return ""
        name, written = self._known.get((workspace, actor.id, origin), ("", now))
        if name and now < written + RENEWED:
            return name
        row = self.row(actor, origin, workspace=workspace, now=now)
        name = row.key.sk
        try:
            self._records.commit([row])
        except Unavailable as error:
            log.warning("an origin was left out: %s", error.detail)
            return ""
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[workspace, actor.id, origin] = name, now
        return name

    def row(self, actor: Actor, origin: Origin, *, workspace: str, now: datetime) -> Put:
        """The row of an origin, stamped; its sk is its name."""
        name = self.prefix(actor.id) + self._stamp.hidden(origin.ip, origin.user_agent)[:20]
        body = {"actor": actor.id, "ip": origin.ip[:64], "user_agent": origin.user_agent[:MAX_TEXT], "at": iso(now)}
        return self._stamp.put(Put(place(workspace, KIND, name), body, 1, expires=int((now + LIFE).timestamp())))

    def forget(self) -> None:
        """Write every origin anew on its next use."""
        self._known.clear()
