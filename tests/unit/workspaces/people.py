"""People who sign in, for the tests of sign-in."""

from dataclasses import replace
from typing import Any

from steward.kernel.actor import NOBODY, Actor, Surface
from steward.kernel.context import Call
from steward.kernel.keys import SYSTEM, place
from steward.kernel.model import Input
from steward.kernel.origins import Origin
from steward.kernel.ports import Put
from steward.kernel.registry import taking
from steward.workspaces import identity
from steward.workspaces.accounts import of_email
from steward.workspaces.commands_accounts import set_password
from steward.workspaces.model_accounts import Login, SignedIn
from steward.workspaces.model_members import ACCOUNTS
from tests.support.worlds import World

DANA, PASSWORD = "dana@hudson.example", "three unrelated words"
HERE = Origin("203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")


def account(world: World, email: str = DANA, *, password: str = PASSWORD, active: bool = True) -> str:
    """The id of an account with a password."""
    ctx = world.context(SYSTEM)
    made = of_email(ctx, email, name="Dana Reeve")
    set_password(ctx, made, password)
    if not active:
        ctx.write(Put(place(SYSTEM, ACCOUNTS.kind, made.id), made.model_copy(update={"is_active": False}).body(), 1))
    world.records.commit(list(ctx.changes.values()))
    return made.id


def verified(world: World, id: str, **changes: str) -> None:
    """Let an account's address be confirmed, and whatever else a test says."""
    ctx = world.context(SYSTEM)
    ACCOUNTS.replace(ctx, ACCOUNTS.require(ctx, id).model_copy(update={"is_verified": True, **changes}))
    world.records.commit(list(ctx.changes.values()))


def ask(world: World, cmd: Input, actor: Actor = NOBODY, *, origin: Origin = HERE) -> Any:
    """What a command answers at the desk's door."""
    return world.door.dispatch(Call(taking(type(cmd)).name, cmd, actor, SYSTEM, Surface.DESK, origin=origin)).output


def sign_in(world: World, email: str = DANA, password: str = PASSWORD, *, ip: str = HERE.ip) -> SignedIn:
    """Come in by a password."""
    given: SignedIn = ask(world, Login(email=email, password=password), origin=replace(HERE, ip=ip))
    return given


def actor_of(world: World, token: str) -> Actor:
    """Who comes with a session's cookie."""
    person = identity.by_session(world.records, token, world.clock())
    return identity.acting(world.records, person, SYSTEM)
