"""Approvals: who asks for a yes, to exactly what, until when, and what became of it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steward.desk import words
from steward.desk.views.parts import NONE, Value
from steward.kernel.registry import manifest
from steward.kernel.time import from_iso
from steward.properties.facts import FACTS, MONEY
from steward.workspaces.model_approvals import ApprovalStatus, ApprovalView, Change

STATES: Mapping[ApprovalStatus, tuple[str, str]] = {
    ApprovalStatus.PENDING: ("waits", "warn"),
    ApprovalStatus.APPROVED: ("approved", "good"),
    ApprovalStatus.USED: ("approved and done", "good"),
    ApprovalStatus.DENIED: ("denied", "bad"),
    ApprovalStatus.EXPIRED: ("ran out", ""),
}
"""A state in a word or two, and its chip."""
KINDS: Mapping[str, str] = {
    "property": "Property",
    "property.key": "Look-up key of the property",
    "valuation": "Value of the property",
    "roster": "Owners of the desk",
    "key": "API key",
    "key_pointer": "Secret of an API key",
    "standing": "Rules and plan",
    "workspace": "Desk",
}
"""What a kind of record is called where a person reads what would change."""
ROLES: Mapping[str, str] = {"owner": "an owner", "admin": "an admin", "user": "a user", "viewer": "a viewer"}
NAMING = ("name", "address", "email")
"""Fields that a new record is called by."""
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
LONGEST = 160


@dataclass(frozen=True, slots=True)
class Difference:
    """One field, before and after."""

    label: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Touched:
    """One record and what would change of it; `whole` says that it goes altogether, `new` that it comes."""

    kind: str
    name: str
    rows: Sequence[Difference]
    whole: bool = False
    new: bool = False


@dataclass(frozen=True, slots=True)
class ApprovalCard:
    """One approval. `share` is the time left of the time it had; `why` are the words of the rule that asks."""

    id: str
    href: str
    short: str
    title: str
    command: str
    who: str
    why: str
    rule: str
    state: str
    look: str
    until: str
    left: str
    share: float
    seconds: float
    asked: str
    decided: str
    reason: str
    approvers: str
    effect: Sequence[Touched]
    pending: bool
    approved: bool
    denied: bool
    decidable: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for this person, what waits for others, and what was decided."""

    href: str
    sentence: str
    waiting: Sequence[ApprovalCard]
    others: Sequence[ApprovalCard]
    decided: Sequence[ApprovalCard]
    older: str


def inbox(cards: Sequence[ApprovalCard], href: str, *, older: str) -> Inbox:
    """The page."""
    waiting = [one for one in soonest(cards) if one.decidable]
    others = [one for one in cards if one.pending and not one.decidable]
    sentence = "Nothing waits for you; what others decide is below." if others else "Nothing waits for you."
    if waiting:
        sentence = words.several(len(waiting), "request waits for your yes or no.", "requests wait for your yes or no.")
    return Inbox(href, sentence, waiting, others, [one for one in cards if not one.pending], older)


def soonest(cards: Sequence[ApprovalCard]) -> list[ApprovalCard]:
    """Those that run out first, first."""
    return sorted(cards, key=lambda one: one.seconds)


def card(one: ApprovalView, base: str, *, names: Mapping[str, str], now: datetime) -> ApprovalCard:
    """One approval; `names` are those of members who may decide."""
    state, look = STATES[one.status]
    pending = one.status is ApprovalStatus.PENDING
    left, had = (one.expires_at - now).total_seconds(), (one.expires_at - one.created_at).total_seconds()
    return ApprovalCard(
        id=one.id,
        href=f"{base}/approvals/{one.id}",
        short=one.short,
        title=title(one),
        command=one.spoken,
        who=one.requester,
        why=f"{one.why.rstrip('.')}.",
        rule=ruled(one.rule),
        state=state,
        look=look,
        until=words.when(one.expires_at, now),
        left=f"{words.wait(left)} left" if pending else "",
        seconds=left,
        share=min(1.0, max(0.0, left / had)) if had > 0 else 0.0,
        asked=words.when(one.created_at, now),
        decided=f"{one.decided_by}, {words.when(one.decided_at, now)}" if one.decided_at else "",
        reason=one.reason,
        approvers=either([names.get(who, who) for who in one.approvers]),
        effect=effect(one.diff),
        pending=pending,
        approved=one.status is ApprovalStatus.APPROVED,
        denied=one.status is ApprovalStatus.DENIED,
        decidable=one.decidable,
        mine=one.mine,
    )


def title(one: ApprovalView) -> str:
    """What is asked for, in a few words, and what it is about: `Delete property: 218 Tannery Row`."""
    verb = one.spoken.replace("_", " ").capitalize() if "." not in one.spoken else said(one.command)
    gone = next((str(change.before) for change in one.diff if not change.field and "." not in change.kind), "")
    return f"{verb}: {gone}" if gone else verb


def said(command: str) -> str:
    """What a command does, in its own first words."""
    entry = manifest().commands.get(command)
    return entry.summary.partition(";")[0].rstrip(".") if entry else command


def ruled(rule: str) -> str:
    """The rule that decided, as people read it: `rule 0d41f2 (deny delete_*)`, `what is dangerous`."""
    if rule == "dangerous":
        return "what is dangerous"
    word, _, rest = rule.partition(" ")
    id, _, says = rest.partition(" ")
    return f"rule {id[-6:]} {says}" if word == "rule" and says else rule


def either(names: Sequence[str]) -> str:
    """`an owner or an admin`, `Dana Reeve`"""
    return " or ".join(ROLES.get(name, name) for name in names)


def effect(diff: Sequence[Change]) -> list[Touched]:
    """What would change, record by record; the records that people know come first."""
    found: dict[tuple[str, str], list[Change]] = {}
    for change in diff:
        found.setdefault((change.kind, change.id), []).append(change)
    ranked = sorted(found.items(), key=lambda entry: "." in entry[0][0])
    return [touched(kind, changes) for (kind, _), changes in ranked]


def touched(kind: str, changes: Sequence[Change]) -> Touched:
    """One record."""
    label = KINDS.get(kind) or kind.replace("_", " ").replace(".", ", ").capitalize()
    gone = next((change for change in changes if not change.field), None)
    if gone:
        return Touched(label, str(gone.before), [], whole=True)
    plain_first = sorted(changes, key=lambda one: isinstance(one.after or one.before, dict | list))
    rows = [Difference(label_of(one), value(one, one.before), value(one, one.after)) for one in plain_first]
    named = next((str(one.after) for one in changes if one.field in NAMING and one.after), "")
    new = bool(named) and all(change.before is None for change in changes)
    return Touched(label, named if new else "", rows, new=new)


def label_of(change: Change) -> str:
    """A field as a person calls it."""
    if change.kind == "property" and change.field in FACTS:
        return FACTS[change.field].title
    return change.field.replace("_", " ").capitalize()


def value(change: Change, told: Any) -> Value:
    """A field's value as a person reads it: money in dollars, what is not there as `none`."""
    if told in (None, "", [], {}):
        return NONE
    if change.kind == "property" and change.field in MONEY and isinstance(told, int):
        return Value(words.money(told / 100))
    if isinstance(told, bool):
        return Value("yes" if told else "no")
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    if MOMENT.fullmatch(text):
        moment = from_iso(text)
        return Value(f"{words.day(moment)}, {words.clock(moment)} UTC")
    return Value(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
