"""The short forms of the command line: `steward import FILE`, `train`, `score`, `export`, `memo`, `undo`."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steward.kernel.errors import Invalid, NotFound
from steward.kernel.registry import manifest
from steward.surfaces.cli_args import Words
from steward.surfaces.cli_show import table
from steward.surfaces.terminal import Dispatcher, Terminal

HEAVY = ("training", "scoring")


@dataclass(frozen=True, slots=True)
class Desk:
    """A dispatcher, the terminal, and the workspace that the person named ("" is the own one)."""

    dispatcher: Dispatcher
    terminal: Terminal
    workspace: str
    wait: bool

    def run(self, command: str, raw: Mapping[str, Any], *, key: str = "", expected: int | None = None) -> dict[str, Any]:
        """The answer of a command."""
        return self.dispatcher.run(command, raw, workspace=self.workspace, key=key, expected=expected)

    def settled(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """The final figures of a batch command's run, or the run at once with `--no-wait`."""
        if not self.wait:
            return dict(answer)
        return self.figures(self.settle(str(answer["run"])))

    def settle(self, run: str) -> dict[str, Any]:
        """The run when it has ended or waits. Raises Invalid with its error when it failed."""
        ended = self.dispatcher.settle(run, workspace=self.workspace, tell=self.terminal.progress)
        if ended["status"] == "failed":
            raise Invalid(ended["error"] or "The run failed; look at its log.")
        return ended

    def figures(self, run: Mapping[str, Any]) -> dict[str, Any]:
        """A run's counts, result and seconds as one answer."""
        kept = {"run": run["run"], "ref": run["ref"], "status": run["status"]}
        told = {**kept, **run["counts"], **run["result"], "seconds": run["seconds"]}
        if run["warnings"]:
            told.setdefault("notes", run["warnings"])
        if run["reason"]:
            told["reason"] = run["reason"]
        return told


def import_file(words: Sequence[str], desk: Desk) -> int:
    """`import FILE [--yes]`: take a file in; the mapping is shown and confirmed first."""
    parser = _parser("import", "Take in a file of properties: a county roll, a list of sales, an export.")
    parser.add_argument("file")
    parser.add_argument("--yes", action="store_true", help="do not ask whether the columns are read rightly")
    told = parser.parse_args(words)
    path = Path(told.file)
    begun = desk.run("properties.begin_import", {"name": os.fsencode(path.name).decode("utf-8", "replace"), "size": _size(path)})
    desk.dispatcher.upload(begun["upload"], path)
    run = desk.settle(begun["run"])
    if run["status"] == "waiting":
        if not told.yes and not _confirmed(desk, begun["run"]):
            desk.terminal.note(f"Nothing is stored. `steward properties confirm-import {run['ref']}` goes on with it.")
            return 0
        run = desk.run("properties.confirm_import", {"run": begun["run"]})
        run = desk.settle(begun["run"]) if desk.wait else run
    desk.terminal.answer(desk.figures(run))
    return 0


def _size(path: Path) -> int:
    try:
        if not path.is_file():
            raise NotFound(f"There is no file {path}; check the path.")
        with path.open("rb"):
            return path.stat().st_size
    except OSError as error:
        raise Invalid(f"{path} cannot be read ({error.strerror}); check the path and who may read it.") from error


def _confirmed(desk: Desk, run: str) -> bool:
    found = desk.run("properties.get_import", {"run": run})
    columns = [{"in the file": one["name"], "becomes": one["field"] or "left out", "how sure": one["label"]} for one in found["columns"]]
    desk.terminal.note(table(columns))
    if not sys.stdin.isatty():
        raise Invalid("Say --yes to take the columns as shown, or answer in a terminal.")
    return input("Take it in like this? [y/N] ").strip().lower() in ("y", "yes")


def train(words: Sequence[str], desk: Desk) -> int:
    """`train`: train a model on this workspace's sales."""
    _parser("train", "Train a model on this workspace's sales.").parse_args(words)
    desk.dispatcher.pending(("import", "undo"), workspace=desk.workspace)
    answer = desk.run("scoring.train", {})
    desk.terminal.answer(desk.settled(answer))
    return 0


