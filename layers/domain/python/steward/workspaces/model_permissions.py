"""Permission rules, and the one row of a workspace that every call is judged by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from steward.kernel.context import Context
from steward.kernel.keys import place
from steward.kernel.model import Input, Output, Renaming
from steward.kernel.pages import Listed, nearest
from steward.kernel.ports import Key, Records
from steward.kernel.rows import Record, Table

Told = str | int | bool | Sequence[str]
LONGEST = 7 * 24 * 60
"""Minutes that an approval may wait at most."""


class Permission(StrEnum):
    """What a rule says."""

    ALLOW = "allow"
    DENY = "deny"
    REQUIRE_APPROVAL = "require_approval"


class Rule(BaseModel):
    """A permission rule (spec A3.1). `member` is empty for all; `approvers` are roles or member ids.

    `minutes` is how long an approval may wait, `own` whether the one who asks may decide. `by_key` says that no person set it,
    so that it can only make what people have set stricter.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    id: str
    command_pattern: str
    permission: Permission
    member: str = ""
    created_at: datetime
    minutes: int = 15
    approvers: tuple[str, ...] = ("owner",)
    own: bool = True
    by_key: bool = False


class Standing(Record):
    """What decides over every call of a workspace, in one row: its rules, its plan with the `quotas` agreed instead of the
    plan's, the features that are `off`, and the day that it is erased on where it is `closed`."""

    KIND: ClassVar[str] = "standing"
    ONLY: ClassVar[str] = "1"

    rules: list[Rule] = Field(default_factory=list)
    plan: str = ""
    quotas: dict[str, int | None] = Field(default_factory=dict)
    off: list[str] = Field(default_factory=list)
    closed: str = ""


def standing_key(workspace: str) -> Key:
    """Where a workspace's standing lies."""
    return place(workspace, Standing.KIND, Standing.ONLY)


def standing(records: Records, workspace: str) -> Standing | None:
    """The standing of a workspace; None when nothing was ever decided there."""
    (row,) = records.get([standing_key(workspace)])
    return Standing.of(row) if row else None


def restand(ctx: Context, **changes: Any) -> Standing:
    """Change the standing of a context's workspace, over the version it was read at."""
    found = STANDINGS.get(ctx, Standing.ONLY)
    if found is None:
        return STANDINGS.insert(ctx, Standing(id=Standing.ONLY, created_at=ctx.now, updated_at=ctx.now, **changes))
    return STANDINGS.replace(ctx, found.model_copy(update=changes))


def _permission(said: object) -> object:
    if isinstance(said, str) and said not in set(Permission):
        known = [str(one) for one in Permission]
        raise ValueError(f"'{said[:64]}' is no permission; it is one of {', '.join(known)}.{nearest(said, known)}")
    return said


def _whom(said: object) -> object:
    match said:
        case bool() | float():
            raise ValueError("a member is named by id, or by a whole number")
        case int():
            return str(said)
        case _:
            return said


STANDINGS: Table[Standing] = Table(Standing.KIND, Standing)
Said = Annotated[Permission, BeforeValidator(_permission)]
Whom = Annotated[str, BeforeValidator(_whom), Field(max_length=64, json_schema_extra={"type": ["string", "integer"]})]
"""A member, by id or number."""
Pattern = Annotated[str, Field(min_length=1, max_length=100)]


class SetPermission(Renaming):
    """A rule for a pattern of commands: an exact name, `delete_*`, `properties.*` or `*`. It takes the place of the one that the
    same `member` (id or number; none for all) has for this pattern.

    Of an approval: `minutes` it may wait, `approvers` (roles, or members by id or number), and `own`, whether who asks may decide.
    """

    model_config = ConfigDict(coerce_numbers_to_str=True)
    ALIASES: ClassVar[Mapping[str, str]] = {"agent_id": "member"}

    command_pattern: Pattern
    permission: Said
    member: Whom = ""
    minutes: int = Field(default=15, ge=1, le=LONGEST)
    approvers: list[str] = Field(default_factory=lambda: ["owner"], min_length=1, max_length=20)
    own: bool = True


class ListPermissions(Input):
    """The rules of this workspace: all, or those that hold for one `member` (id or number)."""

    member: Whom = ""


class RemovePermission(Input):
    """A rule by its id, the end of its id, or its pattern."""

    ABOUT: ClassVar[tuple[str, str]] = ("id", "rule")

    id: str = Field(max_length=100)


class PermissionView(Output):
    """A rule as an answer shows it (spec A3.1); `agent_id` is empty for all, and `short` is enough of the id to name it."""

    id: str
    short: str
    workspace_id: str
    agent_id: str
    agent_name: str
    command_pattern: str
    permission: Permission
    created_at: datetime
    minutes: int
    approvers: Sequence[str]
    own: bool
    by_key: bool


class PermissionPage(Listed[PermissionView]):
    """The rules of a workspace, the most specific first."""


class WorkspaceRule(Input):
    """A rule for everybody, in the exchange form."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    command_pattern: Pattern
    permission: Said
    minutes: int = Field(default=15, ge=1, le=LONGEST)
    approvers: list[str] = Field(default_factory=lambda: ["owner"], min_length=1, max_length=20)
    own: bool = True
    by_key: bool = Field(default=False, description="that no person set it, so that it can only make others stricter")


class AgentRule(WorkspaceRule):
    """A rule for one member, by id or number."""

    agent_id: Annotated[Whom, Field(min_length=1)]


class ImportPermissions(Input):
    """Rules in the exchange form (spec A3.8). They join those that are there; with `replace` they take their place."""

    workspace_permissions: list[WorkspaceRule] = Field(default_factory=list, max_length=500)
    agent_permissions: list[AgentRule] = Field(default_factory=list, max_length=500)
    replace: bool = False


class ImportedPermissions(Output):
    """How many rules came in, and how many there are now."""

    imported: int
    total: int


class ExportPermissions(Input):
    """All rules, in the exchange form."""


class ExportedPermissions(Output):
    """The exchange form (spec A3.8); `minutes`, `approvers`, `own` and `by_key` stand where they are not the usual ones."""

    workspace_permissions: Sequence[Mapping[str, Told]]
    agent_permissions: Sequence[Mapping[str, Told]]


class CheckPermission(Input):
    """A command, by either of its names or in a question such as "Can I execute delete_property?"; for oneself, or a `member`."""

    command: str = Field(min_length=1, max_length=500)
    member: Whom = ""


class Checked(Output):
    """Whether a command is allowed, in the words of spec A3.4, the rule that decides, and the scope that it needs."""

    command: str
    allowed: bool
    decision: Permission
    reason: str
    rule: str
    scope: str


class AllowedCommands(Input):
    """What a member (id or number) may run."""

    member: Whom


class AllowedView(Output):
    """What a member may run at once, what after an approval, and the reason of each."""

    agent_id: str
    name: str
    allowed_commands: Sequence[str]
    by_approval: Sequence[str]
    rows: Sequence[Checked]
