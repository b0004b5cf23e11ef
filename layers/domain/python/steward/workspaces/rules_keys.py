"""What a key may do and who may touch it: pure decisions."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from steward.kernel.actor import Actor, covers
from steward.kernel.errors import Fault, Forbidden, Invalid
from steward.workspaces.model import ApiKey, CreateKey, Preset
from steward.workspaces.model_members import Member
from steward.workspaces.roles import READING, Role
from steward.workspaces.rules import SCOPES, checked_scopes

APPROVING = "approve"
READS = tuple(scope for scope in SCOPES if scope in READING)

SCOPES_OF_PRESET: Mapping[Preset, Sequence[str]] = {
    Preset.READ_ONLY: READS,
    Preset.READ_WRITE: (*READS, "write:*"),
    Preset.ADMIN: ("*",),
}
"""`read:audit` is set apart (spec §12.5): who did what, from where, and the rules are for those who ask for them by name."""


def scopes_asked(cmd: CreateKey) -> list[str]:
    """The scopes that a new key is asked for. Raises Invalid for unknown ones, and for scopes beside a preset."""
    if cmd.preset and cmd.scope:
        raise Invalid("Give a preset or scopes, not both.", faults=[Fault("/preset", "scopes are given too")])
    return checked_scopes(list(cmd.scope or SCOPES_OF_PRESET[cmd.preset or Preset.READ_ONLY]))


def end_asked(cmd: CreateKey, now: datetime) -> datetime | None:
    """When a new key is to end, None for never. Raises Invalid for the past, and for a day beside a number of days."""
    if cmd.expires and cmd.expires_days:
        raise Invalid("Give the day of its end or the number of days, not both.", faults=[Fault("/expires_days", "expires is given too")])
    if cmd.expires and cmd.expires <= now:
        raise Invalid("The expiry is in the past; give a later one, or none.", faults=[Fault("/expires", "in the past")])
    return now + timedelta(days=cmd.expires_days) if cmd.expires_days else cmd.expires


def may_touch(key: ApiKey, member: str, makers: Mapping[str, Member]) -> bool:
    """Whether a member may see and end a key: owners every one, admins all but the owners', the others their own.

    `makers` are the members there are; nobody's member is the owner of the machine.
    """
    me, maker = makers.get(member), makers.get(key.member)
    if not member or key.member == member or (me and me.role is Role.OWNER):
        return True
    return me is not None and maker is not None and me.role is Role.ADMIN and maker.role is not Role.OWNER


def check_made(scopes: Sequence[str], maker: Actor) -> None:
    """Raises Forbidden where a key, and no person, makes one that may approve: it could approve what it asks for itself."""
    if maker.kind != "member" and covers(scopes, APPROVING):
        detail = "A key makes no key that may approve; somebody who is signed in makes one, on the desk or by `steward keys create`."
        raise Forbidden(detail, rule=APPROVING)


def check_shown(key: ApiKey, actor: Actor) -> None:
    """Raises Forbidden where the secret of a key that may approve would be shown to another than itself or its maker."""
    its_maker = actor.kind == "member" and actor.member == key.member
    if covers(key.scopes, APPROVING) and actor.id != f"key:{key.id}" and not its_maker:
        detail = "This key may approve, so only who made it gets a new secret for it; it can be revoked, and another one made."
        raise Forbidden(detail, rule=APPROVING)
