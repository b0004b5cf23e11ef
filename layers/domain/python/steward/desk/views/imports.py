"""One import: its run, its columns, what came of it and what was held back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from steward.desk import words
from steward.desk.views.import_list import HeldView, held
from steward.desk.views.parts import UNKNOWN, Line, Option, Plate, Value, Verdict, known, name_of, whole
from steward.desk.views.runs import ProgressView, Stage, asks, busy, count_of, ended, moving, share_of
from steward.properties.intake_model import HeldPage, ImportView, Kept
from steward.properties.model import Column
from steward.runs.model import RunStatus, RunView

CODES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
KEPT_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column and what it becomes."""

    name: str
    field: str
    becomes: str
    label: str
    sure: str
    rungs: int
    samples: str
    note: str
    check: bool


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A first row as it will look."""

    plate: Plate
    street: Value
    cells: Sequence[Value]


@dataclass(frozen=True, slots=True)
class DoneView:
    """What came of it."""

    heading: str
    title: str
    lines: Sequence[Line]
    note: str
    undo: str = ""
    undone: bool = False


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A property that an undo left as it is, and why."""

    text: str
    href: str
    reason: str


@dataclass(frozen=True, slots=True)
class KeptView:
    """The properties that an undo left as they are."""

    note: str
    rows: Sequence[KeptLine]


@dataclass(frozen=True, slots=True)
class SameView:
    """The same file again: nothing changed."""

    title: str
    text: str
    lines: Sequence[Line]
    href: str = ""


@dataclass(frozen=True, slots=True)
class ImportPage:
    """The whole page of one import."""

    href: str
    ref: str
    title: str
    sentence: str
    live: bool
    problem: Verdict | None
    progress: ProgressView | None
    columns: Sequence[ColumnView]
    columns_note: str
    choices: Sequence[Option]
    confirm: str
    preview: Sequence[PreviewRow]
    preview_note: str
    done: DoneView | None
    same: SameView | None
    file: Sequence[tuple[str, str]]
    warnings: Sequence[str]
    held: HeldView | None
    kept: KeptView | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What the page of an import knows besides the import: the runs that follow it, rows held back, where it stands."""

    href: str
    base: str
    now: datetime
    after: Sequence[RunView] = ()
    held: HeldPage | None = None
    about: str = ""
    undo: RunView | None = None
    warned: Sequence[str] = ()


def page(one: ImportView, around: Around) -> ImportPage:
    """The page of an import."""
    asking = asks(one.run)
    at_work = [run for run in (one.run, around.undo, *around.after) if run and busy(run)]
    return ImportPage(
        href=around.href,
        ref=f"#{one.run.ref}",
        title=one.name,
        sentence=sentence(one, around.now),
        live=bool(at_work) or (one.run.status is RunStatus.WAITING and not asking),
        problem=problem(one),
        progress=progress(one, around),
        columns=[column_view(column, one) for column in one.columns],
        columns_note=f"{one.sure} sure or likely, {one.to_check} to check, {one.left_out} left out",
        choices=[Option("", "Leave out"), *(Option(choice.field, choice.title) for choice in one.choices)],
        confirm=words.plural(one.rows, "row") if asking and one.rows else "all rows" if asking else "",
        preview=[preview_row(row) for row in one.preview] if not ended(one.run) else [],
        preview_note=f"{len(one.preview)} of {words.count(one.rows)}" if one.rows else "",
        done=done(one, around),
        same=same(one, around),
        file=file_lines(one),
        warnings=around.warned,
        held=held(one, around.held, href=around.href, about=around.about),
        kept=kept(around),
    )


def sentence(one: ImportView, now: datetime) -> str:
    """`21,613 rows, 21 columns, brought in today 15:10.`"""
    size = ", ".join(
        part
        for part in (words.plural(one.rows, "row") if one.rows else "", words.plural(len(one.columns), "column") if one.columns else "")
        if part
    )
    came = f"brought in {words.then(one.run.created_at, now)}"
    said = f"{size}, {came}." if size else f"{came.capitalize()}."
    return said + (" Same layout as an earlier file, so its columns were used." if one.mapping_from else "")


def problem(one: ImportView) -> Verdict | None:
    """What went wrong, as a headline."""
    if one.run.status is RunStatus.FAILED:
        return Verdict("This file was not taken in.", one.run.error or "Look at the log, then bring it in again.")
    if one.run.status is RunStatus.WAITING and one.run.reason and not asks(one.run):
        return Verdict("", one.run.reason)
    return None


def column_view(column: Column, one: ImportView) -> ColumnView:
    """A column's line in the table."""
    titles = {choice.field: choice.title for choice in one.choices}
    becomes = titles.get(column.field, "Leave out" if not column.field else column.field)
    rungs = min(5, max(0, round(column.confidence * 5)))
    sure = words.percent(column.confidence) if column.confidence else ""
    return ColumnView(
        column.name,
        column.field,
        becomes,
        column.label,
        sure,
        rungs,
        ", ".join(column.samples),
        column.note,
        check=column.label == "check",
    )


