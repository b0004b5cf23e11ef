"""Where the folders of index files lie: beside the database, by kind, then by workspace."""

import json
import shutil
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path


class Shelf:
    """The folders of a database."""

    def __init__(self, database: str) -> None:
        self._root = Path(f"{database}.found")

    def path(self, workspace: str, kind: str, name: str) -> Path:
        """Where a folder lies. A workspace's name may hold anything, so its hash is the folder's name."""
        return self._workspace(workspace, kind) / name

    def size(self, workspace: str, kind: str, name: str) -> int:
        """How many documents a folder holds, by its label; 0 for one that cannot be read."""
        try:
            return int(json.loads((self.path(workspace, kind, name) / "label.json").read_text())["count"])
        except (OSError, ValueError, KeyError):
            return 0

    def keep_only(self, workspace: str, kind: str, name: str) -> None:
        """Remove all folders of a workspace's documents of a kind but one; who still reads them goes on."""
        _keep(self._workspace(workspace, kind), {name} if name else set())

    def sweep(self, kind: str, kept: Mapping[str, str]) -> None:
        """Remove what no workspace has: what a crash left, and what belonged to others."""
        _keep(self._root / kind, {_hashed(workspace) for workspace in kept})
        for workspace, name in kept.items():
            self.keep_only(workspace, kind, name)

    def _workspace(self, workspace: str, kind: str) -> Path:
        return self._root / kind / _hashed(workspace)


def _hashed(workspace: str) -> str:
    return blake2b(workspace.encode(), digest_size=16).hexdigest()


def _keep(folder: Path, names: set[str]) -> None:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name not in names:
            shutil.rmtree(path, ignore_errors=True)
    if not names:
        shutil.rmtree(folder, ignore_errors=True)
