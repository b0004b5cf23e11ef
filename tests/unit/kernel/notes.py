"""A small slice of its own, so that the kernel is tested without any real estate."""

from steward.kernel.command import Danger, command
from steward.kernel.context import Context
from steward.kernel.errors import Conflict
from steward.kernel.model import Input, Nothing, Output
from steward.kernel.rows import Record, Table


class Note(Record):
    """Some text."""

    text: str


NOTES: Table[Note] = Table("note", Note)


class WriteNote(Input):
    """A new note."""

    text: str
    size: int = 0


class NoteView(Output):
    """A note."""

    id: str
    ref: int
    version: int
    text: str


class GetNote(Input):
    """Which note."""

    id: str


class ChangeNote(Input):
    """A new text."""

    id: str
    text: str


class BurnNote(Input):
    """Which note to destroy."""

    id: str


class SendNote(Input):
    """Which note to send out."""

    id: str


class SweepNotes(Input):
    """An inner command."""


class FillNotes(Input):
    """Too many rows for one commit."""

    count: int


def view(note: Note) -> NoteView:
    return NoteView(id=note.id, ref=note.ref, version=note.version, text=note.text)


@command("notes.write", scope="write:notes", danger=Danger.WRITE, tool="write_note")
def write_note(cmd: WriteNote, ctx: Context) -> NoteView:
    """Write a note."""
    ref = ctx.refs("note")
    note = Note(id=ctx.new_id("note", ref), ref=ref, created_at=ctx.now, updated_at=ctx.now, text=cmd.text)
    return view(NOTES.insert(ctx, note))


@command("notes.get", scope="read:notes", danger=Danger.READ)
def get_note(cmd: GetNote, ctx: Context) -> NoteView:
    """Show a note."""
    return view(NOTES.require(ctx, cmd.id))


@command("notes.change", scope="write:notes", danger=Danger.WRITE)
def change_note(cmd: ChangeNote, ctx: Context) -> NoteView:
    """Change a note."""
    note = NOTES.require(ctx, cmd.id)
    if ctx.expected_version not in (None, note.version):
        raise Conflict("Somebody changed it.", current=note.version, stale=True)
    return view(NOTES.replace(ctx, note.model_copy(update={"text": cmd.text})))


@command("notes.burn", scope="delete:notes", danger=Danger.DESTRUCTIVE)
def burn_note(cmd: BurnNote, ctx: Context) -> Nothing:
    """Destroy a note."""
    NOTES.remove(ctx, NOTES.require(ctx, cmd.id))
    return Nothing()


@command("notes.send", scope="send:notes", danger=Danger.OUTWARD)
def send_note(cmd: SendNote, ctx: Context) -> NoteView:
    """Send a note out of the house."""
    return view(NOTES.require(ctx, cmd.id))


@command("notes.sweep", scope="write:notes", danger=Danger.WRITE, internal=True)
def sweep_notes(cmd: SweepNotes, ctx: Context) -> Nothing:
    """Something no caller may ask for."""
    return Nothing()


@command("notes.fill", scope="write:notes", danger=Danger.WRITE)
def fill_notes(cmd: FillNotes, ctx: Context) -> Nothing:
    """Write many notes, each by the command for one."""
    for number in range(cmd.count):
        ctx.call(WriteNote(text=str(number)))
    return Nothing()
