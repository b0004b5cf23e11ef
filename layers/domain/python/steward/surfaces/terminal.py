"""What the command line stands on: how it reaches the door, and where answers and progress go."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TextIO

from steward.kernel.errors import StewardError
from steward.surfaces.cli_show import ENDLESS, printable, show

EXITS: Mapping[str, int] = {
    "internal": 1, "invalid": 2, "forbidden": 3, "not_found": 4, "conflict": 5, "approval_needed": 6, "too_many": 7, "unavailable": 8,
}  # fmt: skip
LINE = 80
"""Letters of a line of progress where the width is unknown."""


class Dispatcher(Protocol):
    """How the command line reaches the door. Every method raises the errors of `kernel.errors`."""

    def run(
        self, command: str, raw: Mapping[str, Any], *, workspace: str = "", key: str = "", expected: int | None = None
    ) -> dict[str, Any]:
        """The answer of a command as JSON values; "" is the default workspace."""
        ...

    def upload(self, grant: Mapping[str, Any], path: Path) -> None:
        """Send a file to where an upload grant says."""
        ...

    def fetch(self, blob: str, to: Path) -> None:
        """Write a blob to a file."""
        ...

    def settle(self, run: str, *, workspace: str = "", tell: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
        """Wait until a run has ended or waits for a person, working on it where this process owns the home."""
        ...

    def left(self, kinds: Sequence[str], *, workspace: str | None) -> Sequence[Mapping[str, Any]]:
        """The runs of these kinds that earlier commands left and that can go on, each with its `workspace`; in every
        workspace for None. None are left where a host serves: it does them by itself."""
        ...


class Terminal:
    """Where answers and progress go. `width` is the terminal's, 0 where stdout is none."""

    def __init__(self, *, out: TextIO, err: TextIO, width: int = 0, as_json: bool = False) -> None:
        self.as_json, self.width = as_json, width or ENDLESS
        self._out, self._err = out, err
        self._live = False

    def answer(self, told: Mapping[str, Any], *, command: str = "") -> None:
        """Print an answer, once."""
        self._end()
        text = json.dumps(told, ensure_ascii=False) + "\n" if self.as_json else show(told, width=self.width, command=command)
        self._out.write(text)

    def text(self, text: str) -> None:
        """Print an answer that is a text already."""
        self._end()
        self._out.write(printable(text) + "\n")

    def line(self, text: str) -> None:
        """Print one of several answers, which is JSON already, at once."""
        self._end()
        self._out.write(text + "\n")
        self._out.flush()

    def help(self, text: str) -> None:
        """Print a page of help as the answer."""
        self._out.write(json.dumps({"help": text}) + "\n" if self.as_json else text)

    def progress(self, run: Mapping[str, Any]) -> None:
        """Show how far a run is, on one line of stderr that is written over."""
        if not self._err.isatty():
            return
        of = f" of {run['total']:,}" if run.get("total") else ""
        counts = [f"{value:,}{of if name in ('rows', 'in') else ''} {name}" for name, value in run.get("counts", {}).items() if value]
        told = ": ".join([printable(run["name"]), ", ".join([run["stage"] or run["status"], *counts])])
        self._live = True
        self._err.write(f"\r\033[K{told[: min(self.width, LINE) - 1]}")
        self._err.flush()

    def note(self, text: str) -> None:
        """A line for the person, never on stdout."""
        self._end()
        self._err.write(printable(text) + "\n")
        self._err.flush()

    def hint(self, text: str) -> None:
        """A note on what can be done next; programs need none."""
        if not self.as_json:
            self.note(text)

    def failed(self, error: StewardError) -> int:
        """Print an error and give its exit code."""
        self._end()
        if self.as_json:
            faults = [{"pointer": fault.pointer, "detail": fault.detail} for fault in getattr(error, "faults", ())]
            named = {name: getattr(error, name, "") for name in ("rule", "approval")}
            told = {"kind": error.kind, "detail": error.detail, "errors": faults} | {name: text for name, text in named.items() if text}
            self._out.write(json.dumps({"error": told}, ensure_ascii=False) + "\n")
        else:
            self._err.write(f"{printable(error.detail)}\n")
            if (rule := getattr(error, "rule", "")).startswith("rule "):
                self.hint(f"Decided by {printable(rule)}.")
        return EXITS[error.kind]

    def _end(self) -> None:
        if self._live:
            self._err.write("\r\033[K")
            self._live = False
