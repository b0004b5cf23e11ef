"""Refresh the desk's vendored files from their npm packages, and lock them.

`python scripts/vendor.py` fetches the pinned packages with `npm pack`, copies what the desk serves into
`desk/static/vendor/` and writes `desk/static/vendor.lock` (package, version, sha256 of every file). `--check` compares
the committed files with the lock without any network. `--axe` brings axe-core, which only the tests use.
"""

import argparse
import gzip
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "layers/domain/python/steward/desk/static"
VENDOR = STATIC / "vendor"
LOCK = STATIC / "vendor.lock"
AXE = ROOT / ".engines/axe"

HTMX, FONT, LUCIDE = "htmx.org@4.0.1", "@fontsource-variable/instrument-sans@5.3.0", "lucide-static@1.62.0"
MAPLIBRE, ATLAS = "maplibre-gl@6.17.0", "us-atlas@3.0.1"
AXE_CORE = "axe-core@4.14.1"
ICONS = (
    "arrow-down arrow-right arrow-up check chevron-down chevron-left chevron-right circle-alert circle-check circle-help clock "
    "copy download ellipsis eye file-text house key-round list-filter log-out map map-pin maximize menu minus panel-right pause "
    "pen plus refresh-cw scale search settings shield sparkles sun sun-moon table tag trash-2 triangle-alert undo-2 upload "
    "user-plus user-round x"
).split()


def unpack(package: str, folder: Path) -> Path:
    """Fetch `name@version` from the registry npm is set up with; the folder of its files."""
    packed = subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True)
    into = folder / hashlib.sha256(package.encode()).hexdigest()[:8]
    with tarfile.open(folder / packed.stdout.strip().splitlines()[-1]) as tarball:
        tarball.extractall(into, filter="data")
    return into / "package"


def sprite(icons: Path) -> str:
    """One SVG of `<symbol>`s, named as Lucide names them; stroke and size come from the style sheet."""
    symbols = []
    for name in ICONS:
        inner = re.sub(r"<!--.*?-->", "", (icons / f"{name}.svg").read_text(), flags=re.DOTALL)
        shapes = re.sub(r"\s+", " ", re.search(r"<svg[^>]*>(.*)</svg>", inner, re.DOTALL)[1]).replace("> <", "><").strip()  # type: ignore[index]
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def packed(script: Path) -> bytes:
    """A large script as it is sent, without the line that names its source map, which is not vendored."""
    return gzip.compress(re.sub(rb"\n//# sourceMappingURL=\S+\s*$", b"\n", script.read_bytes()), 9, mtime=0)


def borders(topology: Path) -> bytes:
    """The lines of a TopoJSON of counties, about 100 metres fine: those between states apart from those within one."""
    told = json.loads(topology.read_text())
    scale, shift = told["transform"]["scale"], told["transform"]["translate"]
    of_states = set(arcs_of([one.get("arcs", []) for one in told["objects"]["states"]["geometries"]]))
    lines: dict[str, list[list[list[float]]]] = {"states": [], "counties": []}
    for number, arc in enumerate(told["arcs"]):
        at = zip(accumulate(step[0] for step in arc), accumulate(step[1] for step in arc), strict=True)
        line = [[round(x * scale[0] + shift[0], 3), round(y * scale[1] + shift[1], 3)] for x, y in at]
        lines["states" if number in of_states else "counties"].append(line)
    return gzip.compress(json.dumps(lines, separators=(",", ":")).encode(), 9, mtime=0)


def arcs_of(told: object) -> Iterator[int]:
    """The numbers of the arcs in a shape, whichever way round they go."""
    if isinstance(told, int):
        yield told if told >= 0 else ~told
    elif isinstance(told, list):
        for one in told:
            yield from arcs_of(one)


def fetch(folder: Path) -> dict[str, dict[str, bytes]]:
    """Package → file name under `vendor/` → its bytes."""
    htmx, font, lucide, maplibre, atlas = (unpack(package, folder) for package in (HTMX, FONT, LUCIDE, MAPLIBRE, ATLAS))
    files = font / "files"
    return {
        HTMX: {"htmx.min.js": (htmx / "dist/htmx.min.js").read_bytes(), "htmx.LICENSE": (htmx / "LICENSE").read_bytes()},
        FONT: {
            "instrument-sans-latin.woff2": (files / "instrument-sans-latin-standard-normal.woff2").read_bytes(),
            "instrument-sans-latin-ext.woff2": (files / "instrument-sans-latin-ext-standard-normal.woff2").read_bytes(),
            "instrument-sans.LICENSE": (font / "LICENSE").read_bytes(),
        },
        MAPLIBRE: {
            "maplibre-gl.js.gz": packed(maplibre / "dist/maplibre-gl.mjs"),
            "maplibre-gl-worker.js.gz": packed(maplibre / "dist/maplibre-gl-worker.mjs"),
            "maplibre-gl.LICENSE": (maplibre / "LICENSE.txt").read_bytes(),
        },
        ATLAS: {"us-lines.json.gz": borders(atlas / "counties-10m.json"), "us-atlas.LICENSE": (atlas / "LICENSE").read_bytes()},
        LUCIDE: {"icons.svg": sprite(lucide / "icons").encode(), "lucide.LICENSE": (lucide / "LICENSE").read_bytes()},
    }


def lock_of(packages: Mapping[str, Mapping[str, bytes]]) -> list[dict[str, object]]:
    """What the lock file says of these packages."""
    return [
        {
            "name": package.rpartition("@")[0],
            "version": package.rpartition("@")[2],
            "files": {f"vendor/{name}": hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
        }
        for package, files in packages.items()
    ]


def refresh() -> None:
    """Replace the vendored files and their lock."""
    with tempfile.TemporaryDirectory() as folder:
        packages = fetch(Path(folder))
    VENDOR.mkdir(parents=True, exist_ok=True)
    for old in VENDOR.iterdir():
        old.unlink()
    for files in packages.values():
        for name, content in files.items():
            (VENDOR / name).write_bytes(content)
    LOCK.write_text(json.dumps(lock_of(packages), indent=2) + "\n")


def check() -> list[str]:
    """One sentence for each vendored file that is not as the lock says."""
    locked = {path: sha for package in json.loads(LOCK.read_text()) for path, sha in package["files"].items()}
    present = {f"vendor/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir()}
    return [
        f"{path} is not as vendor.lock says; run scripts/vendor.py."
        for path in sorted(locked.keys() | present.keys())
        if locked.get(path) != present.get(path)
    ]


def bring_axe() -> None:
    """Put axe-core where the browser tests look for it."""
    with tempfile.TemporaryDirectory() as folder:
        source = unpack(AXE_CORE, Path(folder)) / "axe.min.js"
        AXE.mkdir(parents=True, exist_ok=True)
        (AXE / "axe.min.js").write_bytes(source.read_bytes())


def main() -> int:
    """Run from the command line; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="compare the files with the lock")
    parser.add_argument("--axe", action="store_true", help="bring axe-core for the tests")
    chosen = parser.parse_args()
    if chosen.check:
        wrong = check()
        print("\n".join(wrong) or "Vendored files are as locked.")
        return 1 if wrong else 0
    bring_axe() if chosen.axe else refresh()
    return 0


if __name__ == "__main__":
    sys.exit(main())
