"""Makes `manifest.json` from the code: `python -m steward.kernel.manifest` (with `--check` it only compares)."""

import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from steward.kernel.command import COMMANDS, Command
from steward.kernel.events import REACTIONS
from steward.kernel.index import INDEXES
from steward.kernel.registry import MANIFEST

ROOT = MANIFEST.parent
PARTS = ("commands", "reactions", "workers", "index")


def modules() -> list[str]:
    """Every module of a slice that may register something, in a fixed order."""
    found = []
    for part in PARTS:
        for path in [*ROOT.glob(f"*/{part}.py"), *ROOT.glob(f"*/{part}_*.py"), *ROOT.glob(f"*/*_{part}.py"), *ROOT.glob(f"*/{part}/*.py")]:
            if path.parent.name not in ("kernel", "desk", "surfaces"):
                found.append(".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"))
    return sorted(set(found))


def _entry(command: Command) -> dict[str, Any]:
    return {
        "name": command.name,
        "module": command.handler.__module__,
        "input": f"{command.input.__module__}.{command.input.__qualname__}",
        "tool": command.tool,
        "http": command.http,
        "aliases": list(command.aliases),
        "scope": command.scope,
        "danger": str(command.danger),
        "only": str(command.only),
        "counts_as": command.counts_as,
        "internal": command.internal,
        "batch": command.batch,
        "summary": command.summary.splitlines()[0],
    }


def make() -> str:
    """The manifest's text, from all slices imported. Raises ValueError when two commands share a tool name or a route."""
    for module in modules():
        import_module(module)
    entries = [_entry(COMMANDS[name]) for name in sorted(COMMANDS) if _shipped(COMMANDS[name].handler)]
    for field in ("tool", "http"):
        named = [entry[field] for entry in entries if entry[field]]
        if twice := {name for name in named if named.count(name) > 1}:
            raise ValueError(f"{field} used twice: {', '.join(sorted(twice))}")
    told = {
        "commands": entries,
        "reactions": _reactions(),
        "workers": _workers(),
        "indexes": {kind: index.documents.__module__ for kind, index in sorted(INDEXES.items())},
    }
    return json.dumps(told, indent=1) + "\n"


def _shipped(function: Callable[..., object]) -> bool:
    """Whether a registered function is the product's own and not a test's."""
    return function.__module__.startswith("steward.")


def _reactions() -> dict[str, list[str]]:
    heard = {event: sorted({one.react.__module__ for one in ones if _shipped(one.react)}) for event, ones in sorted(REACTIONS.items())}
    return {event: modules for event, modules in heard.items() if modules}


def _workers() -> dict[str, str]:
    workers: dict[str, Any] = import_module("steward.runs.workers").WORKERS
    return {kind: work.__module__ for kind, work in sorted(workers.items()) if _shipped(work)}


def main(arguments: list[str]) -> int:
    """Write the manifest, or with `--check` say whether it is fresh."""
    text, path = make(), Path(MANIFEST)
    fresh = path.exists() and path.read_text("utf-8") == text
    if "--check" in arguments:
        print("manifest.json is fresh" if fresh else "manifest.json is stale: run python -m steward.kernel.manifest")
        return 0 if fresh else 1
    path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
