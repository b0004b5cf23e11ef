"""The meter of plans: counts in the commit of what is counted, warns at 80 %, and stops at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.kernel.actor import Surface
from steward.kernel.command import Command
from steward.kernel.context import Call, Context
from steward.kernel.errors import StewardError, TooMany
from steward.kernel.keys import SYSTEM, place
from steward.kernel.meter import Room
from steward.kernel.ports import Add, Change, Put, Records, Stored
from steward.kernel.time import Clock
from steward.workspaces import rules_plans as rules
from steward.workspaces.calls import Calls
from steward.workspaces.model_permissions import Standing, standing_key
from steward.workspaces.model_plans import USAGE, Amounts, Quota

CALLED = frozenset({Surface.API, Surface.MCP})
"""The surfaces whose calls are counted; the desk and the command line are free."""
TOLD_EVERY = timedelta(hours=1)
MOST_TOLD = 10_000


class Quotas:
    """A `kernel.meter.Meter` over rows of counts. What is written is counted exactly, reads are written down each minute."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records, self._clock = records, clock
        self._calls = Calls(records, clock)
        self._told: dict[tuple[str, str, Quota], datetime] = {}

    def settle(self, command: Command, ctx: Context) -> Sequence[Change]:
        """As `Meter` says."""
        used: dict[Quota, int] = {Quota(name): amount for name, amount in ctx.used.items()}
        if self._takes(command, ctx):
            used[Quota.CALLS] = 1
        if not used or ctx.workspace == SYSTEM:
            return ()
        rows = sorted({rules.row_of(quota, ctx.now) for quota in used})
        keys = [place(ctx.workspace, USAGE, row) for row in rows]
        standing, *stored = self._records.get([standing_key(ctx.workspace), *keys])
        found = Standing.of(standing) if standing else None
        most = rules.limits(found.plan, found.quotas) if found else {}
        changes: list[Change] = []
        for key, before in zip(keys, stored, strict=True):
            part = {quota: amount for quota, amount in used.items() if rules.row_of(quota, ctx.now) == key.sk}
            if Quota.CALLS in part:
                self._calls.saw(ctx.workspace, key.sk, before)
            full = rules.over(before.body if before else {}, part, most)
            if full and rules.stops(full, command.name):
                self._calls.release(ctx.workspace)
                refusal = rules.refusal(full, found.plan if found else "", most[full], now=ctx.now)
                raise self._told_once(refusal, (ctx.workspace, ctx.actor.id, full), ctx.now)
            changes.append(_change(ctx, Add(key, {str(quota): amount for quota, amount in part.items()}), before, most=most))
        return changes

    def _takes(self, command: Command, ctx: Context) -> bool:
        """Whether this call counts; what goes on after the last one does not. Raises TooMany where none is left."""
        if ctx.surface not in CALLED or ctx.workspace == SYSTEM:
            return False
        full = self._calls.take(ctx.workspace, held=True)
        if full and not rules.spared(command.name):
            refusal = rules.refusal(Quota.CALLS, full.plan, full.most or 0, now=ctx.now)
            raise self._told_once(refusal, (ctx.workspace, ctx.actor.id, Quota.CALLS), ctx.now)
        return full is None

    def room(self, quota: str, ctx: Context) -> Room:
        """As `Meter` says."""
        asked, found = Quota(quota), usage(self._records, ctx.workspace, ctx.now)
        most = found.most.get(asked)
        left = None if most is None else max(0, most - found.used[asked])
        return Room(left, rules.refusal(asked, found.plan, most or 0, now=ctx.now))

    def read(self, command: Command, call: Call) -> None:
        """As `Meter` says."""
        if call.surface not in CALLED or call.workspace == SYSTEM:
            return
        full = self._calls.take(call.workspace)
        if full and not rules.spared(command.name):
            now = self._clock()
            refusal = rules.refusal(Quota.CALLS, full.plan, full.most or 0, now=now)
            raise self._told_once(refusal, (call.workspace, call.actor.id, Quota.CALLS), now)

    def _told_once(self, refusal: StewardError, whose: tuple[str, str, Quota], now: datetime) -> StewardError:
        """The refusal, which leaves a receipt once an hour: a program that goes on asking until the month's end writes no more."""
        if isinstance(refusal, TooMany) and now < self._told.get(whose, now):
            refusal.rule = ""
            return refusal
        if len(self._told) >= MOST_TOLD:
            self._told.clear()
        self._told[whose] = now + TOLD_EVERY
        return refusal

    def unwritten(self, workspace: str) -> int:
        """As `Meter` says."""
        return self._calls.unwritten(workspace)

    def flush(self) -> None:
        """As `Meter` says; what cannot be written now is kept."""
        self._calls.flush()


def _change(ctx: Context, add: Add, before: Stored | None, *, most: Amounts) -> Change:
    """The addition; from 80 % on as a row that nobody else has counted in meanwhile, and once with a warning."""
    body = before.body if before else {}
    month = f"{ctx.now:%Y-%m}"
    told = rules.counted(body, {Quota(name): amount for name, amount in add.amounts.items()}, most, month=month)
    if not told.exact:
        return add
    for quota in told.near:
        ctx.emit("workspaces.quota_near", {"quota": str(quota), "used": told.after[quota], "limit": most[quota]})
    warned = [*rules.warned_of(body, month), *map(str, told.near)]
    version = before.version if before else 0
    return Put(add.key, {**body, **told.after, "warned": warned, "warned_in": month}, version + 1, expect=version)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a workspace uses of each quota, what it may use, and what was warned of this month."""

    plan: str
    used: Mapping[Quota, int]
    most: Amounts
    warned: frozenset[str]

    @property
    def near(self) -> list[Quota]:
        """The quotas that come near their end and were not warned of."""
        return [one for one, most in self.most.items() if one not in self.warned and rules.is_near(self.used[one], most)]


def usage(records: Records, workspace: str, now: datetime) -> Usage:
    """What a workspace uses, as it is written down."""
    rows = {quota: rules.row_of(quota, now) for quota in Quota}
    names, month = sorted(set(rows.values())), f"{now:%Y-%m}"
    standing, *stored = records.get([standing_key(workspace), *(place(workspace, USAGE, name) for name in names)])
    bodies = {name: row.body if row else {} for name, row in zip(names, stored, strict=True)}
    found = Standing.of(standing) if standing else None
    return Usage(
        found.plan if found else "",
        {quota: rules.number(bodies[row], quota) for quota, row in rows.items()},
        rules.limits(found.plan, found.quotas) if found else {},
        frozenset(name for body in bodies.values() for name in rules.warned_of(body, month)),
    )
