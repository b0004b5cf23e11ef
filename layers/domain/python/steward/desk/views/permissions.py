"""Permission rules in words, and what one member may do by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from steward.desk import words
from steward.desk.views.approvals import either, ruled, said
from steward.desk.views.parts import Option
from steward.kernel.registry import manifest
from steward.workspaces.model_permissions import AllowedView, Checked, Permission, PermissionView

SAYS: Mapping[Permission, tuple[str, str, str]] = {
    Permission.ALLOW: ("Allow", "Allowed", "good"),
    Permission.REQUIRE_APPROVAL: ("Ask a person first", "Needs approval", "warn"),
    Permission.DENY: ("Deny", "Denied", "bad"),
}
"""What a rule says, what that means for a command, and its chip."""
MINUTES = (("15", "15 minutes"), ("60", "An hour"), ("480", "8 hours"), ("1440", "A day"), ("10080", "A week"))
APPROVERS = (("owner", "An owner"), ("owner,admin", "An owner or an admin"))


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule. `terms` are those of an approval; `touched` says that it is asked whether it goes."""

    id: str
    pattern: str
    about: str
    whom: str
    says: str
    look: str
    terms: str
    by_key: bool
    touched: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed for a rule, and what is wrong with it."""

    pattern: str = ""
    member: str = ""
    permission: str = Permission.DENY
    minutes: str = "15"
    approvers: str = "owner"
    own: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the door would say: a verdict and the rule's own words."""

    verdict: str
    look: str
    command: str
    reason: str
    rule: str
    scope: str


@dataclass(frozen=True, slots=True)
class Heap:
    """The commands of one verdict."""

    verdict: str
    look: str
    commands: Sequence[str]


@dataclass(frozen=True, slots=True)
class Question:
    """Whom and what somebody asks about. `members` is empty where they may ask about themselves only."""

    href: str
    members: Sequence[Option]
    member: str = ""
    text: str = ""
    answer: Answer | None = None
    problem: str = ""
    heaps: Sequence[Heap] = ()


@dataclass(frozen=True, slots=True)
class PermissionsView:
    """The whole page. `rules` is None for who may not see them, `locked` says why this person may change none."""

    href: str
    sentence: str
    rules: Sequence[RuleRow] | None
    members: Sequence[Option]
    draft: Draft
    patterns: Sequence[str]
    locked: str
    pasted: str = ""
    problem: str = ""
    minutes: Sequence[tuple[str, str]] = MINUTES
    approvers: Sequence[tuple[str, str]] = APPROVERS
    says: Sequence[tuple[str, str]] = field(default_factory=lambda: [(str(one), text) for one, (text, _, _) in SAYS.items()])


def row(rule: PermissionView, names: Mapping[str, str], *, touched: str) -> RuleRow:
    """One rule in words."""
    terms = ""
    if rule.permission is Permission.REQUIRE_APPROVAL:
        decides = either([names.get(who, who) for who in rule.approvers])
        terms = f"{decides} decides within {words.wait(rule.minutes * 60)}{'' if rule.own else ', never over their own'}"
    text, _, look = SAYS[rule.permission]
    return RuleRow(
        id=rule.id,
        pattern=rule.command_pattern,
        about=about(rule.command_pattern),
        whom=rule.agent_name or ("a member who left" if rule.agent_id else "Everybody"),
        says=text,
        look=look,
        terms=terms,
        by_key=rule.by_key,
        touched=rule.id == touched,
    )


def about(pattern: str) -> str:
    """What a pattern is about, in words."""
    if pattern == "*":
        return "everything"
    if pattern.endswith("_*"):
        return f"whatever begins with “{pattern[:-2]}”"
    if pattern.endswith(".*"):
        return f"everything on {pattern[:-2]}"
    known = manifest()
    name = known.tools.get(pattern, pattern)
    return said(name) if name in known.commands else "still to come"


def patterns() -> list[str]:
    """What can be typed for a pattern: the names of commands, and the patterns that match some of them."""
    entries = [entry for entry in manifest().commands.values() if not entry.internal]
    verbs = {f"{entry.tool.partition('_')[0]}_*" for entry in entries if entry.tool}
    slices = {f"{entry.name.partition('.')[0]}.*" for entry in entries}
    return ["*", *sorted(verbs), *sorted(slices), *sorted(entry.spoken for entry in entries)]


def answer(told: Checked) -> Answer:
    """What the door would say, for people."""
    _, verdict, look = SAYS[told.decision]
    return Answer(verdict, look, told.command, "" if told.reason == "OK" else told.reason, ruled(told.rule), told.scope)


def heaps(allowed: AllowedView) -> list[Heap]:
    """What a member may run at once, after an approval, and not at all."""
    return [
        Heap(verdict, look, sorted(row.command for row in allowed.rows if row.decision is one)) for one, (_, verdict, look) in SAYS.items()
    ]


def sentence(rules: Sequence[RuleRow] | None) -> str:
    """How many rules there are, and what holds without any."""
    if rules is None:
        return "Which rules there are is for owners, admins and users to see."
    if not rules:
        return "No rule is set. Roles decide, and what is dangerous asks a person first."
    return f"{words.several(len(rules), 'rule is', 'rules are')} set on top of the roles. The most specific wins; on a tie, deny does."
