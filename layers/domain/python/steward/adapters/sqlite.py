"""What the SQLite engines share: opening a file, saying its errors in a sentence, and the group commit.

A file belongs to one process, which writes it through one `GroupWriter`: all callers that wait are committed in one
transaction, a savepoint each, so that one fsync serves them all and a refused one does not hold up the rest.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from types import TracebackType
from typing import Any, Literal, TypeVar

from steward.adapters.waits import waits
from steward.kernel.errors import Unavailable

T = TypeVar("T")
_said_so: ContextVar[bool] = ContextVar("said_so", default=False)
GROUP = 256
"""Most callers of one transaction."""
GAP, LONGEST = 0.04, 0.25
"""Seconds that a group waits for the next of those who are coming, and in all."""
PAGES_PER_CHECKPOINT = 4_000
PATIENCE = 10.0
"""Seconds that closing waits for readers."""
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@dataclass(frozen=True, slots=True)
class Home:
    """A database file: its path (or `:memory:`), its schema as SQL and as a number, and how hard it syncs."""

    path: str
    schema: str
    version: int
    synchronous: Literal["FULL", "NORMAL"] = "FULL"
    cache_kb: int = 8_000
    functions: Mapping[str, Callable[..., bool]] = field(default_factory=dict)

    def connect(self) -> sqlite3.Connection:
        """A connection in autocommit, for one thread at a time."""
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=5, cached_statements=256)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={self.synchronous}")
        connection.execute(f"PRAGMA cache_size=-{self.cache_kb}")
        connection.execute(f"PRAGMA wal_autocheckpoint={PAGES_PER_CHECKPOINT}")
        for name, function in self.functions.items():
            connection.create_function(name, -1, function, deterministic=True)
        return connection

    def prepare(self) -> sqlite3.Connection:
        """Make the file and its tables ready. Raises Unavailable when that is not possible or its schema is newer."""
        with said(self.path):
            if self.path != ":memory:":
                Path(self.path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                Path(self.path).touch(0o600)  # what SQLite puts beside it has the same mode
            connection = self.connect()
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            if found > self.version:
                connection.close()
                raise Unavailable(f"{self.path} was written by a newer Steward; start that version, or set STEWARD_HOME to another folder.")
            if found < self.version:
                connection.executescript(f"BEGIN IMMEDIATE; {self.schema}; PRAGMA user_version={self.version}; COMMIT")
            return connection


@contextmanager
def said(path: str) -> Iterator[None]:
    """Turn what SQLite or the file system raises about `path` into Unavailable with one sentence."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise unavailable(error, path) from error


def unavailable(error: Exception, path: str) -> Unavailable:
    """The refusal for an engine's error; all but a damaged file may be well again by itself."""
    code = _code(error)
    return Unavailable(_sentence(error, code, path), passing=code not in DAMAGED)


def damaged(error: BaseException | None) -> bool:
    """Whether an engine's error says that the file itself is broken."""
    return _code(error) in DAMAGED


def _code(error: BaseException | None) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _sentence(error: Exception, code: int, path: str) -> str:
    match code:
        case sqlite3.SQLITE_FULL:
            return f"The disk that holds {path} is full and nothing more was written; free some space and try again."
        case sqlite3.SQLITE_IOERR:
            return f"The disk that holds {path} reported an error and nothing more was written; check the disk and try again."
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return f"Another process is writing {path}; stop it or try again in a moment."
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return f"{path} is damaged or no Steward file; put a backup in its place."
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return f"{path} cannot be written; check who may write its folder."
        case _:
            return f"{path} cannot be used now ({error}); check its folder and try again."


class Readers:
    """Connections for reading, each lent to one thread at a time; as many are kept as ever read at once."""

    def __init__(self, home: Home) -> None:
        self._home, self.path = home, home.path
        self._idle: deque[sqlite3.Connection] = deque()
        self._lent = 0
        self._back = threading.Condition()
        self._closed = False

    def lend(self) -> "_Loan":
        """A connection until the end of the block; engine errors become Unavailable."""
        return _Loan(self)

    def take(self) -> sqlite3.Connection:
        """An idle connection, else a new one. Raises Unavailable once all are closed."""
        with self._back:
            if self._closed:
                raise Unavailable(f"{self.path} is closed; start Steward again.")
            self._lent += 1
            if self._idle:
                return self._idle.pop()
        try:
            return self._home.connect()
        except (sqlite3.Error, OSError):
            self.give(None)
            raise

    def give(self, connection: sqlite3.Connection | None) -> None:
        """Take a connection back."""
        with self._back:
            if connection:
                self._idle.append(connection)
            self._lent -= 1
            if self._closed:
                self._back.notify_all()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees the file as it is now until the end of the block."""
        with self.lend() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close all, once what is lent is back: SQLite's last word on a file may come from any of them."""
        with self._back:
            self._closed = True
            self._back.wait_for(lambda: not self._lent, timeout=PATIENCE)
        while self._idle:
            self._idle.pop().close()


