"""Commands on one's own account."""

from steward.kernel.actor import PUBLIC
from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Conflict, Forbidden
from steward.workspaces.accounts import by_email, moved, of_owner, secured
from steward.workspaces.identity import OWNER
from steward.workspaces.lockout import by_account, forgive, spend
from steward.workspaces.mails import want
from steward.workspaces.model import OpenedSession
from steward.workspaces.model_accounts import PASSWORDS, ChangeAccount, GetAccount, Password, SetPassword
from steward.workspaces.model_factors import PASSKEYS, TOTPS, AccountView, PasskeyView
from steward.workspaces.model_mails import Purpose
from steward.workspaces.model_members import ACCOUNTS, Account
from steward.workspaces.passwords import Passwords
from steward.workspaces.rules_auth import checked_email, checked_password, same_form
from steward.workspaces.sessions import own, renewed


@command("accounts.get", scope=PUBLIC, danger=Danger.READ, http="GET /accounts/me")
def get_account(cmd: GetAccount, ctx: Context) -> AccountView:
    """Show one's own account and what proves who one is."""
    return _view(mine(ctx), ctx)


@command("accounts.change", scope=PUBLIC, danger=Danger.WRITE, http="POST /accounts/me")
def change_account(cmd: ChangeAccount, ctx: Context) -> AccountView:
    """Change one's own name or address."""
    account = mine(ctx)
    if cmd.full_name:
        account = account.model_copy(update={"full_name": cmd.full_name})
    if cmd.email and checked_email(cmd.email) != account.email:
        prove(ctx, account, cmd.current)
        account = _address(ctx, account, checked_email(cmd.email))
    return _view(ACCOUNTS.replace(ctx, account), ctx)


@command("accounts.set_password", scope=PUBLIC, danger=Danger.WRITE, http="POST /accounts/me/password")
def set_own_password(cmd: SetPassword, ctx: Context) -> OpenedSession:
    """Set one's own password; all other sessions end, and this one gets a new token."""
    account = mine(ctx)
    prove(ctx, account, cmd.current)
    ACCOUNTS.replace(ctx, set_password(ctx, account, cmd.password))
    tell(ctx, account)
    return renewed(ctx, account.id)


def mine(ctx: Context) -> Account:
    """The account of the person who asks; the installation's owner gets one when it is first needed."""
    id = own(ctx)
    return of_owner(ctx) if id == OWNER.id else ACCOUNTS.require(ctx, id)


def prove(ctx: Context, account: Account, password: str) -> None:
    """Raises Forbidden unless this is the account's password; where it has none, the session is proof enough."""
    kept = PASSWORDS.get(ctx, account.id)
    if kept is None or ctx.actor == OWNER:
        return
    counted = by_account(ctx, f"again#{account.id}")
    spend(ctx, counted)
    if not ctx.port(Passwords).same(kept.kept, same_form(password)):
        raise Forbidden("That is not your present password.", rule="password")
    forgive(ctx, counted, [])


def set_password(ctx: Context, account: Account, text: str) -> Account:
    """Keep a new password; the account, to be written, with older links of mails void.

    Raises Invalid for one that is too short, too long or easily guessed.
    """
    kept = ctx.port(Passwords).hash(checked_password(text, email=account.email, name=account.full_name))
    before = PASSWORDS.get(ctx, account.id)
    if before:
        PASSWORDS.replace(ctx, before.model_copy(update={"kept": kept}))
    else:
        PASSWORDS.insert(ctx, Password(id=account.id, created_at=ctx.now, updated_at=ctx.now, kept=kept))
    return secured(ctx, account)


def tell(ctx: Context, account: Account) -> None:
    """Write to an account's person that what they sign in with has changed."""
    if account.email:
        want(ctx, Purpose.CHANGED, account.email, account=account.id)


def _address(ctx: Context, account: Account, email: str) -> Account:
    """The account at its new address. The installation's owner may say it; everybody else confirms it by a mail to it first."""
    want(ctx, Purpose.VERIFY, email, account=account.id)
    if account.id != OWNER.id:
        return account
    if by_email(ctx, email):
        raise Conflict("Another account has this address.")
    return moved(ctx, account, email).model_copy(update={"is_verified": False})


def _view(account: Account, ctx: Context) -> AccountView:
    kept = account.model_dump(include={"id", "email", "full_name", "last_login"})
    totp, passkeys = TOTPS.get(ctx, account.id), PASSKEYS.external_of(ctx, account.id)
    confirmed = totp is not None and totp.confirmed_at is not None
    return AccountView(
        verified=account.is_verified,
        password=PASSWORDS.get(ctx, account.id) is not None,
        totp=confirmed,
        recovery_left=len(totp.recovery) if totp and confirmed else 0,
        passkeys=[PasskeyView(**one.model_dump(include=set(PasskeyView.model_fields))) for one in passkeys],
        **kept,
    )
