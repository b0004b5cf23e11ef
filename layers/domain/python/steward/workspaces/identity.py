"""Who a credential belongs to. These are reads before the door: a junk key costs none."""

from datetime import datetime

from steward.kernel.actor import Actor
from steward.kernel.errors import Forbidden, NotFound
from steward.kernel.ids import fingerprint
from steward.kernel.keys import partition, place
from steward.kernel.pages import nearest
from steward.kernel.ports import Records
from steward.workspaces.model import HOME, KEYS, POINTERS, SESSIONS, WORKSPACES, ApiKey, KeyPointer, Session, Workspace
from steward.workspaces.rules import well_formed

OWNER = Actor("owner", "member", "Owner", frozenset({"*"}), role="owner")
"""The installation's owner, at the command line of the machine that owns the home."""
INVALID = "Invalid API key"


def by_key(records: Records, secret: str, now: datetime) -> Actor:
    """The actor of an API key. Raises Forbidden (unknown) for one that is malformed, unknown, revoked or expired."""
    if not well_formed(secret):
        raise Forbidden(INVALID, unknown=True)
    (found,) = records.get([place(HOME, POINTERS.kind, fingerprint(secret))])
    if found is None:
        raise Forbidden(INVALID, unknown=True)
    pointer = KeyPointer.of(found)
    (row,) = records.get([place(pointer.workspace, KEYS.kind, pointer.key)])
    key = ApiKey.of(row) if row else None
    if key is None or key.revoked_at or (key.expires_at and key.expires_at <= now):
        raise Forbidden(INVALID, unknown=True)
    return Actor(f"key:{key.id}", "key", key.name, frozenset(key.scopes), role="key", workspace=pointer.workspace)


def by_session(records: Records, token: str, now: datetime) -> Actor:
    """The actor of a session cookie. Raises Forbidden (unknown) when it has ended."""
    (found,) = records.get([place(HOME, SESSIONS.kind, fingerprint(token))])
    session = Session.of(found) if found else None
    if session is None or session.expires_at <= now:
        raise Forbidden("Your session has ended; sign in again.", unknown=True)
    return Actor(session.member, "member", "Owner", frozenset({"*"}), role=session.role)


def workspaces(records: Records) -> list[Workspace]:
    """All workspaces, oldest first."""
    found, start = [], ""
    while True:
        page = records.query(partition(HOME, WORKSPACES.kind), start=start, limit=1000)
        found += [Workspace.of(row) for row in page.rows]
        start = page.next
        if not start:
            return found


def workspace_named(records: Records, name: str) -> Workspace:
    """The workspace of an id or slug. Raises NotFound, naming the nearest slug."""
    known = workspaces(records)
    for one in known:
        if name in (one.id, one.slug):
            return one
    raise NotFound(f"There is no workspace '{name[:64]}'.{nearest(name, [one.slug for one in known])}")
