"""Commands on what is unusual: looking new receipts over, telling of what was found, and showing it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from steward.kernel.actor import Surface
from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Forbidden
from steward.kernel.ids import earliest, made_at
from steward.kernel.model import Nothing
from steward.kernel.origins import KIND as ORIGINS
from steward.kernel.ports import Json, Stored
from steward.kernel.receipts import KIND
from steward.kernel.registry import manifest
from steward.kernel.time import from_iso
from steward.workspaces import rules_anomalies as rules
from steward.workspaces.here import here
from steward.workspaces.mails import want
from steward.workspaces.model import KEYS, ApiKey, Workspace
from steward.workspaces.model_anomalies import (
    FINDINGS,
    HABITS,
    WATCHED,
    WATCHES,
    Finding,
    Habit,
    ListUnusual,
    Looked,
    LookOver,
    TellUnusual,
    UnusualPage,
    UnusualView,
    Watch,
)
from steward.workspaces.model_exports import EXPORTS
from steward.workspaces.model_mails import Purpose
from steward.workspaces.model_members import MEMBERS, Member
from steward.workspaces.reading_receipts import views, whose
from steward.workspaces.roster import running
from steward.workspaces.rules_permissions import ASKED_ALWAYS

LATE = timedelta(minutes=1)
"""How much later than its id says a receipt may be committed, and still be looked at."""
FIRST = timedelta(minutes=10)
"""How far back the first look of all goes."""
MOST_READ, PAGE = 20_000, 500
MOST_ACTORS, MOST_FOUND = 40, 40
"""How many actors and findings fit one commit."""
GRAVE = (Danger.OUTWARD, Danger.PHYSICAL, Danger.DESTRUCTIVE)
PEOPLE = ("member", "key")


def fresh(ctx: Context) -> list[Stored]:
    """The receipts that nobody looked at yet, oldest first; of more than 20,000 the newest."""
    watch = WATCHES.get(ctx, WATCHED)
    low, high = watch.upto if watch else earliest(ctx.now - FIRST), earliest(ctx.now - LATE)
    found: list[Stored] = []
    start = ""
    while len(found) < MOST_READ:
        page = ctx.query(KIND, start=start, limit=PAGE, forward=False)
        found += [row for row in page.rows if low < row.key.sk < high]
        start = page.next
        if not start or page.rows[-1].key.sk <= low:
            break
    return found[::-1]


def is_somebodys(row: Stored) -> bool:
    """Whether a person or a key did it, and not at the machine itself: who has that, has the records too."""
    return row.body.get("actor_kind") in PEOPLE and row.body.get("surface") not in (Surface.CLI, Surface.SYSTEM)


@command("receipts.look_over", scope="read:audit", danger=Danger.WRITE, internal=True)
def look_over(cmd: LookOver, ctx: Context) -> Looked:
    """Look new receipts over for what is unusual, and note it."""
    rows = fresh(ctx)
    people = [row for row in rows if is_somebodys(row) and ctx.door.stamp.holds(row)]
    told = _Told.of(ctx, people, here(ctx))
    habits, found = dict[str, Habit](), list[str]()
    end = rows[-1].key.sk if rows else ""
    for before, row in zip(["", *(one.key.sk for one in people)], people, strict=False):
        actor = str(row.body["actor"])
        if len(found) == MOST_FOUND or (actor not in habits and len(habits) == MOST_ACTORS):
            end = before
            break
        deed = told.deed(row)
        habit, says = rules.judged(habits.get(actor) or told.habit(actor, deed.at), deed)
        habits[actor] = habit
        if says:
            found.append(_found(ctx, row, says))
    for habit in habits.values():
        HABITS.replace(ctx, habit) if habit.version else HABITS.insert(ctx, habit)
    _note(ctx, end)
    if found:
        ctx.emit("receipts.unusual", {"findings": list[Json](found)})
    return Looked(found=len(found), more=bool(rows) and end != rows[-1].key.sk)


@command("receipts.tell_unusual", scope="read:audit", danger=Danger.WRITE, internal=True)
def tell_unusual(cmd: TellUnusual, ctx: Context) -> Nothing:
    """Write to the owners and admins of a workspace that something unusual was done."""
    reasons = dict.fromkeys(reason for one in FINDINGS.many(ctx, cmd.findings) if one for reason in one.says)
    for one in running(ctx):
        said = "\n".join(f"- {reason}." for reason in list(reasons)[:10])
        want(ctx, Purpose.UNUSUAL, one.email, account=one.account, workspace=ctx.workspace, member=one.id, said=said)
    return Nothing()


@command("receipts.unusual", scope="read:audit", danger=Danger.READ, http="GET /receipts/unusual")
def list_unusual(cmd: ListUnusual, ctx: Context) -> UnusualPage:
    """List what was unusual of late, newest first: much taken away at once, odd hours, a new key; for owners and admins."""
    if whose(ctx):
        raise Forbidden("Only owners and admins see what was unusual.", rule="role admin")
    found, _ = FINDINGS.page(ctx, limit=cmd.limit, newest=True)
    stored = ctx.get_many([ctx.key(KIND, one.id) for one in found])
    receipts = {one.id: one for one in views(ctx, [row for row in stored if row])}
    rows = [
        UnusualView(
            id=one.id, at=made_at(one.id), actor=one.actor, says=one.says, name=receipts[one.id].name if one.id in receipts else "",
            command=receipts[one.id].command if one.id in receipts else "",
        )
        for one in found
    ]  # fmt: skip
    return UnusualPage(rows=rows, total=len(rows))


def _found(ctx: Context, row: Stored, says: Sequence[str]) -> str:
    made = Finding(id=row.key.sk, created_at=ctx.now, updated_at=ctx.now, actor=str(row.body["actor"]), says=list(says))
    return FINDINGS.insert(ctx, made).id


def _note(ctx: Context, upto: str) -> None:
    """Note up to where was looked; two who look at once meet here."""
    watch = WATCHES.get(ctx, WATCHED)
    if watch:
        WATCHES.replace(ctx, watch.model_copy(update={"upto": upto or watch.upto}))
    else:
        WATCHES.insert(ctx, Watch(id=WATCHED, created_at=ctx.now, updated_at=ctx.now, upto=upto or earliest(ctx.now - LATE)))


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known beside some receipts: habits, members, keys, and where they came from."""

    workspace: Workspace
    now: datetime
    habits: Mapping[str, Habit]
    members: Mapping[str, Member]
    keys: Mapping[str, ApiKey]
    places: Mapping[str, str]

    @classmethod
    def of(cls, ctx: Context, rows: Sequence[Stored], workspace: Workspace) -> "_Told":
        actors = list(dict.fromkeys(str(row.body["actor"]) for row in rows))
        people = [str(row.body["member"]) for row in rows if row.body["member"]]
        keys = [actor.removeprefix("key:") for actor in actors if actor.startswith("key:")]
        return cls(
            workspace,
            ctx.now,
            {one.id: one for one in HABITS.many(ctx, actors) if one},
            {one.id: one for one in MEMBERS.many(ctx, people) if one},
            {f"key:{one.id}": one for one in KEYS.many(ctx, keys) if one},
            dict(_places(ctx, {str(row.body["origin"]) for row in rows})),
        )

    def habit(self, actor: str, at: datetime) -> Habit:
        """What is known of an actor, from now on where nothing is."""
        return self.habits.get(actor) or Habit(id=actor, created_at=self.now, updated_at=self.now, since=at)

    def deed(self, row: Stored) -> rules.Deed:
        """What a receipt tells."""
        body: Mapping[str, Any] = row.body
        by_key, done = body["actor_kind"] == "key", body["outcome"] == "done"
        member = self.members.get(str(body["member"]))
        zone = (member.time_zone if member else "") or self.workspace.time_zone
        export = body["subject_kind"] == EXPORTS.kind
        at, key = from_iso(body["at"]), self.keys.get(str(body["actor"]))
        return rules.Deed(
            at=at,
            local=at.astimezone(ZoneInfo(zone)),
            done=done,
            by_key=by_key,
            grave=(done or body["outcome"] == "approval_needed") and (export or _is_grave(body["command"])),
            rows=body["rows"] if export else None,
            place=self.places.get(str(body["origin"]), ""),
            hours=(member.working_hours if member else "") or self.workspace.working_hours,
            made=key.created_at if key else None,
        )


def _places(ctx: Context, names: set[str]) -> Iterator[tuple[str, str]]:
    """A name for the address behind each origin, which leads nobody back to it."""
    asked = sorted(names - {""})
    for name, row in zip(asked, ctx.get_many([ctx.key(ORIGINS, one) for one in asked]), strict=True):
        if row and ctx.door.stamp.holds(row) and row.body["ip"]:
            yield name, ctx.door.stamp.hidden("place", str(row.body["ip"]))


def _is_grave(name: str) -> bool:
    entry = manifest().commands.get(name)
    return entry is not None and (entry.danger in GRAVE or bool(ASKED_ALWAYS.intersection(entry.names)))
