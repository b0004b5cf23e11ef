"""Many texts in two memory-mapped files, one after the other in the order they were given."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.lib import format as numpy_format
from numpy.typing import NDArray


def mapped(path: Path) -> NDArray[Any]:
    """An array that lies in a file. As a plain array: numpy's own kind for files is slow to open, and ten times as slow to look into."""
    with path.open("rb") as file:
        numpy_format.read_magic(file)
        shape, by_columns, dtype = numpy_format.read_array_header_1_0(file)
        begins = file.tell()
        return np.frombuffer(mmap(file.fileno(), 0, access=ACCESS_READ), dtype, offset=begins).reshape(
            shape, order="F" if by_columns else "C"
        )


class Strings(Sequence[str]):
    """The texts of a folder under a name. Nothing is read before it is asked for."""

    def __init__(self, folder: Path, name: str) -> None:
        self._ends, self._bytes = (mapped(folder / f"{name}.{part}.npy").data for part in ("ends", "bytes"))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return str(self._bytes[self._ends[index] : self._ends[index + 1]], "utf-8")

    def place(self, text: str) -> int | None:
        """Where a text stands among sorted ones."""
        found = bisect_left(self, text)
        return found if found < len(self) and self[found] == text else None

    def up_to(self, text: str, *, inclusive: bool) -> int:
        """How many of sorted texts come before a text, or are it."""
        return bisect_right(self, text) if inclusive else bisect_left(self, text)


def write(folder: Path, name: str, texts: Iterable[str]) -> None:
    """Lay texts down for `Strings`."""
    parts = [text.encode() for text in texts]
    ends = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=ends[1:])
    np.save(folder / f"{name}.ends.npy", ends)
    np.save(folder / f"{name}.bytes.npy", np.frombuffer(b"".join(parts), np.uint8))
