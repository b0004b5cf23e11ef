"""The project's own files, as the architecture tests read them."""

import ast
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STEWARD = ROOT / "layers/domain/python/steward"
ROOMS = ("kernel", "surfaces", "desk", "adapters")
"""The folders of the package that are no slices."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root, its lines and its tree."""

    path: str
    lines: Sequence[str]
    tree: ast.Module

    @property
    def module(self) -> str:
        return self.path.removeprefix("layers/domain/python/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def imports(self) -> Iterator[str]:
        """Every module it imports, and every name it takes from one."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def tracked() -> Sequence[Path]:
    """Every file that belongs to the project: what git tracks or would, and that is there."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [path for name in sorted(set(told.split("\0"))) if name and (path := ROOT / name).is_file()]


@cache
def sources() -> Sequence[Source]:
    """Every Python file of the project, tests too."""
    return [_source(path) for path in tracked() if path.suffix == ".py"]


def product() -> Sequence[Source]:
    """Every Python file that is shipped."""
    return [one for one in sources() if not one.path.startswith(("tests/", "scripts/"))]


def slices() -> Sequence[str]:
    """The names of the slices."""
    return sorted(path.parent.name for path in STEWARD.glob("*/__init__.py") if path.parent.name not in ROOMS)


def _source(path: Path) -> Source:
    text = path.read_text("utf-8")
    return Source(path.relative_to(ROOT).as_posix(), text.splitlines(), ast.parse(text, str(path)))
