"""The people of a workspace: its owners, and what the commands on members take and give."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from steward.kernel.effects import ALL
from steward.kernel.model import Input, Label, Output
from steward.kernel.pages import Listed
from steward.kernel.rows import Record, Table
from steward.workspaces.roles import Role

RoleName = Annotated[str, Field(max_length=100, json_schema_extra={"enum": [str(role) for role in Role]})]
"""A role as it is asked for; an unknown one is refused by name, with the nearest."""


class Roster(Record):
    """Who owns a workspace: the ids of its members that are owners now. One row, so that the last one cannot go unseen."""

    ONLY: ClassVar[str] = "1"
    UNTOLD: ClassVar[frozenset[str]] = frozenset({ALL})

    owners: list[str] = Field(default_factory=list)


ROSTERS: Table[Roster] = Table("roster", Roster)


class MemberView(Output):
    """A member as an answer shows it. `status` is active, invited or left; who may not change contacts sees no whole e-mail."""

    id: str
    ref: int
    version: int
    name: str
    email: str
    role: Role
    status: str
    time_zone: str
    working_hours: str
    created_at: datetime
    joined_at: datetime | None
    left_at: datetime | None


class MemberPage(Listed[MemberView]):
    """The members of a workspace, the first one first."""


class AddMember(Input):
    """A person by e-mail. `working_hours` is for example "mon-fri 09:00-17:30"; without a time zone the workspace's holds."""

    email: str = Field(min_length=3, max_length=255)
    name: Label = Field(default="", max_length=100)
    role: RoleName = Role.USER
    time_zone: str = Field(default="", max_length=64)
    working_hours: str = Field(default="", max_length=100)


class InviteMember(AddMember):
    """The same, for somebody who has to say yes first."""


class ListMembers(Input):
    """Members, by role, also those who `left`."""

    role: str = Field(default="", max_length=100, json_schema_extra={"enum": [*(str(role) for role in Role), ""]})
    left: bool = False


class GetMember(Input):
    """A member by id or ref."""

    id: str


class UpdateMember(Input):
    """What to change of a member; what is not said stays."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "member")

    id: str
    name: Label | None = Field(default=None, min_length=1, max_length=100)
    role: RoleName | None = None
    time_zone: str | None = Field(default=None, max_length=64)
    working_hours: str | None = Field(default=None, max_length=100)


class ChangeOwn(Input):
    """One's own name and hours in this workspace."""

    name: Label | None = Field(default=None, min_length=1, max_length=100)
    time_zone: str | None = Field(default=None, max_length=64)
    working_hours: str | None = Field(default=None, max_length=100)


class RemoveMember(Input):
    """End somebody's membership."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "member")

    id: str


class Leave(Input):
    """End one's own membership of this workspace."""


Changed = Mapping[str, object]
"""What is said anew of a member."""
