"""Which permission rule decides: pure decisions. The most specific wins; on a tie, deny beats approval beats allow."""

import re
from collections.abc import Iterable, Sequence

from steward.kernel.errors import Fault, Invalid
from steward.kernel.pages import nearest
from steward.workspaces.model_permissions import Permission, Rule, Told

SETTINGS = "modify_workspace_settings"
"""What every command that changes a setting of a workspace (spec R8.3) is, or counts as."""
DANGEROUS = frozenset({
    "delete_property", "delete_contact", "cancel_all_campaigns", "clear_conversation_history", "send_bulk_notifications", SETTINGS,
})  # fmt: skip
"""Commands that need a person's approval whatever the rules and roles say (spec A3.3), and what counts as one of them."""
ASKED_ALWAYS = DANGEROUS | {"delete_workspace"}
"""These, and what ends a whole workspace."""
SHORT = 6
"""How many letters of the end of an id are enough to name it."""
ARTICLES = frozenset({"a", "an", "the", "this", "that", "my", "our"})
STRENGTH = {Permission.DENY: 2, Permission.REQUIRE_APPROVAL: 1, Permission.ALLOW: 0}
_FORM = re.compile(r"\*|[a-z][a-z0-9]*_\*|[a-z][a-z0-9_]*\.\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")


def specificity(pattern: str, names: Iterable[str]) -> int:
    """3 for a command's own name, 2 for `verb_*` and `slice.*`, 1 for `*`, 0 when the pattern is not about it."""
    for name in names:
        if pattern == name:
            return 3
    if pattern == "*":
        return 1
    matching = pattern.endswith(("_*", ".*")) and any(name.startswith(pattern[:-1]) for name in names)
    return 2 if matching else 0


def deciding(rules: Iterable[Rule], names: Sequence[str], member: str) -> Rule | None:
    """The rule that decides over a command of these names for a member, None when none is about it."""
    best: tuple[tuple[int, int, int], Rule] | None = None
    for rule in rules:
        near = specificity(rule.command_pattern, names) if rule.member in ("", member) else 0
        rank = (near, 1 if rule.member else 0, STRENGTH[rule.permission])
        if near and (best is None or rank > best[0]):
            best = (rank, rule)
    return best[1] if best else None


def decisive(rules: Sequence[Rule], names: Sequence[str], member: str) -> Rule | None:
    """The same where keys have set rules too: of what people have set nothing gets looser by them."""
    found = deciding(rules, names, member)
    if found is None or not found.by_key:
        return found
    by_people = deciding((rule for rule in rules if not rule.by_key), names, member)
    return by_people if by_people and STRENGTH[by_people.permission] >= STRENGTH[found.permission] else found


def joined(rules: Sequence[Rule], new: Sequence[Rule]) -> list[Rule]:
    """Rules with new ones, each in the place of the one of its pattern and member; what people set stays beside what keys set."""
    kept = {(rule.command_pattern, rule.member, rule.by_key): rule for rule in rules}
    for rule in new:
        place = (rule.command_pattern, rule.member, rule.by_key)
        kept.pop(place, None)
        kept[place] = rule
    return list(kept.values())


def ordered(rules: Iterable[Rule]) -> list[Rule]:
    """The most specific first, of those a member's own, and the strictest first."""
    return sorted(rules, key=lambda rule: (-_rank(rule), not rule.member, -STRENGTH[rule.permission], rule.command_pattern))


def rule_named(rules: Iterable[Rule], text: str) -> list[Rule]:
    """The rules that an id, the end of one (six letters or more) or a pattern names."""
    return [one for one in rules if text in (one.id, one.command_pattern) or (len(text) >= SHORT and one.id.endswith(text.lower()))]


def exchanged(rule: Rule) -> dict[str, Told]:
    """A rule in the exchange form; what is usual is left out."""
    said: dict[str, Told] = {"minutes": rule.minutes, "approvers": list(rule.approvers), "own": rule.own, "by_key": rule.by_key}
    told: dict[str, Told] = {"agent_id": rule.member} if rule.member else {}
    told |= {"command_pattern": rule.command_pattern, "permission": str(rule.permission)}
    return told | {name: value for name, value in said.items() if getattr(rule, name) != Rule.model_fields[name].default}


def _rank(rule: Rule) -> int:
    return 1 if rule.command_pattern == "*" else 2 if rule.command_pattern.endswith("*") else 3


def commands_in(text: str, known: Iterable[str]) -> list[str]:
    """The commands of these names that a text speaks of, as `delete_property` or as "delete property"."""
    words = re.findall(r"[a-z0-9_]+(?:\.[a-z0-9_]+)?", text.lower())
    spoken = f" {' '.join(word for word in words if word not in ARTICLES)} "
    return [name for name in known if name in words or f" {name.replace('_', ' ')} " in spoken]


def checked_pattern(pattern: str, known: Sequence[str], *, field: str = "command_pattern") -> str:
    """A pattern that can match something. Raises Invalid for any other, naming the nearest, about the field that holds it."""
    if not _FORM.fullmatch(pattern) or not specificity(pattern, known):
        starts = {name.partition("_")[0] + "_*" for name in known if "_" in name and "." not in name}
        starts |= {name.partition(".")[0] + ".*" for name in known if "." in name}
        detail = f"'{pattern[:100]}' is no command and no pattern of commands.{nearest(pattern, [*known, *sorted(starts)])}"
        raise Invalid(detail, faults=[Fault(f"/{field}", detail)])
    return pattern
