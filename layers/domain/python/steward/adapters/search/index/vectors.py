"""Vectors in one byte a number: turned so that their first numbers say most, which is what a scan of many rows reads; the best of
those are then looked at whole. Of few rows all are."""

from pathlib import Path
from typing import Any

import numpy as np
import simsimd
from numpy.typing import NDArray

from steward.adapters.search.index.left import Left, Rows
from steward.adapters.search.index.strings import mapped

Matrix = NDArray[np.float32]
HEAD = 64
"""Numbers of a vector that a scan reads."""
FEW = 4_096
"""Rows that are all looked at whole."""
WHOLE = 400
"""Rows of a scan that are looked at whole, at the least."""
SPARSE = 8
"""Of a span in which only one of so many rows is left, those are picked out first."""
SAMPLE = 20_000
"""Vectors from which the turn is learned."""
SAMPLED = 8_192
"""Rows whose scores tell how good the best are."""
CACHED = 16_384
"""Rows that are scanned at a time."""
AT_ONCE = 50_000


class Vectors:
    """The vectors of a folder."""

    def __init__(self, folder: Path) -> None:
        names = ("turn", "middle", "scales", "head", "tail")
        self._turn, self._middle, self._scales, self._head, self._tail = (mapped(folder / f"v.{name}.npy") for name in names)

    def nearest(self, asked: bytes, left: Left, depth: int) -> tuple[Rows, Matrix]:
        """The rows most like a vector, and their cosines."""
        vector = np.frombuffer(asked, "<f4")
        turned = dots(vector, self._turn)
        rows = self._candidates(turned, left, max(WHOLE, 4 * depth)) if left.count > FEW else left.rows()
        scores = self._whole(turned, rows) + np.float32(self._middle @ vector)
        known = np.flatnonzero(~np.isnan(scores))
        best = known[np.argsort(-scores[known], kind="stable")[:depth]]
        return rows[best], scores[best]

    def _candidates(self, turned: Matrix, left: Left, wanted: int) -> Rows:
        """About so many rows whose first numbers are most like the asked ones."""
        head = turned[: self._head.shape[1]]
        rough = np.rint(head * (127 / (np.abs(head).max() or 1))).astype(np.int8)
        if left.mask is not None and left.count * SPARSE < left.stop - left.start:
            rows = left.rows()
            return rows[_top(self._rough(rough, self._head[rows], self._scales[rows, 0]), wanted)]
        return self._scanned(rough, left, wanted)

    def _scanned(self, rough: NDArray[np.int8], left: Left, wanted: int) -> Rows:
        """A sample tells from which score on rows are among the best; then all are looked at, a cache's worth at a time."""
        step = max(1, left.count // SAMPLED)
        some = left.rows()[::step] if left.mask is not None else np.arange(left.start, left.stop, step)
        sample = self._rough(rough, self._head[some], self._scales[some, 0])
        sample = np.sort(sample[~np.isnan(sample)])
        share = 2 * wanted // step + 10
        least = sample[-share] if share < len(sample) else -np.inf
        found = []
        for start in range(left.start, left.stop, CACHED):
            span = slice(start, min(start + CACHED, left.stop))
            good = self._rough(rough, self._head[span], self._scales[span, 0]) >= least
            if left.mask is not None:
                good &= left.mask[start - left.start : span.stop - left.start]
            found.append(np.flatnonzero(good) + start)
        return np.concatenate(found)

    @staticmethod
    def _rough(asked: NDArray[np.int8], head: NDArray[np.int8], scales: Matrix) -> NDArray[Any]:
        return dots(asked, head) * scales

    def _whole(self, turned: Matrix, rows: Rows) -> Matrix:
        size, scales = self._head.shape[1], self._scales[rows]
        head = dots(turned[:size], self._head[rows].astype(np.float32))
        tail = dots(turned[size:], self._tail[rows].astype(np.float32))
        scores: Matrix = head * scales[:, 0] + tail * scales[:, 1]
        return scores


def dots(asked: NDArray[Any], rows: NDArray[Any]) -> Matrix:
    """A vector's product with each row. numpy's own is made by threads that wait for each other, milliseconds where others compute too."""
    if not rows.size:
        return np.zeros(len(rows), np.float32)
    products: Matrix = np.asarray(simsimd.cdist(asked[None], np.ascontiguousarray(rows), "dot", out_dtype="float32"), np.float32).ravel()
    return products


def _top(scores: NDArray[Any], wanted: int) -> Rows:
    """Places of the best scores."""
    known = np.flatnonzero(~np.isnan(scores))
    return known if len(known) <= wanted else known[np.argpartition(-scores[known], wanted)[:wanted]]


def write(folder: Path, raw: Matrix, known: NDArray[np.bool_]) -> None:
    """Lay vectors down for `Vectors`; `known` says which rows have one."""
    dimension, size = raw.shape[1], min(HEAD, raw.shape[1])
    some = np.flatnonzero(known)
    sample = raw[some[:: max(1, len(some) // SAMPLE)]].astype(np.float64)
    middle = sample.mean(axis=0) if len(sample) else np.zeros(dimension)
    _, axes = np.linalg.eigh((sample - middle).T @ (sample - middle))
    turn = axes.T[::-1].astype(np.float32)
    head = np.lib.format.open_memmap(folder / "v.head.npy", "w+", np.int8, (len(raw), size))
    tail = np.lib.format.open_memmap(folder / "v.tail.npy", "w+", np.int8, (len(raw), dimension - size))
    scales = np.full((len(raw), 2), np.nan, np.float32)
    for start in range(0, len(raw), AT_ONCE):
        stop = min(start + AT_ONCE, len(raw))
        turned = (raw[start:stop] - middle.astype(np.float32)) @ turn.T
        for part, kept, place in ((turned[:, :size], head, 0), (turned[:, size:], tail, 1)):
            scale = np.abs(part).max(axis=1, initial=0) / 127
            kept[start:stop] = np.rint(part / np.where(scale, scale, 1)[:, None])
            scales[start:stop, place] = np.where(known[start:stop], scale, np.nan)
    head.flush()
    tail.flush()
    np.save(folder / "v.turn.npy", turn)
    np.save(folder / "v.middle.npy", middle.astype(np.float32))
    np.save(folder / "v.scales.npy", scales)
