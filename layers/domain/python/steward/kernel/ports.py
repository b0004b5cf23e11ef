"""The ports: what Steward asks of an engine. Every engine of a port passes the same contract test.

Records is the truth and is shaped by DynamoDB's limits; Search answers every list; Blobs holds what is large; Queue
carries events; Secrets holds what must not be read by chance. Engines raise only the errors of `kernel.errors`:
`Unavailable` when the engine cannot be reached or its disk is full, `Conflict` when a version was not the expected one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Literal, Protocol

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
Body = Mapping[str, Json]

MAX_CHANGES = 100
"""Changes of one commit (a DynamoDB transaction's limit)."""
MAX_ROW_BYTES = 400_000
"""Bytes of one row's body as JSON (a DynamoDB item's limit, less room for its keys)."""


# --- records ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Key:
    """A row's place. `pk` is `w#{workspace}#{kind}` (make it with `keys.partition`), `sk` sorts within it, bytewise."""

    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A row as it is kept. `expires` is in epoch seconds; an expired row is never returned, even before it is swept."""

    key: Key
    version: int
    body: Body
    due: str = ""
    external: str = ""
    expires: int | None = None
    text: str = field(default="", compare=False, repr=False)  # the body as one Put wrote it, where the engine keeps that


ABSENT = 0
"""The expected version of a row that must not exist yet."""


@dataclass(frozen=True, slots=True)
class Put:
    """Write a whole row as `version`. `expect`: None = whatever is there, ABSENT = nothing, n = exactly version n.

    `due` and `external` place the row in the two named indexes, each within the row's own partition: "due" sorts by an
    ISO time, "external" by another system's key. An empty string keeps the row out of that index.
    """

    key: Key
    body: Body
    version: int
    expect: int | None = None
    due: str = ""
    external: str = ""
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class Add:
    """Add whole numbers to top-level fields of a row's body, creating the row (version 1) or the field (from 0); one version more."""

    key: Key
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a row. `expect`: None = whether or not it is there, n = only at exactly version n."""

    key: Key
    expect: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing, but fail the commit unless the row is at version `expect` (ABSENT = not there)."""

    key: Key
    expect: int


Change = Put | Add | Delete | Check


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a query in order; `next` is the `start` of the following page, empty at the end."""

    rows: Sequence[Stored]
    next: str = ""


class Records(Protocol):
    """The truth. Reads of `get` and of the table's own order are consistent; index reads may lag in the cloud."""

    def get(self, keys: Sequence[Key]) -> Sequence[Stored | None]:
        """The rows of up to 100 keys, in the order asked, None where there is none."""
        ...

    def query(
        self, pk: str, prefix: str = "", *, index: Literal["", "due", "external"] = "", start: str = "", limit: int = 100,
        forward: bool = True,
    ) -> Page:  # fmt: skip
        """Rows of one partition whose sort value (sk, or the index's own) begins with `prefix`, in its order.

        With an index, only rows that have a value there are found. `start` is a former page's `next`; limit ≤ 1,000.
        """
        ...

    def commit(self, changes: Sequence[Change]) -> None:
        """All or nothing, durable when it returns. At most 100 changes, one per key, 400 KB a row.

        Raises Conflict when a row is not at its expected version, Invalid over the limits, Unavailable when the engine
        cannot write (nothing is written then).
        """
        ...

    def kinds(self, workspace: str) -> Sequence[str]:
        """The kinds that a workspace has rows of, in order. In the cloud it reads the whole table: only for ending a workspace."""
        ...

    def coming(self) -> AbstractContextManager[None]:
        """Say that a commit is about to come, until the block ends; an engine that groups commits may wait for it.

        Said again within the block, in the same context, it counts once.
        """
        ...

    def close(self) -> None: ...


# --- blobs -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Blob:
    """What a stored blob is: its key, size in bytes, sha256 in hex, and an etag that changes with its content."""

    key: str
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class UploadGrant:
    """Where and how a client sends one file: a URL, the form fields to send before the file (S3), and the method."""

    url: str
    method: Literal["POST", "PUT"]
    fields: Mapping[str, str]
    expires: datetime


class Draft(Protocol):
    """A blob that arrives part by part; nobody sees it before `keep`."""

    @property
    def key(self) -> str: ...

    def write(self, part: bytes) -> None:
        """Add to it. Raises Invalid when it becomes too large."""
        ...

    def keep(self) -> Blob:
        """Put it in place, durably."""
        ...

    def drop(self) -> None:
        """Leave nothing of it, except where it was kept."""
        ...


class Blobs(Protocol):
    """Large things by key; keys begin `w/{workspace}/` and never come from outside text."""

    def put(self, key: str, content: bytes | BinaryIO, *, content_type: str = "application/octet-stream") -> Blob:
        """Store durably; a reader sees the old or the new content, never half."""
        ...

    def open(self, key: str, *, start: int = 0) -> BinaryIO:
        """A readable stream from byte `start`. Raises NotFound."""
        ...

    def head(self, key: str) -> Blob | None: ...

    def list(self, prefix: str) -> Iterator[Blob]: ...

    def delete(self, key: str) -> None:
        """Remove; nothing happens when it is not there."""
        ...

    def grant_upload(self, key: str, *, max_bytes: int, expires: datetime) -> UploadGrant:
        """Let a client send one file of at most `max_bytes` to `key` until `expires`."""
        ...

    def grant_download(self, key: str, *, name: str, media_type: str, expires: datetime) -> str | None:
        """A URL at which anybody may fetch `key` until `expires`, under that name ("" for none); None where there can be none."""
        ...


# --- queue -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to do later. `body` is a JSON text ≤ 256 KB; `delay` in seconds, 0 to 900."""

    body: str
    delay: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """A message in hand: hidden from others until its visibility runs out. `receives` counts this delivery too."""

    id: str
    body: str
    receipt: str
    receives: int
    sent: datetime


class Queue(Protocol):
    """At-least-once, unordered. A message received more than `max_receives` times (5) moves to the dead letters."""

    def send(self, messages: Sequence[Message]) -> None:
        """Outlives this process when it returns, and a power cut after the next `sync`."""
        ...

    def sync(self) -> None:
        """Make durable what was sent before."""
        ...

    def receive(self, limit: int = 10, *, visibility: int = 60) -> Sequence[Received]: ...

    def extend(self, receipt: str, visibility: int) -> None:
        """Hide a message in hand for `visibility` seconds from now; 0 gives it back at once."""
        ...

    def delete(self, receipts: Sequence[str]) -> None: ...

    def dead(self) -> Sequence[Received]:
        """The dead letters, oldest first."""
        ...

    def depth(self) -> int:
        """Messages waiting or in hand, about."""
        ...

    def close(self) -> None: ...


# --- children --------------------------------------------------------------------------------------------------------


class Children(Protocol):
    """Heavy work in a process of its own, which never commits: training, prediction, typesetting."""

    def call(self, module: str, request: Json, *, timeout: float, keep: bool = False) -> Json:
        """What `module`'s `main(request)` answers, run in a child process. `keep` leaves the child warm for the next call.

        Raises Unavailable, naming the reason and the setting, where no child can run; Invalid when the child says the
        request is wrong; Internal when it crashes or outlives `timeout` seconds (it is killed then).
        """
        ...

    def close(self) -> None: ...


# --- secrets ---------------------------------------------------------------------------------------------------------


class Secrets(Protocol):
    """Named secrets. Values never enter a log, a receipt or an answer."""

    def get(self, name: str) -> str | None: ...
