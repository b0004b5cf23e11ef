"""Typed rows: a table of one kind of record in the workspace of a context."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from steward.kernel.context import Context
from steward.kernel.effects import in_cents, untold
from steward.kernel.errors import NotFound
from steward.kernel.keys import SYSTEM, partition, place
from steward.kernel.ports import ABSENT, Delete, Key, Page, Put, Stored

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]


class Record(BaseModel):
    """A row as its slice sees it. `version` lives beside the body; `ref` is 0 where nobody says a number.

    `SCHEMA` rises when the shape changes; `UPGRADES[n]` makes a body of schema n into one of n + 1, on read. `UNTOLD` are fields
    that only machines know (`*` is all): they are not shown to who approves a change. `CENTS` are amounts, shown in dollars.
    """

    model_config = ConfigDict(extra="ignore", defer_build=True)
    SCHEMA: ClassVar[int] = 1
    UPGRADES: ClassVar[Mapping[int, Upgrade]] = {}
    UNTOLD: ClassVar[frozenset[str]] = frozenset()
    CENTS: ClassVar[frozenset[str]] = frozenset()

    id: str
    ref: int = 0
    version: int = 0
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, stored: Stored) -> Self:
        """The record of a stored row, upgraded to today's schema."""
        body: dict[str, Any] = dict(stored.body)
        for schema in range(int(body.pop("schema", 1)), cls.SCHEMA):
            body = cls.UPGRADES[schema](body)
        return cls.model_validate({**body, "version": stored.version})

    def body(self) -> dict[str, Any]:
        """The JSON body to store, without what is unknown."""
        made = self.model_dump(mode="json", exclude_none=True, exclude={"version"})
        return {**made, "schema": self.SCHEMA}


R = TypeVar("R", bound=Record)


class Table(Generic[R]):
    """Rows of `kind`, keyed by id. `noun` is what a message calls one; `indexed` kinds are listed by Search.

    `due` and `external` give a record's place in the two named indexes ("" keeps it out); `expires` its end of life.
    """

    WORKSPACE: ClassVar[str] = ""
    """Where the rows lie; "" is the workspace of the context."""

    def __init__(
        self,
        kind: str,
        model: type[R],
        *,
        noun: str = "",
        indexed: bool = False,
        due: Callable[[R], str] = lambda _: "",
        external: Callable[[R], str] = lambda _: "",
        expires: Callable[[R], int | None] = lambda _: None,
    ) -> None:
        self.kind = untold(kind, model.UNTOLD)
        in_cents(kind, model.CENTS)
        self.noun = noun or kind
        self._model = model
        self._indexed = indexed
        self._due, self._external, self._expires = due, external, expires

    def get(self, ctx: Context, id: str) -> R | None:
        """The record, None when this workspace has none of that id."""
        return self.many(ctx, [id])[0]

    def require(self, ctx: Context, id: str) -> R:
        """The record. Raises NotFound."""
        found = self.get(ctx, id)
        if found is None:
            raise NotFound(f"There is no {self.noun} '{id[:64]}' in this workspace.")
        return found

    def many(self, ctx: Context, ids: Sequence[str]) -> list[R | None]:
        """Records in the order asked, None where there is none."""
        stored = ctx.get_many([self._key(ctx, one) for one in ids])
        return [self._model.of(row) if row else None for row in stored]

    def page(self, ctx: Context, prefix: str = "", *, start: str = "", limit: int = 100, newest: bool = False) -> tuple[list[R], str]:
        """Committed records by id, oldest first (or newest), and where the next page starts."""
        pk = partition(self.WORKSPACE or ctx.workspace, self.kind)
        page: Page = ctx.door.ports.records.query(pk, prefix, start=start, limit=limit, forward=not newest)
        return [self._model.of(row) for row in page.rows], page.next

    def external_of(self, ctx: Context, external: str) -> list[R]:
        """Committed records whose place in the index "external" is this, at most 1,000."""
        pk = partition(self.WORKSPACE or ctx.workspace, self.kind)
        rows = ctx.door.ports.records.query(pk, external, index="external", limit=1000).rows
        return [self._model.of(row) for row in rows if row.external == external]

    def insert(self, ctx: Context, record: R) -> R:
        """Write a record that must not be there yet; version 1."""
        return self._put(ctx, record, version=1, expect=ABSENT)

    def replace(self, ctx: Context, record: R) -> R:
        """Write a changed record over the version it was read at."""
        changed = record.model_copy(update={"updated_at": ctx.now})
        return self._put(ctx, changed, version=record.version + 1, expect=record.version)

    def remove(self, ctx: Context, record: R) -> None:
        """Remove a record at the version it was read at."""
        ctx.write(Delete(self._key(ctx, record.id), expect=record.version))
        self._touch(ctx, record.id)

    def check(self, ctx: Context, record: R) -> None:
        """Have the commit fail where a record that is only read has changed meanwhile."""
        ctx.check(self._key(ctx, record.id), record.version)

    def _put(self, ctx: Context, record: R, *, version: int, expect: int) -> R:
        key = self._key(ctx, record.id)
        due, external, expires = self._due(record), self._external(record), self._expires(record)
        ctx.write(Put(key, record.body(), version, expect=expect, due=due, external=external, expires=expires))
        self._touch(ctx, record.id)
        return record.model_copy(update={"version": version})

    def _key(self, ctx: Context, id: str) -> Key:
        return place(self.WORKSPACE or ctx.workspace, self.kind, id)

    def _touch(self, ctx: Context, id: str) -> None:
        if self._indexed:
            ctx.reindex(self.kind, [id])


class InstallationTable(Table[R]):
    """Rows of the installation, whatever workspace a context is in; such a kind is never listed by Search."""

    WORKSPACE = SYSTEM
