"""Imports: the drop zone and the list, one import and what can be done with it."""

import json
from dataclasses import replace
from urllib.parse import urlsplit
from zlib import crc32

from steward.desk import forms, render
from steward.desk.door import Visit
from steward.desk.handlers.around import page
from steward.desk.handlers.properties import sent
from steward.desk.views import import_list, imports
from steward.desk.views.imports import Around
from steward.desk.views.parts import Verdict
from steward.desk.views.runs import asks, busy, ended
from steward.kernel.errors import Invalid, Unavailable
from steward.kernel.model import FileAnswer, Output
from steward.properties.inputs import ListProperties, PropertyPage
from steward.properties.intake_model import (
    BeginImport,
    Begun,
    ConfirmImport,
    ExportHeld,
    GetImport,
    HeldPage,
    ImportView,
    ListHeld,
    MapImport,
    UndoImport,
)  # fmt: skip
from steward.runs.commands import RunPage
from steward.runs.model import GetRun, ListRuns, RunStatus, RunView
from steward.surfaces.wire import Response

HELD_SHOWN = 50
FOLLOWING = ("training", "scoring")


def index(visit: Visit) -> Response:
    """`GET /w/{desk}/imports`"""
    found = visit.ask(ListRuns(kind="import", limit=100), RunPage)
    shown = [run for run in found.rows if not (run.status is RunStatus.CANCELLED and run.stage == "upload")]
    view = import_list.listing(shown, href=f"{visit.base}/imports", most=visit.product.max_upload, now=visit.now)
    answer = page(visit, "imports", {"title": "Imports", "it": view})
    return replace(answer, headers={**answer.headers, "Content-Security-Policy": render.policy(bucket(visit))})


def bucket(visit: Visit) -> str:
    """The origin that files are sent to, where it is not the desk's own: this page alone may connect to it."""
    try:
        grant = visit.product.ports.blobs.grant_upload(f"w/{visit.here.id}/uploads/none", max_bytes=1, expires=visit.now)
    except Unavailable:
        return ""
    place = urlsplit(grant.url)
    return f"{place.scheme}://{place.netloc}" if place.netloc else ""


def begin(visit: Visit) -> Response:
    """`POST /w/{desk}/imports`: leave to send a file, as JSON for the drop zone."""
    given = forms.fields(visit.request.body)
    size = given.get("size", "")
    asked = BeginImport(
        name=(given.get("name") or "file")[-300:],
        size=int(size) if size.isdecimal() and len(size) < 16 else 0,
        read_as="listings" if given.get("listings") else "properties",
    )
    if asked.size > visit.product.max_upload:
        raise Invalid(
            f"The file has {asked.size:,} bytes; this desk takes {visit.product.max_upload:,}. Split it, or raise STEWARD_MAX_UPLOAD."
        )
    begun = visit.ask(asked, Begun)
    told = {**begun.upload.model_dump(mode="json"), "next": f"{visit.base}/imports/{begun.ref}"}
    return Response(200, {"Content-Type": "application/json", "Cache-Control": "no-store"}, json.dumps(told).encode())


def show(visit: Visit) -> Response:
    """`GET /w/{desk}/imports/{ref}`; a poll of what has not changed is answered with 304."""
    one = read(visit)
    around = around_of(visit, one)
    tag = tag_of(one, around)
    if "hx-request" in visit.request.headers and visit.request.headers.get("if-none-match") == tag:
        return Response(304, {"ETag": tag, "Cache-Control": "no-cache, private"})
    answer = page(visit, "import", {"title": one.name, "it": imports.page(one, around)}, here="imports")
    return replace(answer, headers={**answer.headers, "ETag": tag})


def read(visit: Visit) -> ImportView:
    """The import that the address names."""
    return visit.ask(GetImport(run=visit.named["ref"]), ImportView)


