"""What the commands of an import are asked with, and what they answer."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from steward.kernel.model import Input, Output
from steward.kernel.pages import MAX_PAGE
from steward.properties.inputs import Short, Told
from steward.properties.model import Column, HeldRow
from steward.runs.model import RunView


class BeginImport(Input):
    """A file to take in: its name, and its size in bytes where known. `confirm` takes the columns as they are recognised.

    A file of listings, for rent or sale, is read as such: a price in it is what somebody asks, of a rent what is asked a month.
    """

    name: Short
    size: int = Field(default=0, ge=0)
    confirm: bool = False
    read_as: Literal["properties", "listings"] = "properties"
    licence: str = Field(default="", max_length=300)


class TakeUpload(Input):
    """A file has arrived under a blob's key."""

    blob: str = Field(max_length=300)


class ExpectUpload(Input):
    """A file is about to come under a blob's key."""

    blob: str = Field(max_length=300)


class EndWait(Input):
    """An import, by its run's id, whose file has not come in time."""

    run: str


class GetImport(Input):
    """One import, by its run's id or ref."""

    run: Told


class MapImport(Input):
    """What columns become: a column's name to a fact, "" to leave it out. Columns not named stay as they are."""

    ABOUT: ClassVar[tuple[str, str]] = ("run", "run")

    run: Told
    columns: dict[Annotated[str, StringConstraints(max_length=2000)], Annotated[str, StringConstraints(max_length=60)]]


class ConfirmImport(Input):
    """Take an import's columns as they stand, and store its rows."""

    ABOUT: ClassVar[tuple[str, str]] = ("run", "run")

    run: Told


class UndoImport(Input):
    """Take an import back, or stop one that is under way."""

    ABOUT: ClassVar[tuple[str, str]] = ("run", "run")

    run: Told


class ListHeld(Input):
    """Rows of an import that were held back; `about` limits them to one reason's title."""

    run: Told
    about: str = Field(default="", max_length=100)
    start: str = Field(default="", max_length=100)
    limit: int = Field(default=100, ge=1, le=MAX_PAGE)


class ExportHeld(Input):
    """All rows of an import that were held back, as CSV."""

    ABOUT: ClassVar[tuple[str, str]] = ("run", "run")

    run: Told


class ReadImport(Input):
    """Look at an import's file: what it is, its columns, its first rows."""

    run: str


class ImportChunk(Input):
    """The next rows of an import: from byte `offset` and line `line`, with the refs from `refs` to before `refs_end`."""

    run: str
    chunk: int
    offset: int
    line: int
    refs: int = 0
    refs_end: int = 0
    rows_left: int = 1
    newest: str = ""


class FinishImport(Input):
    """An import's last step; `newest` is the file's newest sale as an ISO date, `refs` the first number reserved and not used."""

    run: str
    newest: str = ""
    refs: int = 0
    refs_end: int = 0


class Kept(Input):
    """A property that an undo left as it is, and why."""

    id: str
    ref: int
    reason: str


class UndoChunk(Input):
    """Take back what an import wrote, from entry `entry` of its chunk `journal` backwards (-1 is the last)."""

    run: str
    chunk: int
    source: str
    journal: int = -1
    entry: int = -1
    kept: list[Kept] = Field(default_factory=list)


class FinishUndo(Input):
    """An undo's last step."""

    run: str
    source: str
    kept: list[Kept] = Field(default_factory=list)


class Upload(Output):
    """Where and how to send the file: the method, the address, and fields that go before it; `blob` is its key there."""

    blob: str
    url: str
    method: str
    fields: Mapping[str, str]
    expires: datetime


class Begun(Output):
    """An import that waits for its file."""

    id: str
    run: str
    ref: int
    upload: Upload


class Choice(Output):
    """A fact that a column can become."""

    field: str
    title: str


class ImportView(Output):
    """An import as an answer shows it. `sure` and `left_out` count columns; `held` counts rows held back by what is wrong.

    `preview` is the first rows as they will look (facts by name, money in dollars); `same_as` is the ref of an earlier import
    of the very same file, 0 when there is none. `version` is the import's own, for If-Match.
    """

    id: str
    version: int
    run: RunView
    name: str
    size: int
    sha256: str
    encoding: str
    delimiter: str
    licence: str
    as_of: date | None
    rows: int
    columns: Sequence[Column]
    choices: Sequence[Choice]
    sure: int
    to_check: int
    left_out: int
    mapping_from: str
    preview: Sequence[Mapping[str, Any]]
    held: Mapping[str, int]
    warnings: Mapping[str, str]
    same_as: int
    started_by: str
    undone_at: datetime | None
    undo_until: datetime | None
    undo_run: str


class HeldPage(Output):
    """Rows held back, in the file's order; `about` counts all of them by what is wrong."""

    rows: Sequence[HeldRow]
    total: int
    about: Mapping[str, int]
    next: str = ""


class ChunkDone(Output):
    """What a chunk did."""

    run: str
    ended: bool
