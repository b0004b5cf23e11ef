"""Places from reference files: none is needed, and any of them helps."""

from pathlib import Path

import pytest

from steward.kernel.errors import Unavailable
from steward.properties.places import Gazetteer, Place
from tests.unit.properties.imports import Desk, counts, roll, row

ZIPS = "code,city,state,county,area_code,lat,lon\n98103,Seattle,WA,KING,206,47.67,-122.34\n01001,Agawam,MA,HAMPDEN,,42.14,-72.78\n"
COUNTIES = "state_fips,state,state_abbr,zipcode,county,city\n53,Washington,WA,98103,King,Other\n53,Washington,WA,98199,King,Magnolia\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "a_zips.csv").write_text(ZIPS)
    (tmp_path / "b_counties.csv").write_text(COUNTIES)
    (tmp_path / "c_cities.csv").write_text("ID,CITY\n1,Adak\n")
    return tmp_path


def test_a_zip_is_found_in_the_first_file_that_has_it(files: Path) -> None:
    places = Gazetteer([files])
    assert places.place("98103") == Place("98103", "Seattle", "King", "WA", 47.67, -122.34)
    assert places.place("98199") == Place("98199", "Magnolia", "King", "WA")
    assert places.place("99999") is None


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read"):
        Gazetteer([tmp_path / "missing.csv"]).place("98103")


def test_rows_get_city_county_and_state_from_their_zip(files: Path) -> None:
    desk = Desk(places=[files])
    desk.take(roll(row("7")))
    home = desk.home("7")
    assert (home.city, home.county, home.state) == ("Seattle", "King", "WA")


def test_a_zip_without_its_leading_zero_is_restored_where_the_state_is_known(files: Path) -> None:
    desk = Desk(places=[files])
    view = desk.take(roll(row("7", zip="1001"), row("8", zip="9810")))
    assert counts(view) == {"rows": 2, "properties": 1, "sales": 1, "added": 1, "quarantined": 1, "warnings": 1}
    assert (desk.home("7").zip, desk.home("7").warnings) == ("01001", ["zip_restored"])
    assert view.held == {"ZIP": 1}
