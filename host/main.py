"""The entry point: `steward …`. It hands the command line its dispatcher, or starts the host."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from shutil import get_terminal_size
from time import monotonic

from host.owner import Busy, found, owning
from steward import settings
from steward.kernel.errors import StewardError
from steward.kernel.time import system_clock
from steward.settings import Settings
from steward.surfaces import cli
from steward.surfaces.cli_args import Help, Words
from steward.surfaces.terminal import EXITS, Dispatcher, Terminal

PATIENCE = 10.0
"""Seconds to wait for an owner that is about to serve, or to end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and give its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # an argument may be no text at all, and is quoted all the same
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = _run(words)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. What was begun goes on with the next `steward import`, `train`, `score`, `export` or `serve`.\n")
        return 130
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            what = f"{error.filename}: " if error.filename else ""
            sys.stderr.write(f"This could not be done ({what}{error.strerror or error}).\n")
        return EXITS["unavailable"]


def _run(words: Sequence[str]) -> int:
    plain = [word for word in words if word != "--json"]
    width = get_terminal_size().columns if sys.stdout.isatty() else 0
    terminal = Terminal(out=sys.stdout, err=sys.stderr, width=width, as_json="--json" in words)
    try:
        if plain[:1] == ["serve"]:
            return _serve(plain[1:], terminal)
        if plain[:1] == ["config"]:
            return config_check(plain[1:], terminal)
    except Help as asked:
        terminal.help(asked.text)
        return 0
    except StewardError as error:
        return terminal.failed(error)
    return cli.run(words, opened, terminal)


@contextmanager
def opened() -> Iterator[Dispatcher]:
    """The dispatcher of this command line: to the owner of the home where one serves, else as the owner itself.

    Waits for an owner that is about to serve, or about to go. Raises Conflict when it does neither.
    """
    chosen, until = settings.usable(settings.load(os.environ)), monotonic() + PATIENCE
    with ExitStack() as stack:
        while True:
            owner = found(chosen.home)
            if owner and owner.token:
                from host.remote import Remote

                yield Remote(owner)
                return
            try:
                yield stack.enter_context(_as_owner(chosen))
                return
            except Busy:
                if monotonic() > until:
                    raise


@contextmanager
def _as_owner(chosen: Settings) -> Iterator[Dispatcher]:
    with owning(chosen.home, system_clock(), patience=0.2):
        from host.inprocess import InProcess
        from steward.bootstrap import assemble
        from steward.runs import tick

        product = assemble(chosen)
        try:
            tick.ready(product.door)
            yield InProcess(product)
            product.ports.search.settle()
        finally:
            product.close()


def _serve(words: Sequence[str], terminal: Terminal) -> int:
    parser = Words(prog="steward serve", description="Serve the desk and the API on this machine.", allow_abbrev=False)
    parser.add_argument("--demo", action="store_true", help="make the demo workspace too, unless it is there")
    told = parser.parse_args(words)
    chosen = settings.usable(settings.load(os.environ))
    from host.serve import serve

    def tell(url: str, link: str) -> None:
        lines = f"Steward answers at {url}\nSign in, once: {link}\n"
        sys.stdout.write(json.dumps({"url": url, "sign_in": link}) + "\n" if terminal.as_json else lines)
        sys.stdout.flush()

    serve(chosen, tell, demo=told.demo)
    return 0


def config_check(words: Sequence[str], terminal: Terminal) -> int:
    """`config check`: every wrong setting with its mend; exit code 2 when one stops the start."""
    usage = "steward config check [--json]"
    parser = Words(prog="steward config", usage=usage, description="List every wrong setting, with its mend.", allow_abbrev=False)
    parser.add_argument("check", choices=["check"], help="changes nothing; ends with 2 when a setting would stop the start")
    parser.parse_args(words)
    from steward.inspection import inspect_files

    findings = settings.check(os.environ)
    chosen = settings.looked_into(os.environ)
    findings += settings.inspect(chosen) + inspect_files(chosen)
    errors, warnings = ([found.sentence for found in kind] for kind in (findings.errors, findings.warnings))
    if terminal.as_json:
        terminal.answer({"ok": findings.ok, "errors": errors, "warnings": warnings})
    else:
        sys.stdout.write(("\n".join([*errors, *(f"Warning: {text}" for text in warnings)]) or "All settings are fine.") + "\n")
    return 0 if findings.ok else EXITS["invalid"]


if __name__ == "__main__":
    sys.exit(main())
