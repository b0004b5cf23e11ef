"""Nothing that axe finds where a yes is asked for: the inbox, an approval's own page, the question, and the page of a signed link."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.conftest import AXE, examined, link_of, mailed
from tests.e2e.homes import Home, Host, until

DANA = "dana@hudson.example"
NOBODYS = "signed link of nobody"
REMARKS = "A quiet street. " * 30


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home without a sample county."""
    return Home(tmp_path_factory.mktemp("home"), {})


@pytest.fixture(scope="module")
def asked(home: Home, chromium: Browser) -> Iterator[tuple[Host, Mapping[str, str]]]:
    """A host, and the addresses of pages that ask: one request waits, for a change in the middle of a long text."""
    with home.serving() as host:
        told(home, "members", "add", "--email", DANA, "--name", "Dana Reeve", "--role", "owner")
        told(home, "properties", "create", "--address", "218 Tannery Row", "--zip", "56811", "--remarks", f"{REMARKS}The roof is old.")
        told(home, "permissions", "set", "update_property", "require_approval", "--minutes", "600")
        told(home, "permissions", "set", "list_models", "require_approval", "--minutes", "600")
        told(home, "properties", "update", "1", "--remarks", f"{REMARKS}The roof is new.", "--asking-price", "348000", "--if-match", "1")
        (approval,) = home.steward("approvals", "list", "--pending", "--workspace", "own", "--json").json()["rows"]
        signed = until(lambda: mailed(home.folder, DANA, "approve"))
        pages = {"inbox": "/w/own/approvals", "approval": f"/w/own/approvals/{approval['id']}", "question": "/w/own/models"}
        yield host, {**pages, "signed link": signed, NOBODYS: f"{signed}x"}


def told(home: Home, *words: str) -> None:
    """Run a command that is done, or waits for a yes."""
    done = home.steward(*words, "--workspace", "own", "--json")
    assert done.code in (0, 6), done.err


@pytest.fixture(scope="module")
def cookies(asked: tuple[Host, Mapping[str, str]], chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookies of the owner's browser."""
    kept = tmp_path_factory.mktemp("browser") / "state.json"
    context = chromium.new_context()
    page = context.new_page()
    page.goto(link_of(asked[0]))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today")
    context.storage_state(path=kept)
    context.close()
    return kept


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_where_a_yes_is_asked_for(
    chromium: Browser, asked: tuple[Host, Mapping[str, str]], cookies: Path, width: int, theme: Literal["light", "dark"]
) -> None:
    if not AXE.exists():
        pytest.skip("skipped: no axe-core here; scripts/browser brings it")
    host, pages = asked
    context = chromium.new_context(
        base_url=host.url, storage_state=cookies, viewport={"width": width, "height": 844}, color_scheme=theme, bypass_csp=True
    )
    page = context.new_page()
    found = {name: faults for name, address in pages.items() if (faults := wrong_at(page, name, address))}
    page.goto("/w/own/properties/1")
    page.get_by_role("button", name="Delete").first.click()
    page.get_by_text("Yes, do it").wait_for()
    found |= {"dialog": faults} if (faults := examined(page)) else {}
    context.close()
    assert found == {}


def wrong_at(page: Page, name: str, address: str) -> list[str]:
    """What is wrong with a page, one line each."""
    page.goto(address)
    if name != NOBODYS:
        expect(page.locator(".effect").first).to_be_visible()
    return examined(page)
