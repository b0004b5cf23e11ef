"""The people of a desk: their roles, what each role may do, and who is invited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from steward.desk import words
from steward.workspaces.model_roster import MemberView
from steward.workspaces.roles import Role

ROLES: Mapping[Role, str] = {
    Role.USER: "works with homes and people; deletes after somebody’s yes",
    Role.VIEWER: "sees, and changes nothing",
    Role.ADMIN: "everything but owners, rules and the desk’s end",
    Role.OWNER: "everything, also other owners, rules and the desk itself",
}
LOOKS: Mapping[str, str] = {"active": "good", "invited": "warn", "left": ""}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One member. `locked` says why this person may not change them; `touched` is `edit` or `remove` when that is asked."""

    ref: int
    version: int
    name: str
    initials: str
    email: str
    role: str
    state: str
    look: str
    since: str
    zone: str
    hours: str
    me: bool
    locked: str
    touched: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed for another member."""

    email: str = ""
    name: str = ""
    role: str = Role.USER
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PeopleView:
    """The whole page. `locked` says why this person may add nobody; `roles` can be given, each with what it may."""

    href: str
    sentence: str
    rows: Sequence[PersonRow]
    draft: Draft
    locked: str
    roles: Sequence[tuple[str, str]]


def row(one: MemberView, *, me: str, locked: str, now: datetime) -> PersonRow:
    """One member as the table shows them."""
    since = one.left_at or one.joined_at or one.created_at
    return PersonRow(
        ref=one.ref,
        version=one.version,
        name=one.name,
        initials=words.initials(one.name),
        email=one.email,
        role=str(one.role),
        state=one.status,
        look=LOOKS.get(one.status, ""),
        since=words.day_of(since, now),
        zone=one.time_zone,
        hours=one.working_hours,
        me=one.id == me,
        locked=locked,
    )


def sentence(rows: Sequence[PersonRow]) -> str:
    """How many people work here."""
    if not rows:
        return "Nobody is a member yet."
    invited = sum(one.state == "invited" for one in rows)
    said = words.several(len(rows) - invited, "person works at this desk", "people work at this desk")
    return f"{said}; {words.few(invited)} {'has' if invited == 1 else 'have'} not said yes yet." if invited else f"{said}."


def roles(*, owners: bool) -> list[tuple[str, str]]:
    """The roles that can be given, each with what it may do; owners are made by owners only."""
    return [(str(role), said) for role, said in ROLES.items() if owners or role is not Role.OWNER]