class _Loan:
    """One connection, lent for a block. A class of its own, as this is what each read does most often."""

    __slots__ = ("_connection", "_readers")

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def __enter__(self) -> sqlite3.Connection:
        with said(self._readers.path):
            self._connection = self._readers.take()
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._readers.give(self._connection)
        if isinstance(error, sqlite3.Error | OSError):
            raise unavailable(error, self._readers.path) from error


@dataclass(frozen=True, slots=True)
class _Waiting:
    work: Callable[[sqlite3.Connection], Any]
    answer: Future[Any]
    durable: bool


class GroupWriter:
    """The one thread that writes a file.

    It waits a moment for those who said that they are coming: on a disk that syncs in no time every caller would else
    have a sync of its own. A caller alone never waits.
    """

    def __init__(self, home: Home) -> None:
        self._home, self._path = home, home.path
        self._connection = home.prepare()
        self._level: str = home.synchronous
        self._coming = 0
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name=f"writer of {home.path}", daemon=True)
        self._thread.start()

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Say that the caller is about to write, until the block ends. Who has said so already is not counted twice."""
        if _said_so.get():
            yield
            return
        said = _said_so.set(True)
        with self._lock:
            self._coming += 1
        try:
            yield
        finally:
            with self._lock:
                self._coming -= 1
            _said_so.reset(said)

    def run(self, work: Callable[[sqlite3.Connection], T], *, durable: bool = True) -> T:
        """What `work` answers, once it is durable. What it raises undoes its own changes only.

        What need not be `durable` outlives this process, but maybe not a power cut.
        """
        answer: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise Unavailable(f"{self._path} is closed; start Steward again.")
            self._waiting.put(_Waiting(work, answer, durable))
        waits.get()()
        return answer.result()

    def close(self) -> None:
        """Commit what waits, then close the file."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (first := self._waiting.get()) is not None:
            group, last = self._gather(first)
            self._commit(group)
            if last:
                break
        self._connection.close()

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        """All that wait now or are soon here of those who are coming; and whether the end was among them."""
        group, until = [first], monotonic() + LONGEST
        while len(group) < GROUP:
            patience = min(GAP, until - monotonic()) if len(group) < self._coming else 0
            try:
                more = self._waiting.get(timeout=max(patience, 0))
            except Empty:
                return group, False
            if more is None:
                return group, True
            group.append(more)
        return group, False

    def _commit(self, group: list[_Waiting]) -> None:
        """One transaction for a group. Nobody is answered before it is durable, and all are told when it is not."""
        try:
            self._sync_for(group)
            self._connection.execute("BEGIN IMMEDIATE")
            answers = [self._attempt(waiting) for waiting in group]
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            for waiting in group:
                waiting.answer.set_exception(unavailable(error, self._path))
            return
        for waiting, tell in zip(group, answers, strict=True):
            tell(waiting.answer)

    def _sync_for(self, group: list[_Waiting]) -> None:
        level = self._home.synchronous if any(waiting.durable for waiting in group) else "NORMAL"
        if level != self._level:
            self._connection.execute(f"PRAGMA synchronous={level}")
            self._level = level

    def _attempt(self, waiting: _Waiting) -> Callable[[Future[Any]], None]:
        """Run one caller's work in its savepoint; the answer tells its future how it went."""
        self._connection.execute("SAVEPOINT one")
        try:
            answer = waiting.work(self._connection)
        except Exception as raised:  # whatever it is belongs to the caller that waits for it
            if not self._connection.in_transaction:
                raise
            self._connection.execute("ROLLBACK TO one")
            self._connection.execute("RELEASE one")
            refusal = unavailable(raised, self._path) if isinstance(raised, sqlite3.Error) else raised
            return lambda future: future.set_exception(refusal)
        self._connection.execute("RELEASE one")
        return lambda future: future.set_result(answer)
