"""Lists of properties: filters as people write them, sorts, counts, pages and files."""

import csv
import io
from typing import Any

import pytest

from steward.kernel.actor import Surface
from steward.kernel.command import BY_INPUT
from steward.kernel.errors import Invalid
from steward.kernel.keys import SYSTEM
from steward.kernel.parse import parse
from steward.kernel.textfiles import cell, plain
from steward.properties.inputs import (
    CreateProperty,
    ExportProperties,
    ExportPropertiesJson,
    ListProperties,
    PropertyPage,
    ScanProperties,
    SetValuations,
    Valued,
)
from steward.properties.listing_commands import COLUMNS
from steward.workspaces.model import CreateWorkspace
from tests.unit.properties.imports import Desk, many, roll, row


@pytest.fixture(scope="module")
def desk() -> Desk:
    desk = Desk()
    desk.take(many(150))
    desk.take(roll(row("X1", beds=5, zip="98105", sold="2014-05-01"), row("X2", price=0, zip="98105")), name="more.csv")
    return desk


def asked(**told: Any) -> ListProperties:
    made = parse(BY_INPUT[ListProperties], told)
    assert isinstance(made, ListProperties)
    return made


@pytest.mark.parametrize(
    ("told", "total"),
    [
        ({}, 152),
        ({"price": "..210000"}, 11),
        ({"price": "200000..201000"}, 2),
        ({"price": "unknown"}, 1),
        ({"zip": "98105"}, 2),
        ({"zip": ["98103", "98105"]}, 152),
        ({"beds": "4.."}, 1),
        ({"bedrooms": 5}, 1),
        ({"q": "p0000"}, 10),
        ({"q": "98105 x2"}, 1),
        ({"score": "70.."}, 0),
        ({"last_sale_date": "2014"}, 1),
        ({"last_sale_date": "2014-06..2015-01-02"}, 150),
        ({"zip": "98105", "price": "known", "beds": "3..", "sort": "-price"}, 1),
    ],
)
def test_filters_are_read_as_people_write_them(desk: Desk, told: dict[str, Any], total: int) -> None:
    assert desk.run(asked(**told)).total == total


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"bedroms": "3"}, "'bedroms' is not a field of this request. Did you mean 'bedrooms'"),
        ({"sort": "prize"}, "cannot be sorted by 'prize'. Did you mean 'price'"),
        ({"facets": "zipp"}, "cannot be counted by 'zipp'. Did you mean 'zip'"),
        ({"beds": "many"}, "'many' is no number for bedrooms"),
        ({"last_sale_date": "soon"}, "'soon' is no day for last_sale_date"),
    ],
)
def test_what_cannot_be_asked_names_the_nearest(desk: Desk, told: dict[str, Any], why: str) -> None:
    with pytest.raises(Invalid, match=why.replace("(", r"\(")):
        desk.run(asked(**told))


def test_an_import_is_named_by_its_short_number() -> None:
    desk = Desk()
    desk.take(many(3))
    later = desk.take(roll(row("X1"), row("X2")))
    assert desk.run(asked(**{"import": str(later.run.ref)})).total == 2


def test_pages_go_on_by_cursor_and_by_offset(desk: Desk) -> None:
    whole = [home.id for home in desk.run(asked(sort="price", limit=200)).rows]
    page = desk.run(asked(sort="price", limit=100))
    rest = desk.run(asked(sort="price", limit=100, cursor=page.next))
    assert [home.id for home in (*page.rows, *rest.rows)] == whole
    assert [home.id for home in desk.run(asked(sort="price", start=100)).rows] == whole[100:]
    assert whole[-1] == desk.home("X2").id


def test_facets_count_what_matches(desk: Desk) -> None:
    facets = desk.run(asked(zip="98105", facets="zip,bedrooms,price_band")).facets
    assert [(facet.value, facet.count) for facet in facets["zip"]] == [("98103", 150), ("98105", 2)]
    assert {facet.value: facet.count for facet in facets["bedrooms"]} == {3: 1, 5: 1}
    assert {facet.value: facet.count for facet in facets["price_band"] if facet.value is not None} == {300_000: 1}


def test_an_export_has_every_row_and_the_columns_that_others_rely_on(desk: Desk) -> None:
    lines = exported(desk, ExportProperties(zip="98103", sort="price"))
    assert list(lines[0]) == list(COLUMNS)
    assert len(lines) == 150
    assert (lines[1]["source_id"], lines[1]["last_sale_price"], lines[1]["last_sale_date"]) == ("P00001", "201000", "2015-01-02")
    assert (lines[1]["bathrooms"], lines[1]["estimate"], lines[1]["score_reason"]) == ("2", "", "It waits for a model.")


def exported(desk: Desk, cmd: ExportProperties) -> list[dict[str, str]]:
    answer = desk.run(cmd)
    with desk.ports.blobs.open(answer.blob) as stream:
        return list(csv.DictReader(io.TextIOWrapper(stream, "utf-8", newline="")))


def test_an_export_comes_back_as_it_went() -> None:
    first, second = Desk(), Desk()
    first.take("id,address,zip,sale date,sale price,beds,baths,remarks\n" + '"-7","=9 Mill, St",00501,2015-01-02,300000,3,2.5,"\'a"\n')
    answer = first.run(ExportProperties())
    with first.ports.blobs.open(answer.blob) as stream:
        content = stream.read()
    assert b'"\'=9 Mill, St"' in content
    second.take(content)
    own = {"id", "created_at", "updated_at", "source", "sales", "remarks"}
    assert second.home("source:-7").model_dump(exclude=own) == first.home("source:-7").model_dump(exclude=own)


