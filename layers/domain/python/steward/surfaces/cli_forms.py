"""The short forms of the command line: `steward import FILE`, `train`, `score`, `export`, `memo`, `undo`."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from steward.kernel.errors import ApprovalNeeded, Invalid, NotFound, Unavailable
from steward.surfaces.cli_args import Words
from steward.surfaces.cli_search import reindex, search
from steward.surfaces.cli_show import table
from steward.surfaces.cli_waiting import decided
from steward.surfaces.terminal import Dispatcher, Terminal

HALF = ("import", "undo")
"""What must not stay half done."""
HEAVY = ("training", "scoring")
FIRST: Mapping[str, str] = {
    "import": "The import of {name} was interrupted; it is finished first.",
    "undo": "{name} was interrupted; it is finished first.",
    "training": "A model is trained first.",
    "scoring": "Properties are scored first, as was begun.",
}


@dataclass
class Desk:
    """How a dispatcher is opened, the terminal, and the workspace that the person named ("" is the own one).

    `wait` says whether a run is waited for, `patient` whether a decision is where nobody sits at a terminal.
    """

    opened: Callable[[], AbstractContextManager[Dispatcher]]
    terminal: Terminal
    workspace: str
    wait: bool
    patient: bool = False
    _stack: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """The dispatcher, opened on first use."""
        return self._stack.enter_context(self.opened())

    def let_go(self) -> None:
        """Give the dispatcher back; the next use opens another one."""
        self.__dict__.pop("dispatcher", None)
        self._stack.close()

    def run(self, command: str, raw: Mapping[str, Any], *, key: str = "", expected: int | None = None) -> dict[str, Any]:
        """The answer of a command, once a person has agreed where that is needed."""
        try:
            return self.dispatcher.run(command, raw, workspace=self.workspace, key=key, expected=expected)
        except ApprovalNeeded as needed:
            if not needed.approval:
                raise
            if not self.wait or not (self.patient or sys.stdin.isatty()):
                goes_on = f"`steward approvals approve {needed.approval[-6:]}` says yes; the same command again is done then."
                self.terminal.hint(f"{goes_on} With --wait a command waits for that.")
                raise
            decided(needed, self._ask, self.terminal, let_go=self.let_go)
        return self.dispatcher.run(command, raw, workspace=self.workspace, key=key, expected=expected)

    def _ask(self, command: str, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.dispatcher.run(command, raw, workspace=self.workspace)

    def settled(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """The final figures of a batch command's run, or the run at once with `--no-wait`."""
        if not self.wait:
            return dict(answer)
        return self.figures(self.settle(str(answer["run"])))

    def settle(self, run: str) -> dict[str, Any]:
        """The run when it has ended or waits. Raises Invalid with its error when it failed."""
        try:
            ended = self.dispatcher.settle(run, workspace=self.workspace, tell=self.terminal.progress)
        except Unavailable as error:
            goes_on = "What was stored before is kept, and the rest goes on by itself with the next `steward serve` or import"
            raise Unavailable(f"{error.detail} {goes_on}; `steward runs get {run}` shows how far it is.") from error
        if ended["status"] == "failed":
            raise Invalid(ended["error"] or "The run failed; look at its log.")
        return ended

    def finish(self, kinds: Sequence[str], *, everywhere: bool = False, besides: str = "") -> None:
        """Have the runs done that earlier commands left, and those that follow from them; each is told of."""
        done = {besides}
        where = None if everywhere else self.workspace
        while left := [run for run in self.dispatcher.left(kinds, workspace=where) if run["id"] not in done]:
            for run in left:
                done.add(run["id"])
                self.terminal.note(FIRST[run["kind"]].format(name=run["name"]))
                ended = self.dispatcher.settle(run["id"], workspace=run["workspace"], tell=self.terminal.progress)
                if why := ended["error"] or ended["reason"]:
                    self.terminal.note(why)

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
    """`import FILE [--as listings] [--yes]`: take a file in; the mapping is shown and confirmed first."""
    parser = _parser("import", "Take in a file of properties: a county roll, a list of sales, an export.")
    parser.add_argument("file")
    parser.add_argument("--as", dest="read_as", choices=("properties", "listings"), default="properties", help="what the file lists")
    parser.add_argument("--yes", action="store_true", help="do not ask whether the columns are read rightly")
    told = parser.parse_args(words)
    path = Path(told.file)
    size = _size(path)
    desk.finish(HALF, everywhere=True)
    named = {"name": os.fsencode(path.name).decode("utf-8", "replace"), "size": size, "read_as": told.read_as}
    begun = desk.run("properties.begin_import", named)
    desk.dispatcher.upload(begun["upload"], path)
    run = desk.settle(begun["run"])
    if run["status"] == "waiting":
        if not told.yes and not _confirmed(desk, run):
            desk.terminal.note("Nothing is stored.")
            desk.terminal.answer(desk.figures(desk.run("properties.undo_import", {"run": begun["run"]})))
            return 0
        run = desk.run("properties.confirm_import", {"run": begun["run"]})
        run = desk.settle(begun["run"]) if desk.wait else run
    desk.terminal.answer(desk.figures(run))
    _what_next(desk, run)
    return 0


