"""Members of a world's workspace, as actors."""

from itertools import count

from steward.kernel.actor import Actor
from steward.workspaces.model_members import MEMBERS, Member
from steward.workspaces.roles import Role, held, narrowed
from tests.support.worlds import World

NUMBERS = count(1)


def hire(world: World, role: str, *, workspace: str = "", account: str = "", email: str = "") -> Actor:
    """A new member of that role, as their session acts."""
    ctx = world.context(workspace)
    ref = world.ports.refs.take(ctx.workspace, MEMBERS.kind)
    name = f"{role.title()} {next(NUMBERS)}"
    row = Member(
        id=ctx.new_id(MEMBERS.kind, ref), ref=ref, created_at=ctx.now, updated_at=ctx.now, joined_at=ctx.now,
        account=account or name, name=name, email=email or f"{name}@desk.test", role=Role(role),
    )  # fmt: skip
    MEMBERS.insert(ctx, row)
    world.records.commit(list(ctx.changes.values()))
    return Actor(row.id, "member", name, held(role), role=role, workspace=ctx.workspace, member=row.id, person=row.account)


def key_of(maker: Actor, *scopes: str, workspace: str = "w1") -> Actor:
    """An API key that this actor made."""
    held_, id = narrowed(scopes, maker.role), f"key:{next(NUMBERS)}"
    return Actor(
        id, "key", "script", held_, role="key", workspace=workspace, member=maker.member, bound=maker.role, line=maker.line or id
    )  # fmt: skip
