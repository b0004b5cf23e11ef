"""What proves who a person is, one row each, and what the commands on one's own account take and give."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from steward.kernel.model import Input, Label, Output
from steward.kernel.pages import Listed
from steward.kernel.rows import InstallationTable, Record
from steward.workspaces.model import OpenedSession

Secret = Annotated[str, Field(exclude=True, repr=False, max_length=1_000)]
"""A text that is in no log or receipt; of it a request's fingerprint has a keyed digest."""
Address = Annotated[str, Field(max_length=320)]


class Password(Record):
    """An account's password, as Argon2id keeps it; its id is the account's."""

    kept: str


PASSWORDS: InstallationTable[Password] = InstallationTable("password", Password)


class GetAccount(Input):
    """One's own account."""


class ChangeAccount(Input):
    """One's own name and address. A new address has to be confirmed by a mail first; `current` is the password, where there is one."""

    email: Address = ""
    full_name: Label = Field(default="", max_length=100)
    current: Secret = ""


class SetPassword(Input):
    """A new password of one's own, 10 to 128 characters; `current` is the one before, where there was one."""

    password: Secret
    current: Secret = ""


class ListSessions(Input):
    """One's own sessions."""


class RevokeSession(Input):
    """End one of one's own sessions, by id."""

    id: str = Field(max_length=64)


class RevokeOthers(Input):
    """End all of one's own sessions but this one."""


class SessionView(Output):
    """A session as its person sees it: how and from where they came in, and when it was last used, exact to a minute."""

    id: str
    current: bool
    how: str
    device: str
    place: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class SessionPage(Listed[SessionView]):
    """One's own living sessions, the one in hand first."""


class Ended(Output):
    """How many sessions were ended."""

    ended: int


class Login(Input):
    """An e-mail address and a password."""

    email: Address
    password: Secret


class SignedIn(OpenedSession):
    """The session that is now open. `ticket` instead, where a second factor is asked for first: one of the `factors`, totp (a code of
    the app) and recovery_code."""

    SHOWN_ONCE: ClassVar[frozenset[str]] = frozenset({"token", "ticket"})

    ticket: str = ""
    factors: Sequence[str] = ()


class Logout(Input):
    """Close the session in hand."""


class Refresh(Input):
    """A new token for the session in hand; the old one ends."""


class Reset(Input):
    """With an address, a mail with a link is asked for; with the link's token and a new password, the password is set."""

    email: Address = ""
    token: Secret = ""
    password: Secret = ""


class Verify(Input):
    """With a link's token the address is confirmed; without one, a new mail to one's own address is asked for."""

    token: Secret = ""


SIGN_IN = "sign_in"
"""What the link of the installation's owner is for; those of mails are for what `Purpose` says."""


class CheckLink(Input):
    """The token of a link that somebody was sent."""

    token: Secret


class LinkView(Output):
    """What a link that still works is for, and until when."""

    purpose: str
    expires_at: datetime


class Told(SignedIn):
    """What happens now, in one sentence; and the session, where one was opened."""

    detail: str
