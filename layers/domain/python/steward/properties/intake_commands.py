"""Commands of an import: begin, look, map, confirm, undo, and what was held back."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from steward.kernel.command import Danger, by_id, command
from steward.kernel.context import Context
from steward.kernel.errors import Conflict, Fault, Invalid, NotFound
from steward.kernel.model import FileAnswer
from steward.kernel.pages import nearest
from steward.kernel.ports import Json
from steward.kernel.textfiles import cell
from steward.properties.facts import FACTS, WARNINGS
from steward.properties.intake.columns import label
from steward.properties.intake_model import (
    BeginImport,
    Begun,
    Choice,
    ConfirmImport,
    EndWait,
    ExpectUpload,
    ExportHeld,
    GetImport,
    HeldPage,
    ImportView,
    ListHeld,
    MapImport,
    TakeUpload,
    UndoImport,
    Upload,
)  # fmt: skip
from steward.properties.looking import preview
from steward.properties.model import Column, HeldRow, Source
from steward.properties.store import HELD, LAYOUT, SOURCES, TALLY, header_of
from steward.runs.model import FinishRun, GetRun, ReleaseRun, Run, RunStatus, RunView, StartRun
from steward.workspaces.exporting import Part, exported

MOST_BYTES = 2_000_000_000
GRANTED = timedelta(hours=6)
UNDO_KEPT = timedelta(days=30)
ENDED = frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED})
AWAITING = "Waiting for the file."
BY_RUN = by_id(run=lambda ctx, told: load_import(ctx, told)[1].id)
NEVER_CAME = f"The file did not come within {GRANTED // timedelta(hours=1)} hours; begin the import again."


@command("properties.begin_import", scope="write:properties", danger=Danger.WRITE, tool="begin_import", http="POST /intake/file")
def begin_import(cmd: BeginImport, ctx: Context) -> Begun:
    """Begin an import: the answer says where to send the file; the rest follows by itself."""
    if cmd.size > MOST_BYTES:
        raise Invalid(f"The file has {cmd.size:,} bytes; {MOST_BYTES:,} is the most. Split it.", faults=[Fault("/size", "too large")])
    ctx.use("storage_bytes", cmd.size)
    run: RunView = ctx.call(StartRun(kind="import", name=cmd.name, params={"confirm": cmd.confirm}, stage="upload", waiting=AWAITING))
    blob = f"{ctx.blob_prefix}uploads/{run.id}"
    SOURCES.insert(
        ctx,
        Source(
            id=run.id, ref=run.ref, created_at=ctx.now, updated_at=ctx.now, name=cmd.name, blob=blob, size=cmd.size, licence=cmd.licence,
            listings=cmd.read_as == "listings", started_by=ctx.actor.name or ctx.actor.id,
        ),
    )  # fmt: skip
    grant = ctx.blobs.grant_upload(blob, max_bytes=MOST_BYTES, expires=ctx.now + GRANTED)
    upload = Upload(blob=blob, url=grant.url, method=grant.method, fields=grant.fields, expires=grant.expires)
    return Begun(id=run.id, run=run.id, ref=run.ref, upload=upload)


@command("properties.take_upload", scope="write:properties", danger=Danger.WRITE, internal=True)
def take_upload(cmd: TakeUpload, ctx: Context) -> RunView:
    """Go on with the import whose file has arrived."""
    source = SOURCES.get(ctx, cmd.blob.rpartition("/")[2])
    found = ctx.blobs.head(cmd.blob)
    if source is None or source.blob != cmd.blob or found is None:
        raise NotFound("No import waits for this file; begin one first.")
    if source.layout is None:
        if source.size not in (0, found.size):
            raise Invalid(f"The file has {found.size:,} bytes; {source.size:,} were announced. Send the whole file again.")
        SOURCES.replace(ctx, source.model_copy(update={"etag": found.etag, "size": found.size}))
    released: RunView = ctx.call(ReleaseRun(run=source.id))
    return released


@command("properties.expect_upload", scope="read:properties", danger=Danger.READ, internal=True)
def expect_upload(cmd: ExpectUpload, ctx: Context) -> RunView:
    """Say which import waits for a file. Raises Conflict when none does any more, so that the file it has is not replaced."""
    run, _ = load_import(ctx, cmd.blob.rpartition("/")[2])
    if not awaits_file(run):
        raise Conflict(f"Import {run.ref} waits for no file any more; begin another import for this one.", current=run.version)
    return run


@command("properties.end_wait", scope="write:properties", danger=Danger.WRITE, internal=True)
def end_wait(cmd: EndWait, ctx: Context) -> RunView:
    """End an import whose file has never come."""
    run, _ = load_import(ctx, cmd.run)
    if awaits_file(run):
        run = ctx.call(FinishRun(run=run.id, error=NEVER_CAME))
    return run


@command("properties.get_import", scope="read:properties", danger=Danger.READ, tool="get_import", http="GET /intake/{run}")
def get_import(cmd: GetImport, ctx: Context) -> ImportView:
    """Show an import: its file, its columns and what they become, its first rows, and how far it is."""
    return _view(ctx, *load_import(ctx, cmd.run))


@command(
    "properties.map_import",
    scope="write:properties",
    danger=Danger.WRITE,
    tool="map_import",
    http="PUT /intake/{run}/mapping",
    spelt=BY_RUN,
)
def map_import(cmd: MapImport, ctx: Context) -> ImportView:
    """Say what columns of a waiting import become."""
    run, source = load_import(ctx, cmd.run)
    if ctx.expected_version is not None and ctx.expected_version != source.version:
        raise Conflict("The columns were changed since you read them; look again.", current=source.version, stale=True)
    _waiting(run)
    names = [column.name for column in source.columns]
    faults = [
        Fault(f"/columns/{name}", f"The file has no column '{name[:60]}'.{nearest(name, names)}")
        for name in cmd.columns
        if name not in names
    ]
    faults += [
        Fault(f"/columns/{name}", f"A column cannot become '{field}'.{nearest(field, list(FACTS))}")
        for name, field in cmd.columns.items()
        if field and field not in FACTS
    ]
    if faults:
        raise Invalid(faults[0].detail, faults=faults)
    columns = [_mapped(column, cmd.columns[column.name]) if column.name in cmd.columns else column for column in source.columns]
    _check(columns)
    changed = source.model_copy(update={"columns": columns, "mapping_from": ""})
    changed = SOURCES.replace(ctx, changed.model_copy(update={"preview": preview(ctx, changed)}))
    return _view(ctx, run, changed)


@command(
    "properties.confirm_import",
    scope="write:properties",
    danger=Danger.WRITE,
    tool="confirm_import",
    http="POST /intake/{run}/commit",
    batch=True,
    spelt=BY_RUN,
)
def confirm_import(cmd: ConfirmImport, ctx: Context) -> RunView:
    """Take the columns of a waiting import as they stand and store its rows."""
    run, source = load_import(ctx, cmd.run)
    if run.stage == "stored" or (run.status in ENDED and not run.error):
        return run
    _waiting(run)
    _check(source.columns)
    if source.layout:
        # what was left out for its values, not by a person, may be sound in the next file
        said: dict[str, Json] = {column.name: column.field for column in source.columns if column.field or not column.confidence}
        body: dict[str, Json] = {"columns": said, "name": source.name}
        ctx.put(ctx.key(LAYOUT, header_of(source.layout, listings=source.listings)), body, version=1, expect=None)
    ctx.announce(f"Stores the {source.rows:,} rows of {source.name}: adds what is new, changes what is there, holds back what is wrong.")
    released: RunView = ctx.call(ReleaseRun(run=run.id, params={"confirm": True}))
    return released


@command(
    "properties.undo_import",
    scope="write:properties",
    danger=Danger.WRITE,
    tool="undo_import",
    http="POST /intake/{run}/undo",
    batch=True,
    spelt=BY_RUN,
)
def undo_import(cmd: UndoImport, ctx: Context) -> RunView:
    """Take an import back, or stop one under way: what it wrote is restored, what a person changed since is kept and listed."""
    run, source = load_import(ctx, cmd.run)
    if source.undone_at and not source.undo_run:
        return run
    if source.undo_run:
        answer: RunView = ctx.call(GetRun(run=source.undo_run))
        return answer
    if run.finished_at and ctx.now > run.finished_at + UNDO_KEPT:
        raise Invalid(f"This import ended more than {UNDO_KEPT.days} days ago; it can no longer be taken back.")
    if run.status is RunStatus.WAITING and run.stage in ("upload", "mapped"):
        SOURCES.replace(ctx, source.model_copy(update={"undone_at": ctx.now}))
        ctx.announce(f"Drops {source.name}, of which nothing is stored yet.")
        dropped: RunView = ctx.call(FinishRun(run=run.id, cancelled=True, result={"restored": 0, "kept": []}))
        return dropped
    ctx.announce(_taking_back(run, source))
    if run.status not in ENDED:
        run = ctx.call(FinishRun(run=run.id, cancelled=True))
    wrote = run.counts.get("added", 0) + run.counts.get("updated", 0)
    started: RunView = ctx.call(StartRun(kind="undo", name=f"Undo of {source.name}", subject=source.id, total=wrote, stage="restoring"))
    SOURCES.replace(ctx, source.model_copy(update={"undo_run": started.id}))
    return started


@command("properties.quarantine", scope="read:properties", danger=Danger.READ, tool="list_quarantine", http="GET /intake/{run}/quarantine")
def quarantine(cmd: ListHeld, ctx: Context) -> HeldPage:
    """List the rows of an import that were held back, with the reason and the row as it came."""
    _, source = load_import(ctx, cmd.run)
    about = tally(ctx, source.id)
    total = about.get(cmd.about, 0) if cmd.about else sum(about.values())
    first = int(cmd.start) if cmd.start.isdecimal() and cmd.start.isascii() and len(cmd.start) < 10 else 0
    asked = (row for row in held_rows(ctx, source.id) if cmd.about in ("", row.about))
    more = str(first + cmd.limit) if total > first + cmd.limit else ""
    return HeldPage(rows=list(islice(asked, first, first + cmd.limit)), total=total, about=about, next=more)


@command("properties.export_quarantine", scope="read:properties", danger=Danger.READ, http="GET /intake/{run}/quarantine.csv", audited=True)
def export_quarantine(cmd: ExportHeld, ctx: Context) -> FileAnswer:
    """Write the rows that were held back to a CSV file: line, reason, columns at fault, and the row as it came. It leaves a receipt."""
    _, source = load_import(ctx, cmd.run)
    name = f"held back from {source.name.rpartition('.')[0] or source.name}.csv"
    return exported(ctx, cmd, _held_lines(ctx, source), name=name)


def _taking_back(run: RunView, source: Source) -> str:
    """What an undo will do, in numbers that hold still until it begins."""
    if run.status not in ENDED:
        return f"Stops the import of {source.name} and takes back what it has stored so far; what a person changed since is kept."
    added, updated = (f"{run.counts.get(name, 0):,}" for name in ("added", "updated"))
    does = f"removes the {added} properties that it added, restores the {updated} that it changed"
    return f"Takes {source.name} back: {does}; what a person changed since is kept."


def load_import(ctx: Context, told: str) -> tuple[RunView, Source]:
    """An import by its run's id or ref. Raises NotFound."""
    run: RunView = ctx.call(GetRun(run=told))
    source = SOURCES.get(ctx, run.id)
    if source is None:
        raise NotFound(f"Run {run.ref} is no import; `steward runs list --kind import` shows them.")
    return run, source


