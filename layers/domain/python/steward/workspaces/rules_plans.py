"""Quotas and features: pure decisions over plans and what is used."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from steward.kernel.errors import Fault, Forbidden, Invalid, StewardError, TooMany
from steward.kernel.pages import nearest
from steward.kernel.ports import Json
from steward.workspaces.model_mails import TellNear
from steward.workspaces.model_plans import FEATURES, LEVEL, NOW, PLANS, Amounts, Plan, Quota, Used
from steward.workspaces.rules_permissions import specificity

NEAR = 80
"""Per cent of a quota at which it is warned of."""
SPARED = ("auth.", "sessions.", "accounts.", "workspaces.", "approvals.", "permissions.")
"""What no used-up quota stops, besides everything that exports or erases."""
TITLES = {
    Quota.PROPERTIES: "properties",
    Quota.CALLS: "API calls",
    Quota.STORAGE: "bytes of storage",
    Quota.EMAILS: "e-mails",
    Quota.MEMBERS: "members",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of counting: the new numbers, what is warned of now, and whether the numbers must not have moved meanwhile."""

    after: Mapping[str, int]
    near: Sequence[Quota]
    exact: bool


def checked_plan(name: str) -> str:
    """A plan's name, "" for none. Raises Invalid, naming the nearest."""
    if name and name not in PLANS:
        raise _wrong("/plan", f"'{name[:64]}' is not a plan.{nearest(name.lower(), tuple(PLANS))} Plans are {', '.join(PLANS)}.")
    return name


def first_plan(plan: str, agreed: Mapping[str, int | None]) -> str:
    """The plan of a workspace that is made from one of that plan: nobody leaves theirs by making another."""
    return next(iter(PLANS)) if plan or agreed else ""


def checked_names(told: Iterable[str], known: Sequence[str], *, field: str, what: str) -> None:
    """Raises Invalid for the first name that is not known, naming the nearest."""
    for name in told:
        if name not in known:
            raise _wrong(f"/{field}/{name[:64]}", f"'{name[:64]}' is not a {what}.{nearest(name, known)} Known are {', '.join(known)}.")


def limits(plan: str, agreed: Mapping[str, int | None]) -> dict[Quota, int]:
    """What a workspace may use: its plan's numbers, or those agreed instead. Without a plan or an agreement there is no end."""
    found: dict[Quota, int | None] = {**(PLANS[plan].quotas if plan in PLANS else {}), **{Quota(one): most for one, most in agreed.items()}}
    return {quota: most for quota, most in found.items() if most is not None}


def counted(before: Mapping[str, Json], used: Amounts, most: Amounts, *, month: str) -> Counted:
    """The numbers after some use. From 80 % of a quota on nobody may count at the same time, so that its end is exact."""
    after = {str(quota): number(before, quota) + amount for quota, amount in used.items()}
    warned = warned_of(before, month)
    high = [quota for quota in used if quota in most and is_near(after[quota], most[quota])]
    return Counted(after, [quota for quota in high if quota not in warned], exact=bool(high))


def over(before: Mapping[str, Json], used: Amounts, most: Amounts) -> Quota | None:
    """The first quota of which more would be used than there is."""
    for quota, amount in used.items():
        if amount > 0 and quota in most and number(before, quota) + amount > most[quota]:
            return quota
    return None


def refusal(quota: Quota, plan: str, most: int, *, now: datetime) -> StewardError:
    """Why not, by which plan, and the way on."""
    whose = f"The {plan} plan" if plan else "This workspace"
    way = "the owner can have this workspace moved to a larger plan"
    if quota in NOW:
        return Forbidden(f"{whose} has room for {most:,} {TITLES[quota]}; free some, or {way}.", rule=f"plan {plan}")
    ends = month_end(now)
    return TooMany(
        f"{whose} has {most:,} {TITLES[quota]} a month, and they are used up; it goes on on {ends:%-d %B}, or {way}.",
        retry_after=max(1, int((ends - now).total_seconds())),
        rule=f"plan {plan}".strip(),
    )


def spared(command: str) -> bool:
    """Whether a command goes on when calls are used up: signing in, what leads on, exporting and erasing."""
    verb = command.partition(".")[2]
    return command.startswith(SPARED) or verb.startswith(("export", "erase", "forget"))


def nearly(told: TellNear) -> str:
    """That a quota comes near its end, after the name of the workspace: `has used 160 of its 200 e-mails this month`."""
    when = "" if told.quota in NOW else " this month"
    return f"has used {told.used:,} of its {told.limit:,} {TITLES[told.quota]}{when}"


def stops(quota: Quota, command: str) -> bool:
    """Whether a used-up quota stops a command. Nothing spares e-mails: they wait, and what led to them has been done."""
    return quota is Quota.EMAILS or not spared(command)


def is_near(used: int, most: int) -> bool:
    """Whether 80 % are used."""
    return used * 100 >= most * NEAR


def row_of(quota: Quota, now: datetime) -> str:
    """The key of the row that a quota is counted in."""
    return LEVEL if quota in NOW else f"{now:%Y-%m}"


def month_end(now: datetime) -> datetime:
    """The first moment of the next month, UTC."""
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def shown(quota: Quota, used: int, most: int | None) -> Used:
    """A quota as an answer shows it."""
    share = None if most is None else 1.0 if not most else round(used / most, 4)
    state = "ok" if most is None or not is_near(used, most) else "near" if used < most else "full"
    return Used(quota=quota, title=TITLES[quota], used=used, limit=most, share=share, state=state, monthly=quota not in NOW)


def lacking(plan: str, off: Iterable[str], names: Sequence[str]) -> str:
    """Why a command is not to be had here, "" where it is: the plan lacks its feature, or the feature is switched off."""
    for feature, patterns in FEATURES.items():
        if any(specificity(pattern, names) for pattern in patterns):
            if feature in lacks(plan):
                return _without(plan, feature)
            if feature in off:
                return f"'{feature}' is switched off in this workspace; an owner or admin can switch it on (`workspaces set-flags`)."
    return ""


def check_had(plan: str, features: Iterable[str]) -> None:
    """Raises Forbidden for a feature that the plan lacks."""
    for feature in features:
        if feature in lacks(plan):
            raise Forbidden(_without(plan, feature), rule=f"plan {plan}")


def _without(plan: str, feature: str) -> str:
    return f"The {plan} plan has no {feature}; the owner can have this workspace moved to a larger plan."


def lacks(plan: str) -> frozenset[str]:
    """The features that a plan lacks."""
    found: Plan | None = PLANS.get(plan)
    return found.without if found else frozenset()


def number(counts: Mapping[str, Json], quota: str) -> int:
    """How much of a quota a row says is used; 0 where it says nothing."""
    found = counts.get(quota, 0)
    return found if isinstance(found, int) else 0


def warned_of(counts: Mapping[str, Json], month: str) -> list[str]:
    """The quotas that were warned of in a month."""
    found = counts.get("warned", ())
    return [str(one) for one in found] if isinstance(found, Sequence) and counts.get("warned_in") == month else []


def _wrong(pointer: str, detail: str) -> Invalid:
    return Invalid(detail, faults=[Fault(pointer, detail)])
