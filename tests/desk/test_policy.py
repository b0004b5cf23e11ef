"""The content security policy in a real browser: no page asks for what it forbids, and nothing is styled inline."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage

from steward.desk import render
from tests.desk.test_axe import PAGES, an_import
from tests.e2e.homes import Host

SCROLLED = "document.querySelector('virtual-rows')?.scrollBy(0, 20000)"


def test_the_policy_lets_nothing_inline_run_or_style() -> None:
    assert "unsafe" not in render.policy()
    assert "style-src 'self'" in render.policy()


@pytest.mark.parametrize("template", sorted(render.TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_styles_an_element_by_an_attribute(template: Path) -> None:
    assert " style=" not in template.read_text("utf-8")


def test_no_page_asks_for_what_the_policy_forbids(chromium: Browser, host: Host, session: Path) -> None:
    context = chromium.new_context(base_url=host.url, storage_state=session, viewport={"width": 1440, "height": 844})
    page = context.new_page()
    refused: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(f"{page.url}: {message.text}")

    page.on("console", hear)
    for address in (one.replace("{import}", an_import(page)) for one in PAGES):
        page.goto(address, wait_until="networkidle")
        page.evaluate(SCROLLED)
    page.goto("/w/demo/properties", wait_until="networkidle")
    page.locator("list-desk:defined").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("Space")
    page.locator("#peek h2").wait_for()
    context.close()
    assert refused == []


TRIED = """() => ['script', 'address'].map((sink) => {
  const made = document.createElement('script');
  try {
    if (sink === 'script') made.textContent = 'window.ran = 1', document.body.append(made);
    if (sink === 'address') made.src = '/assets/desk.js';
    return 'taken';
  } catch (error) {
    return 'refused';
  }
})"""


def test_no_text_becomes_a_script_of_a_page(chromium: Browser, host: Host, session: Path) -> None:
    context = chromium.new_context(base_url=host.url, storage_state=session)
    page = context.new_page()
    page.goto("/w/demo/properties", wait_until="networkidle")
    assert page.evaluate(TRIED) == ["refused"] * 2
    context.close()
