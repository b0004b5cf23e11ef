"""A folder of index files: made whole beside the others, opened only when whole."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from steward.adapters.search.index import vectors, words
from steward.adapters.search.index.columns import Columns
from steward.adapters.search.index.laying import Laying
from steward.adapters.search.index.left import Left
from steward.adapters.search.index.strings import Strings, mapped
from steward.adapters.search.index.strings import write as write_strings
from steward.adapters.search.index.vectors import Vectors
from steward.adapters.search.index.words import Words
from steward.kernel.search import Document, IndexSpec

SPOOL = "vectors.raw"
FEW = 500
"""Of so many ids one is sorted at once; of more, their places are read from the file."""
SHAPE = 2
"""The shape of these files; folders of another are made anew."""


class Torn(Exception):
    """A folder, by its name, is not there, not whole, or of another index."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Folder:
    """An opened folder: immutable, for any number of readers."""

    def __init__(self, path: Path, spec: IndexSpec) -> None:
        """Raises Torn."""
        try:
            label = json.loads((path / "label.json").read_text())
            if label["spec"] != said(spec) or any((path / name).stat().st_size != size for name, size in label["files"].items()):
                raise Torn(path.name)
            self.path, self.count = path, int(label["count"])
            self.columns = Columns(path, spec, self.count)
            self.words = Words(path, spec.texts, label["lengths"]) if spec.texts else None
            self.vectors = Vectors(path) if spec.dimension else None
            self.ids, self._order = Strings(path, "id"), mapped(path / "id.order.npy")
        except (OSError, ValueError, KeyError) as error:
            raise Torn(path.name) from error

    def row(self, id: str) -> int | None:
        """Where a document lies."""
        low, high = 0, self.count
        while low < high:
            middle = (low + high) // 2
            row = int(self._order[middle])
            found = self.ids[row]
            if found == id:
                return row
            low, high = (middle + 1, high) if found < id else (low, middle)
        return None

    def first_ids(self, left: Left, limit: int) -> list[str]:
        """The first ids of rows, in their own order."""
        if left.count * FEW <= self.count:
            return sorted(self.ids[row] for row in left.rows().tolist())[:limit]
        rows = self._order[left.has(self._order)][:limit]
        return [self.ids[row] for row in rows.tolist()]


def said(spec: IndexSpec) -> str:
    """What a folder was made for."""
    return json.dumps([SHAPE, asdict(spec)])


def make(path: Path, spec: IndexSpec, documents: Iterable[Document]) -> int:
    """Make a folder of documents, which come in the order of the spec's layout; how many."""
    making = path.with_name(f".{path.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700, parents=True)
    laying, ids, known = Laying(list(spec.fields)), list[str](), bytearray()
    with (making / SPOOL).open("wb") as spool:

        def texts() -> Iterator[dict[str, str]]:
            for document in documents:
                laying.add(document.fields)
                ids.append(document.id)
                known.append(bool(document.vector))
                spool.write(document.vector or bytes(4 * spec.dimension))
                yield dict(document.texts)

        lengths = words.write(making, spec.texts, texts())
    laying.save(making)
    write_strings(making, "id", ids)
    np.save(making / "id.order.npy", np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int32))
    if spec.dimension and ids:
        raw = np.memmap(making / SPOOL, "<f4", "r", shape=(len(ids), spec.dimension))
        vectors.write(making, raw, np.frombuffer(bytes(known), np.bool_))
    (making / SPOOL).unlink()
    _seal(making, {"spec": said(spec), "count": len(ids), "lengths": lengths})
    making.rename(path)
    _sync(path.parent)
    return len(ids)


def _seal(folder: Path, label: dict[str, object]) -> None:
    """Bring all files to the disk, then the label, which tells how long each has to be."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    sizes = {str(path.relative_to(folder)): path.stat().st_size for path in files}
    (folder / "label.json").write_text(json.dumps({**label, "files": sizes}))
    for path in (*files, folder / "label.json", folder):
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
