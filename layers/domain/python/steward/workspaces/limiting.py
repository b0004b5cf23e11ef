"""Which limits a call falls under: those of the setting, and the calls that its workspace's plan allows."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from steward.kernel.actor import Surface
from steward.kernel.command import Command, Danger
from steward.kernel.context import Call
from steward.kernel.errors import TooMany, Unavailable
from steward.kernel.ids import fingerprint
from steward.kernel.keys import SYSTEM
from steward.kernel.limits import Bucket, Buckets, Level, Rate
from steward.kernel.ports import Records
from steward.workspaces.model_permissions import standing
from steward.workspaces.model_plans import PLANS
from steward.workspaces.rules_permissions import specificity

log = logging.getLogger("steward.limits")
CALLS_OF_PLAN: Mapping[str, Rate] = {plan.name: Rate(plan.calls_a_minute, 60, plan.calls_a_minute) for plan in PLANS.values()}
"""Calls of the API that a plan allows (spec R8.6)."""
FROM_OUTSIDE = frozenset({Surface.API, Surface.MCP, Surface.DESK})
BY_PROGRAMS = frozenset({Surface.API, Surface.MCP})
KNOWN_FOR = timedelta(seconds=30)
"""How long a workspace's plan is remembered."""
Kind = Literal["key", "member", "workspace", "address", "command"]
UNITS = {1: "second", 60: "minute", 3_600: "hour", 86_400: "day"}


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of the setting: each key, member, workspace or address may do that; or all of a workspace a command of `pattern`."""

    kind: Kind
    rate: Rate
    pattern: str = ""


class CallLimits:
    """Takes from `shared` buckets for what changes something and from `own` ones for reads. Reads go on when the engine cannot tell.

    `refused` counts the calls that were over a limit, by limit and workspace, since it was last told.
    """

    def __init__(self, records: Records, limits: Sequence[Limit], *, own: Buckets, shared: Buckets) -> None:
        self._records, self._limits = records, limits
        self._own, self._shared = own, shared
        self._plans: dict[str, tuple[str, datetime]] = {}
        self.refused: Counter[tuple[str, str]] = Counter()

    def spend(self, command: Command, call: Call, now: datetime) -> None:
        """As `limits.Limits` says."""
        if call.surface not in FROM_OUTSIDE:
            return
        reading = command.danger is Danger.READ
        try:
            buckets = list(self._buckets(command, call, now))
            levels = (self._own if reading else self._shared).take(buckets, now) if buckets else ()
        except Unavailable:
            if reading:
                return
            raise
        call.levels.extend(levels)
        if over := [(bucket, level) for bucket, level in zip(buckets, levels, strict=True) if level.wait]:
            bucket, level = max(over, key=lambda pair: pair[1].wait)
            self.refused[bucket.name, bucket.workspace] += 1
            raise TooMany(_sentence(level), retry_after=level.wait)

    def tell(self) -> None:
        """Log how many calls were refused since the last time."""
        refused, self.refused = self.refused, Counter()
        for (name, workspace), count in refused.items():
            told = {"workspace": workspace, "limit": name, "refused": count}
            log.warning("%d calls were over the limit of a %s", count, name, extra=told)

    def _buckets(self, command: Command, call: Call, now: datetime) -> Iterator[Bucket]:
        home = call.actor.workspace or call.workspace
        names = command.names
        for limit in self._limits:
            whose = _whose(limit, names, call)
            if whose:
                place = SYSTEM if limit.kind == "address" else home
                yield Bucket(limit.kind, place, f"{limit.kind}#{whose}#{limit.rate}", limit.rate)
        if call.surface in BY_PROGRAMS and home != SYSTEM:
            rate = CALLS_OF_PLAN.get(self._plan(home, now))
            if rate:
                yield Bucket("plan", home, "plan", rate)

    def _plan(self, workspace: str, now: datetime) -> str:
        plan, until = self._plans.get(workspace, ("", now))
        if until <= now:
            found = standing(self._records, workspace)
            plan = found.plan if found else ""
            self._plans[workspace] = (plan, now + KNOWN_FOR)
        return plan


def matches(pattern: str, names: Sequence[str]) -> bool:
    """Whether a limit is about a command of these names: as a permission's pattern, or by the verb alone (`export`)."""
    return specificity(pattern, names) > 0 or any(pattern == name.partition(".")[2] for name in names)


def _whose(limit: Limit, names: Sequence[str], call: Call) -> str:
    """Whose bucket of this limit a call takes from, "" for none."""
    match limit.kind:
        case "key":
            return call.actor.id if call.actor.kind == "key" else ""
        case "member":
            return call.actor.member
        case "workspace":
            return "" if (call.actor.workspace or call.workspace) == SYSTEM else "all"
        case "address":
            return fingerprint(call.origin.ip) if call.origin and call.origin.ip else ""
        case "command":
            return limit.pattern if matches(limit.pattern, names) else ""


def _sentence(level: Level) -> str:
    rate = level.rate
    unit = UNITS.get(rate.seconds, f"{rate.seconds} seconds")
    whose = "plan allows" if level.name == "plan" else f"limit of a {level.name} is"
    return f"Too many requests: the {whose} {rate.count:,} a {unit}; try again in {level.wait} second{'s' * (level.wait != 1)}."
