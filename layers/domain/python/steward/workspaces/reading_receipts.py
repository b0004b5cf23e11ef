"""Reading receipts: pages of them as they are asked for, and the names behind what they refer to."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from steward.kernel.actor import NOBODY
from steward.kernel.context import Context
from steward.kernel.ids import is_id, made_at, ref_of
from steward.kernel.keys import SYSTEM
from steward.kernel.origins import KIND as ORIGINS
from steward.kernel.ports import Json, Stored
from steward.kernel.receipts import KIND
from steward.workspaces.identity import OWNER
from steward.workspaces.model import KEYS
from steward.workspaces.model_anomalies import FINDINGS
from steward.workspaces.model_approvals import APPROVALS
from steward.workspaces.model_members import ACCOUNTS, MEMBERS
from steward.workspaces.model_permissions import Rule, standing
from steward.workspaces.model_receipts import Filters, ReceiptView
from steward.workspaces.roles import Role
from steward.workspaces.rules_receipts import DONE, bounds, matches, shared

MOST_READ = 2_000
"""Receipts that are looked at for one page."""
PAGE = 200
CHANGED = "changed"
"""The outcome that a receipt shows which is not as it was written."""
NAMES = ("name", "address", "spoken")
"""The fields that a record may be called by."""
RULE = "rule"
SEES_ALL = (Role.OWNER, Role.ADMIN)


def whose(ctx: Context) -> str:
    """The member or actor whose receipts alone may be seen, "" for all. A key sees what its maker does."""
    actor = ctx.actor
    if actor.kind in ("key", "member") and actor.member:
        member = MEMBERS.get(ctx, actor.member)
        return "" if member and member.role in SEES_ALL else actor.member
    return "" if actor.kind in ("key", "system") or actor.role in SEES_ALL else actor.id


@dataclass(frozen=True, slots=True)
class Wanted:
    """The receipts that are asked for, and the member or actor whose alone they may be."""

    filters: Filters
    only: str

    def page(self, ctx: Context, *, start: str, limit: int) -> tuple[list[Stored], str]:
        """At most `limit` of them, newest first, and the cursor of what follows, "" at the end. Fewer where 2,000 were looked at."""
        low, high = bounds(self.filters)
        found: list[Stored] = []
        for number in range(MOST_READ // PAGE + 1):
            page = ctx.query(KIND, shared(low, high), start=start, limit=PAGE if number else limit, forward=False)
            wanted = [place for place, row in enumerate(page.rows, 1) if self._meant(row, low, high)]
            room = limit - len(found)
            if len(wanted) > room:  # the last one that there is room for, and the cursor behind it
                page = ctx.query(KIND, shared(low, high), start=start, limit=wanted[room - 1], forward=False)
            found += [row for row in page.rows if self._meant(row, low, high)]
            start = "" if page.rows and page.rows[-1].key.sk < low else page.next
            if not start or len(found) == limit:
                break
        return found, start

    def pages(self, ctx: Context) -> Iterator[list[Stored]]:
        """All of them, page by page."""
        rows, start = self.page(ctx, start="", limit=PAGE)
        yield rows
        while start:
            rows, start = self.page(ctx, start=start, limit=PAGE)
            yield rows

    def _meant(self, row: Stored, low: str, high: str) -> bool:
        return row.key.sk >= low and (not high or row.key.sk < high) and matches(self.filters, row.body, only=self.only)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a receipt is about, as it is called today."""

    kind: str
    name: str = ""
    ref: int = 0


def views(ctx: Context, rows: Sequence[Stored]) -> list[ReceiptView]:
    """Receipts with the names and origins behind what they refer to. One that is not as Steward wrote it says that, and nothing else."""
    true = {one.id: one for one in _views(ctx, [row for row in rows if ctx.door.stamp.holds(row)])}
    return [true.get(row.key.sk) or _changed(row.key.sk) for row in rows]


def _changed(id: str) -> ReceiptView:
    return ReceiptView(id=id[:64], at=made_at(id), actor="", actor_kind="", name="", surface="", command="", outcome=CHANGED, rule="")


def _views(ctx: Context, rows: Sequence[Stored]) -> list[ReceiptView]:
    names, origins, subjects, approvers = _names(ctx, rows), _origins(ctx, rows), _subjects(ctx, rows), _approvers(ctx, rows)
    found = FINDINGS.many(ctx, [row.key.sk for row in rows] if whose(ctx) == "" else [])
    unusual = {one.id: one.says for one in found if one}
    return [
        ReceiptView.model_validate({
            **row.body,
            "id": row.key.sk,
            "name": names.get(str(row.body["actor"]), ""),
            "unusual": unusual.get(row.key.sk, ()),
            "approved_by": approvers.get(str(row.body["approval"]), "") if row.body["outcome"] == DONE else "",
            **_about(subjects.get(str(row.body["subject"]))),
            "touched": [{"kind": kind, "id": id, "version": version} for kind, id, version in _listed(row, "touched")],
            **origins[str(row.body["origin"])],
        })
        for row in rows
    ]  # fmt: skip


