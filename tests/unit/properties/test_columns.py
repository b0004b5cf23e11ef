"""Recognising columns by name and by content."""

import pytest

from steward.properties.intake.columns import recognise
from steward.properties.model import Column


def one(name: str, *values: str, beside: dict[str, str] | None = None) -> Column:
    others = beside or {}
    found = recognise([name, *others], [[value, *others.values()] for value in values])
    return found[0]


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("PIN", "41-118-06", "parcel"),
        ("APN", "41-118-06", "parcel"),
        ("SITUS_ADDR", "218 TANNERY ROW", "address"),
        ("UnparsedAddress", "218 Tannery Row", "address"),
        ("ZIP5", "56811", "zip"),
        ("SQFT_LIV", "1840", "living_area_sqft"),
        ("YR_BLT", "1962", "year_built"),
        ("GRD_CD", "7", "grade"),
        ("SQFT_L15", "1510", "living15_sqft"),
        ("BthF", "2", "bathrooms_full"),
        ("ListPrice", "348000", "asking_price"),
        ("StandardStatus", "Active", "listing_status"),
        ("MAIL_ADDR", "9 MILL LEAT", "owner_mailing_address"),
        ("Bedroooms", "3", "bedrooms"),
    ],
)
def test_what_counties_and_listings_call_a_column_is_known(name: str, value: str, field: str) -> None:
    assert one(name, value).field == field


def test_how_sure_falls_when_the_values_do_not_fit() -> None:
    assert one("year_built", "1962", "1990").label == "sure"
    assert one("year_built", "1962", "1990", "old", "1970").label == "check"
    assert one("year_built", "old", "older", "oldest").field == ""


def test_a_few_values_that_do_not_fit_are_told_too() -> None:
    found = one("year_built", "old", *map(str, range(1950, 1969)))
    assert (found.field, found.label, found.note) == ("year_built", "likely", "1 of 20 values looked at is not what Year built holds")


def test_a_well_known_name_stays_with_what_most_of_its_values_say_against_it() -> None:
    found = one("year_built", "old", "older", "1970")
    assert (found.field, found.label, found.note) == ("year_built", "check", "2 of 3 values looked at are not what Year built holds")


def test_what_a_person_said_of_a_column_stays_and_is_held_against_the_values() -> None:
    prices = [["call"], ["call"], ["251000"]]
    assert recognise(["worth"], prices, {"worth": "asking_price"})[0].note == "2 of 3 values looked at are not what Asking price holds"
    assert recognise(["worth"], prices[2:], {"worth": "asking_price"})[0].label == "sure"
    assert recognise(["asking_price"], prices[2:], {"asking_price": ""})[0].field == ""


def test_a_fact_that_a_person_gave_one_column_no_other_takes() -> None:
    found = recognise(["worth", "asking_price"], [["251000", "251000"]], {"worth": "asking_price"})
    assert [column.field for column in found] == ["asking_price", ""]


def test_samples_come_as_they_are_and_notes_say_what_matters() -> None:
    price = one("SALE_PR", "251000", "0", "236000", beside={"SALE_DT": "06/14/2016"})
    assert (price.samples, price.note) == (["251000", "0", "236000"], "0 is read as not known")
    assert recognise(["SALE_DT", "SALE_PR"], [["06/14/2016", "1"]])[0].note == "month first"


def test_a_bare_price_is_a_sale_beside_its_date_and_an_offer_without_one() -> None:
    assert one("price", "251000", beside={"date": "20141013T000000"}).field == "sale_price"
    assert one("price", "251000", beside={"address": "218 Tannery Row"}).field == "asking_price"


def test_a_monthly_rent_is_not_taken_for_a_price() -> None:
    rent = one("price", "1390", "925", "2475")
    assert (rent.field, rent.note) == ("", "looks like a monthly rent, not a price")


def test_a_sale_price_without_a_day_is_left_out() -> None:
    assert one("sale_price", "251000").field == ""


def test_two_columns_for_one_fact_leave_the_less_sure_out_and_say_so() -> None:
    found = recognise(["building_area", "living_area_sqft"], [["1840", "1840"]])
    assert [column.field for column in found] == ["", "living_area_sqft"]
    assert found[0].note == "Living area, sq ft comes from living_area_sqft"


def test_parts_are_left_out_where_the_whole_has_a_column() -> None:
    found = recognise(["baths", "full_baths", "half_baths"], [["2.5", "2", "1"]])
    assert [column.field for column in found] == ["bathrooms", "", ""]


def test_small_lots_are_read_as_acres() -> None:
    assert one("lot_size", "0.31", "1.2").field == "lot_area_acres"
    assert one("lot_size", "5650", "7242").field == "lot_area_sqft"


def test_zips_and_coordinates_are_recognised_by_what_they_look_like() -> None:
    zips = one("field_7", "98103", "98105", "98178")
    assert (zips.field, zips.label) == ("zip", "check")
    assert one("where_a", "47.5112", "47.7210", "47.7379").field == "lat"
