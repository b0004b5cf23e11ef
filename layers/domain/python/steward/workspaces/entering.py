"""The last step of every way in: a second factor where there is one, then the session."""

from steward.kernel.context import Context
from steward.workspaces.model_accounts import SignedIn
from steward.workspaces.model_members import ACCOUNTS, Account
from steward.workspaces.sessions import opened


def entered(ctx: Context, account: Account, *, how: str) -> SignedIn:
    """The session of somebody who has proven who they are."""
    ACCOUNTS.replace(ctx, account.model_copy(update={"last_login": ctx.now}))
    session = opened(ctx, account.id, how=how)
    return SignedIn(token=session.token, expires_at=session.expires_at)
