"""Invitations: what whoever holds the link of one sees, and how they accept it."""

from typing import ClassVar

from steward.kernel.model import Input, Output
from steward.workspaces.model_accounts import Secret
from steward.workspaces.model_factors import Credential


class GetInvitation(Input):
    """The invitation of a mail's link."""

    token: Secret


class InvitationView(Output):
    """To which workspace, by which address, and whether that person signs in already and so needs no new password."""

    SHOWN_ONCE: ClassVar[frozenset[str]] = frozenset({"email"})

    workspace: str
    email: str
    name: str
    known: bool


class BeginJoin(Input):
    """Ask for what a browser needs to make a passkey for whoever is invited."""

    token: Secret


class Join(Input):
    """Accept an invitation: with a new password, or with a passkey just made; with neither where one signs in already."""

    token: Secret
    password: Secret = ""
    ticket: Secret = ""
    credential: Credential = ""
