"""The search that every page has, and the homes that are like one."""

import html
import re
from urllib.parse import unquote_plus

import pytest

from steward.desk.views import find
from steward.finding.model import Proposal, Proposals
from steward.properties.inputs import CreateProperty
from tests.desk.browsing import Browser, a_world, add_homes, desk_of, member, text_of


@pytest.fixture
def browser() -> Browser:
    browser = desk_of(a_world())
    add_homes(browser.world, 12)
    return browser


def chips(page: str) -> dict[str, str]:
    """The chips of a page with the addresses of the search without each."""
    return {text: html.unescape(href) for href, text in re.findall(r'<a class="f" href="([^"]*)"><span><b>([^<]*)</b>', page)}


def shown(page: str) -> int:
    return page.count('<li><span class="plate') or page.count('class="home"')


def test_a_sentence_becomes_chips_and_homes(browser: Browser) -> None:
    page = text_of(browser.get("/w/own/find?q=3+beds+in+Fernholt+under+500k"))
    assert list(chips(page)) == ["3 beds", "Fernholt", "Up to $500,000"]
    assert "2 homes match." in page
    assert shown(page) == 2


def test_a_chip_that_is_taken_away_widens_the_search(browser: Browser) -> None:
    page = text_of(browser.get("/w/own/find?q=3+beds+in+Fernholt"))
    wider = text_of(browser.get(chips(page)["3 beds"]))
    assert list(chips(wider)) == ["Fernholt"]
    assert "12 homes match." in wider


def test_what_nearly_matches_is_offered_where_nothing_does(browser: Browser) -> None:
    page = text_of(browser.get("/w/own/find?q=9+beds+in+Fernholt"))
    assert "No home matches." in page
    assert re.search(r'<a class="u" href="[^"]*">\d+ more if', page)


def test_a_facet_leads_to_the_same_search_with_it(browser: Browser) -> None:
    page = text_of(browser.get("/w/own/find?q=homes+in+Fernholt"))
    beds = {text: html.unescape(href) for href, text in re.findall(r'<li><a href="([^"]*)">([^<]*)<span>', page)}
    assert list(chips(text_of(browser.get(beds["2 beds"])))) == ["Fernholt", "2 beds"]


def test_a_search_for_nothing_leads_to_the_list(browser: Browser) -> None:
    assert browser.get("/w/own/find?q=++").headers["Location"] == "/w/own/properties"


def test_words_that_no_rule_understood_are_asked_about_beside_the_page(browser: Browser) -> None:
    asked = re.compile(r'id="proposals" hx-get="([^"]*)"')
    assert not asked.search(text_of(browser.get("/w/own/find?q=3+beds+in+Fernholt")))
    (address,) = asked.findall(text_of(browser.get("/w/own/find?q=pied-a-terre+in+Fernholt")))
    part = text_of(browser.get(html.unescape(address), hx_target="div#proposals"))
    assert part.split() == ["<div", 'id="proposals">', "</div>"]


def test_a_proposed_chip_is_a_link_to_the_search_with_it(browser: Browser) -> None:
    proposal = Proposal(field="bedrooms", op="lte", value=3, text="pied-a-terre", total=4)
    told = Proposals(query="pied-a-terre", understood=[], rest="pied-a-terre", proposed=[proposal], model="small", notes=[])
    (choice,) = find.proposals(told, "/w/own").chips
    assert (choice.label, choice.count) == ("Up to 3 beds", 4)
    assert list(chips(text_of(browser.get(choice.href)))) == ["Up to 3 beds"]


@pytest.mark.parametrize(
    "told", ["nonsense", "[]x", '[{"field":"nope","op":"eq","value":1}]', '[{"field":"city","op":"hack"}]', "[" * 3000]
)
def test_chips_that_nobody_gave_out_are_read_from_the_sentence_anew(browser: Browser, told: str) -> None:
    answer = browser.get(f"/w/own/find?q=3+beds&chips={told}")
    assert (answer.status, list(chips(text_of(answer)))) == (200, ["3 beds"])


