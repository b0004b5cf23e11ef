"""Commands on passkeys. A passkey is whole proof: the device asks for a finger, a face or its own code."""

from steward.kernel.actor import PUBLIC
from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Forbidden, NotFound
from steward.workspaces import ceremonies
from steward.workspaces.commands_accounts import mine, prove, tell
from steward.workspaces.entering import entered
from steward.workspaces.failing import Failures
from steward.workspaces.model import OpenedSession
from steward.workspaces.model_accounts import SignedIn
from steward.workspaces.model_factors import (
    PASSKEYS,
    AddPasskey,
    AssertPasskey,
    BeginAssertion,
    BeginPasskey,
    Challenge,
    Passkey,
    RemovePasskey,
    Step,
)
from steward.workspaces.model_members import ACCOUNTS, Account
from steward.workspaces.rules_auth import relying_party
from steward.workspaces.sessions import renewed
from steward.workspaces.tickets import issue, redeem

WRONG = "This passkey is not known here."


@command("accounts.begin_passkey", scope=PUBLIC, danger=Danger.WRITE, http="POST /accounts/me/passkeys/begin")
def begin_passkey(cmd: BeginPasskey, ctx: Context) -> Challenge:
    """Get what a browser needs to make a passkey for one's own account."""
    account, challenge = mine(ctx), ctx.entropy(32)
    prove(ctx, account, cmd.current)
    party, _ = relying_party(ctx.door.ports.url)
    known = [one.id for one in PASSKEYS.external_of(ctx, account.id)]
    options = ceremonies.registration(party, account, challenge, known=known)
    return Challenge(ticket=issue(ctx, Step.REGISTER, account=account.id, challenge=challenge.hex()), options=options)


@command("accounts.add_passkey", scope=PUBLIC, danger=Danger.WRITE, http="POST /accounts/me/passkeys")
def add_passkey(cmd: AddPasskey, ctx: Context) -> OpenedSession:
    """Keep the passkey that the browser has made. All other sessions end."""
    account = mine(ctx)
    keep(ctx, account, cmd.ticket, credential=cmd.credential, name=cmd.name or "Passkey")
    tell(ctx, account)
    return renewed(ctx, account.id)


def keep(ctx: Context, account: Account, ticket: str, *, credential: str, name: str) -> None:
    """Keep a passkey that was made for an account. Raises Forbidden when it was made for another, or does not hold."""
    begun = redeem(ctx, ticket, Step.REGISTER)
    if begun.account != account.id:
        raise Forbidden(WRONG, rule="passkey")
    made = ceremonies.registered(credential, bytes.fromhex(begun.challenge), ctx.door.ports.url)
    PASSKEYS.insert(
        ctx,
        Passkey(
            id=made.id, created_at=ctx.now, updated_at=ctx.now, account=account.id, name=name,
            public_key=made.public_key, sign_count=made.sign_count, synced=made.synced,
        ),
    )  # fmt: skip


@command("accounts.remove_passkey", scope=PUBLIC, danger=Danger.WRITE, http="POST /accounts/me/passkeys/{id}/remove")
def remove_passkey(cmd: RemovePasskey, ctx: Context) -> OpenedSession:
    """Forget one of one's own passkeys. All other sessions end."""
    account, found = mine(ctx), PASSKEYS.get(ctx, cmd.id)
    if found is None or found.account != account.id:
        raise NotFound(f"There is no passkey '{cmd.id[:64]}' of yours.")
    PASSKEYS.remove(ctx, found)
    tell(ctx, account)
    return renewed(ctx, account.id)


@command("auth.begin_passkey", scope=PUBLIC, danger=Danger.WRITE, http="POST /auth/passkey/begin")
def begin_assertion(cmd: BeginAssertion, ctx: Context) -> Challenge:
    """Get what a browser needs to sign in by any passkey it has for here."""
    challenge = ctx.entropy(32)
    party, _ = relying_party(ctx.door.ports.url)
    return Challenge(ticket=issue(ctx, Step.ASSERT, challenge=challenge.hex()), options=ceremonies.assertion(party, challenge))


@command("auth.passkey", scope=PUBLIC, danger=Danger.WRITE, http="POST /auth/passkey")
def assert_passkey(cmd: AssertPasskey, ctx: Context) -> SignedIn:
    """Sign in with what the browser's passkey has signed."""
    ticket = redeem(ctx, cmd.ticket, Step.ASSERT)
    passkey = PASSKEYS.get(ctx, ceremonies.credential_id(cmd.credential))
    account = ACCOUNTS.get(ctx, passkey.account) if passkey else None
    try:
        if passkey is None or account is None or not account.is_active:
            raise Forbidden(WRONG, rule="passkey", unknown=True)
        seen = ceremonies.asserted(cmd.credential, bytes.fromhex(ticket.challenge), passkey, ctx.door.ports.url)
    except Forbidden as wrong:
        ctx.port(Failures).refused(ctx, "auth.passkey", wrong, account=account.id if account else "")
        raise
    PASSKEYS.replace(ctx, passkey.model_copy(update={"sign_count": seen.sign_count, "synced": seen.synced, "used_at": ctx.now}))
    return entered(ctx, account, how="passkey", whole=True)
