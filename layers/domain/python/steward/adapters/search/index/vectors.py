"""Vectors in one byte a number. Of many rows only those are looked at that lie on the asked vector's side of most planes, which a bit
a plane tells."""

from pathlib import Path
from typing import Any

import numpy as np
import simsimd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from steward.adapters.search.index.left import Left, Rows
from steward.adapters.search.index.strings import mapped

Matrix = NDArray[np.float32]
Signs = NDArray[np.uint64]
PLANES, WORD = 256, 64
"""Sides that are kept of a vector, at most, and how many of them lie in one number."""
FEW, SHARE = 2_048, 256
"""Rows that are all looked at; of more, so many or one of `SHARE`."""
SAMPLE = 20_000
"""Vectors from which the turn is learned."""
SAMPLED = 4_096
"""Rows whose sides tell how near the nearest are."""
CROWDED, CROWDS = 2, 8
"""Where so many times the wanted rows are found, many share one vector. Then rows with as many sides count as one of `CROWDS` of what is
wanted at most, so that farther ones are looked at too: their sides may say less than they are alike."""
CACHED = 65_536
"""Rows that are compared at a time."""
AT_ONCE = 50_000


class Vectors:
    """The vectors of a folder."""

    def __init__(self, folder: Path) -> None:
        names = ("turn", "middle", "bytes", "scales", "signs", "known")
        self._turn, self._middle, self._bytes, self._scales, self._signs, known = (mapped(folder / f"v.{name}.npy") for name in names)
        self._known = None if known.all() else known

    def nearest(self, asked: bytes, left: Left, depth: int) -> tuple[Rows, Matrix]:
        """The rows most like a vector, and their cosines."""
        vector = np.frombuffer(asked, "<f4")
        turned = dots(vector, self._turn)
        left = left if self._known is None else left.among(self._known)
        rows = left.rows() if left.count <= FEW else self._likely(turned, left, max(FEW, left.count // SHARE))
        parts = [self._scores(turned, rows[start : start + CACHED]) for start in range(0, max(1, len(rows)), CACHED)]
        scores = np.concatenate(parts) + np.float32(self._middle @ vector)
        best = _best(scores, depth)
        return rows[best], scores[best]

    def _scores(self, turned: Matrix, rows: Rows) -> Matrix:
        scores: Matrix = dots(turned, self._bytes[rows].astype(np.float32)) * self._scales[rows]
        return scores

    def _likely(self, turned: Matrix, left: Left, wanted: int) -> Rows:
        """About so many rows that are on the same side as the asked vector most often; a sample tells how often that is."""
        apart = self._apart(signs(turned[None])[:, 0], left)
        sample = (apart if left.mask is None else apart[left.mask])[:: max(1, left.count // SAMPLED)]
        place = wanted * len(sample) // left.count
        near = self._nearer(apart, left, int(np.partition(sample, place)[place]))
        if near.count > CROWDED * wanted:
            counted = np.minimum(np.bincount(sample), place // CROWDS + 1)
            near = self._nearer(apart, left, int(np.searchsorted(np.cumsum(counted), place, "right")))
        return near.rows()

    @staticmethod
    def _nearer(apart: NDArray[np.uint8], left: Left, far: int) -> Left:
        near = apart <= far
        return Left(left.start, left.stop, near if left.mask is None else near & left.mask)

    def _apart(self, asked: Signs, left: Left) -> NDArray[np.uint8]:
        """On how many sides each row of the span is not where the asked vector is; 0 for one that shares none of 256, which is looked at
        and found to be unlike."""
        apart = np.empty(left.stop - left.start, np.uint8)
        for start in range(left.start, left.stop, CACHED):
            some = self._signs[:, start : min(start + CACHED, left.stop)]
            part = apart[start - left.start :][: some.shape[1]]
            np.bitwise_count(some[0] ^ asked[0], out=part)
            for mine, theirs in zip(some[1:], asked[1:], strict=True):
                part += np.bitwise_count(mine ^ theirs)
        return apart


def _best(scores: Matrix, depth: int) -> Rows:
    """Places of the best scores, the best first; of equal ones the first."""
    good = np.flatnonzero(scores >= np.partition(scores, -depth)[-depth]) if len(scores) > depth else np.arange(len(scores))
    return good[np.argsort(-scores[good], kind="stable")[:depth]]


def dots(asked: NDArray[Any], rows: NDArray[Any]) -> Matrix:
    """A vector's product with each row. numpy's own is made by threads that wait for each other, milliseconds where others compute too."""
    if not rows.size:
        return np.zeros(len(rows), np.float32)
    products: Matrix = np.asarray(simsimd.cdist(asked[None], np.ascontiguousarray(rows), "dot", out_dtype="float32"), np.float32).ravel()
    return products


def signs(turned: Matrix) -> Signs:
    """On which side of the first planes vectors lie: a row for each `WORD` planes, a column for each vector."""
    planes = min(PLANES, turned.shape[1])
    sides = np.zeros((len(turned), _numbers(planes) * WORD), np.bool_)
    np.greater(turned[:, :planes], 0, out=sides[:, :planes])
    return np.packbits(sides, axis=1).view(np.uint64).T


def _numbers(planes: int) -> int:
    return -(-planes // WORD)


def write(folder: Path, raw: Matrix, known: NDArray[np.bool_]) -> None:
    """Lay vectors down for `Vectors`; `known` says which rows have one. By one thread: numpy's others would wait for work at full speed."""
    with threadpool_limits(1):
        _write(folder, raw, known)


def _write(folder: Path, raw: Matrix, known: NDArray[np.bool_]) -> None:
    count, dimension = raw.shape
    some = np.flatnonzero(known)
    sample = raw[some[:: max(1, len(some) // SAMPLE)]].astype(np.float64)
    middle = (sample.mean(axis=0) if len(sample) else np.zeros(dimension)).astype(np.float32)
    turn = _turn(sample - middle)
    kept = np.lib.format.open_memmap(folder / "v.bytes.npy", "w+", np.int8, (count, dimension))
    sides = np.lib.format.open_memmap(folder / "v.signs.npy", "w+", np.uint64, (_numbers(min(PLANES, dimension)), count))
    scales = np.empty(count, np.float32)
    for start in range(0, count, AT_ONCE):
        span = slice(start, min(start + AT_ONCE, count))
        turned = (raw[span] - middle) @ turn.T
        scales[span] = scale = np.abs(turned).max(axis=1, initial=0) / 127
        kept[span] = np.rint(turned / np.where(scale, scale, 1)[:, None])
        sides[:, span] = signs(turned)
    kept.flush()
    sides.flush()
    np.save(folder / "v.turn.npy", turn)
    np.save(folder / "v.middle.npy", middle)
    np.save(folder / "v.scales.npy", scales)
    np.save(folder / "v.known.npy", known)


def _turn(sample: NDArray[np.float64]) -> Matrix:
    """The directions that vectors differ in most come first, and of those that become planes each is mixed from all, so that every side
    tells as much as another."""
    _, axes = np.linalg.eigh(sample.T @ sample)
    turn, planes = axes.T[::-1].copy(), min(PLANES, len(axes))
    mixed, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(planes, planes)))
    turn[:planes] = mixed @ turn[:planes]
    return turn.astype(np.float32)
