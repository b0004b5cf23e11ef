"""The pages through their one handler: who gets in, what is answered, and in which form."""

import gzip
import re

import pytest

from steward.desk import assets
from steward.kernel.keys import SYSTEM
from steward.properties.inputs import CreateProperty, GetProperty, UpdateProperty
from steward.workspaces.model import CreateWorkspace, MakeLink
from tests.desk.browsing import TANNERY, Browser, a_world, add_homes, desk_of, text_of


@pytest.fixture
def browser() -> Browser:
    return desk_of(a_world())


@pytest.fixture
def home(browser: Browser) -> str:
    """The address of a home's page."""
    made = browser.world.run(CreateProperty.model_validate(TANNERY))
    browser.world.settle()
    return f"/w/own/properties/{made.ref}"


# --- the door ------------------------------------------------------------------------------------------------------------


def test_opening_the_link_burns_nothing_and_its_button_signs_in() -> None:
    world = a_world()
    world.run(CreateWorkspace(name="Hudson desk", slug="own"), workspace=SYSTEM)
    browser, token = Browser(world), world.run(MakeLink(), workspace=SYSTEM).token
    for _ in range(2):
        assert token in text_of(browser.get(f"/sign-in?token={token}"))
    assert browser.post("/sign-in", {"token": token}).headers["Location"] == "/today"
    assert browser.get("/w/own/today").status == 200


def test_a_used_link_says_how_to_get_a_new_one() -> None:
    world = a_world()
    token = world.run(MakeLink(), workspace=SYSTEM).token
    assert Browser(world).post("/sign-in", {"token": token}).status == 303
    again = Browser(world).post("/sign-in", {"token": token})
    assert again.status == 403
    assert "steward sessions link" in text_of(again)


def test_nobody_is_led_to_the_door() -> None:
    world = a_world()
    answer = Browser(world).get("/w/own/today")
    assert (answer.status, answer.headers["Location"]) == (302, "/sign-in")


def test_a_fragment_of_nobody_leads_the_whole_page_to_the_door() -> None:
    answer = Browser(a_world()).get("/w/own/today", hx_target="section#today")
    assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/sign-in")


def test_the_session_cookie_is_kept_from_scripts_and_from_other_sites() -> None:
    world = a_world()
    token = world.run(MakeLink(), workspace=SYSTEM).token
    (line,) = Browser(world).post("/sign-in", {"token": token}).cookies
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line


def test_a_form_from_another_site_is_refused(browser: Browser) -> None:
    assert browser.post("/w/own/imports", {"name": "a.csv"}, sec_fetch_site="cross-site").status == 403


def test_signing_out_ends_the_session(browser: Browser) -> None:
    kept = dict(browser.cookies)
    browser.post("/sign-out")
    browser.cookies = kept
    assert browser.get("/w/own/today").status == 302


def test_a_bare_address_leads_to_the_desk_last_seen(browser: Browser) -> None:
    browser.world.run(CreateWorkspace(name="Second", slug="second"), workspace=SYSTEM)
    browser.get("/w/second/today")
    assert browser.get("/properties").headers["Location"] == "/w/second/properties"


# --- every answer --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/w/own/today", "/w/own/properties", "/w/own/imports", "/w/own/models", "/w/own/more", "/sign-in"])
def test_every_page_has_a_strict_policy_and_no_inline_script(browser: Browser, address: str) -> None:
    answer = browser.get(address)
    assert answer.status == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|<style|hx-on", text_of(answer))


def test_an_unknown_page_says_so_and_leads_back(browser: Browser) -> None:
    answer = browser.get("/w/own/nowhere")
    assert answer.status == 404
    assert "Back to the desk" in text_of(answer)


def test_what_goes_wrong_in_a_fragment_becomes_a_line_in_the_corner(browser: Browser) -> None:
    answer = browser.get("/w/own/properties/999", hx_target="section#property")
    assert (answer.status, answer.headers["HX-Retarget"]) == (404, "#toast")


def test_a_file_is_kept_for_a_year_under_an_address_of_its_content(browser: Browser) -> None:
    answer = browser.get(assets.url("desk.css"), accept_encoding="gzip")
    assert "immutable" in answer.headers["Cache-Control"]
    assert b"@layer" in gzip.decompress(answer.body)