@pytest.mark.parametrize("text", ["-1", "-122.322"])
def test_a_negative_number_is_a_number_and_stays_as_it_is(text: str) -> None:
    assert cell(text) == text
    assert plain(text) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "-A1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "﹣1", "'quoted", "''twice", "plain", "O'Hara"]
)
def test_no_cell_is_run_by_a_spreadsheet_and_every_cell_comes_back(text: str) -> None:
    written = cell(text)
    assert written == text or written == "'" + text
    assert not written.lstrip().startswith(("=", "+", "-", "@", "＝"))
    assert plain(written) == text


def test_two_properties_entered_by_hand_are_listed_under_their_street() -> None:
    desk = Desk()
    for number in (218, 31):
        desk.run(CreateProperty(address=f"{number} Tannery Row", zip="12534"))
    assert [home.address for home in desk.run(asked(sort="-ref")).rows] == ["31 Tannery Row", "218 Tannery Row"]


def test_the_slices_above_read_every_record_page_by_page(desk: Desk) -> None:
    first = desk.context().call(ScanProperties(limit=100))
    rest = desk.context().call(ScanProperties(start=first.next, limit=100))
    assert [home.ref for home in (*first.homes, *rest.homes)] == list(range(1, 153))
    assert first.homes[0].sales[0].price == 20_000_000
    assert rest.next == ""


def test_a_row_names_what_a_list_knows_and_nothing_else(desk: Desk) -> None:
    told = desk.run(asked(zip="98105", q="x1")).model_dump(mode="json")["rows"][0]
    assert not {"sales", "provenance", "above_sqft", "remarks", "owner_name"} & set(told)
    assert not {"contributions", "breakdown"} & set(told["valuation"])
    assert (told["bedrooms"], told["waterfront"], told["last_sale_date"]) == (5, None, "2014-05-01")


def test_a_row_says_at_once_of_which_day_its_source_is(desk: Desk) -> None:
    source = desk.run(asked(q="x1")).rows[0].source
    assert (source.name, str(source.as_of)) == ("more.csv", "2014-05-01")
    assert source == desk.home("X1").source


def test_a_list_goes_by_the_day_of_each_source_before_any_value_is_made(desk: Desk) -> None:
    first = desk.run(asked(sort="as_of", limit=1)).rows[0]
    assert (first.source_id, desk.run(asked(as_of="2014-05-01")).total) == ("X1", 2)
    assert desk.run(asked(as_of="2015-01-02")).total == 150


def test_a_list_goes_by_the_same_day_after_scoring_and_after_an_undo() -> None:
    desk = Desk()
    desk.take(roll(row("7", sold="2014-05-01"), row("8", sold="2014-05-02")))
    later = desk.take(roll(row("7", sold="2015-01-02"), row("9", sold="2015-01-02")), name="next.csv").run.run
    values = [Valued(id=desk.home(told).id, model="m", estimate=1, score=80.0) for told in ("7", "9")]
    desk.run(SetValuations(valuations=values), surface=Surface.SYSTEM)
    assert [home.source_id for home in desk.run(asked(as_of="2014-05-02", sort="ref")).rows] == ["7", "8"]
    assert desk.run(asked(sort="-as_of")).rows[0].source_id == "9"
    desk.undo(later)
    assert [home.source_id for home in desk.run(asked(as_of="2014-05-02", sort="ref")).rows] == ["7", "8"]


@pytest.mark.parametrize("span", [{}, {"limit": 7}, {"start": 149, "limit": 2}, {"zip": "98105"}, {"zip": "00000"}])
def test_the_json_of_a_list_has_the_rows_of_its_csv(desk: Desk, span: dict[str, Any]) -> None:
    lines = exported(desk, ExportProperties(sort="price", **span))
    answer = desk.run(ExportPropertiesJson(sort="price", **span))
    with desk.ports.blobs.open(answer.blob) as stream:
        page = PropertyPage.model_validate_json(stream.read())
    assert [str(row.ref) for row in page.rows] == [line["ref"] for line in lines]
    assert page.total == desk.run(asked(**{name: value for name, value in span.items() if name == "zip"})).total


def test_what_is_invented_is_marked_in_lists_answers_and_files() -> None:
    desk = Desk()
    desk.workspace = desk.run(CreateWorkspace(name="Alder, invented", slug="alder", invented=True), workspace=SYSTEM).id
    entered = desk.run(CreateProperty(address="218 Tannery Row", zip="12534"))
    assert entered.invented
    assert desk.run(asked()).rows[0].invented
    assert [line["invented"] for line in exported(desk, ExportProperties())] == ["1"]


def test_what_is_real_is_not_marked_as_invented(desk: Desk) -> None:
    assert {line["invented"] for line in exported(desk, ExportProperties())} == {"0"}


def test_a_file_of_a_list_goes_on_where_a_page_ends() -> None:
    desk = Desk()
    desk.take(many(1_003))
    assert len(exported(desk, ExportProperties())) == 1_003
    with desk.ports.blobs.open(desk.run(ExportPropertiesJson()).blob) as stream:
        page = PropertyPage.model_validate_json(stream.read())
    assert (len(page.rows), page.total, page.next) == (1_003, 1_003, "")
