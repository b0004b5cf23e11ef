"""Reading receipts: pages of them as they are asked for, and the names behind what they refer to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steward.kernel.actor import NOBODY
from steward.kernel.context import Context
from steward.kernel.ids import is_id
from steward.kernel.keys import SYSTEM
from steward.kernel.origins import KIND as ORIGINS
from steward.kernel.ports import Json, Stored
from steward.kernel.receipts import KIND
from steward.workspaces.identity import OWNER
from steward.workspaces.model import KEYS
from steward.workspaces.model_members import ACCOUNTS, MEMBERS
from steward.workspaces.model_receipts import Filters, ReceiptView
from steward.workspaces.roles import Role
from steward.workspaces.rules_receipts import bounds, matches, shared

MOST_READ = 2_000
"""Receipts that are looked at for one page."""
PAGE = 200
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
        for _ in range(max(MOST_READ // limit, 1)):
            page = ctx.query(KIND, shared(low, high), start=start, limit=limit, forward=False)
            matching = [row for row in page.rows if (not high or row.key.sk < high) and row.key.sk >= low and self._meant(row)]
            if len(found) + len(matching) > limit:
                return found, start
            over = bool(page.rows) and page.rows[-1].key.sk < low
            found, start = [*found, *matching], "" if over else page.next
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

    def _meant(self, row: Stored) -> bool:
        return matches(self.filters, row.body, only=self.only)


def views(ctx: Context, rows: Sequence[Stored]) -> list[ReceiptView]:
    """Receipts with the names and origins behind what they refer to; one that was erased shows as ""."""
    names, origins, accounts = _names(ctx, rows), _origins(ctx, rows), _accounts(ctx, rows)
    return [
        ReceiptView.model_validate({
            **row.body,
            "id": row.key.sk,
            "name": names.get(str(row.body["actor"]), ""),
            "about": accounts.get(str(row.body["subject"]), ""),
            "touched": [{"kind": kind, "id": id, "version": version} for kind, id, version in _listed(row, "touched")],
            **origins.get(str(row.body.get("origin")), {}),
        })
        for row in rows
    ]  # fmt: skip


def _names(ctx: Context, rows: Sequence[Stored]) -> Mapping[str, str]:
    """Who actors are today. The invented person of a sample county is no member, and is called what the receipt calls them."""
    actors = {str(row.body["actor"]): str(row.body["actor_kind"]) for row in rows}
    names = {OWNER.id: OWNER.name, NOBODY.id: "nobody signed in"}
    names |= {actor: actor.partition(":")[2] for actor, kind in actors.items() if kind in ("system", "hook")}
    names |= {actor: actor for actor, kind in actors.items() if kind == "member" and actor not in names and not is_id(actor)}
    members = [actor for actor, kind in actors.items() if kind == "member" and actor not in names]
    names |= {actor: member.name for actor, member in zip(members, MEMBERS.many(ctx, members), strict=True) if member}
    keys = [actor for actor, kind in actors.items() if kind == "key"]
    held = KEYS.many(ctx, [actor.removeprefix("key:") for actor in keys])
    return names | {actor: key.name for actor, key in zip(keys, held, strict=True) if key}


def _accounts(ctx: Context, rows: Sequence[Stored]) -> Mapping[str, str]:
    """The addresses of the accounts that receipts of the installation are about."""
    ids = list({str(row.body["subject"]) for row in rows if row.body.get("subject_kind") == ACCOUNTS.kind and row.body["subject"]})
    found = ACCOUNTS.many(ctx, ids) if ctx.workspace == SYSTEM and whose(ctx) == "" else []
    return {one.id: one.email or one.full_name for one in found if one}


def _origins(ctx: Context, rows: Sequence[Stored]) -> Mapping[str, Mapping[str, Json]]:
    named = list({str(row.body["origin"]) for row in rows if row.body.get("origin")})
    found = zip(named, ctx.get_many([ctx.key(ORIGINS, name) for name in named]), strict=True)
    return {name: {"ip": row.body["ip"], "user_agent": row.body["user_agent"]} for name, row in found if row}


def _listed(row: Stored, field: str) -> Sequence[Any]:
    found: Any = row.body.get(field, ())
    return found if isinstance(found, list) else ()