def awaits_file(run: Run | RunView) -> bool:
    """Whether an import's file has not come yet."""
    return run.stage == "upload" and run.status is RunStatus.WAITING


def tally(ctx: Context, run: str) -> dict[str, int]:
    """How many rows of an import were held back, by what is wrong with them, most frequent first."""
    row = ctx.get(ctx.key(TALLY, run))
    counts = {FACTS[name].title if name in FACTS else name: int(str(count)) for name, count in (row.body if row else {}).items()}
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


def held_rows(ctx: Context, run: str) -> Iterator[HeldRow]:
    """Every row of an import that was held back, in the file's order."""
    start = ""
    while True:
        page = ctx.query(HELD, f"{run}#", start=start)
        for stored in page.rows:
            rows = stored.body["rows"]
            yield from (HeldRow.model_validate(row) for row in (rows if isinstance(rows, list) else ()))
        start = page.next
        if not start:
            return


def _held_lines(ctx: Context, source: Source) -> Iterator[Part]:
    names = source.layout.header if source.layout else []
    yield _line(["row", "reason", "columns", *names]), 0
    for row in held_rows(ctx, source.id):
        yield _line([row.row, row.reason, ", ".join(row.columns), *row.cells]), 1


def _line(values: list[object]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerow([cell(value) for value in values])
    return text.getvalue()


def _waiting(run: RunView) -> None:
    if run.stage != "mapped" or run.status is not RunStatus.WAITING:
        state = "its file has not been read yet" if run.stage in ("upload", "read") and run.status not in ENDED else f"it is {run.status}"
        raise Conflict(f"The columns of import {run.ref} cannot be set now: {state}.", current=run.version)


def _mapped(column: Column, field: str) -> Column:
    if field == column.field:
        return column
    sure = 1.0 if field else 0.0
    note = "as you said" if field else ""
    return column.model_copy(
        update={"field": field, "confidence": sure, "label": label(sure) if field else "", "note": note, "forgiving": False}
    )


def _check(columns: list[Column]) -> None:
    """Raises Invalid when two columns become one fact, or a sale's price or nothing at all says which property it is."""
    fields = [column.field for column in columns if column.field]
    twice = next((field for field, count in Counter(fields).items() if count > 1), "")
    if twice:
        names = " and ".join(column.name for column in columns if column.field == twice)
        raise Invalid(f"{names} both become {FACTS[twice].title}; choose one of them.", faults=[Fault("/columns", "one fact twice")])
    if not {"source_id", "parcel", "address", "street_name"} & set(fields):
        raise Invalid(
            "No column says which property a row is: choose one for the id, the parcel or the address.", faults=[Fault("/columns", "no id")]
        )
    if "sale_price" in fields and "sale_date" not in fields:
        raise Invalid(
            "A sale needs its day: choose the column of the sale date, or leave the price out.", faults=[Fault("/columns", "no sale date")]
        )


def _view(ctx: Context, run: RunView, source: Source) -> ImportView:
    known = [column for column in source.columns if column.field]
    sure = sum(column.label in ("sure", "likely") for column in known)
    to_check = sum(column.label == "check" for column in source.columns)
    same = SOURCES.get(ctx, source.same_as) if source.same_as else None
    return ImportView(
        id=source.id,
        version=source.version,
        run=run,
        name=source.name,
        size=source.size,
        sha256=source.sha256,
        encoding=source.layout.encoding if source.layout else "",
        delimiter=source.layout.delimiter if source.layout else "",
        licence=source.licence,
        as_of=source.as_of,
        rows=source.rows,
        columns=source.columns,
        choices=[Choice(field=fact.name, title=fact.title) for fact in FACTS.values()],
        sure=sure,
        to_check=to_check,
        left_out=len(source.columns) - sure - to_check,
        mapping_from=source.mapping_from,
        preview=source.preview,
        held=tally(ctx, source.id),
        warnings=WARNINGS,
        same_as=same.ref if same else 0,
        started_by=source.started_by,
        undone_at=source.undone_at,
        undo_until=run.finished_at + UNDO_KEPT if run.finished_at and not source.undo_run else None,
        undo_run=source.undo_run,
    )
