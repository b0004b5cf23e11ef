"""Records in one DynamoDB table, through one PynamoDB model. PynamoDB and botocore are imported on first use of this module.

A row's body is JSON text. What `Add` adds stays beside it in top-level numbers (`add_{field}`), which DynamoDB raises by itself;
a reader sums both, and a `Put` replaces the whole item and with it the additions.

Every commit is one transaction with a marker row of its own: the SDK repeats a call whose answer was lost, and the marker
tells that the first one went through. A commit of exactly 100 changes has no room for it and relies on the request token
alone, which DynamoDB remembers for ten minutes.
"""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from typing import Any, assert_never

from botocore.exceptions import ClientError
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.operand import Path
from pynamodb.transactions import TransactWrite

from steward.adapters.records import limits
from steward.adapters.records.dynamo_row import ADDED, Row, alive, expected, over, table
from steward.adapters.records.limits import Checked, IndexName
from steward.kernel.errors import Unavailable
from steward.kernel.keys import kind_of, prefix_of
from steward.kernel.ports import ABSENT, MAX_CHANGES, Add, Change, Check, Delete, Key, Page, Put, Stored
from steward.kernel.time import Clock, system_clock

MARKER_LIVES = 86_400
TRIES = 12
FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.5


class DynamoRecords:
    """The truth in a table; `host` is set for anything that is not AWS."""

    def __init__(self, name: str, *, region: str, host: str | None = None, clock: Clock = system_clock) -> None:
        self.name, self.host = name, host
        self._row = table(name, region, host)
        self._clock = clock

    def create(self) -> None:
        """Make the table with its indexes and expiry where no template has (a test, another cloud)."""
        with self._said():
            self._row.create_table(wait=True)
            self._row.connection().update_time_to_live("expires")

    def get(self, keys: Sequence[Key]) -> Sequence[Stored | None]:
        """As the port says."""
        limits.check_keys(keys)
        found, now = self._read(keys), self._clock().timestamp()
        return [row.stored() if row and not over(row, now) else None for row in map(found.get, keys)]

    def query(self, pk: str, prefix: str = "", *, index: IndexName = "", start: str = "", limit: int = 100, forward: bool = True) -> Page:
        """As the port says."""
        limits.check_limit(limit)
        if not limits.storable(Key(pk, prefix or "-")):
            return Page([])
        place = {"": Row.sk, "due": Row.due, "external": Row.external}[index]
        found = self._row.query(
            pk,
            range_key_condition=place.startswith(prefix) if prefix else None,
            filter_condition=alive(self._clock().timestamp()),
            consistent_read=not index,
            index_name=index or None,
            scan_index_forward=forward,
            last_evaluated_key=_start(pk, index, limits.place_of(start, prefix, 2 if index else 1)) if start else None,
            page_size=limit + 1,
        )
        with self._said():
            rows = [row.stored() for row in islice(found, limit + 1)]
        return Page(rows[:limit], limits.cursor_of(rows[limit - 1], index) if len(rows) > limit else "")

    def commit(self, changes: Sequence[Change]) -> None:
        """As the port says. A transaction that met another one on a row is tried again, up to twelve times."""
        checked = limits.check(changes)
        if not checked:
            return
        lapsed: frozenset[Key] = frozenset()
        for attempt in range(TRIES):
            token = secrets.token_hex(16)
            try:
                self._transact(checked, token, lapsed)
            except TransactWriteError as error:
                if self._marked(token):
                    return
                if _code(error) != "TransactionCanceledException":
                    raise self._unavailable(error) from error
            else:
                return
            lapsed = self._judge(checked)
            time.sleep(min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt) * secrets.randbelow(1000) / 1000)
        detail = f"The table {self.name} is too busy on these rows and nothing was written; try again in a moment."
        raise Unavailable(detail, passing=True)

    def kinds(self, workspace: str) -> Sequence[str]:
        """As the port says."""
        beginning = Row.pk.startswith(prefix_of(workspace))
        with self._said():
            return sorted({kind_of(row.pk) for row in self._row.scan(beginning, attributes_to_get=["pk"], consistent_read=True)})

    def coming(self) -> AbstractContextManager[None]:
        """Nothing is grouped here, so nobody waits."""
        return nullcontext()

    def close(self) -> None:
        """Nothing to close: connections belong to the process."""

    def _transact(self, checked: Sequence[Checked], token: str, lapsed: frozenset[Key]) -> None:
        now = int(self._clock().timestamp())
        with TransactWrite(connection=self._row.connection().connection, client_request_token=token) as transaction:
            for one in checked:
                self._include(transaction, one, now=now, lapsed=one.change.key in lapsed)
            if len(checked) < MAX_CHANGES:
                transaction.save(self._marker(token, now + MARKER_LIVES), condition=Row.pk.does_not_exist())

    def _include(self, transaction: TransactWrite, one: Checked, *, now: int, lapsed: bool) -> None:
        key = (one.change.key.pk, one.change.key.sk)
        match one.change:
            case Put(_, _, version, expect, due, external, expires):
                row = self._row(*key, version=version, body=one.text, due=due or None, external=external or None, expires=expires)
                transaction.save(row, condition=expected(expect, now))
            case Add(_, amounts) if lapsed:
                transaction.save(self._row(*key, version=1, body=limits.encode(amounts)), condition=Row.expires <= now)
            case Add(_, amounts):
                sums = [Path([ADDED + name]).add(amount) for name, amount in amounts.items()]
                transaction.update(self._row(*key), actions=[Row.version.add(1), *sums], condition=alive(now))
            case Delete(_, expect):
                transaction.delete(self._row(*key), condition=expected(expect, now))
            case Check(_, expect):
                transaction.condition_check(self._row, *key, condition=expected(expect, now))
            case never:
                assert_never(never)

    def _judge(self, checked: Sequence[Checked]) -> frozenset[Key]:
        """Why a transaction was cancelled: Conflict, or the rows to add to whose former life is over (perhaps none)."""
        found, now = self._read([one.change.key for one in checked]), self._clock().timestamp()
        lapsed = {key for key, row in found.items() if over(row, now)}
        for one in checked:
            key = one.change.key
            current = found[key].version if key in found and key not in lapsed else ABSENT
            if not isinstance(one.change, Add) and one.change.expect not in (None, current):
                raise limits.conflict(current)
        return frozenset(one.change.key for one in checked if isinstance(one.change, Add)) & lapsed

    def _read(self, keys: Sequence[Key]) -> dict[Key, Row]:
        """Rows by key, the expired ones too. What the table leaves unread is asked for again, a little later each time."""
        wanted: Any = [{"pk": key.pk, "sk": key.sk} for key in dict.fromkeys(keys) if limits.storable(key)]
        found: dict[Key, Row] = {}
        for attempt in range(TRIES):
            if not wanted:
                return found
            if attempt:
                time.sleep(min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt))
            with self._said():
                answer = self._row.connection().batch_get_item(wanted, consistent_read=True)
            rows = map(self._row.from_raw_data, answer["Responses"].get(self.name, []))
            found.update({Key(row.pk, row.sk): row for row in rows})
            wanted = answer["UnprocessedKeys"].get(self.name, {}).get("Keys", [])
        raise Unavailable(f"The table {self.name} is too busy to be read; try again in a moment.", passing=True)

    def _marker(self, token: str, expires: int | None = None) -> Row:
        return self._row(f"op#{token}", "op", version=1, expires=expires)

    def _marked(self, token: str) -> bool:
        return bool(self._read([Key(f"op#{token}", "op")]))

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except PynamoDBException as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: PynamoDBException) -> Unavailable:
        return Unavailable(f"The table {self.name} cannot be used now ({_code(error)}); check STEWARD_RECORDS and the access to it.")


def _code(error: PynamoDBException) -> str:
    """The service's own name of an error, else what went wrong on the way to it."""
    if isinstance(error.cause, ClientError):
        return str(error.cause.response.get("Error", {}).get("Code"))
    return type(error.cause or error).__name__


def _start(pk: str, index: str, place: Sequence[str]) -> dict[str, dict[str, str]]:
    """A cursor's place as DynamoDB wants it."""
    own = {index: {"S": place[0]}} if index else {}
    return {"pk": {"S": pk}, "sk": {"S": place[-1]}, **own}
