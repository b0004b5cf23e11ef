"""The package as it would be deployed, made once and unpacked as Lambda lays it out."""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from infra import stage

RUNTIME = ("awslambdaric", "snapshot_restore_py", "simplejson", "runtime_client")
"""What the Lambda runtime brings with it; everything else has to be in the package."""


@dataclass(frozen=True)
class Package:
    """`folder` holds the unpacked `task/`, `opt/` and `runtime/`."""

    folder: Path

    @cached_property
    def template(self) -> Mapping[str, Any]:
        """The template."""
        told: Mapping[str, Any] = yaml.safe_load((stage.PACKAGE / "sam.yaml").read_text())
        return told

    def of_type(self, kind: str) -> Mapping[str, Mapping[str, Any]]:
        """Resources of a type by logical id."""
        return {name: one for name, one in self.template["Resources"].items() if one["Type"] == kind}

    @property
    def handlers(self) -> Mapping[str, str]:
        """Handlers by the function's logical id."""
        return {name: one["Properties"]["Handler"] for name, one in self.of_type("AWS::Serverless::Function").items()}

    def environment(self, places: Mapping[str, str]) -> dict[str, str]:
        """The functions' variables. `places` says what stands for each `${Resource}` of theirs; parameters stand at their defaults."""
        defaults = {name: str(one.get("Default", "")) for name, one in self.template["Parameters"].items()}
        return {
            name: _filled(value, {**defaults, **places})
            for name, value in self.template["Globals"]["Function"]["Environment"]["Variables"].items()
        }

    @property
    def path(self) -> list[str]:
        """Where a function finds its modules, in Lambda's order."""
        layer = next(iter(self.of_type("AWS::Serverless::LayerVersion").values()))["Properties"]["CompatibleRuntimes"][0]
        return [str(self.folder / part) for part in ("task", f"opt/python/lib/{layer}/site-packages", "runtime")]


def unpacked(folder: Path) -> Package:
    """Make the package where it is not fresh, and unpack it into a folder."""
    with _alone():
        subprocess.run([sys.executable, "infra/stage.py"], cwd=stage.ROOT, check=True, capture_output=True)
        shutil.unpack_archive(stage.PACKAGE / "deployment.zip", folder / "task")
        shutil.unpack_archive(stage.PACKAGE / "layer-deployment.zip", folder / "opt")
    for name in RUNTIME:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        if spec.submodule_search_locations:
            shutil.copytree(origin.parent, folder / "runtime" / name)
        else:
            (folder / "runtime").mkdir(exist_ok=True)
            shutil.copy(origin, folder / "runtime")
    return Package(folder)


@contextmanager
def _alone() -> Iterator[None]:
    """Tests of several processes share one build folder."""
    (stage.ROOT / "build").mkdir(exist_ok=True)
    with (stage.ROOT / "build" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _filled(value: Any, places: Mapping[str, str]) -> str:
    match value:
        case {"Ref": name}:
            return places[name]
        case {"Fn::Sub": text}:
            filled = str(text)
            for name, place in places.items():
                filled = filled.replace(f"${{{name}}}", place)
            return filled
        case _:
            return str(value)