def _what_next(desk: Desk, run: Mapping[str, Any]) -> None:
    """After an import: what was held back, and the values that are still to be made."""
    if held := run["counts"].get("quarantined"):
        rows = "1 row was" if held == 1 else f"{held:,} rows were"
        desk.terminal.hint(f"{rows} held back: `steward properties quarantine {run['ref']}` lists them, with the reasons.")
    if desk.dispatcher.left(HEAVY, workspace=desk.workspace):
        desk.terminal.hint("`steward score --all` values what came in; so does the next `steward serve`.")


def _size(path: Path) -> int:
    try:
        if not path.is_file():
            raise NotFound(f"There is no file {path}; check the path.")
        with path.open("rb"):
            return path.stat().st_size
    except OSError as error:
        raise Invalid(f"{path} cannot be read ({error.strerror}); check the path and who may read it.") from error


def _confirmed(desk: Desk, run: Mapping[str, Any]) -> bool:
    """Whether a person takes the columns as they are shown. Raises Invalid, naming what goes on with them, when nobody answers."""
    found = desk.run("properties.get_import", {"run": run["run"]})
    columns = [
        {"in the file": one["name"], "becomes": one["field"] or "left out", "how sure": one["label"], "note": one["note"]}
        for one in found["columns"]
    ]
    desk.terminal.note(table(columns, width=desk.terminal.width, lines=4).rstrip())
    answer = _asked("Take it in like this? [y/N]", desk) if sys.stdin.isatty() else ""
    if not answer:
        goes_on = f"`steward properties confirm-import {run['ref']}` takes the columns as shown"
        raise Invalid(f"Nothing is stored yet, since nobody said --yes. {goes_on}, `steward undo {run['ref']}` drops the file.")
    return answer.strip().lower() in ("y", "yes")


def _asked(question: str, desk: Desk) -> str:
    """A line that a person answers, "" where none comes; stdout is for the answer of the command alone."""
    desk.terminal.note(question)
    return sys.stdin.readline()


def train(words: Sequence[str], desk: Desk) -> int:
    """`train`: train a model on this workspace's sales."""
    _parser("train", "Train a model on this workspace's sales.").parse_args(words)
    desk.finish(HALF, everywhere=True)
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
    desk.finish(HALF, everywhere=True)
    if told.ref:
        desk.run("properties.get", {"id": told.ref})  # a property that is not there need not wait for a model
    desk.finish(("training",))
    if told.all:
        asked = desk.run("scoring.score_all", {})
        desk.finish(("scoring",), besides=asked["run"])
        desk.terminal.answer(desk.settled(asked))
    else:
        desk.terminal.answer(desk.run("scoring.score", {"id": told.ref}))
    return 0


def export(words: Sequence[str], desk: Desk) -> int:
    """`export properties FILE.csv`: every property with its estimate and score; `export receipts FILE.csv`: who did what."""
    parser = _parser("export", "Write all properties, or all receipts, to a CSV file.")
    parser.add_argument("what", choices=["properties", "receipts"])
    parser.add_argument("file")
    told = parser.parse_args(words)
    desk.finish(HALF, everywhere=True)
    answer = desk.run(f"{told.what}.export", {})
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
    desk.finish(HALF, everywhere=True)
    answer = desk.run("packets.memo", {"id": told.ref})
    if told.out:
        target = Path(told.out)
        blob = desk.run("packets.file", {"id": answer["id"]})["blob"]
        _write(lambda: desk.dispatcher.fetch(blob, target), target)
        answer["file"] = str(target)
    desk.terminal.answer(answer)
    if not told.out:
        desk.terminal.hint(f"`steward memo {told.ref} --out FILE.pdf` writes it to a file.")
    return 0


def undo(words: Sequence[str], desk: Desk) -> int:
    """`undo RUN`: take an import back; what a person changed since is kept and listed."""
    parser = _parser("undo", "Take an import back.")
    parser.add_argument("run")
    told = parser.parse_args(words)
    asked = desk.run("runs.get", {"run": told.run})
    desk.finish(HALF, everywhere=True, besides=asked["id"])  # one that is half done itself need not be finished to be taken back
    desk.terminal.answer(desk.settled(desk.run("properties.undo_import", {"run": told.run})))
    return 0


Form = Callable[[Sequence[str], Desk], int]
FORMS: Mapping[str, Form] = {
    "import": import_file, "search": search, "train": train, "score": score, "export": export, "memo": memo, "undo": undo,
    "reindex": reindex,
}  # fmt: skip
OWN = {
    "serve": "Serve the desk and the API on this machine.",
    "config check": "List every wrong setting, with its mend.",
}


def _parser(name: str, description: str) -> ArgumentParser:
    return Words(prog=f"steward {name}", description=description, allow_abbrev=False)


def _write(make: Callable[[], None], target: Path) -> None:
    try:
        make()
    except OSError as error:
        raise Invalid(f"{target} cannot be written ({error.strerror}); name another file.") from error
