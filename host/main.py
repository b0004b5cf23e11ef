"""The entry point: `steward …`. It hands the command line its dispatcher, or starts the host."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from host.owner import found, owning
from steward import settings
from steward.kernel.errors import StewardError
from steward.kernel.time import system_clock
from steward.surfaces import cli
from steward.surfaces.terminal import EXITS, Dispatcher


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and give its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    plain = [word for word in words if word != "--json"]
    try:
        if plain[:1] == ["serve"]:
            from host.serve import serve

            return serve(settings.load(os.environ))
        if plain[:2] == ["config", "check"]:
            return config_check(as_json="--json" in words)
    except StewardError as error:
        sys.stderr.write(f"{error.detail}\n")
        return EXITS[error.kind]
    except KeyboardInterrupt:
        return 130
    return cli.run(words, opened)


@contextmanager
def opened() -> Iterator[Dispatcher]:
    """The dispatcher of this command line: to the owner of the home where one serves, else as the owner itself."""
    chosen = settings.load(os.environ)
    owner = found(chosen.home)
    if owner and owner.token:
        from host.remote import Remote

        yield Remote(owner)
        return
    from host.inprocess import InProcess
    from steward.bootstrap import assemble
    from steward.runs import tick

    with owning(chosen.home, system_clock()):
        product = assemble(chosen)
        try:
            tick.ready(product.door)
            yield InProcess(product)
        finally:
            product.close()


def config_check(*, as_json: bool) -> int:
    """`config check`: every wrong setting with its mend; exit code 2 when one stops the start."""
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
