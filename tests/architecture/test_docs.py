"""The documentation is under test: what can be done or set is told, and its links lead somewhere."""

import re
from pathlib import Path

import pytest

from steward.settings import SETTINGS
from tests.architecture.source import ROOT, tracked

PAGES = [path for path in tracked() if path.suffix == ".md"]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def code_words(page: str) -> set[str]:
    """Whatever a page sets in backticks."""
    return set(re.findall(r"`([^`\n]+)`", (ROOT / page).read_text("utf-8")))


def test_every_setting_is_told_with_its_default_in_the_operations_page() -> None:
    text = (ROOT / "docs/operations.md").read_text("utf-8").replace("`", "")
    for setting in SETTINGS:
        assert f"| {setting.variable} | {setting.default} |".replace("|  |", "| |") in text
        assert setting.meaning in text


def test_every_make_target_that_the_readme_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {word.split()[1] for word in code_words("README.md") if word.startswith("make ")}
    assert named - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()] == []
