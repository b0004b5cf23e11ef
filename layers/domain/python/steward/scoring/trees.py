"""LightGBM, as much of it as is needed. Runs in the training child only."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steward.scoring import openmp

LIBGOMP = openmp.provide()

import lightgbm  # noqa: E402  (it looks for libgomp the moment it is imported)

Floats = NDArray[np.float64]
FIXED = {"objective": "regression", "verbose": -1, "num_threads": 1, "seed": 17, "deterministic": True, "force_row_wise": True}
"""What makes a training repeatable to the bit, whatever the machine has to do besides."""


class Trees:
    """Boosted regression trees over a matrix, from training or from text."""

    def __init__(self, booster: lightgbm.Booster) -> None:
        self._booster = booster

    @staticmethod
    def grow(matrix: Floats, target: Floats, *, rounds: int, shape: dict[str, Any]) -> "Trees":
        """Train; `shape` is LightGBM's own parameters besides FIXED."""
        return Trees(lightgbm.train({**FIXED, **shape}, lightgbm.Dataset(matrix, target), rounds))

    @staticmethod
    def of(text: str) -> "Trees":
        """Read back what `text` wrote."""
        return Trees(lightgbm.Booster(model_str=text))

    def text(self) -> str:
        """LightGBM's own text format."""
        return self._booster.model_to_string()

    def predict(self, matrix: Floats) -> Floats:
        """One value a row."""
        return np.asarray(self._booster.predict(matrix, num_threads=1), dtype=np.float64)

    def contributions(self, matrix: Floats) -> Floats:
        """SHAP values: a column for each of the matrix and one for the base; a row adds up to its prediction."""
        return np.asarray(self._booster.predict(matrix, pred_contrib=True, num_threads=1), dtype=np.float64)