def test_an_invented_desk_is_marked_on_every_page(browser: Browser) -> None:
    browser.world.run(CreateWorkspace(name="Sample", slug="demo", invented=True), workspace=SYSTEM)
    assert all("Invented" in text_of(browser.get(f"/w/demo/{page}")) for page in ("today", "properties", "imports", "models"))
    assert "Invented" not in text_of(browser.get("/w/own/today"))


def test_a_page_sends_little_code(browser: Browser) -> None:
    sent = browser.get("/w/own/properties", accept_encoding="gzip")
    page = gzip.decompress(sent.body).decode()
    names = re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', page)
    code = sum(len(browser.get(name, accept_encoding="gzip").body) for name in {*names, assets.url("icons.svg")})
    assert len(sent.body) + code <= 60_000


# --- properties ----------------------------------------------------------------------------------------------------------


def test_an_empty_desk_teaches_what_to_do(browser: Browser) -> None:
    assert "Bring in a county to see its homes" in text_of(browser.get("/w/own/properties"))


def test_the_list_knows_its_length_and_draws_one_window(browser: Browser) -> None:
    add_homes(browser.world, 130)
    page = text_of(browser.get("/w/own/properties"))
    assert 'aria-rowcount="131"' in page
    assert len(re.findall(r"<tr aria-rowindex=\"\d+\" data-ref", page)) == 100


def test_a_later_window_is_rows_alone(browser: Browser) -> None:
    add_homes(browser.world, 130)
    rows = text_of(browser.get("/w/own/properties?start=100", hx_target="tbody#rows"))
    assert re.findall(r"<tr aria-rowindex=\"(\d+)\"", rows) == [str(index) for index in range(102, 132)]
    assert "<html" not in rows


def test_the_same_address_gives_the_same_rows_as_csv_and_json(browser: Browser) -> None:
    add_homes(browser.world, 7)
    asked = "bedrooms=2&sort=-ref"
    page = re.findall(r'data-ref="(\d+)"', text_of(browser.get(f"/w/own/properties?{asked}")))
    table = text_of(browser.get(f"/w/own/properties.csv?{asked}")).splitlines()
    at = table[0].split(",").index("ref")
    assert page == [line.split(",")[at] for line in table[1:]] == ["7", "2"]
    assert '"total":2' in text_of(browser.get(f"/w/own/properties.json?{asked}"))


def test_chosen_rows_are_exported_alone(browser: Browser) -> None:
    add_homes(browser.world, 5)
    lines = text_of(browser.post("/w/own/properties/export", {"refs": "2,4"})).splitlines()
    assert len(lines) == 3


def test_a_filter_that_leaves_nothing_says_which_one_to_drop(browser: Browser) -> None:
    add_homes(browser.world, 5)
    page = text_of(browser.get("/w/own/properties?bedrooms=4&zip=99999"))
    assert "without ZIP 99999" in page


def test_a_filter_that_cannot_be_read_is_left_out_with_a_sentence_and_the_others_hold(browser: Browser) -> None:
    add_homes(browser.world, 5)
    answer = browser.get("/w/own/properties?score=high..&bedrooms=2&sort=nonsense")
    assert answer.status == 422
    assert "&#39;high&#39; is no number for score" in text_of(answer)
    assert "cannot be sorted by &#39;nonsense&#39;" in text_of(answer)
    assert re.findall(r'data-ref="(\d+)"', text_of(answer)) == ["2"]


def test_a_filter_that_cannot_be_read_in_the_form_leaves_the_form_alone(browser: Browser) -> None:
    answer = browser.get("/w/own/properties?price.max=high", hx_target="section#properties")
    assert (answer.status, answer.headers["HX-Retarget"]) == (422, "#toast")


def test_a_filter_that_does_not_exist_is_named_with_the_one_meant_and_the_others_hold(browser: Browser) -> None:
    add_homes(browser.world, 5)
    page = text_of(browser.get("/w/own/properties?prize=..300000&bedrooms=2"))
    assert "There is no filter “prize”" in page
    assert 'href="/w/own/properties?bedrooms=2&amp;price=..300000"' in page
    assert re.findall(r'data-ref="(\d+)"', page) == ["2"]


