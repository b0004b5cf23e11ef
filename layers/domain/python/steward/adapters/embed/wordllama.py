"""The small model that comes with Steward: the table of wordllama's wheel, a vector for each of 32,000 pieces of words.

Its package is never imported, as it loads what a mean of vectors does not need; only its table and its pieces are read, when
a text is first embedded. All words count alike (decision 14 tells why).
"""

import json
import math
import mmap
import re
import struct
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from steward.kernel.errors import Unavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Table = NDArray[np.float16] | NDArray[np.float32]

DIMENSION = 256
PIECES = "tokenizers/l2_supercat_tokenizer_config.json"
TABLE = f"weights/l2_supercat_{DIMENSION}.safetensors"
WORD = re.compile(r"[^\W_]+")
START = "▁"
"""What the pieces have in front of a word's first letter."""
LONGEST = 40
"""Letters of a word that are looked at; what is longer is no word, and pieces are put together in the square of the letters."""
REMEMBERED = 50_000
"""Words whose pieces are kept in memory."""
MANY = 16
"""Texts that are worth the table in the width that sums are fast in: twice the memory, and a tenth of a second to make."""


class WordLlama:
    """The mean of the vectors of a text's pieces."""

    model = f"wordllama-{DIMENSION}"
    dimension = DIMENSION

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, ...]] = {}

    def embed(self, texts: Sequence[str]) -> Sequence[bytes]:
        """As `kernel.embedding.Embedder` says."""
        lists = [[piece for word in words(text) for piece in self._pieces_of(word)] for text in texts]
        vector = self._fast(len(lists)) or self._vector
        return [vector(pieces) if pieces else b"" for pieces in lists]

    def _vector(self, pieces: Sequence[int]) -> bytes:
        """The mean of length 1 without numpy, which a process that embeds a text now and then need not load."""
        table, start = self._file
        rows = [struct.unpack_from(f"<{DIMENSION}e", table, start + 2 * DIMENSION * piece) for piece in pieces]
        total = [math.fsum(column) for column in zip(*rows, strict=True)]
        length = math.hypot(*total)
        return struct.pack(f"<{DIMENSION}f", *(number / length for number in total)) if length > 0 else b""

    def _fast(self, texts: int) -> Callable[[Sequence[int]], bytes] | None:
        """The same by numpy: where it is loaded already, or the texts are worth it, and it is there."""
        if "numpy" not in sys.modules and (texts < MANY or find_spec("numpy") is None):
            return None
        import numpy as np

        table = self._wide if texts >= MANY else self._narrow

        def vector(pieces: Sequence[int]) -> bytes:
            total = table[pieces].astype(np.float32, copy=False).sum(axis=0)
            length = float(np.sqrt(total @ total))
            return (total / length).astype("<f4").tobytes() if length > 0 else b""

        return vector

    def _pieces_of(self, word: str) -> tuple[int, ...]:
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known = {}
            parts = [START + word] if START + word in self._numbers else split(word, self._numbers)
            known = (self._numbers.get(piece) for piece in parts if piece != START)
            found = self._known[word] = tuple(number for number in known if number is not None)
        return found

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        """The number of each piece: the lower, the earlier it is put together."""
        numbers: dict[str, int] = json.loads((folder() / PIECES).read_bytes())["model"]["vocab"]
        return numbers

    @cached_property
    def _file(self) -> tuple[mmap.mmap, int]:
        """The file of the table (safetensors: a length, a JSON head, the numbers), mapped into memory, and where its numbers begin."""
        with (folder() / TABLE).open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            head = json.loads(file.read(size))["embedding.weight"]
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), 8 + size + int(head["data_offsets"][0])

    @cached_property
    def _narrow(self) -> "Table":
        import numpy as np

        table, start = self._file
        return np.frombuffer(table, "<f2", offset=start).reshape(-1, DIMENSION)

    @cached_property
    def _wide(self) -> "Table":
        import numpy as np

        return self._narrow.astype(np.float32)


def folder() -> Path:
    """Where the wheel's files lie. Raises Unavailable when it is not installed."""
    spec = find_spec("wordllama")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable("The model wordllama is not installed; install it, or set STEWARD_EMBEDDING to none.")
    return Path(spec.submodule_search_locations[0])


def words(text: str) -> list[str]:
    """The words of a text as the table knows them: lower case, letters with their accents in one sign."""
    plain = text if text.isascii() else unicodedata.normalize("NFC", text)
    return WORD.findall(plain.lower())


def split(word: str, numbers: Mapping[str, int]) -> list[str]:
    """A word's pieces: of all neighbours, those that make the piece of the lowest number become one, until none do."""
    parts = [START, *word[:LONGEST]]
    while len(parts) > 1:
        pairs = [(numbers.get(parts[at] + parts[at + 1]), at) for at in range(len(parts) - 1)]
        found = min(((number, at) for number, at in pairs if number is not None), default=None)
        if found is None:
            break
        at = found[1]
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts
