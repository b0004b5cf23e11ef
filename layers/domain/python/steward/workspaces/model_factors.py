"""Second factors, passkeys and the short-lived tickets between two steps of a way in; what their commands take and give."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from steward.kernel.model import Input, Label, Output
from steward.kernel.rows import InstallationTable, Record
from steward.workspaces.model import OpenedSession
from steward.workspaces.model_accounts import Secret

Credential = Annotated[str, Field(exclude=True, repr=False, max_length=20_000)]
"""What a browser answers to a passkey's challenge, as the JSON text of its `toJSON()`."""


class Step(StrEnum):
    """What a ticket lets one do next."""

    SECOND = "second"
    REGISTER = "register"
    ASSERT = "assert"
    OIDC = "oidc"


class Ticket(Record):
    """The way from one step to the next, once; its id is the hash of the ticket. `account` is "" while nobody is known.

    `challenge` is what a passkey has to sign or an identity provider to repeat, `verifier` what only we can show it.
    """

    step: Step
    account: str = ""
    how: str = ""
    challenge: str = ""
    verifier: str = ""
    expires_at: datetime


class Totp(Record):
    """An account's codes from an app; its id is the account's. `sealed` is the secret, `last` the newest step that was used.

    `recovery` holds the hashes of codes that work once each, without the app.
    """

    sealed: str
    confirmed_at: datetime | None = None
    last: int = 0
    recovery: list[str] = Field(default_factory=list)


class Passkey(Record):
    """A passkey of an account; its id is the credential's."""

    account: str
    name: str
    public_key: str
    sign_count: int
    synced: bool
    used_at: datetime | None = None


def _end(ticket: Ticket) -> int:
    return int(ticket.expires_at.timestamp())


TICKETS: InstallationTable[Ticket] = InstallationTable("ticket", Ticket, expires=_end)
TOTPS: InstallationTable[Totp] = InstallationTable("totp", Totp)
PASSKEYS: InstallationTable[Passkey] = InstallationTable("passkey", Passkey, external=lambda passkey: passkey.account)


class BeginTotp(Input):
    """A secret for an app that shows codes. `current` is the password, where there is one."""

    current: Secret = ""


class TotpSecret(Output):
    """The secret for the app, shown this once: as text, as an address that apps open, and as a picture (SVG) of that address."""

    SHOWN_ONCE: ClassVar[frozenset[str]] = frozenset({"secret", "uri", "picture"})

    secret: str
    uri: str
    picture: str


class ConfirmTotp(Input):
    """The first code of the app: from now on signing in asks for one."""

    code: Secret


class RemoveTotp(Input):
    """Sign in without codes again; `code` is one of the app's or a recovery code."""

    code: Secret = ""


class Recovery(OpenedSession):
    """Codes that work once each where the app is lost, shown this once, apart by spaces."""

    SHOWN_ONCE: ClassVar[frozenset[str]] = frozenset({"token", "codes"})

    codes: str


class SecondFactor(Input):
    """The second step of signing in: the ticket of the first, and a code of the app or a recovery code."""

    ticket: Secret
    code: Secret


class BeginPasskey(Input):
    """Ask for what a browser needs to make a passkey. `current` is the password, where there is one."""

    current: Secret = ""


class BeginAssertion(Input):
    """Ask for what a browser needs to sign in by a passkey."""


class Challenge(Output):
    """What a browser hands to its passkeys, as JSON text, and the ticket to come back with."""

    SHOWN_ONCE: ClassVar[frozenset[str]] = frozenset({"ticket", "options"})

    ticket: str
    options: str


class AddPasskey(Input):
    """Keep the passkey that the browser has made."""

    ticket: Secret
    credential: Credential
    name: Label = Field(default="", max_length=60)


class RemovePasskey(Input):
    """Forget a passkey, by id."""

    id: str = Field(max_length=1_400)


class AssertPasskey(Input):
    """Sign in with what the browser's passkey has signed."""

    ticket: Secret
    credential: Credential


class PasskeyView(Output):
    """A passkey as its person sees it; `synced` when it is kept by more than one device."""

    id: str
    name: str
    synced: bool
    created_at: datetime
    used_at: datetime | None


class AccountView(Output):
    """One's own account: what is known of the person, and what proves who they are."""

    id: str
    email: str
    full_name: str
    verified: bool
    password: bool
    totp: bool
    recovery_left: int
    passkeys: Sequence[PasskeyView]
    last_login: datetime | None