@pytest.mark.parametrize("ending", [".csv", ".json"])
def test_a_file_with_a_filter_that_does_not_exist_is_refused(browser: Browser, ending: str) -> None:
    answer = browser.get(f"/w/own/properties{ending}?prize=1")
    assert (answer.status, "no filter “prize”" in text_of(answer)) == (422, True)


def test_text_from_outside_is_shown_and_never_run(browser: Browser) -> None:
    browser.world.run(CreateProperty(address="1 <img src=x onerror=alert(1)>", parcel="<b>"))
    browser.world.settle()
    page = text_of(browser.get("/w/own/properties")) + text_of(browser.get("/w/own/properties/1"))
    assert "<img" not in page
    assert "&lt;img" in page


# --- one property --------------------------------------------------------------------------------------------------------


def test_a_fact_is_changed_in_place_and_the_page_shows_it(browser: Browser, home: str) -> None:
    answer = browser.post(f"{home}/facts", {"field": "bedrooms", "value": "4", "version": "1"}, hx_target="tr#fact-bedrooms")
    assert (answer.status, answer.headers["HX-Retarget"]) == (200, "#property")
    assert "Entered here" in text_of(answer)


def test_the_page_looks_again_until_the_value_has_followed_a_change(browser: Browser, home: str) -> None:
    page = text_of(browser.post(f"{home}/facts", {"field": "bedrooms", "value": "4", "version": "1"}, hx_target="tr#fact-bedrooms"))
    looks = 0
    while found := re.search(r'hx-get="([^"]+again=\d+)"', page):
        page, looks = text_of(browser.get(found[1].replace("&amp;", "&"), hx_target="section#property")), looks + 1
    assert 1 < looks < 20


def test_a_fact_that_cannot_be_keeps_what_was_typed(browser: Browser, home: str) -> None:
    answer = browser.post(f"{home}/facts", {"field": "bedrooms", "value": "many", "version": "1"}, hx_target="tr#fact-bedrooms")
    assert answer.status == 422
    assert 'value="many"' in text_of(answer)
    assert "takes a number" in text_of(answer)
    answer = browser.post(f"{home}/facts", {"field": "zip", "value": "abc", "version": "1"}, hx_target="tr#fact-zip")
    assert (answer.status, "This cannot be &#39;abc&#39;; write five digits, such as 98103." in text_of(answer)) == (422, True)


def test_a_fact_that_somebody_else_changed_meanwhile_shows_both_values(browser: Browser, home: str) -> None:
    ref = home.rpartition("/")[2]
    browser.world.run(UpdateProperty(id=ref, bedrooms=5))
    answer = browser.post(f"{home}/facts", {"field": "bedrooms", "value": "4", "version": "1"}, hx_target="tr#fact-bedrooms")
    assert answer.status == 409
    assert "bedrooms is now 5. Save puts 4 in its place." in text_of(answer)
    assert 'name="version" value="2"' in text_of(answer)
    assert browser.world.run(GetProperty(id=ref)).bedrooms == 5


def test_an_asking_price_may_be_written_as_people_write_it(browser: Browser, home: str) -> None:
    answer = browser.post(f"{home}/facts", {"field": "asking_price", "value": "$348,000", "version": "1"})
    assert answer.status == 303
    assert browser.world.run(GetProperty(id=home.rpartition("/")[2])).asking_price == 348_000


def test_a_fragment_of_a_fact_is_its_field_alone(browser: Browser, home: str) -> None:
    row = text_of(browser.get(f"{home}?edit=bedrooms", hx_target="tr#fact-bedrooms"))
    assert row.strip().startswith('<tr id="fact-bedrooms"')
    assert "<html" not in row


# --- imports -------------------------------------------------------------------------------------------------------------


FILE = "id,price,date,bedrooms,bathrooms,sqft_living,mystery\n1,100000,2015-01-02,3,1,1200,a\n2,100000,2015-01-02,33,1,1200,b\n"


@pytest.fixture
def waiting() -> tuple[Browser, str]:
    """A browser, and the page of an import whose columns wait for a person."""
    world = a_world()
    browser = desk_of(world)
    ref = world.take(FILE, confirm=False).run.ref
    return browser, f"/w/own/imports/{ref}"


