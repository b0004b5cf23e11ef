"""People: an account is a person of the installation, a member that person's place in one workspace."""

from datetime import datetime
from typing import ClassVar

from steward.kernel.effects import ALL, untold
from steward.kernel.rows import InstallationTable, Record, Table
from steward.workspaces.roles import Role


class Account(Record):
    """A person who can sign in (spec R1.6). Passwords, passkeys and second factors are rows of their own.

    `email` is in lower case and unique in the installation, by a row of kind `email` that points here. `secured_at` is when the
    password or the address was last changed: links of mails that were asked for before it are void.
    """

    UNTOLD: ClassVar[frozenset[str]] = frozenset({ALL})
    """Whether somebody has an account is nobody else's business; a member's row says all that concerns a workspace."""

    email: str = ""
    full_name: str = ""
    organization: str = ""
    is_active: bool = True
    is_verified: bool = False
    last_login: datetime | None = None
    secured_at: datetime | None = None


class Member(Record):
    """An account's place in a workspace, from `joined_at` on, and until `left_at`. `working_hours` is e.g. "mon-fri 09:00-17:30".

    `email` is as it was when they came; where mails go and what is shown is the account's. `line` is the API key that gave them
    their role, itself or through others; "" where a person did.
    """

    UNTOLD: ClassVar[frozenset[str]] = frozenset({"account", "line"})

    account: str
    name: str
    email: str
    role: Role
    time_zone: str = ""
    working_hours: str = ""
    joined_at: datetime | None = None
    left_at: datetime | None = None
    line: str = ""

    @property
    def active(self) -> bool:
        """Whether this member may act now."""
        return self.joined_at is not None and self.left_at is None


ACCOUNTS: InstallationTable[Account] = InstallationTable("account", Account)
MEMBERS: Table[Member] = Table("member", Member)
MEMBERSHIP = untold("membership")
"""Rows `{account}#{workspace}` in the installation's workspace, with the member's id: where a person is at home."""
