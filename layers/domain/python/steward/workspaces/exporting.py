"""Exporting: rows written to a file to be taken away, with what was asked for beside the receipt."""

from collections.abc import Iterable, Iterator

from steward.kernel.context import Context
from steward.kernel.model import FileAnswer, Input
from steward.kernel.textfiles import stream
from steward.workspaces.model_exports import EXPORTS, Export

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
MOST_TOLD = 200
Part = tuple[str, int]
"""Some text of a file, and how many rows are in it."""


def exported(ctx: Context, cmd: Input, parts: Iterable[Part], *, name: str) -> FileAnswer:
    """The file of that name. Of a command that is `audited`, as its receipt names what this leaves."""
    count, suffix = 0, name.rpartition(".")[2]

    def texts() -> Iterator[str]:
        nonlocal count
        for text, rows in parts:
            count += rows
            yield text

    blob = f"{ctx.blob_prefix}exports/{ctx.new_id()}.{suffix}"
    ctx.blobs.put(blob, stream(texts()), content_type=TYPES[suffix].partition(";")[0])
    asked = cmd.model_dump(mode="json", exclude_defaults=True)
    made = EXPORTS.insert(
        ctx,
        Export(id=ctx.new_id(), created_at=ctx.now, updated_at=ctx.now, name=_told(name, asked), asked=asked, rows=count or None),
    )
    return FileAnswer(blob=blob, media_type=TYPES[suffix], name=name, id=made.id, rows=count)


def _told(name: str, asked: dict[str, object]) -> str:
    return ", ".join([name, *(f"{field} {value}" for field, value in asked.items())])[:MOST_TOLD]
