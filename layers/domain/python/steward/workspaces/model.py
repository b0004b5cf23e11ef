"""Workspaces, API keys, sign-in links and sessions, and what their commands take and give."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from steward.kernel.keys import SYSTEM
from steward.kernel.model import Input, Output
from steward.kernel.pages import Listed
from steward.kernel.rows import Record, Table, Upgrade


class Workspace(Record):
    """A brokerage's desk: the unit of isolation, billing and deletion. `invented` marks a demo everywhere it shows."""

    slug: str
    name: str
    invented: bool = False
    time_zone: str = "UTC"


class ApiKey(Record):
    """A machine's key. Only the SHA-256 of the secret and its last four characters are kept.

    `member` is who made it and whose rights bound it, "" for one that the owner of the machine made.
    """

    name: str
    scopes: list[str]
    member: str = ""
    secret_hash: str
    last_four: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class KeyPointer(Record):
    """From the hash of a secret (its id) to the workspace and key it belongs to."""

    workspace: str
    key: str


class SignInLink(Record):
    """A one-time way in; its id is the hash of the token."""

    expires_at: datetime
    used_at: datetime | None = None


class Session(Record):
    """A person's signed-in browser; its id is the hash of the cookie's token. `account` "owner" is the installation's owner."""

    SCHEMA: ClassVar[int] = 2
    UPGRADES: ClassVar[Mapping[int, Upgrade]] = {1: lambda body: {**body, "account": body.get("member", "")}}

    account: str
    expires_at: datetime


def _end(record: SignInLink | Session) -> int:
    return int(record.expires_at.timestamp()) + 86_400


WORKSPACES: Table[Workspace] = Table("workspace", Workspace)
KEYS: Table[ApiKey] = Table("key", ApiKey, noun="API key")
POINTERS: Table[KeyPointer] = Table("key_pointer", KeyPointer)
LINKS: Table[SignInLink] = Table("link", SignInLink, expires=_end)
SESSIONS: Table[Session] = Table("session", Session, expires=_end)
HOME = SYSTEM
"""The workspace whose partitions hold workspaces, pointers, links and sessions."""


class WorkspaceView(Output):
    """A workspace as an answer shows it."""

    id: str
    ref: int
    version: int
    slug: str
    name: str
    invented: bool
    time_zone: str


class CreateWorkspace(Input):
    """A new workspace; the slug is made from the name where none is given."""

    name: str = Field(min_length=1, max_length=100)
    slug: str = Field(default="", max_length=60, pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$")
    invented: bool = False
    time_zone: str = "UTC"


class GetWorkspace(Input):
    """A workspace by id or slug."""

    workspace: str


class ListWorkspaces(Input):
    """All workspaces of the installation."""


class WorkspacePage(Listed[WorkspaceView]):
    """The workspaces."""


class CreateKey(Input):
    """A new API key; default read-only."""

    name: str = Field(min_length=1, max_length=100)
    scope: list[str] = Field(default_factory=lambda: ["read:*"], min_length=1, max_length=50)
    expires: datetime | None = None


class KeyView(Output):
    """A key as a list shows it."""

    id: str
    name: str
    scopes: Sequence[str]
    key_preview: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class CreatedKey(KeyView):
    """A key just made: `key` is shown this once and can never be shown again."""

    SHOWN_ONCE: ClassVar[frozenset[str]] = frozenset({"key"})

    key: str


class KeyPage(Listed[KeyView]):
    """The keys of a workspace."""


class ListKeys(Input):
    """All keys of this workspace."""


class RevokeKey(Input):
    """End a key at once."""

    id: str


class MakeLink(Input):
    """A one-time sign-in link for the owner."""

    minutes: int = Field(default=60, ge=1, le=1440)


class Link(Output):
    """A one-time link, and until when it works."""

    SHOWN_ONCE: ClassVar[frozenset[str]] = frozenset({"token", "url"})

    token: str
    url: str
    expires_at: datetime


class OpenSession(Input):
    """Use a one-time link."""

    token: str = Field(min_length=1, max_length=200)


class OpenedSession(Output):
    """The token for the browser's cookie, and until when it works."""

    SHOWN_ONCE: ClassVar[frozenset[str]] = frozenset({"token"})

    token: str
    expires_at: datetime


class CloseSession(Input):
    """Sign out; unknown tokens are closed already."""

    token: str = Field(max_length=200)
