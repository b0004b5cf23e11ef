"""`make package`: stage what the functions run, package it with Chalice, and merge in `infra/template.yaml`.

Chalice packages `app.py`, `vendor/` and what `requirements.txt` names, nothing else, so the product is copied into
`build/chalice/vendor/`. The result lies in `build/package/`; it is made again only when something of it has changed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement

from steward.adapters.embed.wordllama import PIECES, TABLE, folder

ROOT = Path(__file__).resolve().parent.parent
STAGED = ROOT / "build" / "chalice"
PACKAGE = ROOT / "build" / "package"
STAMP = "inputs.sha256"
NEEDED = (
    *("pydantic", "pynamodb", "boto3", "aws-lambda-powertools", "jinja2", "tzdata"),
    *("opensearch-py", "argon2-cffi", "joserfc", "pyotp", "segno", "webauthn"),
)
"""What the functions import. LightGBM, scikit-learn and Typst have no wheels for Lambda and run in no function."""
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")
SOURCES = ("app.py", "functions", "layers/domain/python", ".chalice", "infra", "requirements.lock")
OFFLINE = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def main() -> int:
    """Package, unless the package is fresh."""
    inputs = fingerprint()
    if (PACKAGE / STAMP).is_file() and (PACKAGE / STAMP).read_text() == inputs:
        print(f"{PACKAGE.relative_to(ROOT)} is fresh")
        return 0
    stage()
    package()
    (PACKAGE / STAMP).write_text(inputs)
    for path in sorted(PACKAGE.iterdir()):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes")
    return 0


def fingerprint() -> str:
    """A hash of everything that goes into the package, and of the Python that makes it."""
    seen = hashlib.sha256(sys.version.encode())
    for path in sorted(_inputs()):
        seen.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return seen.hexdigest()


def stage() -> None:
    """Fill `build/chalice`: the app, its settings, the product under `vendor/` with the two files of the model, the hashed requirements."""
    shutil.rmtree(STAGED, ignore_errors=True)
    vendor = STAGED / "vendor"
    shutil.copytree(ROOT / "layers/domain/python", vendor, ignore=LEFT_OUT)
    shutil.copytree(ROOT / "functions", vendor / "functions", ignore=LEFT_OUT)
    for part in (PIECES, TABLE):
        (vendor / "wordllama" / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder() / part, vendor / "wordllama" / part)
    shutil.copytree(ROOT / "infra" / "search", vendor / "infra" / "search")
    shutil.copytree(ROOT / ".chalice", STAGED / ".chalice", ignore=shutil.ignore_patterns("deployments", "deployed"))
    shutil.copy(ROOT / "app.py", STAGED)
    (STAGED / "requirements.txt").write_text("".join(requirements(NEEDED)))


def package() -> None:
    """Run Chalice on what is staged. No account and no credentials are used."""
    shutil.rmtree(PACKAGE, ignore_errors=True)
    chalice = [str(Path(sys.executable).with_name("chalice")), "--project-dir", str(STAGED), "package", "--pkg-format", "cloudformation"]
    chalice += ["--stage", "prod", "--merge-template", str(ROOT / "infra/template.yaml"), str(PACKAGE)]
    path = os.pathsep.join([str(STAGED), str(STAGED / "vendor")])
    subprocess.run(chalice, check=True, cwd=STAGED, env={**os.environ, **OFFLINE, "PYTHONPATH": path})


def requirements(names: tuple[str, ...]) -> Iterator[str]:
    """The lock's lines, hashes included, of some distributions and all they need."""
    locked = _locked()
    for name in sorted(_closure(names)):
        yield locked[name]


def _closure(names: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    left = list(names)
    while left:
        name = _plain(left.pop())
        if name not in found:
            found.add(name)
            wanted = map(Requirement, requires(name) or ())
            left += [one.name for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


def _locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text()
    blocks = re.findall(r"^([A-Za-z0-9._-]+)(==(?:[^\n]*\\\n)*[^\n]*\n)", text, flags=re.MULTILINE)
    return {_plain(name): name + rest for name, rest in blocks}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _inputs() -> Iterator[Path]:
    for source in SOURCES:
        path = ROOT / source
        files = [path] if path.is_file() else path.rglob("*")
        yield from (one for one in files if one.is_file() and "__pycache__" not in one.parts and one.suffix != ".pyc")


if __name__ == "__main__":
    sys.exit(main())
