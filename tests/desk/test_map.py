"""The map of the list: layouts that keep what is asked for, marks and rows that light each other up, and the way without a script."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from steward.properties.inputs import CreateProperty
from tests.desk import browsing
from tests.desk.browsing import a_world, desk_of, text_of
from tests.e2e.homes import Host

DRAWN = "plat-map[data-drawn]"
WITHOUT_WEBGL = """
const made = HTMLCanvasElement.prototype.getContext, drawing = /^webgl/;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) { return drawing.test(kind) ? null : made.call(this, kind, ...more) };
"""
DRIVER = "GL Driver Message"
"""What the drawing library of a machine without a graphics card says of itself."""


@pytest.fixture(scope="module")
def desk() -> browsing.Browser:
    """Five homes with a place, one without."""
    browser = desk_of(a_world())
    for number in range(1, 6):
        browser.world.run(CreateProperty(address=f"{number} Kiln St", city="Fernholt", zip="56811", lat=41.9 + number / 100, lon=-74.0))
    browser.world.run(CreateProperty(address="9 Lost Ln", city="Fernholt"))
    browser.world.settle()
    return browser


@pytest.fixture
def context(chromium: Browser, host: Host, session: Path) -> Iterator[BrowserContext]:
    """A signed-in browser, wide."""
    made = chromium.new_context(base_url=host.url, storage_state=session, viewport={"width": 1440, "height": 900})
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, host: Host) -> Iterator[Page]:
    """A page; the test fails when the console says that something is wrong, or when anything is asked of another host."""
    opened, wrong = context.new_page(), []
    opened.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") and DRIVER not in said.text else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith((host.url, "data:", "blob:")) else None)
    yield opened
    assert wrong == []


# --- the page as it is sent ----------------------------------------------------------------------------------------------


def test_the_layouts_keep_what_the_list_is_narrowed_to(desk: browsing.Browser) -> None:
    page = text_of(desk.get("/w/own/properties?zip=56811&sort=ref"))
    (layouts,) = re.findall(r'<nav class="seg".*?</nav>', page, re.DOTALL)
    assert re.findall(r'<a href="([^"]*)"', layouts) == [
        "/w/own/properties?zip=56811&amp;sort=ref",
        "/w/own/properties?zip=56811&amp;sort=ref&amp;layout=split",
        "/w/own/properties?zip=56811&amp;sort=ref&amp;layout=map",
    ]


def test_every_filter_of_a_map_leads_to_a_map(desk: browsing.Browser) -> None:
    page = text_of(desk.get("/w/own/properties?zip=56811&layout=map"))
    ways = re.findall(r'hx-get="(/w/own/properties\?[^"]*)"', page)
    assert ways
    assert all("layout=map" in way for way in ways)
    assert '<input type="hidden" name="layout" value="map">' in page


def test_a_table_loads_nothing_of_the_map(desk: browsing.Browser) -> None:
    page = text_of(desk.get("/w/own/properties"))
    assert "plat" not in page.replace("plate", "")
    assert "maplibre" not in page


def test_without_a_script_each_home_of_the_map_is_a_link(desk: browsing.Browser) -> None:
    page = text_of(desk.get("/w/own/properties?layout=map"))
    (drawing,) = re.findall(r'<svg[^>]*class="fig atlas".*?</svg>', page)
    assert sorted(re.findall(r'<a href="/w/own/properties/(\d+)"', drawing)) == ["1", "2", "3", "4", "5"]


def test_the_map_says_how_many_homes_have_no_place_and_leads_to_them(desk: browsing.Browser) -> None:
    page = text_of(desk.get("/w/own/properties?layout=map"))
    (way,) = re.findall(r'href="([^"]*)">1 home without a place', page)
    assert "9 Lost Ln" in text_of(desk.get(way)).replace('<span class="vh">9 </span>', "9 ")


def test_an_area_is_a_chip_that_can_be_taken_away(desk: browsing.Browser) -> None:
    page = text_of(desk.get("/w/own/properties?layout=split&bbox=-74.1,41.905,-73.9,41.925"))
    assert "2 of 6 properties match." in page
    assert "Area <b>of the map</b>" in page


def test_an_area_that_cannot_be_read_is_left_out_and_said(desk: browsing.Browser) -> None:
    answer = desk.get("/w/own/properties?layout=split&bbox=here")
    assert (answer.status, "is no area" in text_of(answer), "6 properties." in text_of(answer)) == (422, True, True)


def test_a_file_of_the_list_holds_the_area_too(desk: browsing.Browser) -> None:
    page = text_of(desk.get("/w/own/properties?layout=split&bbox=-74.1,41.905,-73.9,41.925"))
    (way,) = re.findall(r'href="([^"]*)">JSON</a>', page)
    assert json.loads(desk.get(way).body)["total"] == 2


def test_marks_are_told_for_the_area_that_is_asked_about(desk: browsing.Browser) -> None:
    told = json.loads(desk.get("/w/own/properties.map?bbox=-74.1,41.905,-73.9,41.925").body)
    assert [home[4:6] for home in told["homes"]] == [["2", "Kiln St"], ["1", "Kiln St"]]


def test_whoever_is_not_signed_in_sees_no_map(desk: browsing.Browser) -> None:
    stranger = browsing.Browser(desk.world)
    assert stranger.get("/w/own/properties.map").headers["Location"] == "/sign-in"


# --- in a browser --------------------------------------------------------------------------------------------------------


def test_a_row_lights_its_home_up_on_the_map(page: Page) -> None:
    page.goto("/w/demo/properties?layout=split")
    page.locator(DRAWN).wait_for()
    row = page.locator("tr[data-ref]").nth(2)
    row.hover()
    expect(page.locator(".pin")).to_have_text(row.locator(".plate").inner_text())


def test_a_home_of_the_map_lights_its_row_up(page: Page) -> None:
    page.goto("/w/demo/properties?layout=split&score=85..")
    page.locator(DRAWN).wait_for()
    page.locator(".plat[data-told]").wait_for()
    page.evaluate("document.querySelector('plat-map').step(1)")
    ref = page.locator("tr[data-ref]").first.get_attribute("data-ref")
    expect(page.locator(f"tr.lit.here[data-ref='{ref}']")).to_be_visible()
    expect(page.locator(".plat-card")).to_be_visible()


def test_the_keyboard_goes_from_home_to_home_without_a_table(page: Page) -> None:
    page.goto("/w/demo/properties?layout=map&score=85..")
    page.locator(".plat[data-told]").wait_for()
    page.keyboard.press("j")
    name = page.locator(".plat-card a")
    expect(name).to_be_focused()
    first = name.get_attribute("href")
    page.keyboard.press("j")
    expect(name).not_to_have_attribute("href", first or "")
    page.keyboard.press("k")
    expect(name).to_have_attribute("href", first or "")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{first}$"))


def test_the_area_in_view_narrows_the_list_and_back_widens_it(page: Page) -> None:
    page.goto("/w/demo/properties?layout=split")
    page.locator(DRAWN).wait_for()
    page.locator(".plat[data-told]").wait_for()
    said = page.locator(".ph p")
    everything = said.inner_text()
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Search this area").click()
    expect(said).to_contain_text("properties match")
    expect(page).to_have_url(re.compile("bbox="))
    page.locator(DRAWN).wait_for()
    page.go_back()
    expect(said).to_have_text(everything)


def test_a_list_can_follow_the_map(page: Page) -> None:
    page.goto("/w/demo/properties?layout=split")
    page.locator(DRAWN).wait_for()
    page.locator(".plat[data-told]").wait_for()
    page.get_by_label("Search as I move").check()
    page.get_by_role("button", name="Zoom in").click()
    expect(page).to_have_url(re.compile("bbox="))
    expect(page.locator(DRAWN)).to_be_visible()
    expect(page.get_by_label("Search as I move")).to_be_checked()


def test_the_map_takes_the_other_theme_on_and_leaves_with_its_page(page: Page) -> None:
    page.goto("/w/demo/properties?layout=split&bedrooms=3")
    page.locator(DRAWN).wait_for()
    page.get_by_role("link", name=re.compile("^Beds 3")).click()
    expect(page).not_to_have_url(re.compile("bedrooms"))
    page.go_back()
    expect(page.get_by_role("link", name=re.compile("^Beds 3"))).to_be_visible()
    page.locator(DRAWN).wait_for()
    page.get_by_role("button", name="Switch light or dark").click()
    page.locator("tr[data-ref]").first.hover()
    expect(page.locator(".pin")).to_be_visible()


@pytest.mark.parametrize("width", [1024, 768])
def test_a_map_beside_a_list_keeps_its_room_on_a_narrow_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/w/demo/properties?layout=split")
    page.locator(DRAWN).wait_for()
    box = page.locator("plat-map").bounding_box()
    assert box is not None
    assert box["height"] > 200


def test_without_webgl_the_drawing_of_the_page_stays(context: BrowserContext) -> None:
    context.add_init_script(WITHOUT_WEBGL)
    page = context.new_page()
    page.goto("/w/demo/properties?layout=map&score=85..", wait_until="networkidle")
    page.locator(".atlas a").first.press("Enter")
    expect(page).to_have_url(re.compile(r"properties/\d+$|bbox="))
