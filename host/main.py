"""The entry point: `steward …`. It hands the command line its dispatcher, or starts the host."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from time import monotonic

from host.owner import Busy, found, owning
from steward import settings
from steward.kernel.errors import Invalid, StewardError
from steward.kernel.time import system_clock
from steward.settings import Settings
from steward.surfaces import cli
from steward.surfaces.cli_args import Words
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
        return 130
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            what = f"{error.filename}: " if error.filename else ""
            sys.stderr.write(f"This could not be done ({what}{error.strerror or error}).\n")
        return EXITS["unavailable"]


def _run(words: Sequence[str]) -> int:
    plain = [word for word in words if word != "--json"]
    try:
        if plain[:1] == ["serve"]:
            return _serve(plain[1:])
        if plain[:1] == ["config"]:
            return config_check(plain[1:], as_json="--json" in words)
    except StewardError as error:
        return Terminal(as_json="--json" in words, out=sys.stdout, err=sys.stderr).failed(error)
    return cli.run(words, opened)


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
        finally:
            product.close()


def _serve(words: Sequence[str]) -> int:
    parser = Words(prog="steward serve", description="Serve the desk and the API on this machine.", allow_abbrev=False)
    parser.add_argument("--demo", action="store_true", help="make the demo workspace too, unless it is there")
    told = parser.parse_args(words)
    chosen = settings.usable(settings.load(os.environ))
    from host.serve import serve

    serve(chosen, sys.stdout, demo=told.demo)
    return 0


def config_check(words: Sequence[str], *, as_json: bool) -> int:
    """`config check`: every wrong setting with its mend; exit code 2 when one stops the start."""
    if list(words) != ["check"]:
        raise Invalid("`steward config` goes on with check, and nothing after it.")
    findings = settings.check(os.environ)
    if findings.ok:
        findings += settings.inspect(settings.load(os.environ))
    errors, warnings = ([found.sentence for found in kind] for kind in (findings.errors, findings.warnings))
    if as_json:
        sys.stdout.write(json.dumps({"ok": findings.ok, "errors": errors, "warnings": warnings}) + "\n")
    else:
        sys.stdout.write(("\n".join([*errors, *(f"Warning: {text}" for text in warnings)]) or "All settings are fine.") + "\n")
    return 0 if findings.ok else EXITS["invalid"]


if __name__ == "__main__":
    sys.exit(main())
