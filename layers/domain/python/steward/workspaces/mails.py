"""Asking for mails, and using the links that they bring."""

from steward.kernel.context import Context
from steward.kernel.errors import Forbidden
from steward.kernel.ids import fingerprint
from steward.workspaces.model_mails import MAILS, TOKENS, MailToken, Purpose, WantedMail
from steward.workspaces.model_members import ACCOUNTS
from steward.workspaces.rules_mails import superseded

SPENT = "This link was used or has run out; ask for a new one."


def want(ctx: Context, purpose: Purpose, to: str, **about: str) -> None:
    """Have a mail sent once this commit is through. Whether there is anybody at that address is looked up only then.

    What it is about is in the fields of `WantedMail`: account, workspace, member, approval, said.
    """
    id = ctx.new_id()
    made = {"id": id, "created_at": ctx.now, "updated_at": ctx.now, "to": to, "purpose": purpose}
    MAILS.insert(ctx, WantedMail.model_validate({**about, **made}))
    ctx.emit("mails.wanted", {"mail": id})


def token_of(ctx: Context, text: str, purpose: Purpose) -> MailToken:
    """The token of a link. Raises Forbidden for one that is unknown, used or has run out."""
    found = TOKENS.get(ctx, fingerprint(text))
    if found is None or found.purpose is not purpose or found.used_at or found.expires_at <= ctx.now or _void(ctx, found):
        raise Forbidden(SPENT, rule="link", unknown=True)
    return found


def _void(ctx: Context, token: MailToken) -> bool:
    """Whether the account has changed so that a token must not work any more: it went to an address of before, or is too old."""
    account = ACCOUNTS.get(ctx, token.account)
    if account is None or (token.purpose is not Purpose.VERIFY and token.email != account.email):
        return True
    return superseded(token.purpose, token.created_at, account)


def use(ctx: Context, token: MailToken) -> None:
    """Use a token up, in this commit; of two at once only one gets through."""
    TOKENS.replace(ctx, token.model_copy(update={"used_at": ctx.now}))
