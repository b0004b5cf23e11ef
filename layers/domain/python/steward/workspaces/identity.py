"""Who a credential belongs to, and as whom they act where. These are reads before the door: a junk key costs none."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from steward.kernel.actor import OWNER_ACCOUNT, Actor
from steward.kernel.errors import Conflict, Forbidden, NotFound, Unavailable
from steward.kernel.ids import fingerprint
from steward.kernel.keys import SYSTEM, partition, place
from steward.kernel.pages import nearest
from steward.kernel.ports import Put, Records, Stored
from steward.workspaces.model import HOME, KEYS, POINTERS, SESSIONS, WORKSPACES, ApiKey, KeyPointer, Session, Workspace
from steward.workspaces.model_members import ACCOUNTS, MEMBERS, MEMBERSHIP, Account, Member
from steward.workspaces.roles import held, narrowed
from steward.workspaces.rules import well_formed

OWNER = Actor("owner", "member", "Owner", frozenset({"*"}), role="owner", person=OWNER_ACCOUNT)
"""The installation's owner, at the command line of the machine that owns the home."""
INVALID = "Invalid API key"
ABOUT_ONESELF = frozenset({"workspaces.list", "workspaces.get"})
"""What a person may run where they act in no workspace, besides what is open to all: never by a scope, as what lies there is the
installation's."""
ENDED = "Your session has ended; sign in again."
NOTED = timedelta(minutes=1)
"""How exactly it is known when a session was last used."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, before it is known in which workspace they act."""

    account: str
    name: str
    session: str

    @property
    def owns_all(self) -> bool:
        """Whether this is the installation's owner."""
        return self.account == OWNER.id


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
    if key is None or not key.living(now) or not key.opens(fingerprint(secret), now):
        raise Forbidden(INVALID, unknown=True)
    actor = Actor(
        f"key:{key.id}", "key", key.name, frozenset(key.scopes), role="key", workspace=pointer.workspace, member=key.member,
        line=key.line or key.id,
    )  # fmt: skip
    if not key.member:
        return actor
    maker = _member(records, pointer.workspace, key.member)
    if maker is None or not maker.active:
        raise Forbidden(INVALID, unknown=True)
    return replace(actor, scopes=narrowed(key.scopes, maker.role), bound=maker.role)


def by_session(records: Records, token: str, now: datetime, *, used: bool = True) -> Person:
    """The person of a session cookie, whose use is noted at most once a minute. Raises Forbidden (unknown) when it has ended.

    It is not `used` by a page that asks by itself, so that one left open keeps nobody signed in.
    """
    (found,) = records.get([place(HOME, SESSIONS.kind, fingerprint(token))])
    session = Session.of(found) if found else None
    if found is None or session is None or not session.living(now):
        raise Forbidden(ENDED, unknown=True)
    (row,) = records.get([place(HOME, ACCOUNTS.kind, session.account)])
    account = Account.of(row) if row else None
    if session.account == OWNER.id:
        person = Person(OWNER.id, (account and account.full_name) or OWNER.name, session.id)
    elif account and account.is_active:
        person = Person(account.id, account.full_name or account.email, session.id)
    else:
        raise Forbidden(ENDED, unknown=True)
    if used and now >= session.seen_at + NOTED:
        _note(records, found, session.model_copy(update={"seen_at": now}))
    return person


def _note(records: Records, found: Stored, session: Session) -> None:
    """Whoever was faster has noted it too; a full disk is no reason to turn anybody away."""
    with suppress(Conflict, Unavailable):
        records.commit([replace(_put(found), body=session.body(), version=found.version + 1, expect=found.version)])


def _put(row: Stored) -> Put:
    return Put(row.key, row.body, row.version, due=row.due, external=row.external, expires=row.expires)


def acting(records: Records, person: Person, workspace: str) -> Actor:
    """The actor that a person is in a workspace. Raises NotFound where they are no member, as for one that is not there."""
    if person.owns_all:
        return replace(OWNER, name=person.name, session=person.session)
    if workspace == SYSTEM:
        return Actor(
            person.account, "member", person.name, frozenset(), role="person", person=person.account, session=person.session,
            commands=ABOUT_ONESELF,
        )  # fmt: skip
    (row,) = records.get([place(HOME, MEMBERSHIP, f"{person.account}#{workspace}")])
    member = _member(records, workspace, str(row.body["member"])) if row else None
    if member is None or not member.active:
        raise _no_workspace(workspace, [])
    return Actor(
        member.id, "member", member.name, held(member.role), role=member.role, workspace=workspace, member=member.id,
        person=person.account, session=person.session, line=member.line,
    )  # fmt: skip


def at_home(records: Records, account: str) -> frozenset[str]:
    """The ids of the workspaces that an account is a member of."""
    found, start = set(), ""
    while True:
        page = records.query(partition(HOME, MEMBERSHIP), f"{account}#", start=start, limit=1000)
        found |= {row.key.sk.partition("#")[2] for row in page.rows if row.body.get("joined", True)}
        start = page.next
        if not start:
            return frozenset(found)


def workspaces(records: Records) -> list[Workspace]:
    """All workspaces, oldest first."""
    found, start = [], ""
    while True:
        page = records.query(partition(HOME, WORKSPACES.kind), start=start, limit=1000)
        found += [Workspace.of(row) for row in page.rows]
        start = page.next
        if not start:
            return found


def seen_by(records: Records, actor: Actor) -> list[Workspace]:
    """The workspaces that an actor may know of."""
    known = workspaces(records)
    if actor.id == OWNER.id:
        return known
    home = at_home(records, actor.person) if actor.person else {actor.workspace}
    return [one for one in known if one.id in home]


def workspace_named(records: Records, name: str) -> Workspace:
    """The workspace of an id or slug, for the installation's owner. Raises NotFound, naming the nearest slug."""
    return _named(workspaces(records), name)


def workspace_seen(records: Records, name: str, actor: Actor) -> Workspace:
    """The same among those that an actor may know of."""
    return _named(seen_by(records, actor), name)


def _named(known: list[Workspace], name: str) -> Workspace:
    found = next((one for one in known if one.id == name), None) or next((one for one in known if one.slug == name), None)
    if found:
        return found
    raise _no_workspace(name, [one.slug for one in known])


def _no_workspace(name: str, slugs: list[str]) -> NotFound:
    return NotFound(f"There is no workspace '{name[:64]}'.{nearest(name, slugs)} `steward workspaces list` shows them.")


def _member(records: Records, workspace: str, id: str) -> Member | None:
    (row,) = records.get([place(workspace, MEMBERS.kind, id)])
    return Member.of(row) if row else None
