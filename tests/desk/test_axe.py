"""Nothing that axe finds, on any page, in either theme, wide or narrow; and nothing wider than its window."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.desk.conftest import AXE, examined
from tests.e2e.homes import Host

PAGES = (
    "/sign-in", "/w/demo/today", "/w/demo/properties", "/w/demo/properties?gap_ratio=0.1..&peek=1", "/w/demo/properties?bedrooms=99",
    "/w/demo/properties?layout=split", "/w/demo/properties?layout=map&score=85..", "/w/demo/properties?layout=split&bedrooms=99",
    "/w/demo/properties/1", "/w/demo/properties/1?edit=bedrooms", "/w/demo/imports", "/w/demo/imports/{import}", "/w/demo/models",
    "/w/demo/more", "/w/demo/approvals", "/w/demo/activity", "/w/demo/activity?what=nothing", "/w/demo/settings/people",
    "/w/demo/settings/permissions", "/w/demo/settings/keys", "/w/demo/settings/usage", "/w/demo/settings/desk",
    "/w/demo/find?q=3+beds+under+500k", "/w/demo/find?q=house+by+the+water", "/w/demo/find?q=99+beds", "/w/demo/searches",
    f"/w/demo/find?q={'x' * 900}", "/w/own/find?q=3+beds",
    "/w/own/today", "/w/own/properties", "/w/own/models", "/w/demo/nowhere",
)  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_any_page(chromium: Browser, host: Host, session: Path, width: int, theme: Literal["light", "dark"]) -> None:
    if not AXE.exists():
        pytest.skip("skipped: no axe-core here; scripts/browser brings it")
    context = chromium.new_context(
        base_url=host.url, storage_state=session, viewport={"width": width, "height": 844}, color_scheme=theme, bypass_csp=True
    )
    page = context.new_page()
    addresses = [address.replace("{import}", an_import(page)) for address in PAGES]
    found = {address: faults for address in addresses if (faults := wrong_at(page, address))}
    context.close()
    assert found == {}


def an_import(page: Page) -> str:
    """The ref of the sample county's import."""
    page.goto("/w/demo/imports")
    return (page.locator(".runs a").first.get_attribute("href") or "").rpartition("/")[2]


def wrong_at(page: Page, address: str) -> list[str]:
    """What is wrong with a page, one line each."""
    page.goto(address)
    if "layout=" in address:
        page.locator("plat-map[data-drawn]").wait_for()
    return examined(page)