def preview_row(row: Mapping[str, Any]) -> PreviewRow:
    """A first row as it will look."""
    name = name_of(row.get("address"), None, None, str(row.get("parcel") or row.get("source_id") or ""))
    street = Value(name.text) if row.get("address") else Value("no street", "none")
    price, sold = row.get("sale_price") or row.get("last_sale_price"), row.get("sale_date") or row.get("last_sale_date")
    cells = [
        known(row.get("zip")),
        known(words.money(price)) if price else UNKNOWN,
        known(words.month_of(str(sold))) if sold else UNKNOWN,
        whole(row.get("bedrooms")),
        whole(row.get("bathrooms")),
        whole(row.get("living_area_sqft")),
        known(row.get("year_built")),
    ]
    return PreviewRow(name.plate, street, cells)


def done(one: ImportView, around: Around) -> DoneView | None:
    """What came of it, once it has ended well."""
    run = one.run
    if one.undone_at:
        return undone(one.undone_at, around)
    if run.status is not RunStatus.SUCCEEDED or (around.undo and busy(around.undo)):
        return None
    homes = f"{around.base}/properties?" + urlencode({"source": one.id})
    lines = [
        Line(count_of(run, "added"), "new", homes),
        Line(count_of(run, "updated"), "changed"),
        Line(count_of(run, "unchanged"), "the same as before"),
        Line(count_of(run, "quarantined"), "held back", "#held" if count_of(run, "quarantined") else ""),
    ]
    took = words.span(run.seconds or 0)
    until = (
        f" Undo is kept until {words.day(one.undo_until.date())}; what a person or a later import changed since then is kept and listed."
        if one.undo_until
        else ""
    )
    title = f"{words.plural(count_of(run, 'properties'), 'property is', 'properties are')} in"
    return DoneView("What came of it", title, lines, f"{took}.{until}", undo=f"{around.href}/undo")


def undone(at: datetime, around: Around) -> DoneView:
    """What became of the properties of an import that was taken back."""
    when, undo = words.then(at, around.now), around.undo
    if undo is None:
        return DoneView("Undone", "This import was taken back", [], f"Taken back {when}, before any row was stored.", undone=True)
    removed, left = count_of(undo, "removed"), count_of(undo, "kept")
    lines = [
        Line(removed, "removed"),
        Line(count_of(undo, "restored") - removed, "restored as they were before"),
        Line(left, "kept as they are", "#kept" if kept_of(undo) else ""),
    ]
    return DoneView("Undone", "This import was taken back", [line for line in lines if line.count], f"Taken back {when}.", undone=True)


def kept(around: Around) -> KeptView | None:
    """What an undo left as it is, with the reason it recorded; None when it left nothing."""
    found = kept_of(around.undo) if around.undo else []
    if around.undo is None or not found:
        return None
    total = max(count_of(around.undo, "kept"), len(found))
    note = words.plural(total, "property", "properties") if total <= KEPT_SHOWN else f"{KEPT_SHOWN} of {words.count(total)} shown"
    rows = [KeptLine(f"Property #{one.ref}", f"{around.base}/properties/{one.ref}", one.reason) for one in found[:KEPT_SHOWN]]
    return KeptView(note, rows)


