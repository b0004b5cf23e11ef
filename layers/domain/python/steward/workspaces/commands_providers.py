"""Signing in by an identity provider: to people who are known or invited here, under an address that the provider has confirmed."""

import json

from steward.kernel.actor import PUBLIC
from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Forbidden
from steward.kernel.ids import fingerprint
from steward.kernel.provider import Claims, Errand, Provider
from steward.workspaces.accounts import by_email
from steward.workspaces.entering import entered
from steward.workspaces.failing import Failures
from steward.workspaces.joining import at_home, join
from steward.workspaces.model_accounts import SignedIn
from steward.workspaces.model_factors import Step
from steward.workspaces.model_members import ACCOUNTS, Account
from steward.workspaces.model_providers import IDENTITIES, BeginProvider, Departure, EndProvider, Identity
from steward.workspaces.rules import random_text
from steward.workspaces.rules_auth import known_form
from steward.workspaces.tickets import issue, redeem

BACK = "/sign-in/provider"
UNKNOWN = "Nobody here goes by what your provider says of you; ask for an invitation to the address you use there."


@command("auth.begin_provider", scope=PUBLIC, danger=Danger.WRITE, http="POST /auth/provider/begin")
def begin_provider(cmd: BeginProvider, ctx: Context) -> Departure:
    """Get the identity provider's address to send the browser to."""
    nonce, verifier = random_text(ctx.entropy, 43), random_text(ctx.entropy, 64)
    state = issue(ctx, Step.OIDC, challenge=nonce, verifier=verifier)
    return Departure(to=ctx.port(Provider).address(_errand(ctx, state, nonce=nonce, verifier=verifier)), state=state)  # type: ignore[type-abstract]


@command("auth.provider", scope=PUBLIC, danger=Danger.WRITE, http="POST /auth/provider")
def end_provider(cmd: EndProvider, ctx: Context) -> SignedIn:
    """Sign in with the code that the identity provider gave."""
    ticket = redeem(ctx, cmd.state, Step.OIDC)
    errand = _errand(ctx, cmd.state, nonce=ticket.challenge, verifier=ticket.verifier)
    claims = ctx.port(Provider).claims(errand, cmd.code, now=ctx.now)  # type: ignore[type-abstract]
    if cmd.issuer and cmd.issuer != claims.issuer:
        raise Forbidden("Another provider answered than was asked; begin again.", rule="provider", unknown=True)
    return entered(ctx, _account(ctx, claims), how="provider")


def _errand(ctx: Context, state: str, *, nonce: str, verifier: str) -> Errand:
    return Errand(f"{ctx.door.ports.url}{BACK}", state, nonce, verifier)


def _account(ctx: Context, claims: Claims) -> Account:
    """The account of a person at the provider, found the first time by an address that the provider has confirmed, then for good.

    That address has to be a member's, an invited one's, or one that was confirmed here. Where they are invited, they join.
    """
    id = fingerprint(json.dumps([claims.issuer, claims.subject]))
    known = IDENTITIES.get(ctx, id)
    account = ACCOUNTS.get(ctx, known.account) if known else by_email(ctx, claims.email) if claims.confirmed and claims.email else None
    home = at_home(ctx, account) if account else {}
    if account is None or not account.is_active or not (known or home or account.is_verified):
        unknown = Forbidden(UNKNOWN, rule="provider", unknown=True)
        raise ctx.port(Failures).refused(ctx, "auth.provider", unknown, account=account.id if account else "")
    for workspace, (member, joined) in home.items():
        if not joined and claims.confirmed:
            join(ctx, workspace, member)
    if known is None:
        IDENTITIES.insert(ctx, Identity(id=id, created_at=ctx.now, updated_at=ctx.now, account=account.id, issuer=claims.issuer))
    return account.model_copy(update={"is_verified": account.is_verified or _same(claims, account)})


def _same(claims: Claims, account: Account) -> bool:
    """Whether the provider has confirmed the account's address."""
    return claims.confirmed and known_form(claims.email) == account.email
