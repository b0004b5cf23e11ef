"""The whole journey in a real browser: drop, confirm, progress, filter, why, memo, undo. And the keys, and the themes."""

import csv
import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.homes import Host

SLOW = 240_000
"""Milliseconds in which long work ends on any machine."""


def county(homes: int) -> bytes:
    """A made-up county file whose prices follow from size, age and place, so that a model can learn them; one row is wrong."""
    dice, text = random.Random(7), io.StringIO()
    out = csv.writer(text)
    out.writerow(["parcel", "sale_date", "price", "bedrooms", "bathrooms", "sqft_living", "yr_built", "zipcode", "lat", "long"])
    for number in range(homes):
        area, built, east = dice.randrange(700, 3400), dice.randrange(1920, 2015), dice.random()
        price = round((60_000 + area * 140 + (built - 1920) * 700) * (1 + east / 2) * dice.uniform(0.85, 1.15), -2)
        rooms = 33 if number == 40 else 1 + area // 800
        day = f"2015-{dice.randrange(1, 13):02}-{dice.randrange(1, 28):02}"
        place = [f"{41.9 + dice.random() / 50:.5f}", f"{-74.0 + east / 50:.5f}"]
        out.writerow([f"7{number:06}", day, int(price), rooms, 1 + area // 1000, area, built, "56801" if east < 0.5 else "56804", *place])
    return text.getvalue().encode()


@pytest.fixture
def page(chromium: Browser, host: Host, session: Path) -> Iterator[Page]:
    """A signed-in page; the test fails when the browser's console says that something is wrong."""
    context = chromium.new_context(base_url=host.url, storage_state=session, viewport={"width": 1440, "height": 900})
    opened, wrong = context.new_page(), []
    opened.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    context.close()
    assert wrong == []


def test_a_county_is_dropped_confirmed_watched_filtered_explained_remembered_and_taken_back(page: Page) -> None:
    page.goto("/w/own/imports")
    page.set_input_files("input[type=file]", {"name": "county.csv", "mimeType": "text/csv", "buffer": county(900)})

    expect(page.get_by_role("button", name="Import 900 rows")).to_be_visible(timeout=SLOW)
    expect(page.get_by_label("sqft_living becomes")).to_have_value("living_area_sqft")
    page.get_by_role("button", name="Import 900 rows").click()

    expect(page.get_by_text("899 properties are in")).to_be_visible(timeout=SLOW)
    expect(page.locator(".quar mark")).to_have_text("33")
    expect(page.get_by_role("list", name="Stages")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("list", name="Stages")).to_be_hidden(timeout=SLOW)
    address = page.url

    page.goto("/w/own/properties")
    page.get_by_role("link", name=re.compile("^56804")).first.click()
    expect(page).to_have_url(re.compile("zip=56804"))
    expect(page.locator("tbody tr[data-ref]").first).to_contain_text("56804")

    page.locator("tbody tr[data-ref]").first.get_by_role("link", name=re.compile("see why")).click()
    expect(page.get_by_role("heading", name=re.compile(r"^Why \d+\?"))).to_be_visible()
    expect(page.get_by_text("Estimate, middle").last).to_be_visible()

    page.get_by_role("button", name="Make memo").click()
    expect(page.get_by_text("The memo is made.")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Make again")).to_have_attribute("aria-disabled", "true")
    with page.expect_download() as file:
        page.get_by_role("link", name="Download").click()
    assert file.value.path().read_bytes().startswith(b"%PDF")

    page.goto(address)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("This import was taken back")).to_be_visible(timeout=SLOW)
    page.goto("/w/own/properties")
    expect(page.get_by_text("Bring in a county to see its homes")).to_be_visible()


def test_a_page_that_asks_by_itself_says_so(page: Page) -> None:
    page.goto("/w/own/approvals")
    with page.expect_request(lambda asked: "hx-request" in asked.headers) as asked:
        pass
    assert "steward-poll" in asked.value.headers


def test_the_list_is_moved_selected_peeked_and_opened_by_keys(page: Page) -> None:
    page.goto("/w/demo/properties")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tr[aria-selected=true]")).to_have_attribute("aria-rowindex", "3")
    expect(page.locator("[data-count]")).to_have_text("1")
    page.keyboard.press("Space")
    expect(page.locator("#peek h2")).to_be_visible()
    expect(page).to_have_url(re.compile("peek="))
    page.keyboard.press("Escape")
    expect(page.locator("#peek h2")).to_be_hidden()
    expect(page.locator("tr[aria-selected=true]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("tr[aria-selected=true]")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/properties/\d+$"))


def test_any_row_can_be_scrolled_to_and_few_are_drawn(page: Page) -> None:
    page.goto("/w/demo/properties")
    total = int(page.locator("virtual-rows").get_attribute("data-total") or 0)
    page.locator("virtual-rows").evaluate("rows => rows.scrollTo(0, rows.scrollHeight)")
    expect(page.locator(f'tr[aria-rowindex="{total + 1}"]')).to_be_visible()
    assert page.locator("tr[data-ref]").count() <= 300


def test_a_reload_back_and_the_way_up_from_a_home_come_to_the_rows_that_were_seen(page: Page) -> None:
    page.goto("/w/demo/properties?bedrooms=3")
    page.locator("virtual-rows").evaluate("rows => rows.scrollTo(0, 22000)")
    expect(page).to_have_url(re.compile("at=500"))
    seen = page.locator('tr[aria-rowindex="504"]')
    page.reload()
    expect(seen).to_be_in_viewport()
    seen.locator(".home a").click()
    expect(page).to_have_url(re.compile(r"/properties/\d+$"))
    page.go_back()
    expect(seen).to_be_in_viewport()
    seen.locator(".home a").click()
    page.locator(".crumb a").click()
    expect(page).to_have_url(re.compile("bedrooms=3.*at=500"))
    expect(seen).to_be_in_viewport()


def test_a_home_knows_its_row_and_its_neighbours_are_one_key_away(page: Page) -> None:
    page.goto("/w/demo/properties?bedrooms=3&sort=-estimate")
    second, third = [page.locator(f'tr[aria-rowindex="{row}"]').get_attribute("data-ref") for row in (3, 4)]
    page.locator('tr[aria-rowindex="3"] .home a').click()
    expect(page.locator("list-place")).to_contain_text("2 of ")
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(f"/properties/{third}$"))
    expect(page.locator("list-place")).to_contain_text("3 of ")
    page.get_by_role("button", name="Previous home").click()
    expect(page).to_have_url(re.compile(f"/properties/{second}$"))
    page.goto(f"/w/demo/properties/{third}")
    expect(page.locator("list-place")).to_have_text(f"#{third}")


def test_another_order_of_the_list_begins_at_its_top(page: Page) -> None:
    page.goto("/w/demo/properties?at=500")
    expect(page.locator('tr[aria-rowindex="504"]')).to_be_in_viewport()
    page.get_by_role("columnheader", name="Built").get_by_role("link").click()
    expect(page).to_have_url(re.compile("sort=-year_built$"))
    expect(page.locator('tr[aria-rowindex="2"]')).to_be_in_viewport()


def test_the_filter_key_opens_its_form_at_the_first_field(page: Page) -> None:
    page.goto("/w/demo/properties")
    page.keyboard.press("f")
    expect(page.get_by_label("Score", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Score", exact=True)).to_be_hidden()


def test_back_takes_the_last_filter_off(page: Page) -> None:
    page.goto("/w/demo/properties")
    everything = page.locator("h1 + p").inner_text()
    page.get_by_role("link", name=re.compile("^Condo")).click()
    expect(page.locator("h1 + p")).not_to_have_text(everything)
    page.go_back()
    expect(page.locator("h1 + p")).to_have_text(everything)


def test_a_filter_is_added_from_its_form(page: Page) -> None:
    page.goto("/w/demo/properties")
    page.keyboard.press("f")
    page.get_by_label("Price, at most").fill("$250k")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name=re.compile(r"Price up to \$250,000"))).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_long_name_of_a_file_widens_no_page(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/w/own/imports")
    form = "new URLSearchParams({name: 'x'.repeat(200) + '.csv', size: 9})"
    begun = page.evaluate(f"fetch(location.href, {{method: 'POST', body: {form}}}).then(told => told.json())")
    for address in ("/w/own/imports", begun["next"], "/w/own/today"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_a_fact_is_changed_in_place_and_the_score_follows(page: Page) -> None:
    page.goto("/w/demo/properties?price=unknown")
    page.locator("tbody tr[data-ref] .home a").first.click()
    page.get_by_label("Asking price").first.fill("$120,000")
    page.get_by_role("button", name="Score it").click()
    expect(page.locator(".six .score").first).to_be_visible()


def test_the_theme_is_kept(page: Page) -> None:
    page.goto("/w/demo/today")
    page.get_by_role("button", name="Switch light or dark").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_rail_is_reached_by_keys(page: Page) -> None:
    page.goto("/w/demo/today")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("/w/demo/properties$"))
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()


def test_a_fact_that_is_being_typed_outlives_what_follows_from_the_one_before_it(page: Page) -> None:
    page.goto("/w/demo/properties?price=unknown")
    page.locator("tbody tr[data-ref] .home a").nth(1).click()
    asking, built, grade = (page.locator(f"#fact-{field}") for field in ("asking_price", "year_built", "living_area_sqft"))
    for row in (grade, asking):
        row.get_by_role("link").click()
        expect(row.get_by_role("textbox")).to_be_visible()
    grade.get_by_role("textbox").fill("1777")
    asking.get_by_role("textbox").fill("450000")
    asking.get_by_role("textbox").press("Enter")
    expect(asking).to_contain_text("$450,000")
    built.get_by_role("link").click()
    built.get_by_role("textbox").fill("1931")
    page.wait_for_timeout(2_500)
    expect(built.get_by_role("textbox")).to_have_value("1931")
    expect(grade.get_by_role("textbox")).to_have_value("1777")
    grade.get_by_role("button", name="Save").click()
    expect(grade).to_contain_text("1,777")
    built.get_by_role("button", name="Save").click()
    expect(built).to_contain_text("1931")
    expect(page.locator(".six .score").first).to_be_visible()


def test_no_page_that_asks_by_itself_replaces_a_form_that_is_being_filled(page: Page) -> None:
    page.goto("/w/own/approvals")
    page.evaluate("document.getElementById('approvals').insertAdjacentHTML('beforeend', '<form><input id=typed></form>')")
    page.get_by_role("textbox").last.fill("half a sent")
    page.locator("#typed").blur()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(6_000)
    expect(page.locator("#typed")).to_have_value("half a sent")
    assert asked == []
    page.locator("#typed").fill("")
    page.locator("#typed").blur()
    expect(page.locator("#typed")).to_have_count(0)
