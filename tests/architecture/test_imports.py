"""Imports point downward, stores are private, and a process never loads what it does not use."""

import logging.config
import subprocess
import sys
import tomllib
from typing import Any

import pytest
from importlinter.cli import lint_imports

from tests.architecture.source import ROOT, product, slices

PYPROJECT = ROOT / "pyproject.toml"
HEAVY = ("boto3", "botocore", "chalice", "lightgbm", "numpy", "opensearchpy", "pynamodb", "scipy", "sklearn", "typst")


def contracts() -> list[dict[str, Any]]:
    return list(tomllib.loads(PYPROJECT.read_text())["tool"]["importlinter"]["contracts"])


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.config, "dictConfig", lambda _: None)  # it would silence every logger for the tests that follow
    assert lint_imports(config_filename=str(PYPROJECT), no_cache=True) == 0


def test_every_slice_stands_in_the_order_and_under_the_bans() -> None:
    order, clouds, *_ = contracts()
    for name in slices():
        assert f"steward.{name}" in order["layers"]
        assert f"steward.{name}" in clouds["source_modules"]


def test_a_store_is_private_to_its_slice() -> None:
    peeking = [
        f"{source.path} imports {name}"
        for source in product()
        for name in source.imports()
        if f"{name}.".startswith("steward.") and ".store." in f"{name}." and source.module.split(".")[1:2] != name.split(".")[1:2]
    ]
    assert peeking == []


def test_no_command_reaction_or_index_loads_a_heavy_library() -> None:
    """Cold starts live from this: training and typesetting are imported in their child processes only."""
    script = f"""
import sys
from importlib import import_module
from steward.kernel.manifest import modules
for module in [*modules(), "steward.surfaces.http", "steward.surfaces.openapi"]:
    import_module(module)
print(*(name for name in {HEAVY} if name in sys.modules))
"""
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
