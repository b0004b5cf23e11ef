"""What does the work of imports and undos: commit after commit, from wherever the run stands."""

from contextlib import suppress

from steward.kernel.errors import Invalid, TooMany
from steward.kernel.reactor import Reactor
from steward.properties.intake_model import FinishImport, FinishUndo, ImportChunk, ReadImport, UndoChunk
from steward.properties.store import SOURCES
from steward.runs.model import HoldRun, Run
from steward.runs.workers import Progress, worker

CHECKED = 100
"""Chunks between two looks at whether the file is still the same."""
CHECKING = "Check what the columns become, then confirm."


@worker("import")
def import_rows(run: Run, reactor: Reactor) -> Progress:
    """Read the file, wait for a person to confirm its columns, then store its rows chunk by chunk."""
    if run.chunk == 0:
        reactor.dispatch(ReadImport(run=run.id), key=f"{run.id}:1")
        return Progress.MORE
    if not run.params.get("confirm"):
        reactor.dispatch(HoldRun(run=run.id, reason=CHECKING, until="person"), key=f"{run.id}:check:{run.version}")
        return Progress.WAIT
    if run.cursor.get("ended"):
        reactor.dispatch(
            FinishImport(
                run=run.id, newest=run.cursor.get("newest", ""), refs=run.cursor.get("refs", 0), refs_end=run.cursor.get("refs_end", 0)
            ),
            key=f"{run.id}:finish",
        )
        return Progress.DONE
    if run.chunk % CHECKED == 1:
        _check_file(run, reactor)
    with suppress(TooMany):  # somebody took the plan's last room meanwhile: the same rows, looked at again, are held back
        reactor.dispatch(_next(run), key=f"{run.id}:{run.chunk + 1}")
    return Progress.MORE


@worker("undo")
def undo_rows(run: Run, reactor: Reactor) -> Progress:
    """Go through an import's journal backwards, then say that it is undone."""
    source = str(run.subject)
    kept = run.cursor.get("kept", [])
    if run.cursor.get("journal") == 0:
        reactor.dispatch(FinishUndo(run=run.id, source=source, kept=kept), key=f"{run.id}:finish")
        return Progress.DONE
    reactor.dispatch(
        UndoChunk(
            run=run.id,
            chunk=run.chunk + 1,
            source=source,
            journal=run.cursor.get("journal", -1),
            entry=run.cursor.get("entry", -1),
            kept=kept,
        ),
        key=f"{run.id}:{run.chunk + 1}",
    )
    return Progress.MORE


def _next(run: Run) -> ImportChunk:
    return ImportChunk(
        run=run.id,
        chunk=run.chunk + 1,
        offset=run.cursor["offset"],
        line=run.cursor["line"],
        refs=run.cursor.get("refs", 0),
        refs_end=run.cursor.get("refs_end", 0),
        rows_left=max(1, (run.total or 0) - run.counts.get("rows", 0)),
        newest=run.cursor.get("newest", ""),
    )


def _check_file(run: Run, reactor: Reactor) -> None:
    """The bytes a run goes on with must be those it began with."""
    ctx = reactor.context()
    source = SOURCES.require(ctx, run.id)
    found = ctx.blobs.head(source.blob)
    if found is None or (source.etag and found.etag != source.etag):
        raise Invalid("The file was replaced or removed while it was being taken in; undo this import and begin again.")
