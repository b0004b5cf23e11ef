"""A whole import: from the file to properties, with what was held back, however often and whenever it is stopped."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from steward.kernel.actor import Surface
from steward.kernel.errors import Conflict, Invalid, NotFound
from steward.properties.inputs import AddSale, CreateProperty, UpdateProperty
from steward.properties.intake_model import BeginImport, ConfirmImport, ExportHeld, GetImport, ListHeld, MapImport, TakeUpload
from steward.properties.model import Origin
from steward.runs import tick
from steward.runs.model import RunStatus
from tests.unit.properties.imports import HEADER, Desk, Killed, counts, many, roll, row


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_rows_become_properties_with_their_facts(desk: Desk) -> None:
    view = desk.take(roll(row("7", price="2.5e+005"), row("8", zip="98105-1234")))
    assert counts(view) == {"rows": 2, "properties": 2, "sales": 2, "added": 2}
    home = desk.home("source:7")
    assert (home.parcel, home.bedrooms, home.bathrooms, home.living_area_sqft, home.zip) == ("7", 3, 2.0, 1800, "98103")
    assert (str(home.last_sale_date), home.last_sale_price, home.origin) == ("2015-01-02", Decimal(250_000), Origin.IMPORTED)
    assert home.source is not None and home.source.name == "roll.csv"


def test_a_parcel_sold_twice_is_one_property_with_two_sales(desk: Desk) -> None:
    view = desk.take(roll(row("7", sold="2014-05-01", price=200_000, beds=2), row("8"), row("7", sold="2015-03-01", price=260_000, beds=4)))
    assert counts(view) == {"rows": 3, "properties": 2, "sales": 3, "added": 2}
    home = desk.home("7")
    assert [(str(sale.date), sale.price) for sale in home.sales] == [("2015-03-01", Decimal(260_000)), ("2014-05-01", Decimal(200_000))]


@pytest.mark.parametrize("later_first", [False, True])
def test_the_facts_of_the_later_sale_win_in_either_order(desk: Desk, *, later_first: bool) -> None:
    rows = [row("7", sold="2014-05-01", beds=2), row("7", sold="2015-03-01", beds=4)]
    desk.take(roll(*(reversed(rows) if later_first else rows)))
    assert desk.home("7").bedrooms == 4


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    content = roll(
        row("7", sold="2014-05-01"), *(row(number) for number in range(100, 300)), row("7", sold="2015-03-01"), row("9", baths=0)
    )
    first = desk.take(content)
    before = desk.rows("property")
    again = desk.take(content)
    assert counts(again) == {"rows": 203, "properties": 201, "sales": 202, "unchanged": 201, "quarantined": 1}
    assert desk.rows("property") == before
    assert (again.same_as, first.same_as) == (first.run.ref, 0)


def test_a_changed_roll_changes_only_what_differs_and_says_who_told_it(desk: Desk) -> None:
    desk.take(roll(row("7"), row("8")))
    view = desk.take(roll(row("7", beds=4), row("8"), row("9")), name="december.csv")
    assert counts(view) == {"rows": 3, "properties": 3, "sales": 3, "added": 1, "updated": 1, "unchanged": 1}
    home = desk.home("7")
    assert (home.bedrooms, home.version, list(home.provenance)) == (4, 2, ["bedrooms"])
    assert home.provenance["bedrooms"].by == view.id


def test_a_corrected_price_of_the_same_day_takes_the_place_of_the_old_one(desk: Desk) -> None:
    desk.take(roll(row("7", price=300_000)))
    desk.take(roll(row("7", price=310_000)))
    assert [sale.price for sale in desk.home("7").sales] == [310_000]


def test_what_a_person_stated_stays_and_the_disagreement_is_noted(desk: Desk) -> None:
    desk.take(roll(row("7", beds=3)))
    desk.run(UpdateProperty(id="7", bedrooms=5))
    later = desk.take(roll(row("7", beds=4)), name="december.csv")
    told = desk.home("7").provenance["bedrooms"]
    assert desk.home("7").bedrooms == 5
    assert (told.edited, told.says, told.says_by) == (True, 4, later.id)
    assert counts(desk.take(roll(row("7", beds=4)), name="again.csv"))["unchanged"] == 1


def test_the_same_file_after_an_edit_by_hand_changes_nothing_however_often(desk: Desk) -> None:
    content = roll(row("7", sold="2014-05-01", beds=2), row("7", beds=3), row("8"))
    first = desk.take(content)
    edited = desk.run(UpdateProperty(id="source:7", bedrooms=5, bathrooms=None))
    desk.run(UpdateProperty(id="source:7", bedrooms=6))
    before = desk.rows("property")
    for _ in range(2):
        assert counts(desk.take(content)) == {"rows": 3, "properties": 2, "sales": 3, "unchanged": 2}
        assert desk.rows("property") == before
    told = desk.home("source:7").provenance["bedrooms"]
    assert (told.by, told.says, told.says_by, edited.provenance["bathrooms"].says) == (desk.owner.id, 3, first.id, 2.0)


def test_rows_held_back_say_where_why_and_how_they_came(desk: Desk) -> None:
    view = desk.take(
        roll(row("7"), row("8", beds=33), row("9", baths=0), "10,2015-01-02", row("11", sold="02/31/2015"), row("12", price="x", zip="98"))
    )
    held = desk.run(ListHeld(run=view.id))
    assert [(one.row, one.about, list(one.columns), one.reason) for one in held.rows] == [
        (3, "Bedrooms", ["bedrooms"], "33 bedrooms do not fit into 1,800 sq ft."),
        (4, "Bathrooms", ["bathrooms"], "A home has at least one bathroom; this row counts none."),
        (5, "Row", [], "This row has 2 fields, the header has 8."),
        (6, "Last sale date", ["sale_date"], "There is no 31 February 2015."),
        (7, "Last sale price", ["sale_price", "zip"], "'x' is not a number. '98' is not a ZIP of five digits."),
    ]
    assert held.rows[0].cells == row("8", beds=33).split(",")
    assert counts(view) == {"rows": 6, "properties": 1, "sales": 1, "added": 1, "quarantined": 5}
    assert view.held == {"Bedrooms": 1, "Bathrooms": 1, "Row": 1, "Last sale date": 1, "Last sale price": 1}


def test_rows_held_back_download_as_csv_that_no_spreadsheet_runs(desk: Desk) -> None:
    view = desk.take(roll(row("7"), row("=cmd()", baths=0)))
    answer = desk.run(ExportHeld(run=view.id))
    with desk.ports.blobs.open(answer.blob) as stream:
        lines = list(csv.reader(io.TextIOWrapper(stream, "utf-8", newline="")))
    assert lines[0] == ["row", "reason", "columns", *HEADER.split(",")]
    assert lines[1][:4] == ["3", "A home has at least one bathroom; this row counts none.", "bathrooms", "'=cmd()"]


def test_a_price_of_zero_is_not_known(desk: Desk) -> None:
    assert counts(desk.take(roll(row("7", price=0)))) == {"rows": 1, "properties": 1, "added": 1}
    assert desk.home("7").sales == []


def test_columns_wait_for_a_person_and_what_was_said_is_used(desk: Desk) -> None:
    waiting = desk.take(roll(row("7"), row("8")), confirm=False)
    assert (waiting.run.status, waiting.run.stage) == (RunStatus.WAITING, "mapped")
    assert (waiting.sure, waiting.to_check, waiting.left_out) == (8, 0, 0)
    assert (waiting.preview[0]["plate"], waiting.preview[0]["last_sale_price"]) == ("7", 300_000)
    assert desk.total() == 0
    mapped = desk.run(MapImport(run=waiting.id, columns={"bedrooms": "", "year_built": "year_renovated"}), expected=waiting.version)
    assert "bedrooms" not in mapped.preview[0]
    desk.run(ConfirmImport(run=waiting.id))
    desk.settle()
    home = desk.home("7")
    assert (home.bedrooms, home.year_built, home.year_renovated) == (None, None, 1960)
    again = desk.take(roll(row("9")), name="next.csv", confirm=False)
    assert again.mapping_from == "roll.csv"
    assert [column.field for column in again.columns] == [column.field for column in mapped.columns]


def test_the_seconds_of_an_import_count_no_thinking(desk: Desk) -> None:
    run = desk.take(roll(row("7")), confirm=False).id
    desk.clock.pass_(minutes=20)
    desk.run(ConfirmImport(run=run))
    desk.settle()
    assert (desk.look(run).run.seconds or 0) < 1


def test_an_import_that_nobody_has_confirmed_goes_on_waiting_after_a_restart(desk: Desk) -> None:
    run = desk.take(roll(row("7")), confirm=False).id
    for _ in range(2):
        tick.start(desk.door)
        desk.settle()
    assert desk.look(run).run.status is RunStatus.WAITING
    desk.run(ConfirmImport(run=run))
    desk.settle()
    assert desk.look(run).run.status is RunStatus.SUCCEEDED


def test_a_column_of_other_things_than_its_name_says_is_left_out_aloud(desk: Desk) -> None:
    content = roll(*(row(number, beds="many") for number in range(3)))
    asked = next(column for column in desk.take(content, confirm=False).columns if column.name == "bedrooms")
    told = "no value fits (all 3 looked at are not what Bedrooms holds)"
    assert (asked.field, asked.label, asked.note) == ("", "check", told)
    assert desk.take(content).run.warnings == [f"The column 'bedrooms' was left out: {told}."]


@pytest.mark.parametrize("column", ["price", "sold"])
def test_a_price_or_day_that_no_row_tells_soundly_holds_every_row_back(desk: Desk, column: str) -> None:
    run = desk.take(roll(*(row(number, **{column: "unknown?"}) for number in range(3)))).run
    assert (run.status, run.counts["quarantined"], desk.rows("property")) == (RunStatus.FAILED, 3, [])
    assert "No row could be stored: all 3 were held back." in (run.error or "")


def test_a_bad_beginning_of_a_long_file_takes_no_column_from_it(desk: Desk) -> None:
    view = desk.take(roll(*(row(number, price="call for price" if number < 300 else 250_000) for number in range(900))))
    assert counts(view) == {"rows": 900, "properties": 600, "sales": 600, "added": 600, "quarantined": 300}


def test_a_price_that_most_rows_lack_comes_from_those_that_have_it(desk: Desk) -> None:
    content = roll(*(row(number, price="call for price" if number % 5 < 3 else 250_000) for number in range(300)))
    waiting = desk.take(content, confirm=False)
    doubted = next(column for column in waiting.columns if column.name == "sale_price")
    told = "180 of 300 values looked at are not what Last sale price holds"
    assert (doubted.field, doubted.label, doubted.note) == ("sale_price", "check", told)
    view = desk.take(content)
    assert (counts(view)["sales"], counts(view)["quarantined"]) == (120, 180)
    assert view.run.warnings == [f"The column 'sale_price' was taken in with doubt: {told}."]


def test_a_doubtful_column_of_a_lesser_fact_keeps_no_row_out(desk: Desk) -> None:
    lines = [f"{row(number)},{'attached' if number % 5 else 2}" for number in range(50)]
    view = desk.take(f"{HEADER},garage_spaces\n" + "\n".join(lines) + "\n")
    assert (counts(view)["added"], counts(view)["warnings"]) == (50, 40)
    known, unread = desk.home("source:5"), desk.home("source:6")
    assert (known.garage_spaces, unread.garage_spaces, unread.warnings) == (2, None, ["unread_garage_spaces"])


def test_a_column_left_out_for_its_values_is_taken_from_the_next_file(desk: Desk) -> None:
    waiting = desk.take(roll(*(row(number, price="four") for number in range(3))), confirm=False)
    desk.run(ConfirmImport(run=waiting.id))
    desk.settle()
    assert counts(desk.take(roll(row("7")), name="next.csv"))["sales"] == 1


def test_a_mapping_that_was_confirmed_once_hides_no_doubt(desk: Desk) -> None:
    waiting = desk.take(roll(row("7")), confirm=False)
    desk.run(ConfirmImport(run=waiting.id))
    desk.settle()
    view = desk.take(roll(row("8"), row("9", price="x"), row("10", price="y")), name="next.csv")
    assert view.mapping_from == "roll.csv"
    assert "2 of 3 values looked at" in view.run.warnings[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_rows_of_a_long_file_are_looked_at_all_along_it(desk: Desk, encoding: str) -> None:
    content = roll(*(row(f"é{number:04d}", price=1 if number < 1000 else "x" * (number % 7 + 1)) for number in range(2000)))
    waiting = desk.take(content.encode(encoding), confirm=False)
    assert next(column.note for column in waiting.columns if column.name == "sale_price").startswith("150 of 300 values")


def test_a_file_shorter_than_announced_is_refused_and_can_be_sent_again(desk: Desk) -> None:
    content = roll(row("7")).encode()
    begun = desk.run(BeginImport(name="roll.csv", size=len(content), confirm=True))
    blob = f"w/{desk.workspace}/uploads/{begun.run}"
    desk.ports.blobs.put(blob, content[:50])
    with pytest.raises(Invalid, match="Send the whole file again"):
        desk.run(TakeUpload(blob=blob), surface=Surface.SYSTEM)
    desk.ports.blobs.put(blob, content)
    desk.run(TakeUpload(blob=blob), surface=Surface.SYSTEM)
    desk.settle()
    assert counts(desk.look(begun.run))["added"] == 1


def test_bytes_that_are_no_text_are_held_back_legibly(desk: Desk) -> None:
    content = roll(row("é7"), row("8"), row("é9")).encode()
    view = desk.take(content.replace(b"\n8,", b"\n8\xff,"))
    held = desk.run(ListHeld(run=view.id)).rows
    assert (counts(view)["added"], [one.reason for one in held]) == (2, ["This row holds bytes that are not utf-8 text."])
    assert "\ufffd" in "".join(held[0].cells)


def test_a_mapping_that_cannot_be_is_refused_with_the_nearest(desk: Desk) -> None:
    run = desk.take(roll(row("7")), confirm=False).id
    for columns, why in (
        ({"bedroms": ""}, "Did you mean 'bedrooms'"),
        ({"bedrooms": "bathroms"}, "Did you mean 'bathrooms'"),
        ({"bedrooms": "bathrooms"}, "both become Bathrooms"),
        ({"parcel": ""}, "says which property a row is"),
        ({"sale_date": ""}, "A sale needs its day"),
    ):
        with pytest.raises(Invalid, match=why):
            desk.run(MapImport(run=run, columns=columns))
    with pytest.raises(Conflict):
        desk.run(MapImport(run=run, columns={}), expected=99)


def test_an_import_that_waits_for_its_columns_waits_on_after_a_second_upload(desk: Desk) -> None:
    waiting = desk.take(roll(row("7")), confirm=False)
    desk.run(TakeUpload(blob=f"w/{desk.workspace}/uploads/{waiting.id}"), surface=Surface.SYSTEM)
    desk.settle()
    assert desk.look(waiting.id).run.status is RunStatus.WAITING
    desk.run(ConfirmImport(run=waiting.id))
    desk.settle()
    assert desk.look(waiting.id).run.status is RunStatus.SUCCEEDED


def test_columns_cannot_be_set_once_the_rows_are_stored(desk: Desk) -> None:
    run = desk.take(roll(row("7"))).id
    with pytest.raises(Conflict, match="it is succeeded"):
        desk.run(MapImport(run=run, columns={"bedrooms": ""}))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (roll(), "a header but no rows"),
        (roll(row("7", baths=0)), "No row could be stored: all 1 were held back. The first one, line 2: A home has"),
        ("parcel,price,price\n1,2,3\n", "Two columns are named 'price'"),
        (b"PK\x03\x04" + b"\0" * 40, "a ZIP archive"),
    ],
)
def test_an_import_that_stores_nothing_is_an_error(desk: Desk, content: str | bytes, why: str) -> None:
    view = desk.take(content)
    assert view.run.status is RunStatus.FAILED
    assert why in (view.run.error or "")


def test_a_bare_address_is_enough_and_finds_the_same_property_again(desk: Desk) -> None:
    desk.take("address,city,state,zip,list price\n218 TANNERY ROW,HUDSON,NY,12534,348000\n")
    view = desk.take("apn,situs_addr,zip,bedrooms\n41-118-06,218 Tannery  Row,12534,3\n")
    assert counts(view) == {"rows": 1, "properties": 1, "updated": 1}
    home = desk.home("41-118-06")
    assert (home.address, home.city, home.asking_price, home.bedrooms, str(home.listing_status)) == (
        "218 Tannery Row", "Hudson", Decimal(348_000), 3, "available",
    )  # fmt: skip


def test_units_of_one_house_stay_apart(desk: Desk) -> None:
    view = desk.take("apn,situs_addr,zip\n1,9 Mill St,12534\n2,9 Mill St,12534\n")
    assert counts(view)["added"] == 2


def test_one_id_in_two_far_places_is_held_back_rather_than_merged(desk: Desk) -> None:
    desk.take(roll(row("7", zip="98103")))
    view = desk.take(roll(row("7", zip="12534"), row("8")))
    assert counts(view)["quarantined"] == 1
    assert "already belongs to property 1 in ZIP 98103" in desk.run(ListHeld(run=view.id)).rows[0].reason


def test_an_id_that_a_spreadsheet_destroyed_is_held_back(desk: Desk) -> None:
    view = desk.take(roll(row("7.12930E+09"), row("8")))
    assert "were lost in a spreadsheet" in desk.run(ListHeld(run=view.id)).rows[0].reason


def test_parts_make_a_whole(desk: Desk) -> None:
    desk.take("pin,house_no,street_name,st_type,zip,full_baths,half_baths,acres\n1,218,TANNERY,ROW,12534,2,1,0.5\n")
    home = desk.home("1")
    assert (home.address, home.bathrooms, home.lot_area_sqft) == ("218 Tannery Row", 2.5, 21_780)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("commit", [1, 2, 3, 4, 5, 6, 7, 8])
def test_an_import_killed_anywhere_goes_on_with_nothing_doubled_or_lost(desk: Desk, commit: int, *, after: bool) -> None:
    run = desk.bring(many(150))
    desk.die_at(commit, after=after)
    try:
        desk.settle()
    except Killed:
        desk.rise()
    view = desk.look(run)
    assert view.run.status is RunStatus.SUCCEEDED
    assert counts(view) == {"rows": 150, "properties": 150, "sales": 150, "added": 150}
    assert desk.total() == 150


def test_somebody_who_enters_the_same_parcel_meanwhile_makes_no_double(desk: Desk) -> None:
    run = desk.bring(roll(row("7"), row("8")))
    desk.before_rows("property", lambda: desk.run(CreateProperty(source_id="7", bedrooms=1)))
    desk.settle()
    assert counts(desk.look(run)) == {"rows": 2, "properties": 2, "sales": 2, "added": 1, "updated": 1}
    assert (desk.total(), desk.home("7").bedrooms) == (2, 1)


def test_an_import_of_another_workspace_is_not_found(desk: Desk) -> None:
    run = desk.take(roll(row("7"))).id
    with pytest.raises(NotFound):
        desk.run(GetImport(run=run), workspace="w2")


def test_rows_held_back_are_counted_and_paged_by_what_is_wrong(desk: Desk) -> None:
    run = desk.take(roll(row("ok"), *(row(number, baths=0) for number in range(130)), row("old", beds=33))).id
    page = desk.run(ListHeld(run=run, about="Bathrooms", limit=100))
    rest = desk.run(ListHeld(run=run, about="Bathrooms", limit=100, start=page.next))
    assert (page.total, page.about) == (130, {"Bathrooms": 130, "Bedrooms": 1})
    assert [one.row for one in (*page.rows, *rest.rows)] == list(range(3, 133))
    assert rest.next == ""


def test_a_monstrous_row_is_held_back_short_and_the_import_goes_on(desk: Desk) -> None:
    wide = "parcel," + ",".join(f"c{number}" for number in range(200))
    monster = "\x01" * 1_000
    view = desk.take(f"{wide},bathrooms,bedrooms\n7{(',' + monster) * 200},0,3\n8{',x' * 200},2,3\n")
    held = desk.run(ListHeld(run=view.id)).rows[0]
    assert (counts(view)["added"], counts(view)["quarantined"]) == (1, 1)
    assert (len(held.cells), max(map(len, held.cells))) == (50, 200)


def test_a_sale_that_a_person_told_keeps_no_correction_of_the_file_out(desk: Desk) -> None:
    desk.take(roll(row("7", sold="2015-01-02", beds=3)))
    desk.run(AddSale(id="7", date=date(2016, 3, 1), price=Decimal(350_000)))
    desk.take(roll(row("7", sold="2015-01-02", beds=4)), name="corrected.csv")
    home = desk.home("7")
    assert (home.bedrooms, len(home.sales)) == (4, 2)