def test_what_is_asked_stays_text(browser: Browser) -> None:
    page = text_of(browser.get("/w/own/find?q=%3Cscript%3Ealert(1)%3C/script%3E"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_home_shows_others_like_it_each_with_why(browser: Browser) -> None:
    assert 'hx-get="/w/own/properties/1/similar"' in text_of(browser.get("/w/own/properties/1"))
    part = text_of(browser.get("/w/own/properties/1/similar", hx_target="section#similar"))
    assert part.count('aria-label="Why"') == 6
    assert '/w/own/properties/1"' not in part
    assert "<html" not in part


def test_a_home_leads_to_others_like_it_without_a_script(browser: Browser) -> None:
    assert '<a class="u" href="/w/own/properties/1/similar">' in text_of(browser.get("/w/own/properties/1"))


def test_a_search_on_an_empty_desk_says_what_to_bring_in() -> None:
    page = text_of(desk_of(a_world()).get("/w/own/find?q=3+beds"))
    assert "Bring in a county to see its homes" in page
    assert "Take a chip away" not in page


def test_a_search_is_kept_under_the_name_that_it_is_given(browser: Browser) -> None:
    page = text_of(browser.get("/w/own/find?q=3+beds+in+Fernholt"))
    assert re.search(r'<input class="in" id="keep-name" name="name" required maxlength="100" value="3 beds in Fernholt"', page)
    browser.post("/w/own/find", {"q": "3 beds in Fernholt", "name": "For the Ruiz family"})
    assert '<b>For the Ruiz family</b></a><small class="wrap">3 beds in Fernholt · saved' in text_of(browser.get("/w/own/searches"))


def test_the_very_same_search_is_kept_once_and_another_of_its_name_beside_it(browser: Browser) -> None:
    for q in ("3 beds", "3 beds", "2 beds"):
        browser.post("/w/own/find", {"q": q, "name": "Ruiz"})
    assert text_of(browser.get("/w/own/searches")).count("<b>Ruiz</b>") == 2


def test_a_list_is_kept_as_the_search_that_it_is(browser: Browser) -> None:
    page = text_of(browser.get("/w/own/properties?bedrooms=3&zip=56811"))
    assert '<input type="hidden" name="list" value="bedrooms=3&amp;zip=56811">' in page
    browser.post("/w/own/find", {"list": "bedrooms=3&zip=56811", "name": "Beds 3, ZIP 56811"})
    listed = text_of(browser.get("/w/own/searches"))
    (href,) = re.findall(r'<a class="u" href="([^"]*)"><b>Beds 3, ZIP 56811', listed)
    assert list(chips(text_of(browser.get(html.unescape(href))))) == ["56811", "3 beds"]


def test_a_list_leads_to_the_searches_that_are_kept(browser: Browser) -> None:
    assert 'href="/w/own/searches">Saved searches' in text_of(browser.get("/w/own/properties"))


def test_a_viewer_is_offered_no_search_to_keep_or_forget(browser: Browser) -> None:
    browser.post("/w/own/find", {"q": "3 beds"})
    viewer = member(browser, "viewer")
    assert 'id="keep"' not in text_of(viewer.get("/w/own/find?q=3+beds"))
    assert 'id="keep"' not in text_of(viewer.get("/w/own/properties?bedrooms=3"))
    listed = text_of(viewer.get("/w/own/searches"))
    assert "<b>3 beds</b>" in listed
    assert not re.search(r'action="/w/own/searches/1/', listed)


def test_a_filter_form_leaves_a_short_address(browser: Browser) -> None:
    asked = "/w/own/properties?layout=split&bedrooms.min=3&bedrooms.max=&price.min=&price.max=&city="
    assert browser.get(asked, hx_target="section#properties").headers["HX-Push-Url"] == "/w/own/properties?bedrooms=3..&layout=split"


def test_a_search_is_kept_tells_what_is_new_and_is_forgotten(browser: Browser) -> None:
    page = text_of(browser.get("/w/own/find?q=3+beds+in+Fernholt"))
    chosen = html.unescape(chips(page)["Fernholt"]).partition("chips=")[2]
    kept = browser.post("/w/own/find", {"q": "3 beds in Fernholt", "chips": unquote_plus(chosen)}).headers["Location"]
    listed = text_of(browser.get(kept.partition("#")[0]))
    assert "3 beds in Fernholt" in listed
    assert '<small class="wrap">3 beds · saved Today' in listed
    assert "Nothing is new since you looked." in text_of(browser.post("/w/own/searches/1/news"))
    browser.world.run(CreateProperty(address="99 Kiln St", city="Fernholt", zip="56811", bedrooms=3))
    browser.world.settle()
    assert "1 new home since you looked." in text_of(browser.post("/w/own/searches/1/news"))
    assert browser.post("/w/own/searches/1/forget").status == 303
    assert "No search is saved yet" in text_of(browser.get("/w/own/searches"))
