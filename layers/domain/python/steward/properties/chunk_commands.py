"""The steps of imports and undos: each one commit, dispatched by their workers only."""

from collections import Counter
from datetime import date

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Invalid
from steward.kernel.ports import ABSENT, Add, Put
from steward.properties.chunking import PROPERTIES_QUOTA, Intake, Mark, entries
from steward.properties.facts import BY_TITLE
from steward.properties.intake.columns import doubts
from steward.properties.intake_commands import UNDO_KEPT, held_rows, load_import
from steward.properties.intake_model import ChunkDone, FinishImport, FinishUndo, ImportChunk, ReadImport, UndoChunk
from steward.properties.looking import look
from steward.properties.store import HELD, JOURNAL, PROPERTIES, SOURCES, TALLY, last_journal, place_of
from steward.properties.undoing import Undoing
from steward.runs.model import AdvanceRun, FinishRun, GetRun, RunView

COUNTED = ("rows", "properties", "sales", "added", "updated", "unchanged", "quarantined", "warnings")
SHOWN_KEPT = 1_000
SCOPE = "write:properties"


@command("properties.read_import", scope=SCOPE, danger=Danger.WRITE, internal=True)
def read_import(cmd: ReadImport, ctx: Context) -> RunView:
    """Find out what an import's file is, and what its columns become."""
    run, source = load_import(ctx, cmd.run)
    told = SOURCES.replace(ctx, look(ctx, source))
    layout = told.layout
    cursor = {"offset": layout.start, "line": layout.line} if layout else {}
    done: RunView = ctx.call(
        AdvanceRun(run=run.id, chunk=1, stage="mapped", cursor=cursor, total=told.rows, counts=dict.fromkeys(COUNTED, 0))
    )
    return done


@command("properties.import_chunk", scope=SCOPE, danger=Danger.WRITE, internal=True)
def import_chunk(cmd: ImportChunk, ctx: Context) -> ChunkDone:
    """Take in the next rows of an import, as many as fit one commit."""
    source = SOURCES.require(ctx, cmd.run)
    chunk = Intake(ctx, source, Mark(cmd.offset, cmd.line, cmd.refs, cmd.refs_end), rows_left=cmd.rows_left).take()
    sk, expires = place_of(cmd.run, cmd.chunk), int((ctx.now + UNDO_KEPT).timestamp())
    if wrote := entries(chunk):
        ctx.write(Put(ctx.key(JOURNAL, sk), {"entries": wrote}, 1, expect=ABSENT, expires=expires))
    if chunk.held:
        ctx.write(Add(ctx.key(TALLY, cmd.run), Counter(BY_TITLE.get(row.about, row.about) for row in chunk.held)))
        ctx.put(ctx.key(HELD, sk), {"rows": [row.model_dump(mode="json") for row in chunk.held]}, version=1, expect=ABSENT)
    written = [home for home in chunk.homes.values() if home.written]
    added = [home.now.id for home in written if home.before is None]
    changed = [home.now.id for home in written if home.before is not None]
    if added:
        ctx.use(PROPERTIES_QUOTA, len(added))
        ctx.emit("properties.added", {"ids": added, "source": cmd.run})
    if changed:
        ctx.emit("properties.changed", {"ids": changed, "source": cmd.run})
    mark = chunk.mark
    cursor = {
        "offset": mark.offset, "line": mark.line, "refs": mark.refs, "refs_end": mark.refs_end, "newest": max(cmd.newest, chunk.newest),
        "ended": chunk.ended,
    }  # fmt: skip
    ctx.call(AdvanceRun(run=cmd.run, chunk=cmd.chunk, stage="stored", cursor=cursor, counts=dict(chunk.counts), writes=len(written)))
    return ChunkDone(run=cmd.run, ended=chunk.ended)


@command("properties.finish_import", scope=SCOPE, danger=Danger.WRITE, internal=True)
def finish_import(cmd: FinishImport, ctx: Context) -> RunView:
    """End an import: say what it did, and tell the slices above. Raises Invalid when no row could be stored."""
    run, source = load_import(ctx, cmd.run)
    counts = {name: run.counts.get(name, 0) for name in COUNTED}
    if not counts["properties"]:
        raise Invalid(_nothing(ctx, run))
    ctx.return_refs(PROPERTIES.kind, cmd.refs, cmd.refs_end)
    as_of = date.fromisoformat(cmd.newest) if cmd.newest else ctx.now.date()
    SOURCES.replace(ctx, source.model_copy(update={"rows": counts["rows"], "as_of": as_of}))
    learnable = not source.listings or bool(counts["sales"])
    ctx.emit("import.finished", {"run": run.id, "added": counts["added"], "updated": counts["updated"], "learnable": learnable})
    done: RunView = ctx.call(FinishRun(run=run.id, result=counts, warnings=doubts(source.columns)))
    return done


def _nothing(ctx: Context, run: RunView) -> str:
    first = next(held_rows(ctx, run.id), None)
    if first is None:
        return "The file has a header but no rows; nothing was stored."
    return f"No row could be stored: all {run.counts['quarantined']:,} were held back. The first one, line {first.row}: {first.reason}"


@command("properties.undo_chunk", scope=SCOPE, danger=Danger.WRITE, internal=True)
def undo_chunk(cmd: UndoChunk, ctx: Context) -> ChunkDone:
    """Take back what an import wrote, the last first, as much as fits one commit."""
    undo = Undoing(ctx, cmd.source, kept=cmd.kept)
    journal, entry = undo.go(cmd.journal if cmd.journal >= 0 else last_journal(ctx, cmd.source), cmd.entry)
    for name, ids in (("properties.removed", undo.removed), ("properties.changed", undo.changed)):
        if ids:
            ctx.emit(name, {"ids": ids, "source": cmd.source})
    cursor = {"journal": journal, "entry": entry, "kept": [one.model_dump() for one in undo.kept[:SHOWN_KEPT]]}
    restored = len(undo.removed) + len(undo.changed)
    counts = {"in": undo.seen, "restored": restored, "removed": len(undo.removed), "kept": len(undo.kept) - len(cmd.kept)}
    ctx.call(AdvanceRun(run=cmd.run, chunk=cmd.chunk, stage="restoring", cursor=cursor, counts=counts, writes=restored))
    return ChunkDone(run=cmd.run, ended=journal == 0)


@command("properties.finish_undo", scope=SCOPE, danger=Danger.WRITE, internal=True)
def finish_undo(cmd: FinishUndo, ctx: Context) -> RunView:
    """End an undo, and tell the slices above."""
    source = SOURCES.require(ctx, cmd.source)
    run: RunView = ctx.call(GetRun(run=cmd.run))
    SOURCES.replace(ctx, source.model_copy(update={"undone_at": ctx.now}))
    ctx.emit("import.undone", {"run": source.id})
    result = {"restored": run.counts.get("restored", 0), "kept": [one.model_dump() for one in cmd.kept]}
    done: RunView = ctx.call(FinishRun(run=run.id, result=result))
    return done
