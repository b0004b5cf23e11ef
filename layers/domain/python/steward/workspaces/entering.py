"""The last step of every way in: a second factor where there is one, then the session."""

from steward.kernel.context import Context
from steward.workspaces.model_accounts import PASSWORDS, SignedIn
from steward.workspaces.model_factors import PASSKEYS, TOTPS, Step
from steward.workspaces.model_members import ACCOUNTS, Account
from steward.workspaces.sessions import opened
from steward.workspaces.tickets import LIFE, issue


def entered(ctx: Context, account: Account, *, how: str, whole: bool = False) -> SignedIn:
    """The session of somebody who has proven who they are; a ticket for the next step unless that was `whole` proof."""
    totp = TOTPS.get(ctx, account.id)
    if totp and totp.confirmed_at and not whole:
        ACCOUNTS.replace(ctx, account)
        factors = ("totp", "recovery_code") if totp.recovery else ("totp",)
        return SignedIn(token="", expires_at=ctx.now + LIFE, ticket=issue(ctx, Step.SECOND, account=account.id, how=how), factors=factors)
    ACCOUNTS.replace(ctx, account.model_copy(update={"last_login": ctx.now}))
    session = opened(ctx, account.id, how=how)
    return SignedIn(token=session.token, expires_at=session.expires_at)


def signs_in(ctx: Context, account: str) -> bool:
    """Whether an account has anything to sign in with by itself."""
    return PASSWORDS.get(ctx, account) is not None or bool(PASSKEYS.external_of(ctx, account))
