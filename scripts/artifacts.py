"""Files of the Maven repository that the machine is set up with, by coordinates, and the Java that runs them.

They come with `mvn` where there is one, else with `jgo`'s resolver from the development requirements.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
NOTHING_ELSE = "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"
POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>steward</groupId><artifactId>engines</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>{}</dependencies>
</project>
"""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One artifact; a jar comes with what it needs to run, a zip alone."""

    group: str
    name: str
    version: str
    packaging: str = "jar"

    @property
    def file(self) -> str:
        return f"{self.name}-{self.version}.{self.packaging}"

    @property
    def xml(self) -> str:
        alone = "" if self.packaging == "jar" else NOTHING_ELSE
        place = f"<groupId>{self.group}</groupId><artifactId>{self.name}</artifactId><version>{self.version}</version>"
        return f"<dependency>{place}<type>{self.packaging}</type>{alone}</dependency>"


def fetch(artifacts: Sequence[Artifact], folder: Path) -> str:
    """Put files into a new folder; the answer is the problem, empty when there is none."""
    problem = (_with_mvn if shutil.which("mvn") else _with_jgo)(artifacts, folder)
    missing = [one.file for one in artifacts if not (folder / one.file).is_file()]
    return problem or (f"{missing[0]} is missing" if missing else "")


def _with_mvn(artifacts: Sequence[Artifact], folder: Path) -> str:
    pom = folder.parent / "pom.xml"
    pom.write_text(POM.format("".join(one.xml for one in artifacts)))
    options = [f"-DoutputDirectory={folder}", "-DincludeScope=runtime"]
    finished = subprocess.run(["mvn", "-q", "-B", "-f", str(pom), COPY, *options], capture_output=True, text=True, check=False)
    return last_line(finished.stdout + finished.stderr) if finished.returncode else ""


def _with_jgo(artifacts: Sequence[Artifact], folder: Path) -> str:
    """In a process of its own, so that its chatter stays out of ours."""
    script = (
        "import pathlib, shutil, sys, jgo, jgo.config, jgo.maven\n"
        "group, name, version, packaging, folder = sys.argv[1:]\n"
        "target = pathlib.Path(folder); target.mkdir(exist_ok=True)\n"
        "cache = jgo.maven.MavenContext(repo_cache=jgo.config.GlobalSettings.load().repo_cache)\n"
        "alone = lambda: [cache.project(group, name).at_version(version).artifact(packaging=packaging)]\n"
        "for artifact in jgo.resolve(f'{group}:{name}:{version}') if packaging == 'jar' else alone():\n"
        "    shutil.copy(artifact.resolve(), target)\n"
    )
    for one in artifacts:
        told = [one.group, one.name, one.version, one.packaging, str(folder)]
        finished = subprocess.run([sys.executable, "-c", script, *told], capture_output=True, text=True, check=False)
        if finished.returncode:
            return last_line(finished.stderr)
    return ""


def newest_java(environ: Mapping[str, str], *, least: int) -> Path | None:
    """The home of the newest full Java that is at least so new, of JAVA_HOME…, the PATH and where systems keep them."""
    found = max(((_major(home), home) for home in _homes(environ)), default=(0, None))
    return found[1] if found[0] >= least else None


def _homes(environ: Mapping[str, str]) -> Iterator[Path]:
    for name, place in environ.items():
        if name.startswith("JAVA_HOME") and place:
            yield Path(place)
    if binary := shutil.which("java"):
        yield Path(binary).resolve().parents[1]
    for folder in (Path("/usr/lib/jvm"), Path("/opt/java"), Path("/Library/Java/JavaVirtualMachines")):
        yield from folder.glob("*")
        yield from folder.glob("*/Contents/Home")


def _major(home: Path) -> int:
    """The version of the Java in a folder, 0 where there is none."""
    release = home / "release"
    told = re.search(r'^JAVA_VERSION="(\d+)', release.read_text(), re.MULTILINE) if release.is_file() else None
    return int(told[1]) if told and (home / "bin" / "java").is_file() else 0


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]