def _approvers(ctx: Context, rows: Sequence[Stored]) -> Mapping[str, str]:
    """Who said yes, by the id of the approval."""
    asked = {str(row.body["approval"]) for row in rows} - {""}
    return {one.id: one.decided_by for one in APPROVALS.many(ctx, list(asked)) if one}


def _about(subject: Subject | None) -> Mapping[str, Json]:
    return {"subject_kind": subject.kind, "subject_ref": subject.ref, "about": subject.name} if subject else {}


def _names(ctx: Context, rows: Sequence[Stored]) -> Mapping[str, str]:
    """Who actors are today. The invented person of a sample county is no member, and is called what the receipt calls them."""
    actors = {str(row.body["actor"]): str(row.body["actor_kind"]) for row in rows}
    names = {OWNER.id: OWNER.name, NOBODY.id: "nobody signed in"}
    names |= {actor: actor.partition(":")[2] for actor, kind in actors.items() if kind in ("system", "hook")}
    names |= {actor: actor for actor, kind in actors.items() if kind == "member" and actor not in names and not is_id(actor)}
    members = [actor for actor, kind in actors.items() if kind == "member" and actor not in names]
    names |= {actor: member.name for actor, member in zip(members, MEMBERS.many(ctx, members), strict=True) if member}
    people = ACCOUNTS.many(ctx, members) if ctx.workspace == SYSTEM else []
    names |= {one.id: one.full_name or one.email for one in people if one}
    keys = [actor for actor, kind in actors.items() if kind == "key"]
    held = KEYS.many(ctx, [actor.removeprefix("key:") for actor in keys])
    return names | {actor: key.name for actor, key in zip(keys, held, strict=True) if key}


def _subjects(ctx: Context, rows: Sequence[Stored]) -> Mapping[str, Subject]:
    """What receipts are about, by the id of that. Accounts are shown to who sees all receipts of the installation only."""
    named = {str(row.body["subject"]): str(row.body["subject_kind"]) for row in rows if row.body["subject"]}
    rules = {str(row.body["subject"]) for row in rows if str(row.body["command"]).startswith("permissions.")}
    own = [(id, kind) for id, kind in named.items() if kind and kind != ACCOUNTS.kind]
    found = dict(zip([id for id, _ in own], ctx.get_many([ctx.key(kind, id) for id, kind in own]), strict=True))
    accounts = [id for id, kind in named.items() if kind == ACCOUNTS.kind and ctx.workspace == SYSTEM and whose(ctx) == ""]
    return (
        {id: _subject(kind, id, found.get(id)) for id, kind in named.items()}
        | {one.id: Subject(ACCOUNTS.kind, one.email or one.full_name) for one in ACCOUNTS.many(ctx, accounts) if one}
        | {id: Subject(RULE) for id in rules & named.keys()}
        | {one.id: Subject(RULE, f"{one.permission} {one.command_pattern}") for one in _rules(ctx, rules)}
    )


def _subject(kind: str, id: str, row: Stored | None) -> Subject:
    body = row.body if row else {}
    return Subject(kind, str(next((body[field] for field in NAMES if body.get(field)), "")), ref_of(id))


def _rules(ctx: Context, ids: Set[str]) -> list[Rule]:
    found = standing(ctx.door.ports.records, ctx.workspace) if ids else None
    return [one for one in found.rules if one.id in ids] if found else []


def _origins(ctx: Context, rows: Sequence[Stored]) -> Mapping[str, Mapping[str, Json]]:
    """What is known of where receipts came from, by the name of that."""
    named = list({str(row.body["origin"]) for row in rows} - {""})
    found = zip(named, ctx.get_many([ctx.key(ORIGINS, name) for name in named]), strict=True)
    return {"": {"origin": ""}, **{name: _origin(ctx, row) for name, row in found}}


def _origin(ctx: Context, row: Stored | None) -> Mapping[str, Json]:
    if row is None:
        return {"origin": "erased"}
    if not ctx.door.stamp.holds(row):
        return {"origin": "changed"}
    return {"origin": "known", "ip": row.body["ip"], "user_agent": row.body["user_agent"]}


def _listed(row: Stored, field: str) -> Sequence[Any]:
    found: Any = row.body.get(field, ())
    return found if isinstance(found, list) else ()
