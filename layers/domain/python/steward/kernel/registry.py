"""Finding commands, reactions, workers and indexes by name, importing a slice only when it is first needed.

`manifest.json` beside the package is made from the code by `python -m steward.kernel.manifest`; a test fails when it is
stale.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from steward.kernel.command import BY_INPUT, COMMANDS, Command, names_of
from steward.kernel.errors import NotFound
from steward.kernel.events import REACTIONS, Reaction
from steward.kernel.index import INDEXES, Index
from steward.kernel.model import Input
from steward.kernel.pages import nearest

MANIFEST = Path(__file__).parents[1] / "manifest.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the manifest knows of a command without importing it."""

    name: str
    module: str
    input: str
    tool: str
    http: str
    aliases: Sequence[str]
    scope: str
    danger: str
    only: str
    counts_as: str
    internal: bool
    batch: bool
    summary: str

    @property
    def spoken(self) -> str:
        """The name that people and rules say: the tool's, where there is one."""
        return self.tool or self.name

    @property
    def names(self) -> Sequence[str]:
        """The names that a rule is about it by."""
        return names_of(self.tool, self.name, self.counts_as)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole product: commands by name, and the modules that hear events, do runs and make indexes."""

    commands: Mapping[str, Entry]
    tools: Mapping[str, str]
    inputs: Mapping[str, str]
    reactions: Mapping[str, Sequence[str]]
    workers: Mapping[str, str]
    indexes: Mapping[str, str]


@cache
def manifest() -> Manifest:
    """The manifest, read once."""
    told: dict[str, Any] = json.loads(MANIFEST.read_text("utf-8"))
    entries = {row["name"]: Entry(**row) for row in told["commands"]}
    return Manifest(
        entries,
        {entry.tool: name for name, entry in entries.items() if entry.tool},
        {entry.input: name for name, entry in entries.items()},
        told["reactions"],
        told["workers"],
        told["indexes"],
    )


def find(name: str) -> Command:
    """The command of a name, either of its two. Raises NotFound naming the nearest."""
    known = manifest()
    name = known.tools.get(name, name)
    if name not in COMMANDS:
        entry = known.commands.get(name)
        if entry is None:
            raise NotFound(f"There is no command '{name[:64]}'.{nearest(name, list(known.commands))}")
        import_module(entry.module)
    return COMMANDS[name]


def taking(kind: type[Input]) -> Command:
    """The command that takes this input."""
    if kind not in BY_INPUT:
        find(manifest().inputs[f"{kind.__module__}.{kind.__qualname__}"])
    return BY_INPUT[kind]


def reactions(event: str) -> Sequence[Reaction]:
    """What hears an event of that name."""
    for module in manifest().reactions.get(event, ()):
        import_module(module)
    return REACTIONS.get(event, ())


def heard(event: str) -> bool:
    """Whether anything hears an event of that name."""
    return event in manifest().reactions


def index(kind: str) -> Index:
    """How records of a kind are listed."""
    if kind not in INDEXES:
        import_module(manifest().indexes[kind])
    return INDEXES[kind]
