"""The lock-out of sign-in: every attempt is counted before it is judged, so that guesses at once are no more than guesses in turn.

It stands before passwords and codes only. Whoever is signed in, comes by a link of a mail or by a passkey, is not held up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from steward.kernel.context import Context
from steward.kernel.errors import Conflict, TooMany
from steward.kernel.keys import SYSTEM, place
from steward.kernel.ports import Add, Body, Delete, Key, Put, Stored
from steward.kernel.time import from_iso, iso
from steward.workspaces.rules_auth import PER_ACCOUNT, PER_ADDRESS, Patience

KIND = "attempt"
TRIES = 30


@dataclass(frozen=True, slots=True)
class Counted:
    """A row that counts attempts, and how patient it is."""

    key: Key
    patience: Patience


def by_account(ctx: Context, name: str, *, patience: Patience = PER_ACCOUNT) -> Counted:
    """The count of one account's attempts, whether or not there is such an account; the name cannot be read back from it."""
    return Counted(place(SYSTEM, KIND, f"account#{ctx.door.stamp.hidden(name)}"), patience)


def by_address(ctx: Context) -> Sequence[Counted]:
    """The count of the address that the call comes from; none where that is not known."""
    ip = ctx.origin.ip if ctx.origin else ""
    return [Counted(place(SYSTEM, KIND, f"address#{ctx.door.stamp.hidden(ip)}"), PER_ADDRESS)] if ip else []


def spend(ctx: Context, *counted: Counted) -> None:
    """Count an attempt, in a commit of its own, as if it had failed. Raises TooMany, without counting, while one is locked out."""
    records = ctx.door.ports.records
    for _ in range(TRIES):
        rows = records.get([one.key for one in counted])
        changes = [_one_more(one, row, ctx.now) for one, row in zip(counted, rows, strict=True)]
        try:
            records.commit(changes)
        except Conflict:
            continue
        return
    raise TooMany("Too many people try this at once; wait a moment.", retry_after=5)


def forgive(ctx: Context, account: Counted, addresses: Sequence[Counted]) -> None:
    """The attempt was right: forget the account's count, and take this one back from its address, with the commit of the context."""
    ctx.write(Delete(account.key))
    for one in addresses:
        ctx.write(Add(one.key, {"count": -1}))


def _one_more(one: Counted, row: Stored | None, now: datetime) -> Put:
    count, until = 0, now
    if row:
        until = from_iso(str(row.body["until"]))
        if until > now:
            seconds = ceil((until - now).total_seconds())
            raise TooMany(f"Too many attempts; come back in {_spoken(seconds)}.", retry_after=seconds)
        recent = from_iso(str(row.body["at"])) + one.patience.forgets > now
        count = int(str(row.body["count"])) if recent else 0
    count = max(count, 0) + 1
    body: Body = {"count": count, "at": iso(now), "until": iso(now + one.patience.wait(count))}
    kept = now + one.patience.forgets + timedelta(days=1)
    return Put(one.key, body, row.version + 1 if row else 1, expect=row.version if row else 0, expires=int(kept.timestamp()))


def _spoken(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} second{'s' * (seconds != 1)}"
    return f"{ceil(seconds / 60)} minutes"
