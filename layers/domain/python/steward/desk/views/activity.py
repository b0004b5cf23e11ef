"""Activity: who did what, when, through which surface, by which rule, and how it came out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from steward.desk import words
from steward.desk.views.approvals import ruled, said
from steward.desk.views.parts import Option
from steward.kernel.registry import manifest
from steward.workspaces.model_anomalies import UnusualView
from steward.workspaces.model_receipts import ReceiptView, Verified
from steward.workspaces.reading_receipts import RULE
from steward.workspaces.rules import SCOPES
from steward.workspaces.rules_permissions import SHORT

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "done": ("done", "good"),
    "forbidden": ("refused", "bad"),
    "approval_needed": ("asked first", "warn"),
    "too_many": ("used up", "bad"),
}
CHANGED = ("changed behind Steward’s back", "bad")
SURFACES: Mapping[str, str] = {"desk": "Desk", "api": "API", "cli": "Command line", "mcp": "Assistant", "system": "Steward itself"}
FILTERS = ("of", "who", "what", "outcome", "surface", "by", "subject", "since", "until")
"""What the address may say, besides `at`, where an older page begins."""
ALL = "all"
"""What `by` says in an address that shows Steward's own steps too; people's alone are shown where it says nothing."""
LATE, MOST_UNUSUAL = timedelta(days=7), 5
ACTORS: Mapping[str, str] = {"key": "API key", "system": "by itself", "hook": "webhook"}


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """One receipt."""

    at: str
    when: str
    who: str
    kind: str
    who_href: str
    what: str
    subject: str
    subject_href: str
    command: str
    touched: str
    surface: str
    place: str
    browser: str
    moved: bool
    unusual: str
    rule: str
    outcome: str
    look: str
    approval: str
    approved: str


@dataclass(frozen=True, slots=True)
class Unusual:
    """Something unusual of late, and where all that its actor did stands."""

    when: str
    who: str
    says: str
    href: str


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the chain of receipts holds."""

    ok: bool
    lead: str
    rest: str


@dataclass(frozen=True, slots=True)
class ActivityView:
    """The whole page. `people_only` says that Steward's own steps are left out, `switch` leads to the same with them or without."""

    href: str
    rows: Sequence[ReceiptRow]
    asked: Mapping[str, str]
    filtered: bool
    people_only: bool
    switch: str
    people: Sequence[Option]
    commands: Sequence[str]
    outcomes: Sequence[tuple[str, str]]
    surfaces: Sequence[tuple[str, str]]
    places: Sequence[Option]
    csv: str
    proof: str
    older: str
    newest: str
    unusual: Sequence[Unusual] = ()
    problem: str = ""


def address(href: str, asked: Mapping[str, str], **more: str) -> str:
    """The address of these filters."""
    query = urlencode({name: text for name, text in {**asked, **more}.items() if text})
    return f"{href}{'?' + query if query else ''}"


def row(one: ReceiptView, base: str, now: datetime) -> ReceiptRow:
    """One receipt as the table shows it."""
    entry = manifest().commands.get(one.command)
    outcome, look = OUTCOMES.get(one.outcome, CHANGED if one.outcome == "changed" else (one.outcome.replace("_", " "), "bad"))
    return ReceiptRow(
        at=one.at.isoformat(),
        when=words.when(one.at, now),
        who=one.name or ("somebody who was erased" if one.actor else "unknown"),
        kind=ACTORS.get(one.actor_kind, one.role),
        who_href=address(f"{base}/activity", {"who": one.actor}),
        what=said(one.command) or "This receipt is not as Steward wrote it",
        subject=subject(one),
        subject_href=f"{base}/{leads}" if (leads := leading_to(one)) else "",
        command=entry.spoken if entry else one.command,
        touched=touched(one),
        surface=SURFACES.get(one.surface, one.surface),
        place=one.ip,
        moved=one.origin == "changed",
        browser=one.user_agent,
        unusual="; ".join(one.unusual),
        rule=f"lacks scope {one.rule}" if one.rule in SCOPES else ruled(one.rule),
        outcome=outcome,
        look=look,
        approval=f"{base}/approvals/{one.approval}" if one.approval else "",
        approved=f"approved by {one.approved_by}" if one.approved_by else "the approval",
    )


