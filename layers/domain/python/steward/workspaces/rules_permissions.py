"""Which permission rule decides: pure decisions. The most specific wins; on a tie, deny beats approval beats allow."""

import re
from collections.abc import Iterable, Sequence

from steward.kernel.errors import Fault, Invalid
from steward.kernel.pages import nearest
from steward.workspaces.model_permissions import Permission, Rule

DANGEROUS = frozenset({
    "delete_property", "delete_contact", "cancel_all_campaigns", "clear_conversation_history", "send_bulk_notifications",
    "modify_workspace_settings",
})  # fmt: skip
"""Commands that need a person's approval whatever the rules and roles say (spec A3.3)."""
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


def checked_pattern(pattern: str, known: Sequence[str]) -> str:
    """A pattern that can match something. Raises Invalid for any other, naming the nearest."""
    if not _FORM.fullmatch(pattern) or not specificity(pattern, known):
        starts = {name.partition("_")[0] + "_*" for name in known if "_" in name and "." not in name}
        starts |= {name.partition(".")[0] + ".*" for name in known if "." in name}
        detail = f"'{pattern[:100]}' is no command and no pattern of commands.{nearest(pattern, [*known, *sorted(starts)])}"
        raise Invalid(detail, faults=[Fault("/command_pattern", detail)])
    return pattern
