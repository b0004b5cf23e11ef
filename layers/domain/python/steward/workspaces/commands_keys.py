"""Commands on API keys."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Forbidden, Invalid, NotFound
from steward.kernel.ids import fingerprint
from steward.kernel.keys import place
from steward.kernel.ports import ABSENT, Delete, Put
from steward.workspaces.identity import OWNER
from steward.workspaces.key_uses import last_used
from steward.workspaces.model import (
    HOME,
    KEYS,
    POINTERS,
    ApiKey,
    CreatedKey,
    CreateKey,
    KeyPage,
    KeyPointer,
    KeyView,
    ListKeys,
    RevokedKey,
    RevokeKey,
    RotateKey,
)  # fmt: skip
from steward.workspaces.model_members import MEMBERS, Member
from steward.workspaces.roles import READING, Role, beyond, granted
from steward.workspaces.rules import new_secret
from steward.workspaces.rules_keys import check_made, check_shown, end_asked, may_touch, scopes_asked


@command("keys.create", scope="admin:api_keys", danger=Danger.WRITE, http="POST /keys", aliases=["POST /api-keys"])
def create_key(cmd: CreateKey, ctx: Context) -> CreatedKey:
    """Create an API key for this workspace; its secret is shown this once."""
    bound = ctx.actor.scopes & READING if ctx.actor.rank == Role.VIEWER else ctx.actor.scopes
    scopes, secret = granted(scopes_asked(cmd), bound), new_secret(ctx.entropy)
    check_made(scopes, ctx.actor)
    key = KEYS.insert(
        ctx,
        ApiKey(
            id=ctx.new_id(), created_at=ctx.now, updated_at=ctx.now, name=cmd.name, scopes=scopes, member=ctx.actor.member,
            line=ctx.actor.line, secret_hash=fingerprint(secret), last_four=secret[-4:], expires_at=end_asked(cmd, ctx.now),
        ),
    )  # fmt: skip
    _point(ctx, key)
    return CreatedKey(key=secret, api_key=secret, **_shown(ctx, key, _makers(ctx, [key])))


@command("keys.list", scope="admin:api_keys", danger=Danger.READ, http="GET /keys", aliases=["GET /api-keys"])
def list_keys(cmd: ListKeys, ctx: Context) -> KeyPage:
    """List the API keys of this workspace; secrets are never shown."""
    keys, start = KEYS.page(ctx, limit=1000)
    while start:
        more, start = KEYS.page(ctx, start=start, limit=1000)
        keys += more
    makers = _makers(ctx, keys)
    keys = [key for key in keys if may_touch(key, ctx.actor.member, makers)]
    used = _used(ctx, keys)
    return KeyPage(rows=[KeyView(**_shown(ctx, key, makers, used.get(key.id))) for key in keys], total=len(keys))


@command("keys.rotate", scope="admin:api_keys", danger=Danger.WRITE, http="POST /keys/{id}/rotate", aliases=["POST /api-keys/{id}/rotate"])
def rotate_key(cmd: RotateKey, ctx: Context) -> CreatedKey:
    """Give an API key a new secret, shown this once."""
    key, makers = _touched(ctx, cmd.id)
    if more := beyond(key.scopes, ctx.actor.scopes):
        raise Forbidden(f"Missing required scope: {more[0]}; its secret is not for someone who may do less.", rule=more[0])
    check_shown(key, ctx.actor)
    if not key.living(ctx.now):
        raise Invalid("This API key has ended; `steward keys create` makes another one.")
    if key.former_hash:
        ctx.write(Delete(place(HOME, POINTERS.kind, key.former_hash)))
    ends = f"the one of now works for {cmd.hours} more hours" if cmd.hours else "the one of now ends at once"
    ctx.announce(f"Gives the key '{key.name}' another secret, shown once to who asks; {ends}.")
    secret, until = new_secret(ctx.entropy), ctx.now + timedelta(hours=cmd.hours)
    changed = key.model_copy(
        update={
            "secret_hash": fingerprint(secret),
            "last_four": secret[-4:],
            "former_hash": key.secret_hash if cmd.hours else "",
            "former_until": until if cmd.hours else None,
        }
    )
    if cmd.hours:
        _point(ctx, key, until)
    else:
        ctx.write(Delete(place(HOME, POINTERS.kind, key.secret_hash)))
    _point(ctx, changed)
    return CreatedKey(key=secret, api_key=secret, **_shown(ctx, KEYS.replace(ctx, changed), makers, _used(ctx, [key]).get(key.id)))


@command("keys.revoke", scope="admin:api_keys", danger=Danger.WRITE, http="POST /keys/{id}/revoke", aliases=["POST /api-keys/{id}/revoke"])
def revoke_key(cmd: RevokeKey, ctx: Context) -> RevokedKey:
    """End an API key at once."""
    key, makers = _touched(ctx, cmd.id)
    if key.revoked_at is None:
        key = KEYS.replace(ctx, key.model_copy(update={"revoked_at": ctx.now}))
    return RevokedKey(**_shown(ctx, key, makers, _used(ctx, [key]).get(key.id)))


def _used(ctx: Context, keys: Iterable[ApiKey]) -> Mapping[str, datetime]:
    return last_used(ctx.door.ports.records, ctx.workspace, [key.id for key in keys])


def _makers(ctx: Context, keys: Iterable[ApiKey]) -> dict[str, Member]:
    """The members who made keys, and the one who asks, by their ids."""
    ids = dict.fromkeys(filter(None, (ctx.actor.member, *(key.member for key in keys))))
    return {one.id: one for one in MEMBERS.many(ctx, list(ids)) if one}


def _touched(ctx: Context, id: str) -> tuple[ApiKey, Mapping[str, Member]]:
    """A key that the caller may touch, and its maker. Raises NotFound for any other, as for one that is not there.

    Whoever comes by a key reaches as far as the member who made it.
    """
    key = KEYS.require(ctx, id)
    makers = _makers(ctx, [key])
    if not may_touch(key, ctx.actor.member, makers):
        raise NotFound(f"There is no {KEYS.noun} '{id[:64]}' in this workspace.")
    return key, makers


def _point(ctx: Context, key: ApiKey, until: datetime | None = None) -> None:
    """Lead from the key's secret to it: a new way there, or `until` when the one there is goes on."""
    pointer = KeyPointer(id=key.secret_hash, created_at=ctx.now, updated_at=ctx.now, workspace=ctx.workspace, key=key.id)
    at = place(HOME, POINTERS.kind, pointer.id)
    ctx.write(Put(at, pointer.body(), 2, expires=int(until.timestamp()) + 1) if until else Put(at, pointer.body(), 1, expect=ABSENT))


def _shown(ctx: Context, key: ApiKey, makers: Mapping[str, Member], used: datetime | None = None) -> dict[str, object]:
    kept = key.model_dump(include={"id", "name", "scopes", "created_at", "expires_at", "revoked_at", "former_until", "member"})
    maker = makers.get(key.member)
    made_by = maker.name if maker else "" if key.member else OWNER.name
    preview = f"stw_...{key.last_four}"
    return {**kept, "workspace_id": ctx.workspace, "agent_id": key.member, "made_by": made_by, "key_preview": preview, "last_used_at": used}
