"""Files of listings: a title and a body, for rent or sale."""

from pathlib import Path
from typing import Literal

import pytest

from steward.properties.inputs import ListProperties
from steward.runs.model import ListRuns
from tests.unit.properties.imports import COUNTY, Desk, counts

SHARED = COUNTY.parents[1] / "listings_uci_apartments" / "apartments_for_rent_dev.csv"
HEADER = (
    "id,category,title,body,amenities,bathrooms,bedrooms,currency,fee,has_photo,pets_allowed,price,price_display,price_type,square_feet,"
    "address,cityname,state,latitude,longitude,source,time"
)
FLAT = (
    '71,housing/rent/apartment,Flat on Mill Road,"Bright, with a café below.","Pool,Patio/Deck",1.5,2,USD,No,Yes,"Cats,Dogs",'
    '1450,"$1,450",Monthly,900,,KENT,WA,47.38,-122.23,Ads,1577017063'
)
WEEKLY = (
    "72,housing/rent/home,House by the week,Small.,,1,1,USD,No,No,None,300,$300,Weekly,600,9 Oak Lane,Kent,WA,47.38,-122.23,Ads,1577017063"
)
SOLD = "73,housing/sale/condo,Condo downtown,Two floors.,Gym,2,2,USD,No,No,,350000,$350000,,1100,,Kent,WA,47.38,-122.23,Ads,1577017063"


class Listings(Desk):
    """A desk that takes files in as listings."""

    read_as: Literal["properties", "listings"] = "listings"


def lines(*rows: str) -> str:
    return "\n".join((HEADER, *rows)) + "\n"


def test_a_listing_is_known_by_its_id_and_needs_no_address() -> None:
    desk = Listings()
    view = desk.take(lines(FLAT))
    home = desk.home("source:71")
    assert counts(view) == {"rows": 1, "properties": 1, "added": 1}
    assert (home.title, home.remarks, home.address) == ("Flat on Mill Road", "Bright, with a café below.", None)
    assert (home.city, home.state, home.lat, home.living_area_sqft) == ("Kent", "WA", 47.38, 900)


def test_a_price_by_the_month_or_week_is_a_rent_and_another_an_asking_price() -> None:
    desk = Listings()
    desk.take(lines(FLAT, WEEKLY, SOLD))
    told = [(home.rent, home.asking_price) for home in map(desk.home, ("source:71", "source:72", "source:73"))]
    assert told == [(1450, None), (1300, None), (None, 350_000)]
    assert [desk.home(f"source:{number}").property_type for number in (71, 72, 73)] == ["apartment", "house", "condo"]
    assert desk.total(listing_status="available") == 3


def test_amenities_and_pets_are_features() -> None:
    desk = Listings()
    desk.take(lines(FLAT, WEEKLY))
    assert desk.home("source:71").features == ["pool", "patio", "pets", "cats", "dogs"]
    assert desk.home("source:72").features is None


def test_other_signs_between_columns_and_other_letters_are_read() -> None:
    desk = Listings()
    rows = "id;title;body;price;cityname\n" + "".join(f"{number};Flat {number};Café au lait;{900 + number};Köln\n" for number in range(3))
    desk.take(rows.encode("latin-1"))
    home = desk.home("source:1")
    assert (home.remarks, home.city, home.rent == 901, home.asking_price) == ("Café au lait", "Köln", True, None)


def test_where_only_the_amounts_tell_homes_for_sale_have_an_asking_price() -> None:
    desk = Listings()
    desk.take("id,title,description,price\n" + "".join(f"{number},Home {number},Nice.,{300_000 + number}\n" for number in range(3)))
    assert [desk.home("source:1").asking_price, desk.home("source:1").rent] == [300_001, None]


def test_the_same_file_again_changes_nothing_and_an_undo_takes_it_back() -> None:
    desk = Listings()
    first = desk.take(lines(FLAT, WEEKLY))
    again = desk.take(lines(FLAT, WEEKLY))
    assert counts(again) == {"rows": 2, "properties": 2, "unchanged": 2}
    assert again.same_as == first.run.ref
    assert desk.undo(first.id).result["restored"] == 2
    assert desk.total() == 0


def test_rents_have_nothing_trained() -> None:
    desk = Listings()
    desk.take(lines(FLAT))
    assert {run.kind for run in desk.run(ListRuns()).rows} == {"import"}


def test_a_row_that_cannot_be_is_held_back_with_its_reason() -> None:
    desk = Listings()
    view = desk.take(lines(FLAT, SOLD.replace("73,", ",", 1), WEEKLY.replace(",600,", ",many,")))
    assert counts(view)["quarantined"] == 2
    assert view.held == {"Id in the file": 1, "Living area, sq ft": 1}


def test_the_same_columns_read_as_a_countys_file_are_judged_anew() -> None:
    desk = Listings()
    desk.take(lines(FLAT))
    desk.read_as = "properties"
    fields = {column.name: column.field for column in desk.take(lines(FLAT.replace("71,", "74,", 1)), confirm=False).columns}
    assert (fields["price"], fields["category"], fields["price_type"]) == ("", "", "")


@pytest.mark.skipif(not SHARED.is_file(), reason="the shared file is not here")
def test_a_real_file_of_rents_is_taken_in_or_held_with_reasons() -> None:
    desk = Listings()
    view = desk.take(Path(SHARED).read_bytes())
    told = counts(view)
    assert told["rows"] == 7985
    assert told["properties"] + told.get("quarantined", 0) == 7985
    assert told.get("quarantined", 0) < 100
    page = desk.run(ListProperties(rent="known", asking_price="unknown", limit=1))
    assert page.total == told["properties"]
