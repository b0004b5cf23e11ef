"""What a filter leaves of an index's rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Column = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Left:
    """Rows from `start` to before `stop`, of which those of the mask; all of them where there is none."""

    start: int
    stop: int
    mask: Mask | None = None

    @property
    def count(self) -> int:
        return self.stop - self.start if self.mask is None else int(np.count_nonzero(self.mask))

    def rows(self) -> Rows:
        """Their numbers, ascending."""
        if self.mask is None:
            return np.arange(self.start, self.stop, dtype=np.int64)
        return np.flatnonzero(self.mask) + self.start

    def of(self, column: Column) -> Column:
        """What a column holds for them."""
        span = column[self.start : self.stop]
        return span if self.mask is None else span[self.mask]

    def has(self, rows: Rows) -> Mask:
        """Which of these rows are among them."""
        inside: Mask = (rows >= self.start) & (rows < self.stop)
        if self.mask is not None and len(rows):
            inside[inside] = self.mask[rows[inside] - self.start]
        return inside

    def among(self, mask: Mask) -> "Left":
        """Those that a mask of all rows has."""
        span = mask[self.start : self.stop]
        return Left(self.start, self.stop, span if self.mask is None else span & self.mask)

    def without(self, rows: Rows) -> "Left":
        """All but these rows."""
        gone = rows[(rows >= self.start) & (rows < self.stop)] - self.start
        if not len(gone):
            return self
        mask = np.ones(self.stop - self.start, np.bool_) if self.mask is None else self.mask.copy()
        mask[gone] = False
        return Left(self.start, self.stop, mask)