def unusual(found: Sequence[UnusualView], base: str, now: datetime) -> list[Unusual]:
    """The newest of the last week."""
    late = [one for one in found if one.at > now - LATE][:MOST_UNUSUAL]
    href = f"{base}/activity"
    return [
        Unusual(words.then(one.at, now), one.name or "somebody who was erased", "; ".join(one.says), address(href, {"who": one.actor}))
        for one in late
    ]


def people_only(asked: Mapping[str, str]) -> bool:
    """Whether an address leaves Steward's own steps out: all do that ask neither for them nor for everything."""
    own = asked.get("surface") == "system" or asked.get("who", "").startswith("system:")
    return not own and asked.get("by", "") == ""


def switched(href: str, asked: Mapping[str, str]) -> str:
    """The same address with Steward's own steps, or without them."""
    if people_only(asked):
        return address(href, {**asked, "by": ALL})
    kept = {name: text for name, text in asked.items() if name != "by" and (name, text) != ("surface", "system")}
    return address(href, {name: text for name, text in kept.items() if not text.startswith("system:")})


def subject(one: ReceiptView) -> str:
    """What it was about, as people call it: `property 5, 12 Alder Road`, `key Website`; what is gone keeps its number,
    and a rule the end of its id, which refusals name."""
    kind, ref = one.subject_kind.replace("_", " "), one.subject_ref if one.subject_kind in NUMBERED else 0
    number = one.subject[-SHORT:] if kind == RULE else str(ref or "")
    return ", ".join(part for part in (f"{kind} {number}", one.about) if part) if number else f"{kind} {one.about}" if one.about else ""


def leading_to(one: ReceiptView) -> str:
    """The page of what it was about, "" where there is none, or no such record any more."""
    match one.subject_kind:
        case "property" if one.about:
            return f"properties/{one.subject_ref}"
        case "run" if one.about and one.command.startswith("properties."):
            return f"imports/{one.subject_ref}"
        case "approval" if one.about:
            return f"approvals/{one.subject}"
        case kind:
            return PAGES.get(kind, "") if one.about else ""


def touched(one: ReceiptView) -> str:
    """What else was changed, counted by kind: `1 property, 2 keys`."""
    kinds: dict[str, int] = {}
    for change in one.touched:
        if "." not in change.kind and change.id != one.subject:
            kinds[change.kind] = kinds.get(change.kind, 0) + 1
    given = [words.plural(one.rows, "row")] if one.rows else []
    return ", ".join([*given, *(words.plural(count, kind.replace("_", " "), MANY.get(kind, "")) for kind, count in kinds.items())])


MANY: Mapping[str, str] = {"property": "properties"}
NUMBERED = frozenset({"property", "run", "model"})
"""The kinds of records that people know by a number."""
PAGES: Mapping[str, str] = {"member": "settings/people", "key": "settings/keys", "rule": "settings/permissions", "model": "models"}
"""Where records are shown that have no page of their own."""


def proof(told: Verified, now: datetime) -> Proof:
    """What the chain says, in a sentence."""
    if not told.ok:
        faults = "One thing is" if told.faults == 1 else f"{words.count(told.faults)} things are"
        which = "It is" if told.faults == 1 else "The first is"
        return Proof(False, f"{faults} not as Steward wrote it.", f"{which} {told.broken}: {told.why} Checked at {words.at(now, now)}.")
    waits = f" {words.plural(told.unsealed, 'more waits', 'more wait')} for the next seal." if told.unsealed else ""
    gaps = f" {words.plural(told.gaps, 'loss was', 'losses were')} accepted by a person." if told.gaps else ""
    if not told.count:
        return Proof(True, "No receipt is sealed yet.", f"Checked at {words.at(now, now)}.{waits}{gaps}")
    sealed = words.plural(told.count, "receipt is sealed", "receipts are sealed")
    return Proof(True, f"{sealed}, and none was changed.", f"Checked at {words.at(now, now)}.{waits}{gaps}")
