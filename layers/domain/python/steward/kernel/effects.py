"""What a command would change, field by field, so that a person can see it before it happens, and is asked again if it differs then."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from steward.kernel.ids import fingerprint
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


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person is shown of an effect, at most 60 fields, and a mark of the whole of it."""

    effects: Sequence[Effect]
    mark: str


def shown(ctx: "Context") -> Shown:
    """What the changes of a context would do; secrets are only said to change."""
    changes = [change for change in ctx.changes.values() if not isinstance(change, Check)]
    found: list[Effect] = []
    bound: list[object] = []
    gone: set[str] = set()
    for change, stored in zip(changes, _before(ctx), strict=True):
        told = list(_of(change, stored))
        found += told
        bound.append(_bound(change, stored, told, gone=gone))
    return Shown(found[:MOST], fingerprint(json.dumps([one for one in bound if one], default=str)))


def _bound(change: Put | Add | Delete, before: Body | None, told: Sequence[Effect], *, gone: set[str]) -> object:
    """What a yes to this change is good for: each difference, how much is added, and of what goes everything that it held.

    What goes along with a record and has its id, such as its value, is made anew by itself and counts as part of it.
    """
    match change:
        case Put():
            return [[one.kind, one.id, one.field, one.before, one.after] for one in told]
        case Add(amounts=amounts):
            return [change.key.pk, change.key.sk, dict(amounts)]
        case Delete(key=key):
            if before is None or key.sk in gone:
                return None
            gone.add(key.sk)
            return [key.pk, key.sk, {name: value for name, value in before.items() if name not in UNTOLD}]


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
