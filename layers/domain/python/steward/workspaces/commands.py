"""Commands on workspaces: making one, and showing those that somebody may know of."""

from steward.kernel.actor import OWNER_ACCOUNT
from steward.kernel.command import Danger, Only, command
from steward.kernel.context import Call, Context
from steward.kernel.errors import Conflict, Forbidden
from steward.kernel.guard import owns_all
from steward.kernel.ids import derive
from steward.kernel.keys import place
from steward.kernel.ports import ABSENT, Add, Put
from steward.workspaces import identity, roster
from steward.workspaces.accounts import of_email
from steward.workspaces.desks import take_name, view, views
from steward.workspaces.model import (
    HOME,
    SLUG,
    WORKSPACES,
    CreateWorkspace,
    GetWorkspace,
    ListWorkspaces,
    Workspace,
    WorkspacePage,
    WorkspaceView,
)  # fmt: skip
from steward.workspaces.model_members import ACCOUNTS, MEMBERS, Account, Member
from steward.workspaces.model_permissions import restand, standing
from steward.workspaces.model_plans import LEVEL, USAGE, Quota
from steward.workspaces.roles import Role
from steward.workspaces.rules import checked_slug, slug_of
from steward.workspaces.rules_members import checked_zone
from steward.workspaces.rules_plans import checked_plan, first_plan


@command(
    "workspaces.create", scope="admin:workspace", danger=Danger.WRITE, http="POST /workspaces", aliases=["POST /workspaces/create"],
    only=Only.OWNER,
)  # fmt: skip
def create_workspace(cmd: CreateWorkspace, ctx: Context) -> WorkspaceView:
    """Create a workspace, a brokerage's own desk; a member who creates one owns it."""
    plan = _plan(cmd, ctx)
    known = {one.slug for one in identity.workspaces(ctx.door.ports.records)}
    slug = checked_slug(cmd.slug) if cmd.slug else slug_of(cmd.name, known)
    if slug in known:
        raise Conflict(f"There is a workspace '{slug}' already; choose another name or slug.")
    ref = ctx.door.ports.refs.take(HOME, WORKSPACES.kind)
    made = Workspace(
        id=derive(HOME, WORKSPACES.kind, ref), ref=ref, version=1, created_at=ctx.now, updated_at=ctx.now,
        slug=slug, name=cmd.name, invented=cmd.invented, time_zone=checked_zone(cmd.time_zone),
    )  # fmt: skip
    take_name(ctx, made.name, made.id)
    WORKSPACES.insert(ctx, made)
    ctx.write(Put(place(HOME, SLUG, slug), {"workspace": made.id}, 1, expect=ABSENT))
    inside = Context(ctx.door, Call("", {}, ctx.actor, made.id, ctx.surface), ctx.now)
    if plan:
        restand(inside, plan=plan)
    owner = of_email(ctx, cmd.owner_email) if cmd.owner_email else _creator(ctx)
    if owner:
        _owned(inside, owner)
    for change in inside.changes.values():
        ctx.write(change)
    return view(ctx, made)


@command("workspaces.list", scope="read:properties", danger=Danger.READ, http="GET /workspaces")
def list_workspaces(cmd: ListWorkspaces, ctx: Context) -> WorkspacePage:
    """List the workspaces that the caller may see."""
    rows = views(ctx, identity.seen_by(ctx.door.ports.records, ctx.actor))
    return WorkspacePage(rows=rows, total=len(rows))


@command("workspaces.get", scope="read:properties", danger=Danger.READ, http="GET /workspaces/{workspace}")
def get_workspace(cmd: GetWorkspace, ctx: Context) -> WorkspaceView:
    """Show one workspace."""
    return view(ctx, identity.workspace_seen(ctx.door.ports.records, cmd.workspace or ctx.workspace, ctx.actor))


def _creator(ctx: Context) -> Account | None:
    """The account of the member who asks, None for the owner of the installation, who needs no membership."""
    account = ctx.actor.person
    if not account and ctx.actor.member:
        account = MEMBERS.require(ctx, ctx.actor.member).account
    return ACCOUNTS.require(ctx, account) if account and account != OWNER_ACCOUNT else None


def _plan(cmd: CreateWorkspace, ctx: Context) -> str:
    """The plan that was said, else the first that a workspace has. Raises Forbidden where somebody else than the owner of the
    installation says one."""
    if cmd.plan is not None:
        if not owns_all(ctx.actor):
            raise Forbidden("Only the owner of this installation puts a workspace on a plan.", rule="installation")
        return checked_plan(cmd.plan)
    if ctx.actor.person == OWNER_ACCOUNT:
        return ""
    maker = standing(ctx.door.ports.records, ctx.workspace)
    return first_plan(maker.plan, maker.quotas) if maker else ""


def _owned(inside: Context, account: Account) -> None:
    """The first owner of a new workspace."""
    ref = inside.refs(MEMBERS.kind)
    member = Member(
        id=inside.new_id(MEMBERS.kind, ref), ref=ref, created_at=inside.now, updated_at=inside.now, joined_at=inside.now,
        account=account.id, email=account.email, name=account.full_name or account.email.partition("@")[0], role=Role.OWNER,
    )  # fmt: skip
    roster.enter(inside, account, member)
    inside.write(Add(inside.key(USAGE, LEVEL), {Quota.MEMBERS: 1}))
