"""What lies in the repository is the project and nothing of the place where it was made."""

import re

from tests.architecture.source import ROOT, tracked

WORDS = r"registry\.npmjs|pypi\.org|pythonhosted|repo1\.maven|deb\.debian|proxy\.golang|crates\.io"
PLACES = r"(?<![\w.])/(?:work|home|root|Users)/\w"
SECRETS = r"AKIA[0-9A-Z]{16}|-----BEGIN (?:RSA |EC )?PRIVATE KEY-----|sk-[A-Za-z0-9]{32,}"
BINARY = frozenset({".woff2", ".ttf", ".otf", ".png", ".jpg", ".ico", ".pdf", ".gz", ".zip", ".db"})


def found(pattern: str) -> list[str]:
    sought, here = re.compile(pattern), "tests/architecture/test_tracked.py"
    texts = [path for path in tracked() if path.suffix not in BINARY and path.relative_to(ROOT).as_posix() != here]
    return [f"{path.relative_to(ROOT)}: {hit[0]}" for path in texts for hit in sought.finditer(path.read_text("utf-8", errors="replace"))]


def test_no_file_names_a_registry() -> None:
    assert found(WORDS) == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert found(PLACES) == []


def test_no_file_holds_a_secret() -> None:
    assert found(SECRETS) == []


def test_no_file_is_larger_than_a_megabyte() -> None:
    assert [path.relative_to(ROOT).as_posix() for path in tracked() if path.stat().st_size > 1_000_000] == []
