"""Accounts at an identity provider, and the two steps of coming in by it."""

from typing import ClassVar

from pydantic import Field

from steward.kernel.model import Input, Output
from steward.kernel.rows import InstallationTable, Record
from steward.workspaces.model_accounts import Secret


class Identity(Record):
    """Whose account a person at an identity provider is; its id is the fingerprint of issuer and subject."""

    account: str
    issuer: str


IDENTITIES: InstallationTable[Identity] = InstallationTable("identity", Identity, external=lambda identity: identity.account)


class BeginProvider(Input):
    """Set out for the identity provider."""


class Departure(Output):
    """Where to send the browser; `state` has to come back with the same browser."""

    SHOWN_ONCE: ClassVar[frozenset[str]] = frozenset({"to", "state"})

    to: str
    state: str


class EndProvider(Input):
    """Come back from the identity provider, with the state one left with and the code it gave."""

    state: Secret
    code: Secret
    issuer: str = Field(default="", max_length=1_000)
