"""The command line: `steward SLICE VERB …` for every command, and the short forms people use every day.

With `--json` stdout is one JSON value and nothing else; progress goes to stderr. The dispatcher is handed in: it sends
the commands to the process that owns the home, or is that process.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, TextIO

from steward.kernel.command import Command
from steward.kernel.errors import Invalid, StewardError
from steward.kernel.pages import nearest
from steward.kernel.registry import find, manifest
from steward.surfaces.cli_args import parser_for, raw_of
from steward.surfaces.cli_forms import FORMS, Desk, overview
from steward.surfaces.terminal import Dispatcher, Terminal

Opened = Callable[[], AbstractContextManager[Dispatcher]]
ALIASES: Mapping[tuple[str, ...], tuple[str, str]] = {("properties", "add"): ("properties", "create")}


def run(arguments: Sequence[str], opened: Opened, *, out: TextIO = sys.stdout, err: TextIO = sys.stderr) -> int:
    """Run one command line and give its exit code."""
    words, options = _global(arguments)
    terminal = Terminal(as_json=options["json"], out=out, err=err)
    try:
        if options["workspace"] is None:
            raise Invalid("--workspace goes on with the id or the slug of a workspace.")
        form = FORMS.get(words[0]) if words else None
        if not words or words[0] in ("--help", "-h", "help"):
            out.write(json.dumps({"help": overview()}) + "\n" if terminal.as_json else overview())
            return 0
        if form:
            with opened() as dispatcher:
                return form(words[1:], Desk(dispatcher, terminal, options["workspace"], wait=not options["no_wait"]))
        command, rest = _command(words)
        told = parser_for(command, words[: len(words) - len(rest)]).parse_args(rest)
        with opened() as dispatcher:
            desk = Desk(dispatcher, terminal, options["workspace"], wait=not options["no_wait"])
            answer = desk.run(command.name, raw_of(command, told), key=told.key, expected=told.if_match)
            terminal.answer(desk.settled(answer) if command.batch else answer)
            return 0
    except StewardError as error:
        return terminal.failed(error)


def _global(arguments: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """Take `--json`, `--workspace W` and `--no-wait` from wherever they stand; a workspace without a name is None."""
    words: list[str] = []
    options: dict[str, Any] = {"json": False, "workspace": "", "no_wait": False}
    rest = iter(arguments)
    for word in rest:
        if word in ("--json", "--no-wait"):
            options[word[2:].replace("-", "_")] = True
        elif word == "--workspace":
            options["workspace"] = next(rest, "") or None
        elif word.startswith("--workspace="):
            options["workspace"] = word.partition("=")[2] or None
        else:
            words.append(word)
    return words, options


def _command(words: Sequence[str]) -> tuple[Command, list[str]]:
    """The command that the first words name. Raises Invalid, naming the nearest."""
    known = {name: entry for name, entry in manifest().commands.items() if not entry.internal}
    words = [*ALIASES.get(tuple(words[:2]), words[:2]), *words[2:]]
    name = ".".join(word.replace("-", "_") for word in words[:2])
    if name in known:
        return find(name), list(words[2:])
    slices = sorted({one.partition(".")[0] for one in known})
    if words[0] in slices:
        verbs = sorted(one.partition(".")[2] for one in known if one.startswith(f"{words[0]}."))
        if words[1:2] in (["--help"], ["-h"], []):
            raise Invalid(f"`steward {words[0]}` goes on with one of: {', '.join(verbs)}.")
        raise Invalid(f"`steward {words[0]}` has no '{words[1][:64]}'.{nearest(words[1], verbs)} It has: {', '.join(verbs)}.")
    raise Invalid(f"There is no command '{words[0][:64]}'.{nearest(words[0], slices)} `steward --help` lists them.")
