"""Accounts by address: one row for each address makes it unique in the installation."""

from collections.abc import Sequence

from steward.kernel.context import Context
from steward.kernel.effects import untold
from steward.kernel.keys import SYSTEM, place
from steward.kernel.ports import ABSENT, Delete, Key, Put
from steward.workspaces.identity import OWNER
from steward.workspaces.mails import want
from steward.workspaces.model_mails import Purpose
from steward.workspaces.model_members import ACCOUNTS, Account, Member
from steward.workspaces.rules_auth import checked_email, known_form

EMAIL = untold("email")
"""The kind of the rows that lead from an address to its account."""
NOBODY = "nobody"
"""The id that no account has, so that looking for one that is not there takes as long."""


def by_email(ctx: Context, email: str) -> Account | None:
    """The account of an address, None when nobody has it."""
    row = ctx.get(_key(known_form(email)))
    return ACCOUNTS.get(ctx, str(row.body["account"]) if row else NOBODY)


def of_email(ctx: Context, email: str, *, name: str = "") -> Account:
    """The account of an address; where nobody has it, a new one, in this commit. Raises Invalid for what is no address."""
    address = checked_email(email)
    found = by_email(ctx, address)
    if found:
        return found
    made = Account(id=ctx.new_id(), created_at=ctx.now, updated_at=ctx.now, email=address, full_name=name)
    ctx.write(Put(_key(address), {"account": made.id}, 1, expect=ABSENT))
    return ACCOUNTS.insert(ctx, made)


def of_owner(ctx: Context) -> Account:
    """The account of the installation's owner, made when it is first needed."""
    found = ACCOUNTS.get(ctx, OWNER.id)
    return found or ACCOUNTS.insert(ctx, Account(id=OWNER.id, created_at=ctx.now, updated_at=ctx.now, full_name=OWNER.name))


def moved(ctx: Context, account: Account, email: str) -> Account:
    """The account at another address that nobody has; a commit that finds it taken fails. The address of before is told."""
    if account.email:
        ctx.write(Delete(_key(account.email)))
        want(ctx, Purpose.MOVED, account.email, account=account.id)
    ctx.write(Put(_key(email), {"account": account.id}, 1, expect=ABSENT))
    return secured(ctx, account).model_copy(update={"email": email})


def secured(ctx: Context, account: Account) -> Account:
    """The account with all links of mails void that were asked for before now."""
    return account.model_copy(update={"secured_at": ctx.now})


def addresses(ctx: Context, members: Sequence[Member]) -> list[str]:
    """Where members are written to: at their accounts' addresses."""
    found = ACCOUNTS.many(ctx, [one.account for one in members])
    return [(account and account.email) or one.email for one, account in zip(members, found, strict=True)]


def _key(address: str) -> Key:
    return place(SYSTEM, EMAIL, address)
