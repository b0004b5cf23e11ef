"""LightGBM's runtime: scikit-learn's copy of libgomp, whatever the system has."""

import json
import sys
from pathlib import Path

import pytest

from steward.adapters.children.process import ProcessChildren
from tests.unit.scoring import county


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libgomp and /proc/self/maps are Linux's")
def test_the_training_child_runs_on_the_libgomp_of_the_environment_alone(tmp_path: Path) -> None:
    (tmp_path / "homes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in county.rows(220)))
    children = ProcessChildren()
    request = {"do": "train", "homes": str(tmp_path / "homes.jsonl"), "model": str(tmp_path / "model.json")}
    (loaded,) = children.call("tests.unit.scoring.loaded_child", request, timeout=60)  # type: ignore[misc]
    assert Path(str(loaded)).is_relative_to(Path(sys.prefix).resolve())
    assert "scikit_learn.libs" in str(loaded)