def score(words: Sequence[str], desk: Desk) -> int:
    """`score REF` or `score --all`: the estimate and score of one property, with why, or of every one."""
    parser = _parser("score", "Show the estimate and the score of a property, or score all of them.")
    parser.add_argument("ref", nargs="?", default="")
    parser.add_argument("--all", action="store_true")
    told = parser.parse_args(words)
    if bool(told.ref) == told.all:
        raise Invalid("Say which property (`steward score 5`), or `steward score --all`.")
    desk.dispatcher.pending(HEAVY, workspace=desk.workspace)
    if told.all:
        desk.terminal.answer(desk.settled(desk.run("scoring.score_all", {})))
    else:
        desk.terminal.answer(desk.run("scoring.score", {"id": told.ref}))
    return 0


def export(words: Sequence[str], desk: Desk) -> int:
    """`export properties FILE.csv`: every property with its estimate and score."""
    parser = _parser("export", "Write all properties to a CSV file.")
    parser.add_argument("what", choices=["properties"])
    parser.add_argument("file")
    told = parser.parse_args(words)
    answer = desk.run("properties.export", {})
    target = Path(told.file)
    _write(lambda: desk.dispatcher.fetch(answer["blob"], target), target)
    with target.open("rb") as file:
        desk.terminal.answer({"file": str(target), "rows": sum(1 for _ in file) - 1})
    return 0


def memo(words: Sequence[str], desk: Desk) -> int:
    """`memo REF [--out FILE.pdf]`: the two-page memo of a property."""
    parser = _parser("memo", "Make the memo of a property, unless nothing has changed since the last one.")
    parser.add_argument("ref")
    parser.add_argument("--out", default="")
    told = parser.parse_args(words)
    answer = desk.run("packets.memo", {"id": told.ref})
    if told.out:
        target = Path(told.out)
        blob = desk.run("packets.file", {"id": answer["id"]})["blob"]
        _write(lambda: desk.dispatcher.fetch(blob, target), target)
        answer["file"] = str(target)
    desk.terminal.answer(answer)
    return 0


def undo(words: Sequence[str], desk: Desk) -> int:
    """`undo RUN`: take an import back; what a person changed since is kept and listed."""
    parser = _parser("undo", "Take an import back.")
    parser.add_argument("run")
    told = parser.parse_args(words)
    desk.terminal.answer(desk.settled(desk.run("properties.undo_import", {"run": told.run})))
    return 0


Form = Callable[[Sequence[str], Desk], int]
FORMS: Mapping[str, Form] = {"import": import_file, "train": train, "score": score, "export": export, "memo": memo, "undo": undo}
OWN = {
    "serve": "Serve the desk and the API on this machine.",
    "config check": "List every wrong setting, with its mend.",
}


def overview() -> str:
    """What `steward --help` prints."""
    lines = ["Steward, the desk of a real-estate brokerage.", "", "Every day:"]
    lines += [f"  steward {name:<14} {_after_colon(form.__doc__ or '')}" for name, form in FORMS.items()]
    lines += [f"  steward {name:<14} {text}" for name, text in OWN.items()]
    lines += ["", "Every command (add --help for its arguments; --json, --workspace and --no-wait come anywhere):"]
    for name, entry in manifest().commands.items():
        if not entry.internal:
            lines.append(f"  steward {name.replace('.', ' ').replace('_', '-'):<26} {entry.summary}")
    return "\n".join(lines) + "\n"


def _after_colon(doc: str) -> str:
    text = doc.partition(": ")[2].splitlines()[0]
    return text[:1].upper() + text[1:]


def _parser(name: str, description: str) -> ArgumentParser:
    return Words(prog=f"steward {name}", description=description, allow_abbrev=False)


def _write(make: Callable[[], None], target: Path) -> None:
    try:
        make()
    except OSError as error:
        raise Invalid(f"{target} cannot be written ({error.strerror}); name another file.") from error