def test_leave_to_send_a_file_comes_with_the_page_to_go_to_next(browser: Browser) -> None:
    answer = browser.post("/w/own/imports", {"name": "roll.csv", "size": "120"}, accept="application/json")
    assert answer.status == 200
    assert '"next": "/w/own/imports/1"' in text_of(answer)


def test_a_file_said_to_hold_listings_is_read_as_such(browser: Browser) -> None:
    for listings in ("", "yes"):
        browser.post("/w/own/imports", {"name": "ads.csv", "size": "120", "listings": listings}, accept="application/json")
    assert [row.body["listings"] for row in browser.world.rows("source")] == [False, True]


def test_a_file_too_large_is_refused_before_it_is_sent(browser: Browser) -> None:
    answer = browser.post("/w/own/imports", {"name": "roll.csv", "size": "9" * 12}, accept="application/json", hx_request="true")
    assert answer.status == 422
    assert "Split it" in text_of(answer)


def test_columns_are_shown_for_confirmation_with_how_sure_each_is(waiting: tuple[Browser, str]) -> None:
    browser, address = waiting
    page = text_of(browser.get(address))
    assert "Import 2 rows" in page
    assert "mystery becomes" in page


def test_confirming_stores_the_good_rows_and_holds_the_others_back(waiting: tuple[Browser, str]) -> None:
    browser, address = waiting
    assert browser.post(f"{address}/confirm").status == 303
    browser.world.settle()
    page = text_of(browser.get(address))
    assert "1 property is in" in page
    assert "<mark>33</mark>" in page
    assert "33 bedrooms" in text_of(browser.get(f"{address}/held.csv"))
    assert browser.get(f"{address}/quarantine.csv").body == browser.get(f"{address}/held.csv").body


def test_two_columns_of_one_fact_keep_what_was_chosen_and_say_why_not(waiting: tuple[Browser, str]) -> None:
    browser, address = waiting
    answer = browser.post(f"{address}/confirm", {"column:6": "bedrooms"})
    assert answer.status == 422
    assert "both become Bedrooms" in text_of(answer)
    assert text_of(answer).count('<option value="bedrooms" selected>') == 2


def test_undo_takes_the_homes_out_again(waiting: tuple[Browser, str]) -> None:
    browser, address = waiting
    browser.post(f"{address}/confirm")
    browser.world.settle()
    browser.post(f"{address}/undo")
    browser.world.settle()
    page = text_of(browser.get(address))
    assert "This import was taken back" in page
    assert "<span>removed</span>" in page
    assert "kept" not in page
    assert "Bring in a county" in text_of(browser.get("/w/own/properties"))


def test_a_poll_of_what_has_not_changed_is_answered_with_304(waiting: tuple[Browser, str]) -> None:
    browser, address = waiting
    tag = browser.get(address).headers["ETag"]
    assert browser.get(address, hx_target="section#import", if_none_match=tag).status == 304


def test_a_poll_of_what_moved_on_is_answered_with_the_page(waiting: tuple[Browser, str]) -> None:
    browser, address = waiting
    tag = browser.get(address).headers["ETag"]
    browser.post(f"{address}/confirm")
    assert browser.get(address, hx_target="section#import", if_none_match=tag).status == 200


def test_rows_held_back_are_news_on_today_once_for_a_file_and_wait_for_nobody() -> None:
    world = a_world()
    browser = desk_of(world)
    world.take(FILE)
    again = world.take(FILE, name="again.csv").run
    page = text_of(browser.get("/w/own/today"))
    assert page.count("1 row was held back") == 2  # its line, and what its button says
    assert "from again.csv" in page
    assert "One thing is waiting on you" in page  # the training, which cannot run in a test
    assert "nothing to decide" in page
    assert f"/w/own/imports/{again.ref}#held" in page


def test_rows_held_back_are_no_news_once_their_import_was_taken_back() -> None:
    world = a_world()
    browser = desk_of(world)
    world.undo(world.take(FILE).run.id)
    assert "held back" not in text_of(browser.get("/w/own/today"))
