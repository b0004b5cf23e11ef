"""Commands on second factors: codes of an app, and the recovery codes for where it is lost."""

from base64 import b32encode
from dataclasses import dataclass

from steward.kernel.actor import PUBLIC
from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Conflict, Forbidden, NotFound
from steward.workspaces.ciphers import opened, sealed
from steward.workspaces.commands_accounts import mine, prove, tell
from steward.workspaces.entering import entered
from steward.workspaces.failing import Failures
from steward.workspaces.identity import OWNER
from steward.workspaces.lockout import by_account, forgive, spend
from steward.workspaces.model import OpenedSession
from steward.workspaces.model_accounts import SignedIn
from steward.workspaces.model_factors import TOTPS, BeginTotp, ConfirmTotp, Recovery, RemoveTotp, SecondFactor, Step, Totp, TotpSecret
from steward.workspaces.model_members import ACCOUNTS
from steward.workspaces.rules_factors import bare, hashed, recovery_codes, step_of, without
from steward.workspaces.sessions import renewed
from steward.workspaces.tickets import known, redeem

WRONG = "That code is wrong, has been used or has run out; take the next one."


@command("accounts.begin_totp", scope=PUBLIC, danger=Danger.WRITE, http="POST /accounts/me/totp/begin")
def begin_totp(cmd: BeginTotp, ctx: Context) -> TotpSecret:
    """Get a secret for an app that shows codes; nothing changes before the first code is given back."""
    from pyotp import TOTP
    from segno import make_qr

    account = mine(ctx)
    prove(ctx, account, cmd.current)
    before = TOTPS.get(ctx, account.id)
    if before and before.confirmed_at:
        raise Conflict("Codes of an app are asked for already; remove that one first.")
    secret = b32encode(ctx.entropy(20)).decode()
    kept = sealed(ctx, secret, whose=account.id)
    if before:
        TOTPS.replace(ctx, before.model_copy(update={"sealed": kept}))
    else:
        TOTPS.insert(ctx, Totp(id=account.id, created_at=ctx.now, updated_at=ctx.now, sealed=kept))
    uri = TOTP(secret).provisioning_uri(name=account.email or account.full_name, issuer_name="Steward")
    return TotpSecret(secret=secret, uri=uri, picture=make_qr(uri).svg_inline(scale=5, border=4, dark="#000", light="#fff"))


@command("accounts.confirm_totp", scope=PUBLIC, danger=Danger.WRITE, http="POST /accounts/me/totp")
def confirm_totp(cmd: ConfirmTotp, ctx: Context) -> Recovery:
    """Give the app's first code: from now on signing in asks for one. All other sessions end."""
    account = mine(ctx)
    totp = TOTPS.get(ctx, account.id)
    if totp is None or totp.confirmed_at:
        raise Conflict("Get a secret for the app first.")
    step = step_of(opened(ctx, totp.sealed, whose=account.id), bare(cmd.code), ctx.now, after=0)
    if step is None:
        raise Forbidden(WRONG, rule="code")
    codes = recovery_codes(ctx.entropy)
    kept = {"confirmed_at": ctx.now, "last": step, "recovery": [hashed(code) for code in codes]}
    TOTPS.replace(ctx, totp.model_copy(update=kept))
    tell(ctx, account)
    return Recovery(codes=" ".join(codes), **renewed(ctx, account.id).model_dump())


@command("accounts.remove_totp", scope=PUBLIC, danger=Danger.WRITE, http="POST /accounts/me/totp/remove")
def remove_totp(cmd: RemoveTotp, ctx: Context) -> OpenedSession:
    """Sign in without codes again. All other sessions end. At the machine's own command line its owner needs no code."""
    account = mine(ctx)
    totp = _asked_for(ctx, account.id) if ctx.actor == OWNER else _checked(ctx, account.id, cmd.code).before
    TOTPS.remove(ctx, totp)
    tell(ctx, account)
    return renewed(ctx, account.id)


@command("auth.second", scope=PUBLIC, danger=Danger.WRITE, http="POST /auth/second")
def second(cmd: SecondFactor, ctx: Context) -> SignedIn:
    """Give the second factor that signing in asks for: a code of the app, or a recovery code, which works once."""
    ticket = known(ctx, cmd.ticket, Step.SECOND)
    account = ACCOUNTS.require(ctx, ticket.account)
    checked = _checked(ctx, account.id, cmd.code)
    TOTPS.replace(ctx, checked.after)
    redeem(ctx, cmd.ticket, Step.SECOND)
    return entered(ctx, account, how=ticket.how, whole=True)


@dataclass(frozen=True, slots=True)
class _Checked:
    """The row of codes before and after a right one was used."""

    before: Totp
    after: Totp


def _checked(ctx: Context, account: str, code: str) -> _Checked:
    """Count the attempt and compare. Raises Forbidden for a wrong or used code, TooMany after too many, NotFound without codes."""
    totp = _asked_for(ctx, account)
    counted = by_account(ctx, f"second#{account}")
    spend(ctx, counted)
    step = step_of(opened(ctx, totp.sealed, whose=account), bare(code), ctx.now, after=totp.last)
    left = without(totp.recovery, code) if step is None else None
    if step is None and left is None:
        wrong = Forbidden(WRONG, rule="code", unknown=not ctx.actor.known)
        raise wrong if ctx.actor.known else ctx.port(Failures).refused(ctx, "auth.second", wrong, account=account)
    forgive(ctx, counted, [])
    changes = {"last": step} if step is not None else {"recovery": left}
    return _Checked(totp, totp.model_copy(update=changes))


def _asked_for(ctx: Context, account: str) -> Totp:
    totp = TOTPS.get(ctx, account)
    if totp is None or totp.confirmed_at is None:
        raise NotFound("No codes of an app are asked for.")
    return totp
