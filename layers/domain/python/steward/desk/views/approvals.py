"""Approvals: who asks for a yes, to exactly what, until when, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from steward.desk import words
from steward.desk.views.effects import Seen, seen
from steward.kernel.registry import manifest
from steward.surfaces.cli_effect import text_of
from steward.workspaces.model_approvals import ApprovalStatus, ApprovalView
from steward.workspaces.rules_approvals import asker

STATES: Mapping[ApprovalStatus, tuple[str, str]] = {
    ApprovalStatus.PENDING: ("waits", "warn"),
    ApprovalStatus.APPROVED: ("approved", "good"),
    ApprovalStatus.USED: ("approved and done", "good"),
    ApprovalStatus.DENIED: ("denied", "bad"),
    ApprovalStatus.EXPIRED: ("ran out", ""),
    ApprovalStatus.WITHDRAWN: ("taken back", ""),
}
"""A state in a word or two, and its chip."""
ROLES: Mapping[str, str] = {"owner": "an owner", "admin": "an admin", "user": "a user", "viewer": "a viewer"}


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
    effect: Seen
    pending: bool
    approved: bool
    denied: bool
    withdrawn: bool
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
        who=who_asks(one),
        why=f"{one.why.rstrip('.')}.",
        rule=ruled(one.rule),
        state=state,
        look=look,
        until=words.then(one.expires_at, now),
        left=f"{words.wait(left)} left" if pending else "",
        seconds=left,
        share=min(1.0, max(0.0, left / had)) if had > 0 else 0.0,
        asked=words.then(one.created_at, now),
        decided=f"{one.decided_by}, {words.then(one.decided_at, now)}" if one.decided_at else "",
        reason=one.reason,
        approvers=either([names.get(who, who) for who in one.approvers]),
        effect=seen(one),
        pending=pending,
        approved=one.status is ApprovalStatus.APPROVED,
        denied=one.status is ApprovalStatus.DENIED,
        withdrawn=one.status is ApprovalStatus.WITHDRAWN,
        decidable=one.decidable,
        mine=one.mine,
    )


def who_asks(one: ApprovalView) -> str:
    """Who asked: `You`, `Dana Reeve`, `nightly, a key of Dana Reeve`."""
    if one.mine:
        return f"You, by the key {one.requester}" if one.person else "You"
    return asker(one.requester, one.person)


def title(one: ApprovalView) -> str:
    """What is asked for, in a few words, and the one record it is about: `Delete property: 218 Tannery Row`."""
    verb = one.spoken.replace("_", " ").capitalize() if "." not in one.spoken else said(one.command)
    named = {(change.kind, change.id): change.name for change in one.diff}
    about = next(iter(named.values())) if len(named) == 1 else ""
    return f"{verb}: {text_of(about)}" if about else verb


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
