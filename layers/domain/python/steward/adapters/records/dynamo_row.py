"""The one PynamoDB model: any row of any kind. Its traps and how they are kept shut:

`save()` drops attributes that the model does not know (here only ever in whole-row writes, where that is wanted), numbers
are floats (here `WholeNumber`), and `Meta` is read once (here a class is made for each engine).
"""

from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.connection import TableConnection
from pynamodb.constants import NUMBER
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from steward.adapters.records import limits
from steward.kernel.ports import ABSENT, Key, Stored

ADDED = "add_"
"""What the top-level numbers begin with that `Add` raises."""


class WholeNumber(Attribute[int]):
    """A number without a fraction (PynamoDB's own is a float)."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class DueIndex(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call]
    """Rows of a partition by their time."""

    class Meta:
        index_name = "due"
        projection = AllProjection()
        billing_mode = "PAY_PER_REQUEST"

    pk = UnicodeAttribute(hash_key=True)
    due = UnicodeAttribute(range_key=True)


class ExternalIndex(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call]
    """Rows of a partition by another system's key."""

    class Meta:
        index_name = "external"
        projection = AllProjection()
        billing_mode = "PAY_PER_REQUEST"

    pk = UnicodeAttribute(hash_key=True)
    external = UnicodeAttribute(range_key=True)


class Row(Model):
    """Any row. `added` is what was added since its last Put; it is read only, and never saved by the model."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    version = WholeNumber()
    body = UnicodeAttribute(null=True)
    due = UnicodeAttribute(null=True)
    external = UnicodeAttribute(null=True)
    expires = WholeNumber(null=True)
    due_index = DueIndex()
    external_index = ExternalIndex()
    added: Mapping[str, int] = {}

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> "Row":
        """The row with the additions that the model does not know by name."""
        row = super().from_raw_data(data)
        row.added = {name.removeprefix(ADDED): int(value["N"]) for name, value in data.items() if name.startswith(ADDED)}
        return row

    @classmethod
    def connection(cls) -> TableConnection:
        """PynamoDB's connection to the table, for what models do not offer."""
        return cls._get_connection()

    def stored(self) -> Stored:
        key = Key(self.pk, self.sk)
        text = self.body or "{}"
        body = limits.added(limits.decode(text, key), self.added)
        return Stored(key, self.version, body, self.due or "", self.external or "", self.expires, "" if self.added else text)


def table(name: str, region: str, host: str | None) -> type[Row]:
    """The model bound to a table. A class of its own per engine, because PynamoDB reads `Meta` only once."""
    meta = {"table_name": name, "region": region, "host": host, "billing_mode": "PAY_PER_REQUEST", "max_pool_connections": 32}
    patience = {"connect_timeout_seconds": 5, "read_timeout_seconds": 10}
    return type("Row", (Row,), {"Meta": type("Meta", (), {**meta, **patience})})


def alive(now: float) -> Condition:
    """The condition that a row is absent or has not expired."""
    condition: Condition = Row.expires.does_not_exist() | (Row.expires > int(now))
    return condition


def over(row: Row, now: float) -> bool:
    """Whether a row has expired."""
    return row.expires is not None and row.expires <= now


def expected(expect: int | None, now: int) -> Condition | None:
    """The condition that a row is at the expected version."""
    if expect is None:
        return None
    if expect == ABSENT:
        absent: Condition = Row.pk.does_not_exist() | (Row.expires <= now)
        return absent
    condition: Condition = (Row.version == expect) & alive(now)
    return condition
