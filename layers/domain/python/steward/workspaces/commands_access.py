"""Commands on API keys, sign-in links and sessions."""

from datetime import datetime, timedelta
from typing import Any

from steward.kernel.actor import PUBLIC
from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Forbidden, Invalid
from steward.kernel.ids import fingerprint
from steward.kernel.keys import place
from steward.kernel.model import Nothing
from steward.kernel.ports import ABSENT, Delete, Put
from steward.kernel.rows import Record, Table
from steward.workspaces.identity import OWNER
from steward.workspaces.model import (
    HOME,
    KEYS,
    LINKS,
    POINTERS,
    SESSIONS,
    ApiKey,
    CloseSession,
    CreatedKey,
    CreateKey,
    KeyPage,
    KeyPointer,
    KeyView,
    Link,
    ListKeys,
    MakeLink,
    OpenedSession,
    OpenSession,
    RevokeKey,
    Session,
    SignInLink,
)  # fmt: skip
from steward.workspaces.roles import beyond
from steward.workspaces.rules import checked_scopes, new_secret, random_text

SESSION_LIFE = timedelta(hours=12)


@command("keys.create", scope="admin:api_keys", danger=Danger.WRITE, http="POST /keys", aliases=["POST /api-keys"])
def create_key(cmd: CreateKey, ctx: Context) -> CreatedKey:
    """Create an API key for this workspace; its secret is shown this once."""
    scopes = checked_scopes(cmd.scope)
    if more := beyond(scopes, ctx.actor.scopes):
        raise Forbidden(f"Missing required scope: {more[0]}; a key goes no further than the one who makes it.", rule=more[0])
    if cmd.expires and cmd.expires <= ctx.now:
        raise Invalid("The expiry is in the past; give a later one, or none.")
    secret = new_secret(ctx.entropy)
    key = KEYS.insert(
        ctx,
        ApiKey(
            id=ctx.new_id(), created_at=ctx.now, updated_at=ctx.now, name=cmd.name, scopes=scopes, member=ctx.actor.member,
            secret_hash=fingerprint(secret), last_four=secret[-4:], expires_at=cmd.expires,
        ),
    )  # fmt: skip
    pointer = KeyPointer(id=key.secret_hash, created_at=ctx.now, updated_at=ctx.now, workspace=ctx.workspace, key=key.id)
    _put(ctx, POINTERS, pointer)
    return CreatedKey(key=secret, **_key_view(key).model_dump())


@command("keys.list", scope="admin:api_keys", danger=Danger.READ, http="GET /keys", aliases=["GET /api-keys"])
def list_keys(cmd: ListKeys, ctx: Context) -> KeyPage:
    """List the API keys of this workspace; secrets are never shown."""
    keys, start = KEYS.page(ctx, limit=1000)
    return KeyPage(rows=[_key_view(key) for key in keys], total=len(keys), next=start)


@command("keys.revoke", scope="admin:api_keys", danger=Danger.WRITE, http="POST /keys/{id}/revoke", aliases=["POST /api-keys/{id}/revoke"])
def revoke_key(cmd: RevokeKey, ctx: Context) -> KeyView:
    """End an API key at once."""
    key = KEYS.require(ctx, cmd.id)
    if key.revoked_at is None:
        key = KEYS.replace(ctx, key.model_copy(update={"revoked_at": ctx.now}))
    return _key_view(key)


@command("sessions.link", scope="admin:workspace", danger=Danger.WRITE)
def make_link(cmd: MakeLink, ctx: Context) -> Link:
    """Make a one-time sign-in link for the owner."""
    token = random_text(ctx.entropy, 43)
    expires = ctx.now + timedelta(minutes=cmd.minutes)
    _put(ctx, LINKS, SignInLink(id=fingerprint(token), created_at=ctx.now, updated_at=ctx.now, expires_at=expires))
    return Link(token=token, url=f"{ctx.door.ports.url}/sign-in?token={token}", expires_at=expires)


@command("sessions.open", scope=PUBLIC, danger=Danger.WRITE)
def open_session(cmd: OpenSession, ctx: Context) -> OpenedSession:
    """Use a one-time sign-in link; a second use is refused."""
    key = place(HOME, LINKS.kind, fingerprint(cmd.token))
    stored = ctx.get(key)
    link = SignInLink.of(stored) if stored else None
    if link is None or link.used_at or link.expires_at <= ctx.now:
        raise Forbidden("This sign-in link was used or has run out; `steward sessions link` makes a new one.", unknown=True)
    used = link.model_copy(update={"used_at": ctx.now, "updated_at": ctx.now})
    ctx.write(Put(key, used.body(), link.version + 1, expect=link.version, expires=_until(link.expires_at)))
    token = random_text(ctx.entropy, 43)
    expires = ctx.now + SESSION_LIFE
    session = Session(id=fingerprint(token), created_at=ctx.now, updated_at=ctx.now, account=OWNER.id, expires_at=expires)
    _put(ctx, SESSIONS, session)
    return OpenedSession(token=token, expires_at=expires)


@command("sessions.close", scope=PUBLIC, danger=Danger.WRITE)
def close_session(cmd: CloseSession, ctx: Context) -> Nothing:
    """Sign out."""
    ctx.write(Delete(place(HOME, SESSIONS.kind, fingerprint(cmd.token))))
    return Nothing()


def _put(ctx: Context, table: Table[Any], record: Record) -> None:
    """Write a record of the installation, whatever workspace the context is in."""
    expires = record.expires_at if isinstance(record, SignInLink | Session) else None
    ctx.write(Put(place(HOME, table.kind, record.id), record.body(), 1, expect=ABSENT, expires=_until(expires) if expires else None))


def _until(moment: datetime) -> int:
    return int(moment.timestamp()) + 86_400


def _key_view(key: ApiKey) -> KeyView:
    kept = key.model_dump(include={"id", "name", "scopes", "created_at", "expires_at", "revoked_at"})
    return KeyView(key_preview=f"stw_...{key.last_four}", **kept)
