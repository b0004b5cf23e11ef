"""Which receipts are meant, and whose somebody may see: pure decisions."""

from collections.abc import Mapping, Sequence

from steward.kernel.ids import earliest
from steward.kernel.ports import Json
from steward.kernel.registry import manifest
from steward.workspaces.model_receipts import Filters
from steward.workspaces.rules_permissions import checked_pattern, specificity

DONE = "done"


def names_of(command: str) -> Sequence[str]:
    """A command's names: the tool's, where it has one, and its own."""
    entry = manifest().commands.get(command)
    return [entry.tool, command] if entry and entry.tool else [command]


def checked(asked: Filters) -> None:
    """Raises Invalid for a pattern of commands that can match none, naming the nearest."""
    if asked.command:
        checked_pattern(asked.command, [name for command in manifest().commands for name in names_of(command)], field="command")


def matches(asked: Filters, body: Mapping[str, Json], *, only: str) -> bool:
    """Whether a receipt is asked for; `only` is the actor or member whose receipts may be seen, "" for all."""
    people = (body.get("actor"), body.get("member") or None)
    return (
        (not only or only in people)
        and (not asked.who or asked.who in people)
        and (not asked.subject or asked.subject == body.get("subject") or asked.subject in _touched(body))
        and (asked.surface is None or asked.surface == body.get("surface"))
        and (not asked.by or (asked.by == "steward") is (body.get("actor_kind") == "system"))
        and (not asked.outcome or _came_out(asked.outcome, str(body.get("outcome"))))
        and (not asked.command or specificity(asked.command, names_of(str(body.get("command")))) > 0)
    )


def bounds(asked: Filters) -> tuple[str, str]:
    """Between which ids the receipts lie: from the first on and before the second; "" is no bound."""
    return earliest(asked.since) if asked.since else "", earliest(asked.until) if asked.until else ""


def shared(low: str, high: str) -> str:
    """What all ids between two bounds begin with."""
    same = next((place for place, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), len(low))
    return low[:same] if high else ""


def _came_out(asked: str, outcome: str) -> bool:
    return outcome != DONE if asked == "refused" else outcome == asked


def _touched(body: Mapping[str, Json]) -> list[Json]:
    rows = body.get("touched")
    return [row[1] for row in rows if isinstance(row, Sequence) and len(row) > 1] if isinstance(rows, Sequence) else []
