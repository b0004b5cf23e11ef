"""What somebody may do, asked beforehand: the same judgement as at the door, without its effects."""

from collections.abc import Sequence
from dataclasses import dataclass

from steward.kernel.actor import PUBLIC
from steward.kernel.command import Danger
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
    name: str = ""
    scope: str = PUBLIC
    danger: Danger = Danger.DESTRUCTIVE
    internal: bool = False

    @property
    def spoken(self) -> str:
        return self.tool


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
    scope = "" if isinstance(command, ToCome) else command.scope
    try:
        ruling = authorise(command, call, rules)
    except Forbidden as refusal:
        return Checked(
            command=command.spoken, allowed=False, decision=Permission.DENY, reason=refusal.detail, rule=refusal.rule, scope=scope
        )
    allowed, decision = ruling.verdict is Verdict.ALLOW, DECISIONS[ruling.verdict]
    return Checked(command=command.spoken, allowed=allowed, decision=decision, reason=ruling.reason, rule=ruling.rule, scope=scope)


def spoken_with(rows: Sequence[Checked], decision: Permission) -> list[str]:
    """The commands of which that is the decision."""
    return [row.command for row in rows if row.decision is decision]


def _command(name: str) -> Judged:
    known = manifest()
    return known.commands.get(known.tools.get(name, name)) or ToCome(name)


def _none(text: str, known: Sequence[str]) -> str:
    last = text.strip(" ?.!").rpartition(" ")[2]
    return f"'{text[:100]}' names no command.{nearest(last, known)}"
