"""Between a search and the list: what is understood narrows the list, and what the list is narrowed to narrows a search."""

import html
import re

import pytest

from steward.desk.query import State, parse
from steward.desk.views.crossing import listed, wanted
from steward.finding.model import Chip
from tests.desk.browsing import Browser, a_world, add_homes, desk_of, text_of

PATH = "/w/own/properties"


@pytest.fixture(scope="module")
def browser() -> Browser:
    browser = desk_of(a_world())
    add_homes(browser.world, 12)
    return browser


def chip(field: str, op: str, value: object) -> Chip:
    return Chip.model_validate({"field": field, "op": op, "value": value, "text": "as told"})


def filters(*chips: Chip) -> dict[str, str]:
    state = listed(chips, PATH)
    assert state is not None
    return dict(state.filters)


def test_chips_become_the_filters_of_the_list() -> None:
    told = filters(
        chip("city", "in", ["Kent", "Renton"]), chip("price", "lte", 500_000.0), chip("bedrooms", "gte", 3), chip("features", "has", "pool")
    )
    assert told == {"city": "Kent,Renton", "price": "..500000", "bedrooms": "3..", "features": "pool"}


def test_either_feature_and_none_become_filters_of_the_list() -> None:
    told = filters(chip("features", "has", "view"), chip("features", "in", ["pool", "hot_tub"]), chip("features", "ne", "gym"))
    assert told == {"features": "view,pool|hot_tub,!gym"}


def test_both_ends_of_a_range_become_one_filter() -> None:
    assert filters(chip("price", "gte", 300_000), chip("price", "lte", 500_000)) == {"price": "300000..500000"}


def test_a_distance_becomes_the_area_around_it() -> None:
    west, south, east, north = (float(edge) for edge in filters(chip("lat", "near", [41.9, -74.0, 5]))["bbox"].split(","))
    assert (round((north - south) * 111.32 / 2, 1), west < -74 < east, east - west > north - south) == (5.0, True, True)


@pytest.mark.parametrize("one", [chip("city", "ne", "Kent"), chip("text", "contains", "kiln"), chip("nothing", "eq", 1)])
def test_a_chip_that_the_list_cannot_hold_leads_to_no_list(one: Chip) -> None:
    assert listed([one], PATH) is None


def test_filters_are_what_a_search_is_narrowed_to() -> None:
    state = parse(PATH, {"bedrooms": ["3.."], "price": ["450000"], "city": ["Kent"], "type": ["house"]})
    assert wanted(state) == {"beds": "3..", "price": "450000..450000", "city": "Kent", "type": "house"}


@pytest.mark.parametrize("query", [{"gap_ratio": ["0.1.."]}, {"q": ["kiln"]}, {"zip": ["unknown"]}])
def test_a_list_that_a_search_cannot_be_narrowed_to_offers_none(query: dict[str, list[str]]) -> None:
    assert wanted(parse(PATH, query)) is None


def test_an_area_is_searched_as_the_circle_around_it() -> None:
    lat, lon, far = (float(part) for part in (wanted(State(PATH, {"bbox": "-74.1,41.9,-74,42"})) or {})["near"].split(","))
    assert (lat, lon, 6 < far < 8) == (41.95, -74.05, True)


def test_a_search_within_the_list_keeps_what_it_is_narrowed_to(browser: Browser) -> None:
    page = text_of(browser.get(f"{PATH}?bedrooms=3&zip=56811"))
    (within,) = re.findall(r'name="within" value="([^"]*)"', page)
    answer = browser.get(f"/w/own/find?q=Fernholt&within={html.unescape(within).replace('&', '%26')}")
    found = text_of(browser.get(answer.headers["Location"]))
    assert re.findall(r'<a class="f" href="[^"]*"><span><b>([^<]*)</b>', found) == ["Fernholt", "56811", "3 beds"]
    assert "2 homes match." in found


def test_what_a_search_found_is_a_list_and_a_map_too(browser: Browser) -> None:
    page = text_of(browser.get("/w/own/find?q=3+beds+in+Fernholt"))
    (way,) = re.findall(r'<a href="([^"]*layout=split)"', page)
    assert "2 of 12 properties match." in text_of(browser.get(html.unescape(way)))
