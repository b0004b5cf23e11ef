"""Commands that let people in and out. What they refuse never tells whether there is such an account."""

from steward.kernel.actor import PUBLIC
from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Forbidden
from steward.kernel.model import Nothing
from steward.workspaces.accounts import NOBODY, by_email, moved
from steward.workspaces.commands_accounts import mine, set_password, tell
from steward.workspaces.entering import entered
from steward.workspaces.failing import Failures
from steward.workspaces.lockout import by_account, by_address, forgive, spend
from steward.workspaces.mails import SPENT, token_of, use, want
from steward.workspaces.model import SESSIONS, OpenedSession
from steward.workspaces.model_accounts import PASSWORDS, Login, Logout, Refresh, Reset, SignedIn, Told, Verify
from steward.workspaces.model_mails import Purpose
from steward.workspaces.model_members import ACCOUNTS
from steward.workspaces.passwords import Passwords
from steward.workspaces.rules_auth import PER_MAIL, checked_email, known_form, same_form
from steward.workspaces.sessions import end, opened, own

ON_ITS_WAY = "If there is an account with this address, a mail with a link is on its way to it."
WRONG = "The address or the password is wrong."


@command("auth.login", scope=PUBLIC, danger=Danger.WRITE, http="POST /auth/login")
def login(cmd: Login, ctx: Context) -> SignedIn:
    """Sign in with an e-mail address and a password."""
    counted, addresses = by_account(ctx, known_form(cmd.email)), by_address(ctx)
    spend(ctx, counted, *addresses)
    account, passwords = by_email(ctx, cmd.email), ctx.port(Passwords)
    kept = PASSWORDS.get(ctx, account.id if account else NOBODY)
    right = passwords.same(kept.kept if kept else "", same_form(cmd.password))
    if not (right and kept and account and account.is_active):
        wrong = Forbidden(WRONG, rule="password", unknown=True)
        raise ctx.port(Failures).refused(ctx, "auth.login", wrong, account=account.id if account else "")
    forgive(ctx, counted, addresses)
    if passwords.stale(kept.kept):
        PASSWORDS.replace(ctx, kept.model_copy(update={"kept": passwords.hash(same_form(cmd.password))}))
    return entered(ctx, account, how="password")


@command("auth.logout", scope=PUBLIC, danger=Danger.WRITE, http="POST /auth/logout")
def logout(cmd: Logout, ctx: Context) -> Nothing:
    """Close the session in hand; without one nothing happens."""
    here = SESSIONS.get(ctx, ctx.actor.session) if ctx.actor.session else None
    if here:
        SESSIONS.remove(ctx, here)
    return Nothing()


@command("auth.refresh", scope=PUBLIC, danger=Danger.WRITE, http="POST /auth/refresh")
def refresh(cmd: Refresh, ctx: Context) -> OpenedSession:
    """Give the session in hand a new token; it lives no longer for it."""
    account = own(ctx)
    here = SESSIONS.get(ctx, ctx.actor.session) if ctx.actor.session else None
    if here is None:
        raise Forbidden("There is no session to go on with; sign in.", rule="session", unknown=True)
    return opened(ctx, account, how=here.how, until=here.expires_at)


@command("auth.reset", scope=PUBLIC, danger=Danger.WRITE, http="POST /auth/reset")
def reset(cmd: Reset, ctx: Context) -> Told:
    """Ask for a mail that lets one choose a new password, or choose it with the token of that mail."""
    if not cmd.token:
        address = checked_email(cmd.email)
        spend(ctx, by_account(ctx, f"mail#{address}", patience=PER_MAIL), *by_address(ctx))
        want(ctx, Purpose.RESET, address)
        return Told(token="", expires_at=ctx.now, detail=ON_ITS_WAY)
    token = token_of(ctx, cmd.token, Purpose.RESET)
    account = ACCOUNTS.require(ctx, token.account)
    account = set_password(ctx, account, cmd.password)
    use(ctx, token)
    end(ctx, account.id)
    forgive(ctx, by_account(ctx, account.email), [])
    tell(ctx, account)
    given = entered(ctx, account.model_copy(update={"is_verified": True}), how="password")
    return Told(detail="Your new password is set.", **given.model_dump())


@command("auth.verify", scope=PUBLIC, danger=Danger.WRITE, http="POST /auth/verify")
def verify(cmd: Verify, ctx: Context) -> Told:
    """Confirm an address with the token of a mail, or ask for such a mail to one's own."""
    if not cmd.token:
        account = mine(ctx)
        address = checked_email(account.email)
        spend(ctx, by_account(ctx, f"mail#{address}", patience=PER_MAIL))
        want(ctx, Purpose.VERIFY, address, account=account.id)
        return Told(token="", expires_at=ctx.now, detail="A mail with a link is on its way to you.")
    token = token_of(ctx, cmd.token, Purpose.VERIFY)
    account, holder = ACCOUNTS.require(ctx, token.account), by_email(ctx, token.email)
    if holder and holder.id != account.id:
        raise Forbidden(SPENT, rule="link", unknown=True)
    use(ctx, token)
    moved_to = account if holder else moved(ctx, account, token.email)
    ACCOUNTS.replace(ctx, moved_to.model_copy(update={"is_verified": True}))
    return Told(token="", expires_at=ctx.now, detail="Your address is confirmed.")
