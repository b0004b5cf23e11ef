"""A real browser at a real host; skipped, saying so, where there is no Chromium or no axe-core."""

import json
import re
import shutil
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.homes import Home, Host, until

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), "")
AXE = Path(__file__).parents[2] / ".engines" / "axe" / "axe.min.js"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    if not CHROMIUM:
        pytest.skip("skipped: no Chromium here; scripts/browser brings one")
    with sync_playwright() as playwright:
        expect.set_options(timeout=20_000)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Host]:
    """A host on a home of its own, with the sample county valued and scored."""
    home = Home(tmp_path_factory.mktemp("home"), {})
    with home.serving() as running:
        made = home.steward("demo", "create", "--json")
        assert made.code == 0, made.err
        until(lambda: _scored(home), seconds=300, pause=0.5)
        yield running


@pytest.fixture(scope="session")
def session(host: Host, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookies of a signed-in browser."""
    kept = tmp_path_factory.mktemp("browser") / "state.json"
    context = chromium.new_context()
    page = context.new_page()
    page.goto(link_of(host))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today")
    context.storage_state(path=kept)
    context.close()
    return kept


def link_of(host: Host) -> str:
    """The one-time link that the host printed when it started."""
    assert host.process.stdout is not None
    return host.process.stdout.readline().split()[-1]


def mailed(folder: Path, email: str, page: str) -> str:
    """The link to a page in the newest mail that has come to an address, "" before one has."""
    for place in sorted((folder / "mail").glob("*.eml"), reverse=True):
        mail = message_from_bytes(place.read_bytes(), policy=policy.default)
        found = re.search(rf"https?://\S+/{page}\?token=\S+", mail.get_content())
        if found and mail["To"] == email:
            return found[0]
    return ""


def examined(page: Page) -> list[str]:
    """What is wrong with the page that is open, one line each."""
    page.evaluate("document.fonts.ready.then(() => null)")
    page.evaluate(AXE.read_text())
    violations = page.evaluate("axe.run().then(told => told.violations)")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in violations] + (["wider than its window"] if wide else [])


def _scored(home: Home) -> bool:
    told = home.steward("runs", "list", "--kind", "scoring", "--workspace", "demo", "--json")
    rows = json.loads(told.out)["rows"] if told.code == 0 else []
    return bool(rows) and all(row["status"] == "succeeded" for row in rows)
