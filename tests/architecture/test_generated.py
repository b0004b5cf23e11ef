"""What is made from the code is as the code would make it now, and the locks name all that is asked for."""

import json
import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import reference
from steward.kernel import manifest
from steward.kernel.registry import MANIFEST
from steward.surfaces import openapi
from steward.surfaces.service import OPENAPI
from tests.architecture.source import ROOT

LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def locked(lock: str) -> dict[str, str]:
    return {canonicalize_name(name): version for name, version in LOCKED.findall((ROOT / lock).read_text())}


def unmet(lock: str, *extras: str) -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [
        Requirement(line)
        for line in [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    ]
    versions = locked(lock)
    return [str(one) for one in asked if not one.specifier.contains(versions.get(canonicalize_name(one.name), "0.dev0"), prereleases=True)]


def test_the_manifest_is_fresh() -> None:
    assert MANIFEST.read_text("utf-8") == manifest.make(), "run make fix"


def test_the_openapi_document_is_fresh() -> None:
    assert json.loads(OPENAPI.read_text("utf-8")) == json.loads(json.dumps(openapi.make())), "run make fix"


def test_the_table_of_the_commands_page_is_fresh() -> None:
    text = reference.PAGE.read_text("utf-8")
    assert text == reference.page(text), "run make fix"


def test_the_locks_name_all_that_the_project_asks_for() -> None:
    assert unmet("requirements.lock") == [], "run make lock"
    assert unmet("requirements-dev.lock", "dev") == [], "run make lock"


def test_the_tests_run_on_the_versions_that_are_shipped() -> None:
    dev = locked("requirements-dev.lock")
    assert {name: dev.get(name) for name in locked("requirements.lock")} == locked("requirements.lock")


def test_every_locked_file_has_a_hash() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text()
        assert all("--hash=sha256:" in entry for entry in re.split(r"^(?=\S)", text, flags=re.MULTILINE) if LOCKED.match(entry)), lock
