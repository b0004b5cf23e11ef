"""What somebody may do, asked beforehand: the same judgement as at the door, without its effects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steward.kernel.command import Danger, Only
from steward.kernel.context import Call
from steward.kernel.errors import Fault, Forbidden, Invalid
from steward.kernel.guard import Judged, Verdict, authorise
from steward.kernel.pages import nearest
from steward.kernel.registry import manifest
from steward.workspaces.judging import Rules
from steward.workspaces.model_permissions import Checked, Permission
from steward.workspaces.rulemaking import known_names
from steward.workspaces.rules_permissions import commands_in

DECISIONS = {Verdict.ALLOW: Permission.ALLOW, Verdict.ASK: Permission.REQUIRE_APPROVAL, Verdict.DENY: Permission.DENY}


@dataclass(frozen=True, slots=True)
class ToCome:
    """A command of the dangerous set that is still to come; rules can be about it already."""

    tool: str
    scope: str
    danger: Danger = Danger.DESTRUCTIVE
    name: str = ""
    only: Only = Only.ANYBODY
    internal: bool = False

    @property
    def spoken(self) -> str:
        return self.tool

    @property
    def names(self) -> Sequence[str]:
        return [self.tool]


TO_COME: Mapping[str, ToCome] = {
    one.tool: one
    for one in (
        ToCome("delete_contact", "delete:contacts"),
        ToCome("cancel_all_campaigns", "send:campaigns"),
        ToCome("clear_conversation_history", "delete:contacts"),
        ToCome("send_bulk_notifications", "send:notifications", Danger.OUTWARD),
    )
}


def outer_commands() -> list[Judged]:
    """Every command that callers may run."""
    return [entry for entry in manifest().commands.values() if not entry.internal]


def command_named(text: str) -> Judged:
    """The command of a name, or the one that a question speaks of. Raises Invalid for none and for several."""
    known = known_names()
    named = [text] if text in known else commands_in(text, known)
    found = {one.name or one.spoken: one for one in (_command(name) for name in named)}
    if len(found) != 1:
        detail = f"This speaks of several commands ({', '.join(found)}); ask about one." if found else _none(text, known)
        raise Invalid(detail, faults=[Fault("/command", detail)])
    return next(iter(found.values()))


def checked(command: Judged, call: Call, rules: Rules) -> Checked:
    """What the door would say to this call."""
    try:
        ruling = authorise(command, call, rules)
    except Forbidden as refusal:
        return Checked(
            command=command.spoken, allowed=False, decision=Permission.DENY, reason=refusal.detail, rule=refusal.rule, scope=command.scope
        )
    allowed, decision = ruling.verdict is Verdict.ALLOW, DECISIONS[ruling.verdict]
    return Checked(command=command.spoken, allowed=allowed, decision=decision, reason=ruling.reason, rule=ruling.rule, scope=command.scope)


def spoken_with(rows: Sequence[Checked], decision: Permission) -> list[str]:
    """The commands of which that is the decision."""
    return [row.command for row in rows if row.decision is decision]


def _command(name: str) -> Judged:
    known = manifest()
    return known.commands.get(known.tools.get(name, name)) or TO_COME[name]


def _none(text: str, known: Sequence[str]) -> str:
    last = text.strip(" ?.!").rpartition(" ")[2]
    return f"'{text[:100]}' names no command.{nearest(last, known)}"
