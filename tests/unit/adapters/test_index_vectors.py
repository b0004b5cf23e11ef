"""Vectors in files: what is most like a vector, among so many that their sides tell which are looked at."""

from pathlib import Path

import numpy as np
import pytest

from steward.adapters.search.index import vectors
from steward.adapters.search.index.left import Left, Mask

ROWS, DEPTH, ASKED = 20 * vectors.FEW, 10, 20


@pytest.fixture(scope="module", params=(100, vectors.PLANES, 2 * vectors.PLANES), ids=lambda dimension: f"{dimension} numbers")
def raw(request: pytest.FixtureRequest) -> vectors.Matrix:
    """Vectors about a hundred middles, as texts about a hundred matters have them."""
    rng, dimension = np.random.default_rng(3), request.param
    middles = rng.normal(size=(100, dimension))
    some = middles[rng.integers(0, len(middles), ROWS)] + rng.normal(size=(ROWS, dimension))
    units: vectors.Matrix = (some / np.linalg.norm(some, axis=1)[:, None]).astype(np.float32)
    return units


def right(folder: Path, raw: vectors.Matrix, known: Mask, left: Left) -> float:
    """The share of the most like, of those that are left and known, that are found."""
    vectors.write(folder, raw, known)
    held, found = vectors.Vectors(folder), 0
    rows = left.rows()[known[left.rows()]]
    for asked in raw[:: len(raw) // ASKED][:ASKED]:
        most_like = rows[np.argsort(-(raw[rows] @ asked), kind="stable")[:DEPTH]]
        found += len(set(most_like.tolist()) & set(held.nearest(asked.tobytes(), left, DEPTH)[0].tolist()))
    return found / (ASKED * DEPTH)


def test_nearly_all_of_the_most_like_are_found_among_all(raw: vectors.Matrix, tmp_path: Path) -> None:
    assert right(tmp_path, raw, np.ones(ROWS, np.bool_), Left(0, ROWS)) >= 0.95


def test_nearly_all_are_found_in_what_a_filter_leaves(raw: vectors.Matrix, tmp_path: Path) -> None:
    mask = np.arange(ROWS - 1_500) % 3 == 0
    assert right(tmp_path, raw, np.ones(ROWS, np.bool_), Left(1_000, ROWS - 500, mask)) >= 0.95


def test_rows_without_a_vector_are_never_found_and_hide_none(raw: vectors.Matrix, tmp_path: Path) -> None:
    known = np.arange(ROWS) % 50 == 0
    assert right(tmp_path, np.where(known[:, None], raw, np.float32(0)), known, Left(0, ROWS)) >= 0.95


def test_a_crowd_of_one_vector_hides_none_that_is_more_like(raw: vectors.Matrix, tmp_path: Path) -> None:
    crowd, own = raw[0], np.arange(ROWS) % 4 == 0
    vectors.write(tmp_path, np.where(own[:, None], raw, crowd), np.ones(ROWS, np.bool_))
    held, some = vectors.Vectors(tmp_path), np.flatnonzero(own)[1 :: ROWS // 200]
    found = [held.nearest((1.2 * raw[row] + crowd).tobytes(), Left(0, ROWS), 1)[0] for row in some]
    assert np.mean(np.ravel(found) == some) >= 0.95
