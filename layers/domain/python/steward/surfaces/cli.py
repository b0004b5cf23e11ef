"""The command line: `steward SLICE VERB …` for every command, and the short forms people use every day.

With `--json` stdout is one JSON value and nothing else; progress goes to stderr. The dispatcher is handed in: it sends
the commands to the process that owns the home, or is that process. It is opened by the first command that is run, so
that help and a wrong word need no home.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from steward.kernel.command import Command
from steward.kernel.errors import Invalid, StewardError
from steward.kernel.pages import nearest
from steward.kernel.registry import find, manifest
from steward.surfaces.cli_args import Help, parser_for, raw_of, together
from steward.surfaces.cli_forms import FORMS, OWN, Desk
from steward.surfaces.cli_help import overview, verbs
from steward.surfaces.cli_rules import PAIRS
from steward.surfaces.terminal import EXITS, Dispatcher, Terminal

Opened = Callable[[], AbstractContextManager[Dispatcher]]
ALIASES: Mapping[tuple[str, ...], tuple[str, str]] = {("properties", "add"): ("properties", "create")}
HELP = ("--help", "-h")
BY_NAME = ["search", "rebuild"]
"""The command whose first word is a short form too."""


def run(arguments: Sequence[str], opened: Opened, terminal: Terminal) -> int:
    """Run one command line and give its exit code."""
    words, options = _global(arguments)
    terminal.as_json = options["json"]
    try:
        if options["workspace"] is None:
            raise Invalid("--workspace goes on with the id or the slug of a workspace.")
        if not words or words[0] in (*HELP, "help"):
            raise Help(overview(terminal.width))
        with ExitStack() as stack:
            desk = Desk(opened, terminal, options["workspace"], wait=not options["no_wait"], patient=options["wait"])
            stack.callback(desk.let_go)
            if form := PAIRS.get(tuple(words[:2])):
                return form(words[2:], desk)
            if words[:2] == BY_NAME and not [word for word in words[2:] if word[0] != "-"]:
                return _run(words, desk)
            return FORMS[words[0]](words[1:], desk) if words[0] in FORMS else _run(words, desk)
    except Help as asked:
        terminal.help(asked.text)
        return 0
    except StewardError as error:
        return terminal.failed(error)


def _run(words: Sequence[str], desk: Desk) -> int:
    """Run a command by its own name. An answer that says it is not ok ends as a conflict does."""
    command, rest = _command(words, desk.terminal.width)
    told = parser_for(command, words[: len(words) - len(rest)]).parse_intermixed_args(together(rest))
    answer = desk.run(command.name, raw_of(command, told), key=told.key, expected=told.if_match)
    desk.terminal.answer(desk.settled(answer) if command.batch else answer, command=command.name)
    if once := [name for name in sorted(command.output.SHOWN_ONCE) if answer.get(name)]:
        desk.terminal.hint(f"Keep the {once[0].replace('_', ' ')} now; it is not shown again.")
    return EXITS["conflict"] if answer.get("ok") is False else 0


def _global(arguments: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """Take `--json`, `--workspace W`, `--wait` and `--no-wait` from wherever they stand; a workspace without a name is None."""
    words: list[str] = []
    options: dict[str, Any] = {"json": False, "workspace": "", "wait": False, "no_wait": False}
    rest = iter(arguments)
    for word in rest:
        if word in ("--json", "--wait", "--no-wait"):
            options[word[2:].replace("-", "_")] = True
        elif word == "--workspace":
            name = next(rest, "")
            options["json"] |= name == "--json"
            options["workspace"] = None if not name or name.startswith("-") else name
        elif word.startswith("--workspace="):
            options["workspace"] = word.partition("=")[2] or None
        else:
            words.append(word)
    return words, options


def _command(words: Sequence[str], width: int) -> tuple[Command, list[str]]:
    """The command that the first words name. Raises Invalid, naming the nearest; Help where a slice's verbs are asked for."""
    known = {name: entry for name, entry in manifest().commands.items() if not entry.internal}
    words = [*ALIASES.get(tuple(words[:2]), words[:2]), *words[2:]]
    name = ".".join(word.replace("-", "_") for word in words[:2])
    if name in known:
        return find(name), list(words[2:])
    slices = sorted({one.partition(".")[0] for one in known})
    if words[0] in slices:
        if words[1:2] and words[1] in HELP:
            raise Help(verbs(words[0], width))
        names = sorted(one.partition(".")[2].replace("_", "-") for one in known if one.startswith(f"{words[0]}."))
        if not words[1:]:
            raise Invalid(f"`steward {words[0]}` goes on with one of: {', '.join(names)}.")
        raise Invalid(f"`steward {words[0]}` has no '{words[1][:64]}'.{nearest(words[1], names)} It has: {', '.join(names)}.")
    firsts = [*slices, *FORMS, *(name.partition(" ")[0] for name in OWN)]
    raise Invalid(f"There is no command '{words[0][:64]}'.{nearest(words[0], firsts)} `steward --help` lists them.")
