"""Bring what the contract tests can use for real into `.engines/`: DynamoDB Local, OpenSearch and an OpenID provider.

Nothing here is needed to use Steward. The artifacts come by coordinates (see `artifacts`). The provider, and a Node.js that
runs it, come by npm.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.artifacts import Artifact, fetch, last_line, newest_java

ENGINES = Path(__file__).resolve().parents[1] / ".engines"
DYNAMODB = Artifact("com.amazonaws", "DynamoDBLocal", "2.6.1")
SERVER = Artifact("org.opensearch.distribution.integ-test-zip", "opensearch", "3.6.0", "zip")
PLUGINS = (
    Artifact("org.opensearch.plugin", "opensearch-knn", "3.6.0.0", "zip"),
    Artifact("org.opensearch.plugin", "neural-search", "3.6.0.0", "zip"),
)
"""In the order they have to be put in: the second needs the first."""
LEAST_JAVA = 21
"""What OpenSearch 3 needs."""
PROVIDER = ("oidc-provider@9.13.3", "node@24")


def main() -> int:
    """Fetch what is missing and say where it is."""
    return max(bring_provider(), bring_dynamodb(), bring_opensearch())


def bring_provider() -> int:
    """Install the OpenID provider, where there is npm; the exit code."""
    folder = ENGINES / "oidc"
    stamp = folder / "made"
    wanted = " ".join(PROVIDER)
    if stamp.is_file() and stamp.read_text() == wanted:
        print(f"engines: {PROVIDER[0]} is in {folder}")
        return 0
    if not shutil.which("npm"):
        return _failed(PROVIDER[0], "there is no npm")
    folder.mkdir(parents=True, exist_ok=True)
    install = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(folder), *PROVIDER]
    finished = subprocess.run(install, capture_output=True, text=True, check=False)
    if finished.returncode:
        return _failed(PROVIDER[0], last_line(finished.stderr))
    stamp.write_text(wanted)
    print(f"engines: {PROVIDER[0]} is now in {folder}")
    return 0


def bring_dynamodb() -> int:
    """Fetch DynamoDB Local; the exit code. The file named after the version comes last and says that all is there."""
    name, folder = f"DynamoDB Local {DYNAMODB.version}", ENGINES / "dynamodb"
    if (folder / DYNAMODB.version).is_file():
        print(f"engines: {name} is in {folder}")
        return 0
    with tempfile.TemporaryDirectory() as made:
        libraries = Path(made) / "lib"
        if problem := fetch([DYNAMODB], libraries):
            return _failed(name, problem)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(libraries, folder / "lib")
    (folder / DYNAMODB.version).touch()
    print(f"engines: {name} is now in {folder} ({len(list((folder / 'lib').iterdir()))} files)")
    return 0


def bring_opensearch() -> int:
    """Fetch OpenSearch with the plugins for vectors and hybrid queries; the exit code."""
    name, folder = f"OpenSearch {SERVER.version}", ENGINES / "opensearch"
    stamp, wanted = folder / "made", " ".join(one.file for one in (SERVER, *PLUGINS))
    if stamp.is_file() and stamp.read_text() == wanted:
        print(f"engines: {name} is in {folder}")
        return 0
    java = newest_java(os.environ, least=LEAST_JAVA)
    if java is None:
        return _failed(name, f"it needs Java {LEAST_JAVA} or newer; install one, or name its folder in JAVA_HOME")
    with tempfile.TemporaryDirectory() as made:
        zips, home = Path(made) / "zips", Path(made) / f"opensearch-{SERVER.version}"
        if problem := fetch([SERVER, *PLUGINS], zips) or _set_up(zips, home, java):
            return _failed(name, problem)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(home, folder)
    stamp.write_text(wanted)
    print(f"engines: {name} is now in {folder}")
    return 0


def _set_up(zips: Path, home: Path, java: Path) -> str:
    """Unpack the server and put its plugins in; the problem, if any. Its configuration may be read by whoever runs it."""
    shutil.unpack_archive(zips / SERVER.file, home.parent)
    for script in (home / "bin").iterdir():
        script.chmod(0o755)
    for plugin in PLUGINS:
        install = [str(home / "bin" / "opensearch-plugin"), "install", "--batch", (zips / plugin.file).as_uri()]
        environment = {**os.environ, "OPENSEARCH_JAVA_HOME": str(java)}
        finished = subprocess.run(install, capture_output=True, text=True, check=False, env=environment)
        if finished.returncode:
            return last_line(finished.stdout + finished.stderr)
    for path in home.rglob("*"):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    return ""


def _failed(name: str, why: str) -> int:
    print(f"engines: {name} could not be fetched: {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
