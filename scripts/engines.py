"""Bring what the contract tests can use for real: Amazon's DynamoDB Local, and an OpenID provider, into `.engines/`.

Nothing here is needed to use Steward. The artifacts come from the Maven repository the machine is set up with, by
coordinates: with `mvn` where there is one, else with `jgo`'s resolver from the development requirements. The provider, and a
Node.js that runs it, come by npm.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

GROUP, ARTIFACT, VERSION = "com.amazonaws", "DynamoDBLocal", "2.6.1"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
ENGINES = Path(__file__).resolve().parents[1] / ".engines"
FOLDER = ENGINES / "dynamodb"
PROVIDER = ("oidc-provider@9.13.3", "node@24")
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>steward</groupId><artifactId>engines</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>{GROUP}</groupId><artifactId>{ARTIFACT}</artifactId><version>{VERSION}</version></dependency>
  </dependencies>
</project>
"""


def main() -> int:
    """Fetch what is missing and say where it is."""
    return max(bring_provider(), bring_dynamodb())


def bring_provider() -> int:
    """Install the OpenID provider, where there is npm; the exit code."""
    folder = ENGINES / "oidc"
    stamp = folder / "made"
    wanted = " ".join(PROVIDER)
    if stamp.is_file() and stamp.read_text() == wanted:
        print(f"engines: {PROVIDER[0]} is in {folder}")
        return 0
    if not shutil.which("npm"):
        print(f"engines: {PROVIDER[0]} could not be fetched: there is no npm", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    install = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(folder), *PROVIDER]
    finished = subprocess.run(install, capture_output=True, text=True, check=False)
    if finished.returncode:
        print(f"engines: {PROVIDER[0]} could not be fetched: {last_line(finished.stderr)}", file=sys.stderr)
        return 1
    stamp.write_text(wanted)
    print(f"engines: {PROVIDER[0]} is now in {folder}")
    return 0


def bring_dynamodb() -> int:
    """Fetch DynamoDB Local; the exit code."""
    if (FOLDER / VERSION).is_file():
        print(f"engines: DynamoDB Local {VERSION} is in {FOLDER}")
        return 0
    with tempfile.TemporaryDirectory() as name:
        libraries = Path(name) / "lib"
        fetch = with_mvn if shutil.which("mvn") else with_jgo
        problem = fetch(libraries)
        if problem or not any(libraries.glob(f"{ARTIFACT}-{VERSION}*.jar")):
            print(f"engines: DynamoDB Local {VERSION} could not be fetched: {problem or 'its jar is missing'}", file=sys.stderr)
            return 1
        install(libraries)
    print(f"engines: DynamoDB Local {VERSION} is now in {FOLDER} ({len(list((FOLDER / 'lib').iterdir()))} files)")
    return 0


def with_mvn(libraries: Path) -> str:
    """Copy the artifact and its runtime dependencies; the answer is the problem, empty when there is none."""
    pom = libraries.parent / "pom.xml"
    pom.write_text(POM)
    options = [f"-DoutputDirectory={libraries}", "-DincludeScope=runtime"]
    finished = subprocess.run(["mvn", "-q", "-B", "-f", str(pom), COPY, *options], capture_output=True, text=True, check=False)
    return last_line(finished.stdout + finished.stderr) if finished.returncode else ""


def with_jgo(libraries: Path) -> str:
    """The same by `jgo`, run in a process of its own so that its chatter stays out of ours."""
    script = (
        "import pathlib, shutil, sys, jgo\n"
        "target = pathlib.Path(sys.argv[2]); target.mkdir()\n"
        "for artifact in jgo.resolve(sys.argv[1]):\n"
        "    shutil.copy(artifact.resolve(), target)\n"
    )
    coordinates = f"{GROUP}:{ARTIFACT}:{VERSION}"
    finished = subprocess.run([sys.executable, "-c", script, coordinates, str(libraries)], capture_output=True, text=True, check=False)
    return last_line(finished.stderr) if finished.returncode else ""


def install(libraries: Path) -> None:
    """Put the jars in place; the file named after the version comes last and says that all of them are there."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    shutil.copytree(libraries, FOLDER / "lib")
    (FOLDER / VERSION).touch()


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]


if __name__ == "__main__":
    raise SystemExit(main())