def tag_of(one: ImportView, around: Around) -> str:
    """What the page shows, in a word: the versions of the import and of the runs that belong to it, and the seconds while one works."""
    runs = [run for run in (one.run, around.undo, *around.after) if run]
    ticking = int(around.now.timestamp()) if any(busy(run) for run in runs) else 0
    return f'"{one.version}.{ticking}.{".".join(f"{run.ref}-{run.version}" for run in runs)}.{crc32(around.about.encode()):x}"'


def around_of(visit: Visit, one: ImportView) -> Around:
    """What belongs to an import's page besides the import itself."""
    about = visit.asked("about")[:100]
    held = visit.ask(ListHeld(run=one.id, about=about, limit=HELD_SHOWN), HeldPage) if one.run.counts.get("quarantined") else None
    undo = visit.ask(GetRun(run=one.undo_run), RunView) if one.undo_run else None
    return Around(
        href=f"{visit.base}/imports/{one.run.ref}",
        base=visit.base,
        now=visit.now,
        after=following(visit, one),
        held=held,
        about=about,
        undo=undo,
        warned=warned(visit, one),
    )


def following(visit: Visit, one: ImportView) -> list[RunView]:
    """The training and scoring that came after an import, newest first."""
    if one.run.status is not RunStatus.SUCCEEDED or one.undone_at:
        return []
    runs = [run for kind in FOLLOWING for run in visit.ask(ListRuns(kind=kind, limit=5), RunPage).rows]
    return [run for run in runs if not ended(run) or run.created_at >= one.run.created_at]


def warned(visit: Visit, one: ImportView) -> list[str]:
    """What is doubtful about rows that were taken in all the same, counted."""
    if not one.run.counts.get("warnings") or one.undone_at or not ended(one.run):
        return []
    found = visit.ask(ListProperties(source=one.id, limit=1, facets="warning"), PropertyPage).facets.get("warning", ())
    return [
        f"{facet.count:,} {'home' if facet.count == 1 else 'homes'}: {one.warnings.get(str(facet.value), str(facet.value))}"
        for facet in found
        if facet.value
    ]


def confirm(visit: Visit) -> Response:
    """`POST /w/{desk}/imports/{ref}/confirm`: the columns as they were chosen, then store the rows."""
    one = read(visit)
    if not asks(one.run):
        return render.redirect(f"{visit.base}/imports/{one.run.ref}")
    given = forms.fields(visit.request.body)
    columns = {column.name: given.get(f"column:{place}", column.field) for place, column in enumerate(one.columns)}
    changed = {column.name: columns[column.name] for column in one.columns if columns[column.name] != column.field}
    try:
        if changed:
            visit.ask(MapImport(run=one.id, columns=changed), ImportView)
        visit.ask(ConfirmImport(run=one.id), Output)
    except Invalid as wrong:
        return mapped_wrongly(visit, one, columns, wrong.detail)
    return render.redirect(f"{visit.base}/imports/{one.run.ref}")


def mapped_wrongly(visit: Visit, one: ImportView, columns: dict[str, str], said: str) -> Response:
    """The page again with what was chosen, and why it cannot be."""
    chosen = [column.model_copy(update={"field": columns[column.name]}) for column in one.columns]
    view = imports.page(one.model_copy(update={"columns": chosen}), around_of(visit, one))
    shown = replace(view, problem=Verdict("These columns cannot be taken so.", said))
    return page(visit, "import", {"title": one.name, "it": shown}, here="imports", status=422)


def undo(visit: Visit) -> Response:
    """`POST /w/{desk}/imports/{ref}/undo`: take it back, or stop it."""
    one = read(visit)
    visit.ask(UndoImport(run=one.id), Output)
    return render.redirect(f"{visit.base}/imports/{one.run.ref}")


def held_csv(visit: Visit) -> Response:
    """`GET /w/{desk}/imports/{ref}/held.csv`, or `quarantine.csv`: every row held back, with its reason."""
    return sent(visit, visit.ask(ExportHeld(run=read(visit).id), FileAnswer))
