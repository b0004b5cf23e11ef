"""What a command would change, field by field, so that a person can see it before it happens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from steward.kernel.keys import kind_of
from steward.kernel.ports import Add, Body, Check, Delete, Json, Put

if TYPE_CHECKING:
    from steward.kernel.context import Context

MOST = 60
SECRET = ("hash", "secret", "token", "password", "public_key", "credential")
UNTOLD = frozenset({"id", "ref", "created_at", "updated_at", "schema"})


@dataclass(frozen=True, slots=True)
class Effect:
    """One field of one record, before and after; `field` is "" when the whole record comes or goes."""

    kind: str
    id: str
    field: str
    before: Json
    after: Json


def effects(ctx: "Context") -> list[Effect]:
    """What the changes of a context would do, at most 60 fields of them; secrets are only said to change."""
    changes = [change for change in ctx.changes.values() if not isinstance(change, Check)]
    found: list[Effect] = []
    for change, stored in zip(changes, _before(ctx), strict=True):
        found += _of(change, stored)
    return found[:MOST]


def _before(ctx: "Context") -> Sequence[Body | None]:
    keys = [change.key for change in ctx.changes.values() if not isinstance(change, Check)]
    rows = [row for start in range(0, len(keys), 100) for row in ctx.door.ports.records.get(keys[start : start + 100])]
    return [row.body if row else None for row in rows]


def _of(change: Put | Add | Delete, before: Body | None) -> Iterator[Effect]:
    kind, id = kind_of(change.key.pk), change.key.sk
    match change:
        case Put(body=body):
            yield from _differences(kind, id, before or {}, after=body)
        case Add(amounts=amounts):
            yield from (Effect(kind, id, name, (before or {}).get(name, 0), f"{amount:+}") for name, amount in amounts.items())
        case Delete() if before is not None:
            yield Effect(kind, id, "", str(before.get("name") or before.get("address") or before.get("ref") or id), None)
        case _:
            pass


def _differences(kind: str, id: str, before: Mapping[str, Json], *, after: Mapping[str, Json]) -> Iterator[Effect]:
    for field in sorted({*before, *after} - UNTOLD):
        old, new = before.get(field), after.get(field)
        if old == new:
            continue
        if any(part in field for part in SECRET):
            old, new = ("•••" if old else None), ("•••" if new else None)
        yield Effect(kind, id, field, old, new)
