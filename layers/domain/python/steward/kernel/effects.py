"""What a command would change, field by field, so that a person can see it before it happens, and is asked again if it differs then."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from steward.kernel.ids import fingerprint
from steward.kernel.keys import kind_of
from steward.kernel.money import dollars
from steward.kernel.ports import Add, Body, Check, Delete, Json, Key, Put

if TYPE_CHECKING:
    from steward.kernel.context import Context

SECRET = ("hash", "secret", "token", "password", "public_key", "credential")
BARE = frozenset({"id", "ref", "created_at", "updated_at", "schema"})
ALL = "*"
NAMING = ("name", "address", "email", "ref")
"""Fields that a record is called by, the first it has."""
EMPTY: tuple[Json, ...] = (None, "", [], {})
"""Nothing said, in whichever way."""
_UNTOLD: dict[str, frozenset[str]] = {}
_CENTS: dict[str, frozenset[str]] = {}


def untold(kind: str, fields: frozenset[str] = frozenset({ALL})) -> str:
    """Declare what of a kind of rows only machines know: these fields (`a.b` a part of one), or all of it. The kind.

    It is neither shown nor part of what is agreed to.
    """
    _UNTOLD[kind] = fields
    return kind


def in_cents(kind: str, fields: frozenset[str]) -> None:
    """Declare which fields of a kind of rows, also of what they hold, are cents; a person is shown dollars."""
    _CENTS[kind] = fields


@dataclass(frozen=True, slots=True)
class Effect:
    """One field of one record, before and after; `field` is "" when the whole record comes or goes, `a.b` for a part of one.

    `name` is what people call the record. The `id` of one that would be new is `new`, `new 2`…: the true one is not known before.
    """

    kind: str
    id: str
    name: str
    field: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person is shown of an effect: what the command says of itself, and each field; and a mark of the whole of it."""

    says: Sequence[str]
    effects: Sequence[Effect]
    mark: str


def shown(ctx: "Context") -> Shown:
    """What the changes of a context would do; secrets are only said to change."""
    changes = [change for change in ctx.changes.values() if not isinstance(change, Check) and not hidden(change.key)]
    found: list[Effect] = []
    bound: list[object] = list(ctx.said)
    gone: set[str] = set()
    new: Counter[str] = Counter()
    for change, stored in zip(changes, _before(ctx, changes), strict=True):
        told = list(_of(change, stored, new))
        found += told
        bound.append(_bound(change, stored, told, gone=gone))
    return Shown(tuple(ctx.said), found, fingerprint(json.dumps([one for one in bound if one], default=str)))


def hidden(key: Key) -> bool:
    """Whether only machines know of this row."""
    return ALL in _UNTOLD.get(kind_of(key.pk), ())


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
            known = BARE | _UNTOLD.get(kind_of(key.pk), frozenset())
            return [key.pk, key.sk, {name: value for name, value in before.items() if name not in known}]


def _before(ctx: "Context", changes: Sequence[Put | Add | Delete]) -> Sequence[Body | None]:
    keys = [change.key for change in changes]
    rows = [row for start in range(0, len(keys), 100) for row in ctx.door.ports.records.get(keys[start : start + 100])]
    return [row.body if row else None for row in rows]


def _of(change: Put | Add | Delete, before: Body | None, new: Counter[str]) -> Iterator[Effect]:
    kind, id = kind_of(change.key.pk), change.key.sk
    match change:
        case Put(body=body):
            if before is None:
                new[kind] += 1
                id = "new" if new[kind] == 1 else f"new {new[kind]}"
            known = BARE | _UNTOLD.get(kind, frozenset())
            for field in dict.fromkeys([*body, *(before or {})]):
                whole = Effect(kind, id, _called(before or body), field, (before or {}).get(field), body.get(field))
                yield from (_in_dollars(one) for one in _differences(whole) if field not in known and one.field not in known)
        case Add(amounts=amounts):
            yield from (Effect(kind, id, "", name, (before or {}).get(name, 0), f"{amount:+}") for name, amount in amounts.items())
        case Delete() if before is not None:
            yield Effect(kind, id, _called(before), "", _called(before) or id, None)
        case _:
            pass


def _called(body: Body) -> str:
    return str(next((body[name] for name in NAMING if body.get(name)), ""))


def _differences(one: Effect) -> Iterator[Effect]:
    """Where the two sides of a field differ: of what has parts the parts, of a list of records those that come or go."""
    old, new = one.before, one.after
    if old == new or (old in EMPTY and new in EMPTY):
        return
    if any(part in one.field for part in SECRET):
        yield replace(one, before="•••" if old else None, after="•••" if new else None)
    elif _has_parts(old) and _has_parts(new):
        sides = [part if isinstance(part, Mapping) else {} for part in (old, new)]
        for name in dict.fromkeys([*sides[1], *sides[0]]):
            yield from _differences(replace(one, field=f"{one.field}.{name}", before=sides[0].get(name), after=sides[1].get(name)))
    elif _is_list(old) and _is_list(new):
        lists = [[_bare(part) for part in side] if isinstance(side, Sequence) else [] for side in (old, new)]
        gone, come = ([part for part in lists[at] if part not in lists[1 - at]] for at in (0, 1))
        yield from (replace(one, before=before, after=after) for before, after in zip_longest(gone, come))
    else:
        yield one


def _in_dollars(one: Effect) -> Effect:
    cents = _CENTS.get(one.kind)
    if not cents:
        return one
    name = one.field.rpartition(".")[2]
    return replace(one, before=_amount(name, one.before, cents), after=_amount(name, one.after, cents))


def _amount(name: str, told: Json, cents: frozenset[str]) -> Json:
    match told:
        case Mapping():
            return {part: _amount(part, value, cents) for part, value in told.items()}
        case int() if name in cents and not isinstance(told, bool):
            return float(dollars(told))
        case _:
            return told


def _has_parts(told: Json) -> bool:
    return told is None or isinstance(told, Mapping)


def _is_list(told: Json) -> bool:
    """Whether this is a list of records, which may be none."""
    return told is None or (isinstance(told, list | tuple) and all(isinstance(part, Mapping) for part in told))


def _bare(told: Json) -> Json:
    """A record in a list without what only machines know, and what is empty."""
    return {name: value for name, value in told.items() if name not in BARE and value not in EMPTY} if isinstance(told, Mapping) else told