def kept_of(undo: RunView) -> list[Kept]:
    """The properties that an undo recorded as kept when it ended."""
    return [Kept.model_validate(one) for one in undo.result.get("kept", [])]


def same(one: ImportView, around: Around) -> SameView | None:
    """Said when the very file was here before."""
    if not one.same_as or one.undone_at:
        return None
    run = one.run
    lines = [Line(count_of(run, "added"), "new"), Line(count_of(run, "updated"), "changed"), Line(count_of(run, "unchanged"), "the same")]
    changed = lines[0].count + lines[1].count
    title = "Nothing changed" if ended(run) and not changed else "This file was here before"
    text = f"Byte for byte the file of import #{one.same_as}." + (" No row was written." if ended(run) and not changed else "")
    return SameView(title, text, lines if ended(run) else [], f"{around.base}/imports/{one.same_as}")


def file_lines(one: ImportView) -> list[tuple[str, str]]:
    """What the file is."""
    how = ", ".join(
        part for part in (words.size(one.size) if one.size else "", one.encoding.upper(), CODES.get(one.delimiter, one.delimiter)) if part
    )
    sha = f"{one.sha256[:6]}…{one.sha256[-4:]}" if one.sha256 else ""
    lines = [
        ("Name", one.name),
        ("Size", how),
        ("Checksum", sha),
        ("Data of", words.day(one.as_of) if one.as_of else ""),
        ("Licence", one.licence),
    ]
    return [(label, text) for label, text in lines if text]


def progress(one: ImportView, around: Around) -> ProgressView | None:
    """The run under way: this import's, its undo's, or the valuing and scoring that follow it."""
    if around.undo and busy(around.undo):
        return moving(around.undo, "Undoing", 0, stages=(), stop="")
    if busy(one.run):
        return moving(one.run, "Storing" if one.run.counts else "Reading", one.rows, stages=stages(one, around), stop=f"{around.href}/undo")
    following = next((run for run in around.after if busy(run)), None)
    if following is None or one.undone_at:
        return None
    verb = "Training a model" if following.kind == "training" else "Scoring"
    return moving(following, verb, following.total or 0, stages=stages(one, around), stop=f"{around.href}/undo")


def stages(one: ImportView, around: Around) -> list[Stage]:
    """Read, mapped, stored, valued, scored: done, now, or waiting."""
    run, after = one.run, {found.kind: found for found in reversed(around.after)}
    stored = count_of(run, "rows")
    read = Stage(f"Read {words.count(one.rows)}" if one.rows else "Read", "good" if one.columns else "enamel on")
    asking = asks(one.run)
    mapped = Stage("Mapped", "wait" if not one.columns else "enamel on" if asking else "good")
    made = [read, mapped]
    if ended(run):
        made.append(
            Stage(f"Stored {words.count(count_of(run, 'properties', 'added'))}", "good" if run.status is RunStatus.SUCCEEDED else "bad")
        )
    else:
        share = f"Stored {words.percent(stored / one.rows)}" if stored and one.rows else "Stored, waiting"
        made.append(Stage(share, "enamel on" if busy(run) and one.columns else "wait"))
    for label, kind in (("Valued", "training"), ("Scored", "scoring")):
        made.append(_follows(label, after.get(kind), stored=ended(run)))
    return made


NOW = {"Valued": "Valuing", "Scored": "Scoring"}


def _follows(label: str, run: RunView | None, *, stored: bool) -> Stage:
    """A stage that a run of its own does, after the rows are stored."""
    if run is None or run.status is RunStatus.WAITING:
        return Stage(f"{label}, waiting", "wait")
    if ended(run):
        return Stage(label, "good" if run.status is RunStatus.SUCCEEDED else "bad")
    share = share_of(run)
    return Stage(f"{label} {words.percent(share)}" if share else NOW[label], "enamel on" if stored else "wait")
