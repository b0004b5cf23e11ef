"""API keys: what each may do, when it was last used, and the form for another one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from steward.desk import words
from steward.kernel.actor import covers
from steward.workspaces.model import CreatedKey, KeyView, Preset
from steward.workspaces.rules import SCOPES

PRESETS: Mapping[Preset, str] = {
    Preset.READ_ONLY: "sees all but receipts and rules, changes nothing",
    Preset.READ_WRITE: "sees and changes; deletes and sends nothing",
    Preset.ADMIN: "everything that its maker may do",
}
VERBS: Mapping[str, str] = {
    "read": "See", "write": "Change", "delete": "Delete", "send": "Send", "run": "Run", "control": "Control", "webhook": "Take in",
    "admin": "Administer", "approve": "Decide",
}  # fmt: skip
ABOUT: Mapping[str, str] = {"approve": "approvals", "webhook:in": "what others send"}
"""What a scope is about, where it does not say it."""
ENDS = (("", "Never"), ("30", "In 30 days"), ("90", "In 90 days"), ("365", "In a year"))
BOXES = "boxes"
SOON = 14
"""From how many days on a key's end is told as days left."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One key. `touched` names what is asked about it: `rotate` or `revoke`."""

    id: str
    name: str
    preview: str
    may: str
    scopes: Sequence[str]
    maker: str
    made: str
    used: str
    ends: str
    state: str
    look: str
    living: bool
    touched: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """One scope that can be ticked, unless it goes further than who ticks it."""

    scope: str
    label: str
    ticked: bool
    beyond: bool


@dataclass(frozen=True, slots=True)
class Boxes:
    """The scopes of one verb."""

    label: str
    boxes: Sequence[Box]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed for a new key."""

    name: str = ""
    preset: str = Preset.READ_ONLY
    scopes: Sequence[str] = ()
    days: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Secret:
    """A key's secret, shown this once; `old_until` is when the one before ends."""

    name: str
    text: str
    old_until: str = ""


@dataclass(frozen=True, slots=True)
class KeysView:
    """The whole page."""

    href: str
    sentence: str
    living: Sequence[KeyRow]
    ended: Sequence[KeyRow]
    draft: Draft
    boxes: Sequence[Boxes]
    once: str
    ends: Sequence[tuple[str, str]] = ENDS
    presets: Sequence[tuple[str, str]] = field(default_factory=lambda: [(str(name), said) for name, said in PRESETS.items()])
    secret: Secret | None = None


def row(key: KeyView, makers: Mapping[str, str], *, touched: str, now: datetime) -> KeyRow:
    """One key as the table shows it."""
    living = not key.revoked_at and not (key.expires_at and key.expires_at <= now)
    state, look = ("works", "good") if living else ("revoked", "bad") if key.revoked_at else ("ran out", "")
    if living and key.former_until and key.former_until > now:
        state, look = f"old secret until {words.then(key.former_until, now)}", "warn"
    return KeyRow(
        id=key.id,
        name=key.name,
        preview=key.key_preview,
        may=in_short(key.scopes),
        scopes=key.scopes,
        maker=makers.get(key.member, "somebody who left") if key.member else "the machine’s owner",
        made=words.when(key.created_at, now),
        used=words.when(key.last_used_at, now) if key.last_used_at else "",
        ends=ends(key, now),
        state=state,
        look=look,
        living=living,
        touched=touched if living else "",
    )


def ends(key: KeyView, now: datetime) -> str:
    """When a key ends or has ended; "" for never."""
    moment = key.revoked_at or key.expires_at
    if moment is None:
        return ""
    left = (moment - now).days
    return f"in {words.plural(left, 'day')}" if 0 <= left < SOON and moment > now else words.day_of(moment, now)


def in_short(scopes: Sequence[str]) -> str:
    """`everything`, one or two scopes as they are, or how many and what for."""
    if "*" in scopes or set(SCOPES) <= set(scopes):
        return "everything"
    if len(scopes) <= 2:
        return ", ".join(scopes)
    verbs = dict.fromkeys(scope.partition(":")[0] for scope in scopes)
    return f"{len(scopes)} scopes: {', '.join(VERBS.get(verb, verb).lower() for verb in verbs)}"


def boxes(held: Iterable[str], ticked: Sequence[str], *, reading: bool) -> list[Boxes]:
    """The scopes by verb; those that go further than their maker cannot be ticked. A viewer makes reading keys only."""
    kept, found = tuple(held), dict[str, list[Box]]()
    for scope in SCOPES:
        verb, _, about = scope.partition(":")
        open_ = covers(kept, scope) and (not reading or verb == "read")
        found.setdefault(verb, []).append(Box(scope, ABOUT.get(scope, about).replace("_", " "), scope in ticked, beyond=not open_))
    return [Boxes(VERBS[verb], of) for verb, of in found.items()]


def sentence(living: int) -> str:
    """How many keys work."""
    if not living:
        return "No key works here. Programs come in by a key of their own; people sign in."
    return f"{words.several(living, 'key works', 'keys work')} here. A key may do no more than the one who made it."


def secret(made: CreatedKey, now: datetime) -> Secret:
    """The secret of a key that was made or rotated just now."""
    return Secret(made.name, made.key, words.then(made.former_until, now) if made.former_until else "")
