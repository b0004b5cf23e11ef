"""Who may change whom, and what is a role, a time zone and working hours: pure decisions."""

import re
from collections.abc import Sequence
from functools import cache
from zoneinfo import available_timezones

from steward.kernel.actor import Actor, covers
from steward.kernel.errors import Conflict, Fault, Forbidden, Invalid
from steward.kernel.pages import nearest
from steward.workspaces.model_members import Member
from steward.workspaces.roles import Role, beyond, held

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\w{3,9})(?:-(\w{3,9}))? +(\d\d):(\d\d)-(\d\d):(\d\d)")


def checked_role(name: str) -> Role:
    """The role of a name. Raises Invalid, naming the nearest."""
    if name not in tuple(Role):
        raise _wrong("role", f"'{name[:64]}' is not a role.{nearest(name.lower(), tuple(Role))} Roles are {', '.join(Role)}.")
    return Role(name)


def checked_zone(name: str, *, field: str = "time_zone") -> str:
    """A time zone's name. Raises Invalid, naming the nearest."""
    known = zones()
    if name not in known:
        raise _wrong(field, f"'{name[:64]}' is no time zone.{nearest(name, known)} Write one such as America/New_York.")
    return name


@cache
def zones() -> Sequence[str]:
    """The names of all time zones."""
    return tuple(sorted(available_timezones()))


def checked_hours(text: str) -> str:
    """Working hours in their one form, `mon-fri 09:00-17:30, sat 10:00-14:00`. Raises Invalid for what is none."""
    return ", ".join(_span(part.strip()) for part in text.lower().split(",")) if text.strip() else ""


def check_owners(actor: Actor, role: Role) -> None:
    """Raises Forbidden where an owner is made, changed or removed by somebody who is none."""
    if role is Role.OWNER and "*" not in actor.scopes:
        raise Forbidden("Only an owner makes, changes or removes an owner.", rule="role owner")


def check_giving(actor: Actor, role: Role) -> None:
    """Raises Forbidden where a role is given that may do more than who gives it."""
    check_owners(actor, role)
    if further := sorted(beyond(held(role), actor.scopes)):
        raise Forbidden(f"Missing required scope: {further[0]}; nobody gives a role that may do more than they do.", rule=further[0])


def check_not_last(owners: Sequence[str], member: Member) -> None:
    """Raises Conflict where a workspace would be left without an owner."""
    if list(owners) == [member.id]:
        raise Conflict(f"{member.name} is the last owner here; make somebody else an owner first.", current=member.version)


def shown_email(actor: Actor, email: str) -> str:
    """An e-mail address, or `d•••@example.com` for who may neither change contacts nor members."""
    if covers(actor.scopes, "write:contacts") or covers(actor.scopes, "admin:agents"):
        return email
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}" if domain else ""


def _span(text: str) -> str:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise _wrong("working_hours", f"'{text[:64]}' are no working hours; write for example mon-fri 09:00-17:30, sat 10:00-14:00.")
    first, last = _day(found[1]), _day(found[2] or found[1])
    start, end = (f"{found[at]}:{found[at + 1]}" for at in (3, 5))
    if not start < end <= "24:00" or max(found[4], found[6]) > "59":
        raise _wrong("working_hours", f"{start}-{end} is no span of a day; begin before you end, for example 09:00-17:30.")
    return f"{first if first == last else f'{first}-{last}'} {start}-{end}"


def _day(name: str) -> str:
    if name[:3] not in DAYS:
        raise _wrong("working_hours", f"'{name}' is no day of the week.{nearest(name, DAYS)} Days are {', '.join(DAYS)}.")
    return name[:3]


def _wrong(field: str, detail: str) -> Invalid:
    return Invalid(detail, faults=[Fault(f"/{field}", detail)])
