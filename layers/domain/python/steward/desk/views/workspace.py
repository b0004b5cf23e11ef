"""A desk's own settings, and what it uses of its plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from steward.desk import words
from steward.workspaces.model import WorkspaceView
from steward.workspaces.model_plans import FlagsView, Quota, QuotasView, UsageView, Used
from steward.workspaces.model_settings import BrandingView
from steward.workspaces.rules_members import zones

TITLES: Mapping[Quota, str] = {
    Quota.PROPERTIES: "Properties",
    Quota.CALLS: "API calls",
    Quota.STORAGE: "Storage",
    Quota.EMAILS: "E-mails",
    Quota.MEMBERS: "Members",
}
STATES: Mapping[str, tuple[str, str]] = {"ok": ("", ""), "near": ("nearly used up", "warn"), "full": ("used up", "bad")}
AFTER: Mapping[Quota, str] = {
    Quota.PROPERTIES: "Further rows of an import are held back, to be had as a file; known homes are still updated.",
    Quota.EMAILS: "Mails still to be sent wait, and go out by themselves once there is room.",
}
FEATURES: Mapping[str, tuple[str, str]] = {
    "training": ("Training", "learn models from this desk’s own sales"),
    "branding": ("Branding", "an own logo, colours and sender"),
    "packets": ("Memos", "write an investor’s memo of a home"),
    "imports": ("Imports", "bring in a county’s file"),
    "assistants": ("Assistants", "let an assistant come in by MCP"),
    "campaigns": ("Campaigns", "write to many people at once"),
    "plugins": ("Plugins", "add what others have made"),
    "webhooks_out": ("Webhooks", "tell other programs what happens"),
    "devices": ("Devices", "locks and sensors of a listing"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One quota. `share` is None where there is no end; `note` says what becomes of what finds no room."""

    title: str
    used: str
    limit: str
    share: float | None
    percent: str
    state: str
    look: str
    when: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlanView:
    """The page of plan and usage."""

    sentence: str
    plan: str
    bars: Sequence[Bar]
    facts: Sequence[tuple[str, str]]
    lacks: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature, and whether it is on; `lacking` says that the plan has it not."""

    name: str
    title: str
    text: str
    on: bool
    lacking: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What was typed into one form of the page, and what is wrong with it."""

    typed: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DeskView:
    """The page of a desk's settings. `locked`, `no_delete` say why this person may not; `typed` and `problems` are by form."""

    href: str
    version: int
    named: Mapping[str, str]
    branding: Mapping[str, str]
    logo: str
    features: Sequence[Feature]
    flags_version: int
    zones: Sequence[str]
    locked: str
    no_branding: str
    no_delete: str
    problems: Mapping[str, str]


def plan(used: UsageView, allowed: QuotasView, now: datetime) -> PlanView:
    """The page of plan and usage."""
    bars = [bar(one, used.ends_at, now) for one in used.rows]
    name = used.plan.capitalize() or "No plan"
    facts = [("Plan", name), ("This month ends", words.day(used.ends_at.date(), now.date()))]
    if allowed.calls_a_minute:
        facts.append(("Calls a minute", words.count(allowed.calls_a_minute)))
    lacks = [FEATURES.get(one, (one.replace("_", " ").capitalize(), "")) for one in allowed.without]
    return PlanView(sentence(used, bars), name, bars, facts, lacks)


def sentence(used: UsageView, bars: Sequence[Bar]) -> str:
    """Whether anything is near its end."""
    if not any(one.share is not None for one in bars):
        return "Nothing here has an end: this desk is on no plan with quotas." if not used.plan else "This plan has no end to anything."
    full, near = ([one.title for one in bars if one.look == look] for look in ("bad", "warn"))
    if full:
        return f"Used up: {', '.join(full)}. Signing in, exporting and erasing go on all the same."
    return f"Nearly used up: {', '.join(near)}." if near else "There is room in everything."


def bar(one: Used, ends_at: datetime, now: datetime) -> Bar:
    """One quota as a bar with marks at 80 % and at its end."""
    say = words.size if one.quota is Quota.STORAGE else words.count
    state, look = STATES.get(one.state, ("", ""))
    return Bar(
        title=TITLES[one.quota],
        used=say(one.used),
        limit="" if one.limit is None else say(one.limit),
        share=one.share,
        percent="" if one.share is None else words.percent(one.share),
        state=state,
        look=look,
        when=f"this month, until {words.day(ends_at.date(), now.date())}" if one.monthly else "now",
        note=AFTER.get(one.quota, "") if one.state == "full" else "",
    )


def features(told: FlagsView, allowed: QuotasView) -> list[Feature]:
    """The features of a desk."""
    return [
        Feature(name, *FEATURES.get(name, (name.replace("_", " ").capitalize(), "")), on=on, lacking=name in allowed.without)
        for name, on in told.flags.items()
    ]


def named(here: WorkspaceView) -> Mapping[str, str]:
    """The fields of the first form."""
    return {"name": here.name, "time_zone": here.time_zone, "working_hours": here.working_hours}


def branded(told: BrandingView) -> Mapping[str, str]:
    """The fields of the form on branding."""
    return {name: getattr(told, name) for name in ("primary", "accent", "from_name", "from_address")}


def known_zones() -> Sequence[str]:
    """The names of all time zones that people use."""
    return [name for name in zones() if "/" in name and not name.startswith(("Etc/", "posix/", "right/", "SystemV/"))] + ["UTC"]
