"""What would change, as people read it before they say yes: nothing cut, and where two long texts differ, that place."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from steward.desk import words
from steward.desk.views.parts import NONE, Value
from steward.kernel.time import from_iso
from steward.properties.facts import FACTS, MONEY
from steward.surfaces.cli_effect import text_of
from steward.surfaces.differing import Apart, apart
from steward.workspaces.model_approvals import ApprovalView, Change

KINDS: Mapping[str, str] = {
    "property": "Property",
    "valuation": "Value of the property",
    "key": "API key",
    "standing": "Rules and plan",
    "workspace": "Desk",
    "source": "Import",
    "run": "Work",
}
"""What a kind of record is called where a person reads what would change."""
MOST = 60
"""Fields that stand open; the others are a click away."""
AMOUNTS = frozenset({*MONEY, "price"})
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field, before and after; `apart` is where two long texts differ."""

    label: str
    before: Value
    after: Value
    apart: Apart | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """One record and what would change of it; `whole` says that it goes altogether, `new` that it comes."""

    kind: str
    name: str
    rows: Sequence[Difference]
    whole: bool = False
    new: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a command says that it does, the records it changes, and those behind `more`, which says how many fields they are."""

    says: Sequence[str]
    first: Sequence[Touched]
    rest: Sequence[Touched] = ()
    more: str = ""


def seen(one: ApprovalView) -> Seen:
    """What an approval is for."""
    first, rest = [*effect(one.diff[:MOST])], [*effect(one.diff[MOST:])]
    more = f"and {words.plural(len(one.diff) - MOST, 'more field')}" if rest else ""
    return Seen([text_of(sentence) for sentence in one.says], first, rest, more)


def effect(diff: Sequence[Change]) -> list[Touched]:
    """What would change, record by record."""
    return [touched(list(changes)) for _, changes in groupby(diff, key=lambda one: (one.kind, one.id))]


def touched(changes: Sequence[Change]) -> Touched:
    """One record."""
    one = changes[0]
    kind = KINDS.get(one.kind) or one.kind.replace("_", " ").replace(".", ", ").capitalize()
    made = Touched(kind, text_of(one.name), [], whole=not one.field, new=one.id.startswith("new"))
    return made if made.whole else replace(made, rows=[difference(change) for change in changes])


def difference(change: Change) -> Difference:
    """One field."""
    before, after = value(change, change.before), value(change, change.after)
    return Difference(label_of(change), before, after, apart(before.text, after.text))


def label_of(change: Change) -> str:
    """A field as a person calls it."""
    if change.kind == "property" and change.field in FACTS:
        return FACTS[change.field].title
    return change.field.replace("_", " ").replace(".", ", ").capitalize()


def value(change: Change, told: Any) -> Value:
    """A field's value as a person reads it: money in dollars, what is not there as `none`."""
    text = text_of(_money(change.field, told) if change.kind == "property" else told)
    if MOMENT.fullmatch(text):
        moment = from_iso(text)
        return Value(f"{words.day(moment)}, {words.clock(moment)} UTC")
    return Value(text) if text else NONE


def _money(field: str, told: Any) -> Any:
    """The same with each amount written as one, also those within."""
    match told:
        case Mapping():
            return {name: _money(name, part) for name, part in told.items()}
        case int() | float() if field in AMOUNTS and not isinstance(told, bool):
            return words.money(told)
        case _:
            return told
