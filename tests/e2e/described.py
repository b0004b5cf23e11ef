"""The served API held against the document that describes it: schemathesis makes requests of both kinds, right and wrong."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.homes import Home

RULES = Path(__file__).with_name("schemathesis.toml")
PROGRAM = Path(sys.executable).with_name("schemathesis")


@dataclass(frozen=True)
class Tried:
    """What came of it: how many requests were made, the failures found, and all that was said."""

    requests: int
    failures: int
    said: str


def tried(home: Home, *, examples: int, seed: int, seconds: int) -> Tried:
    """Try a host on a home of its own, in a workspace with one property."""
    with home.serving() as host:
        assert home.steward("workspaces", "create", "--name", "Alder", "--json").code == 0
        key = home.steward("keys", "create", "--workspace", "alder", "--name", "tried", "--scope", "*", "--json").json()["key"]
        sown = ("--address", "1 Alder Road", "--city", "Kent", "--state", "WA", "--zip", "98030")
        assert home.steward("properties", "add", "--workspace", "alder", *sown, "--json").code == 0
        words = (
            PROGRAM, "--config-file", RULES, "run", f"{host.url}/openapi.json", "-H", f"Authorization: Bearer {key}",
            "--checks", "all", "--mode", "all", "--continue-on-failure", "--max-examples", str(examples), "--seed", str(seed),
            "--generation-with-security-parameters", "false", "--generation-database", "none", "--no-shrink", "--no-color",
        )  # fmt: skip
        done = subprocess.run(words, cwd=home.folder, capture_output=True, text=True, timeout=seconds, check=False)
    made, failed = re.search(r"([\d,]+) generated", done.stdout), re.search(r"found (\d+) unique", done.stdout)
    requests = int(made[1].replace(",", "")) if made else 0
    return Tried(requests, int(failed[1]) if failed else done.returncode, done.stdout[done.stdout.find("FAILURES") :])
