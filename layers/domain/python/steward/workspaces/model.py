"""Workspaces, API keys, sign-in links and sessions, and what their commands take and give."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints, field_validator

from steward.kernel.effects import ALL, untold
from steward.kernel.keys import SYSTEM
from steward.kernel.model import Input, Label, Moment, Output, Renaming, form
from steward.kernel.pages import Listed
from steward.kernel.rows import InstallationTable, Record, Table, Upgrade

IDLE = timedelta(minutes=30)
"""How long a session lives that nobody uses."""

Slug = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$"),
    form("small letters, digits and single dashes, such as hudson-desk"),
]


class Workspace(Record):
    """A brokerage's desk: the unit of isolation, billing and deletion. `invented` marks a demo everywhere it shows.

    One that is closed at `closed_at` is erased at `erase_at`.
    """

    UNTOLD: ClassVar[frozenset[str]] = frozenset({"branding.logo", "branding.logo_type"})

    slug: str
    name: str
    invented: bool = False
    time_zone: str = "UTC"
    working_hours: str = ""
    settings: dict[str, Any] = Field(default_factory=dict)
    branding: dict[str, str] = Field(default_factory=dict)
    closed_at: datetime | None = None
    erase_at: datetime | None = None


class ApiKey(Record):
    """A machine's key. Only the SHA-256 of the secret and its last four characters are kept.

    `member` is who made it and whose rights bound it, "" for one that the owner of the machine made; `line` is the first of the
    keys that made one another, "" for one that a person made. After a rotation the secret of before works until `former_until`.
    """

    UNTOLD: ClassVar[frozenset[str]] = frozenset({"member", "line", "secret_hash", "last_four", "former_hash"})

    name: str
    scopes: list[str]
    member: str = ""
    line: str = ""
    secret_hash: str
    last_four: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    former_hash: str = ""
    former_until: datetime | None = None

    def living(self, now: datetime) -> bool:
        """Whether it has neither been revoked nor run out."""
        return not self.revoked_at and (self.expires_at is None or now < self.expires_at)

    def opens(self, secret_hash: str, now: datetime) -> bool:
        """Whether the secret of this hash is one that the key goes by now; takes as long whatever it is."""
        current, former = compare_digest(secret_hash, self.secret_hash), compare_digest(secret_hash, self.former_hash)
        return current or (former and self.former_until is not None and now < self.former_until)


class KeyPointer(Record):
    """From the hash of a secret (its id) to the workspace and key it belongs to."""

    UNTOLD: ClassVar[frozenset[str]] = frozenset({ALL})

    workspace: str
    key: str


class SignInLink(Record):
    """A one-time way in; its id is the hash of the token."""

    UNTOLD: ClassVar[frozenset[str]] = frozenset({ALL})

    expires_at: datetime
    used_at: datetime | None = None

    def living(self, now: datetime) -> bool:
        """Whether it was neither used nor has run out."""
        return self.used_at is None and now < self.expires_at


class Session(Record):
    """A person's signed-in browser; its id is the hash of the cookie's token. `account` "owner" is the installation's owner.

    `seen_at` is exact to a minute; `how` they came in, `origin` names the row of where from.
    """

    SCHEMA: ClassVar[int] = 3
    UPGRADES: ClassVar[Mapping[int, Upgrade]] = {
        1: lambda body: {**body, "account": body.get("member", "")},
        2: lambda body: {**body, "seen_at": body["updated_at"]},
    }

    account: str
    expires_at: datetime
    seen_at: datetime
    how: str = "link"
    origin: str = ""

    def living(self, now: datetime) -> bool:
        """Whether it has neither run out nor been left idle."""
        return now < self.expires_at and now < self.seen_at + IDLE


def _end(record: SignInLink | Session) -> int:
    return int(record.expires_at.timestamp()) + 86_400


WORKSPACES: InstallationTable[Workspace] = InstallationTable("workspace", Workspace)
KEYS: Table[ApiKey] = Table("key", ApiKey, noun="API key")
POINTERS: Table[KeyPointer] = Table("key_pointer", KeyPointer)
LINKS: Table[SignInLink] = Table("link", SignInLink, expires=_end)
SESSIONS: InstallationTable[Session] = InstallationTable("session", Session, external=lambda session: session.account, expires=_end)
SLUG, NAME = untold("slug"), untold("name")
"""The kinds of the rows that lead from a slug, and from what tells a name from others, to its workspace."""
HOME = SYSTEM
"""The workspace whose partitions hold workspaces, pointers, links and sessions."""


class WorkspaceStatus(StrEnum):
    """Whether a workspace is at work."""

    ACTIVE = "active"
    CLOSED = "closed"


class WorkspaceView(Output):
    """A workspace as an answer shows it (spec A2.1, R1.7). `owner_id` is the member who is its first owner, "owner" for the
    installation's; `plan_tier` is enterprise where no plan was ever said, as nothing is limited there.
    Who may not change contacts sees no whole e-mail but their own.
    """

    id: str
    ref: int
    version: int
    slug: str
    name: str
    owner_id: str
    owner_email: str
    plan_tier: str
    status: WorkspaceStatus
    invented: bool
    time_zone: str
    working_hours: str
    settings: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    erase_at: datetime | None


class CreateWorkspace(Input):
    """A new workspace; the slug is made from the name where none is given. `owner_email` makes somebody its first owner,
    else who makes it is.

    The owner of the installation says its `plan` ("" for none, which is usual there). Who makes it from a workspace with a plan gets
    the free one.
    """

    name: Label = Field(min_length=1, max_length=100)
    slug: Slug = Field(default="", max_length=60)
    invented: bool = False
    time_zone: str = "UTC"
    owner_email: str = Field(default="", max_length=255)
    plan: str | None = Field(default=None, max_length=100)


class GetWorkspace(Input):
    """A workspace by id or slug; that of the call where none is said."""

    workspace: str = ""


class ListWorkspaces(Input):
    """All workspaces of the installation."""


class WorkspacePage(Listed[WorkspaceView]):
    """The workspaces."""


class Preset(StrEnum):
    """The three sets of scopes that most keys want."""

    READ_ONLY = "read-only"
    READ_WRITE = "read-write"
    ADMIN = "admin"


class CreateKey(Renaming):
    """A new API key; where neither scopes nor a preset are given it reads, but neither receipts nor rules. It has no end unless one is
    given."""

    ALIASES: ClassVar[Mapping[str, str]] = {"scopes": "scope"}

    @field_validator("scope", mode="before")
    @classmethod
    def _apart(cls, told: Any) -> Any:
        """Each by itself, also where several stand in one text, as in `read:*,write:properties`."""
        if not isinstance(told, list):
            return told
        return [part for one in told for part in (re.split(r"[,\s]+", one.strip()) if isinstance(one, str) else [one])]

    name: Label = Field(min_length=1, max_length=100)
    scope: list[str] = Field(default_factory=list, max_length=50, description="what it may do, such as read:* (may be given again)")
    preset: Preset | None = Field(default=None, description="instead of scopes: read-only, read-write (neither sees receipts) or admin")
    expires: Moment | None = Field(default=None, description="when it ends, such as 2027-01-31 (the first moment of that day, UTC)")
    expires_days: int | None = Field(default=None, ge=1, le=3650, description="in how many days it ends")


class KeyView(Output):
    """A key as a list shows it (spec A10.1). `agent_id` is the member who made it, "" for the owner of the machine, and `made_by` their
    name. `last_used_at` is exact to five minutes, `former_until` is set while an older secret works too."""

    id: str
    workspace_id: str
    agent_id: str
    made_by: str
    name: str
    scopes: Sequence[str]
    key_preview: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = None
    former_until: datetime | None = None
    member: str = ""


class CreatedKey(KeyView):
    """A key with its secret, which is shown this once and can never be shown again; `api_key` is the same as `key`."""

    SHOWN_ONCE: ClassVar[frozenset[str]] = frozenset({"key", "api_key"})

    key: str
    api_key: str


class RevokedKey(KeyView):
    """A key that has ended."""

    message: str = "API key revoked"


class KeyPage(Listed[KeyView]):
    """The keys of a workspace."""


class ListKeys(Input):
    """The keys of this workspace that you may see: all of them for its owners, else your own."""


class RotateKey(Input):
    """A new secret for a key; the old one works on for some hours, then ends. Of older ones none works."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "key")

    id: str
    hours: int = Field(default=24, ge=0, le=720, description="how long the old secret still works, 0 to end it at once")


class RevokeKey(Input):
    """End a key at once."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "key")

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
