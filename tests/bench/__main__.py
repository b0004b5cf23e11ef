"""`python -m tests.bench [NAME …]`: measure, and print a table of figures; the exit code says whether all bounds hold."""

import os
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from subprocess import SubprocessError

from tests.bench.bench import BENCHES, Failed, Missing

HEAD = ("figure", "measured", "bound", "", "beside")
WIDTHS = (58, 16, 10, 6, 40)


def main(wanted: Sequence[str]) -> int:
    """Run the benches named, or all."""
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        import_module(f"tests.bench.{path.stem}")
    if unknown := set(wanted) - BENCHES.keys():
        print(f"There is no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}.")
        return 2
    busy, cores = os.getloadavg()[0], os.cpu_count() or 1
    if busy > cores / 2:
        print(f"Something else is running here (load {busy:.1f} on {cores} cores), so figures of time say little.\n")
    show(HEAD)
    show(tuple("-" * width for width in WIDTHS))
    broken = [name for name in wanted or BENCHES if not measured(name)]
    print(f"\nOutside of their bounds: {', '.join(broken)}." if broken else "\nAll figures are inside of their bounds.")
    return 1 if broken else 0


def measured(name: str) -> bool:
    """Print the figures of one bench as they come; whether all were inside of their bounds."""
    sound, started = True, time.perf_counter()
    try:
        for figure in BENCHES[name]():
            show(figure.row)
            sound = sound and figure.verdict in ("", "ok")
    except Missing as missing:
        show((name, "not measured", "", "", str(missing)))
    except (Failed, OSError, SubprocessError) as failed:
        sound = False
        show((name, "failed", "", "", str(failed)))
    print(f"  ({name} took {time.perf_counter() - started:.1f} s)", file=sys.stderr, flush=True)
    return sound


def show(row: Sequence[str]) -> None:
    print("  ".join(cell.ljust(width) for cell, width in zip(row, WIDTHS, strict=True)).rstrip(), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
