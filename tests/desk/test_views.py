"""View-models: what is shown of a home, a list, an import. Pure functions of answers."""

from dataclasses import replace
from datetime import UTC, date, datetime

from steward.desk import query
from steward.desk.handlers.properties import sentence
from steward.desk.views import comps, facts, filters, property, rows, today, value
from steward.desk.views.parts import Value, name_of
from steward.kernel.pages import Facet
from steward.packets.model import CompsView, CompView, MemoState
from steward.properties.inputs import Filters
from steward.properties.model import Lines, Told
from steward.runs.model import RunStatus
from tests.desk.homes import NOW, ROLL, home, parcel, valued
from tests.desk.test_import_views import a_run, an_undo

PATH = "/w/own/properties"


def state(**asked: str) -> query.State:
    return query.parse(PATH, {name: [text] for name, text in asked.items()})


# --- a home's name -------------------------------------------------------------------------------------------------------


def test_a_home_with_a_number_shows_it_on_its_plate() -> None:
    name = name_of("218 Tannery Row", "Fernholt", "56811", "41-118-06")
    assert (name.plate.text, name.text, name.place) == ("218", "Tannery Row", "Fernholt 56811")


def test_a_home_without_a_street_shows_its_parcel_and_zip() -> None:
    name = name_of(None, None, "98178", "7129300520")
    assert (name.plate.text, name.plate.below, name.plate.kind, name.text) == ("7129300520", "98178", "ref", "ZIP 98178")


# --- zero, none, not known -----------------------------------------------------------------------------------------------


def test_zero_none_and_not_known_are_three_things() -> None:
    told = {row.field: row.value for row in facts.rows(home(bedrooms=0, year_renovated=0, floors=None), NOW.date())}
    assert told["bedrooms"] == Value("0")
    assert told["year_renovated"] == Value("none on record", "none")
    assert told["floors"].state == "unknown"


def test_a_fact_says_its_source_and_date() -> None:
    row = facts.row_of(home(), "bedrooms", NOW.date())
    assert (row.source, row.as_of) == (ROLL.name, "19 Nov")


def test_a_fact_that_a_person_decided_says_so_and_what_the_import_says_instead() -> None:
    told = Told(by="owner", at=NOW, edited=True, says=4, says_by=ROLL.id)
    row = facts.row_of(home(provenance={"bedrooms": told}), "bedrooms", NOW.date())
    assert (row.source, row.disagrees) == ("Entered here", f"{ROLL.name} says 4")


# --- value and score -----------------------------------------------------------------------------------------------------


def test_the_verdict_says_how_far_the_price_is_under_the_whole_range() -> None:
    said = value.verdict(valued())
    assert said.lead == "Asking is $64,000 under the middle of the estimate."
    assert "Even the low end, $371,000, is $23,000 over it." in said.rest


def test_without_a_price_the_verdict_gives_the_worth_alone() -> None:
    assert value.verdict(valued(price=None)).lead == "Worth about $412,000."


def test_the_lines_of_the_value_end_at_the_estimate() -> None:
    shown = value.value_sum(home())
    assert shown is not None
    amounts = [int(line.amount.replace("$", "").replace(",", "").replace("−", "-").replace("±", "")) for line in shown.lines]
    assert sum(amounts[:-1]) == amounts[-1] == 412_000


def test_a_fact_that_nobody_has_said_is_a_gap_with_what_it_costs() -> None:
    lines = [
        Lines(fact="base", amount=400_000),
        Lines(fact="Garage", value=None, amount=-22_000),
        Lines(fact="Place", value=None, amount=34_000),
    ]
    shown = value.value_sum(home(valuation=valued(contributions=lines)))
    assert shown is not None
    assert [(line.label, line.note, line.look, line.amount) for line in shown.lines[1:3]] == [
        ("Garage", "not known", "gap", "−$22,000"),
        ("Place", "not known", "gap", "+$34,000"),
    ]


def test_an_old_sale_is_drawn_as_it_was_and_as_it_would_be_today() -> None:
    sold = home(asking_price=None, valuation=valued(price=380_000, price_basis="last_sale"))
    assert [(price.what, price.dollars, price.main) for price in value.prices(sold)] == [
        ("brought forward", 380_000, True),
        ("sold", 251_000, False),
    ]


def test_the_points_of_the_score_end_at_the_score() -> None:
    shown = value.score_sum(valued())
    assert shown is not None
    assert sum(int(line.amount.replace("−", "-")) for line in shown.lines[:-1]) == 82 == int(shown.lines[-1].amount)


def test_a_home_without_a_price_has_an_estimate_and_asks_for_one() -> None:
    view = property.page(
        home(asking_price=None, valuation=valued(price=None, gap=None, gap_ratio=None, score=None, reason="No price is known.")),
        property.Frame(f"{PATH}/218", PATH, NOW),
        comps=None,
        place=None,
        memo=comps.memo(MemoState(packet=None, current=False, reason=""), home(), PATH, NOW),
    )
    assert view.why.worth is not None
    assert (view.wants_price, view.no_score) == (True, "No price is known.")


def test_a_row_draws_its_range_around_its_middle() -> None:
    row = rows.row(home(), index=0, href=PATH, now=NOW)
    assert row.glyph is not None
    assert 0 < (row.glyph.price or 0) < row.glyph.low < row.glyph.middle == 0.5 < row.glyph.high < 1
    assert (row.estimate, row.spread, row.gap, row.gap_of, row.score) == ("$412,000", "371 to 458 k", "$64,000", "16 % vs asking", 82)


def test_land_has_no_bedrooms_and_that_is_known() -> None:
    row = rows.row(home(property_type="land", bedrooms=None), index=0, href=PATH, now=NOW)
    assert row.beds.state == "none"


def test_a_home_that_waits_for_a_model_says_so() -> None:
    row = rows.row(
        parcel(valuation=valued(estimate=None, score=None, gap=None, reason="It waits for a model.")), index=0, href=PATH, now=NOW
    )
    assert (row.estimate, row.waiting, row.score) == ("", "It waits for a model.", None)


def test_a_map_without_addresses_shows_dots_only() -> None:
    place = property.place_of(parcel(), [], [parcel(id="p2", lat=41.931, lon=-74.011)])
    assert place is not None
    assert place.foot == "Only dots: no street addresses are known here."


def test_a_comparable_sale_shows_its_adjustment() -> None:
    sale = CompView(
        id="c", ref=9, address="262 Tannery Row", parcel=None, zip="56811", lat=41.9, lon=-74.0, sold=date(2026, 9, 1),
        price=405_000, living_area_sqft=1790, miles=0.2, adjusted=411_000,
    )  # fmt: skip
    shown = comps.table(CompsView(rule="half a mile", rows=[sale], left_out=3, middle=411_000), "/w/own")
    assert shown.rule == "half a mile. 3 more left out"
    assert (shown.rows[0].price, shown.rows[0].adjust, shown.rows[0].adjusted) == ("$405,000", "+$6,000", "$411,000")


# --- the list ------------------------------------------------------------------------------------------------------------


def test_an_address_comes_back_as_it_went_in() -> None:
    asked = state(gap_ratio="0.1..", zip="56811,56804", price="..450000", sort="-gap")
    assert asked.href() == f"{PATH}?gap_ratio=0.1..&zip=56811,56804&price=..450000&sort=-gap"


def test_the_ends_of_a_filter_form_become_a_range() -> None:
    assert state(**{"price.max": "$450k", "gap_ratio.min": "10"}).filters == {"price": "..450000", "gap_ratio": "0.1.."}


def test_the_list_has_every_filter_of_rest_by_its_long_and_short_name() -> None:
    assert set(query.FILTERS) == set(Filters.model_fields) - {"q", "sort"}
    assert state(beds="3", condition="4..").filters == {"bedrooms": "3", "condition": "4.."}


def test_a_filter_given_twice_means_either() -> None:
    assert query.parse(PATH, {"zip": ["56811", "56804"]}).filters == {"zip": "56811,56804"}


def test_a_filter_is_said_in_words_and_can_be_taken_away() -> None:
    token = filters.tokens(state(gap_ratio="0.1..", zip="56811"))[0]
    assert (token.label, token.value, token.href) == ("Gap", "10 % or more", f"{PATH}?zip=56811")


def test_a_named_view_with_one_filter_more_is_marked_as_changed() -> None:
    tabs = {tab.name: tab for tab in filters.tabs(state(gap_ratio="0.1..", asking_price="known", zip="56811"), {})}
    assert (tabs["under"].current, tabs["under"].changed, tabs["all"].current) == (True, True, False)


def test_a_facet_takes_its_value_in_and_out() -> None:
    (facet,) = filters.facet_views(state(zip="56811"), {"zip": [Facet(value="56804", count=5), Facet(value="56811", count=3)]})
    assert [(one.label, one.on, one.href) for one in facet.values] == [
        ("56811", True, PATH),
        ("56804", False, f"{PATH}?zip=56811,56804"),
    ]


BEDS = [Facet(value=beds, count=10 + beds) for beds in (1, 0, 2, 3, 4, 5, 6, 11)] + [Facet(value=None, count=7)]


def test_every_home_is_counted_in_the_facet_of_beds() -> None:
    (facet,) = filters.facet_views(state(), {"bedrooms": BEDS})
    assert [(one.label, one.count, one.href) for one in facet.values] == [
        ("0 or 1", 21, f"{PATH}?bedrooms=0,1"),
        ("2", 12, f"{PATH}?bedrooms=2"),
        ("3", 13, f"{PATH}?bedrooms=3"),
        ("4", 14, f"{PATH}?bedrooms=4"),
        ("5 or more", 52, f"{PATH}?bedrooms=5.."),
        ("Not known", 7, f"{PATH}?bedrooms=unknown"),
    ]
    assert sum(one.count for one in facet.values) == sum(one.count for one in BEDS)


def test_beds_are_taken_in_and_out_and_a_range_gives_way_to_a_number() -> None:
    def steps(**asked: str) -> list[tuple[bool, str]]:
        (facet,) = filters.facet_views(state(**asked), {"bedrooms": BEDS})
        return [(one.on, one.href.removeprefix(PATH)) for one in facet.values]

    assert steps(bedrooms="0,1,3")[:3] == [(True, "?bedrooms=3"), (False, "?bedrooms=0,1,3,2"), (True, "?bedrooms=0,1")]
    assert steps(bedrooms="5..")[3:5] == [(False, "?bedrooms=4"), (True, "")]
    assert steps(bedrooms="2..4")[2:5] == [(False, "?bedrooms=3"), (False, "?bedrooms=4"), (False, "?bedrooms=5..")]
    assert steps(bedrooms="3")[5] == (False, "?bedrooms=unknown")
    assert steps(bedrooms="unknown")[1:3] == [(False, "?bedrooms=2"), (False, "?bedrooms=3")]


def test_without_a_filter_one_number_is_said_however_much_comes_in_meanwhile() -> None:
    assert sentence(11_943, 12_210, state()) == "11,943 properties."
    assert sentence(11_943, 12_210, state(zip="56811")) == "11,943 of 12,210 properties match."


def test_status_and_city_are_offered_where_there_is_a_choice() -> None:
    found = {
        "city": [Facet(value="Fernholt", count=2)],
        "listing_status": [Facet(value="off_market", count=9), Facet(value="available", count=1)],
    }
    offered = {one.name: [(option.value, option.label) for option in one.options] for one in filters.fields(state(), found)}
    assert offered["listing_status"] == [("available", "Available"), ("off_market", "Off market")]
    assert "city" not in offered
    held = {one.name: one.value for one in filters.fields(state(city="Fernholt", zip="1,2"), found)}
    assert (held["city"], held["zip"]) == ("Fernholt", "1,2")


def test_bars_of_the_price_are_at_most_ten() -> None:
    bands = [
        Facet(value=low * 1000, count=count)
        for count, low in enumerate((0, 150, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 1000), 1)
    ]
    (facet,) = filters.facet_views(state(), {"price_band": bands})
    assert len(facet.values) == 10
    assert sum(bar.count for bar in facet.values) == sum(range(1, 14))


def test_a_heading_sorts_the_other_way_when_it_sorts_already() -> None:
    headings = {one.label: one for one in filters.columns(state(sort="-estimate"), ["estimate", "score"])}
    assert headings["Estimate, 80 %"].direction == "descending"
    assert headings["Estimate, 80 %"].href.endswith("sort=estimate")
    assert headings["ZIP"].href == ""


# --- a price that nobody asks ---------------------------------------------------------------------------------------------

OLD_SALE = {"asking_price": None, "valuation": valued(price=348000, price_basis="last_sale")}


def test_a_gap_against_an_old_sale_says_that_it_is_brought_forward() -> None:
    row = rows.row(home(**OLD_SALE), index=0, href=PATH, now=NOW)
    assert row.gap_of == "16 % vs sale"
    assert row.brought == "The last sale, Jun 2016, brought forward by the model: $348,000. It is not offered at that."


def test_a_gap_against_an_asking_price_is_not_brought_forward() -> None:
    row = rows.row(home(), index=0, href=PATH, now=NOW)
    assert (row.gap_of, row.brought) == ("16 % vs asking", "")


def test_a_best_score_against_an_old_sale_says_so() -> None:
    assert today.best(home(**OLD_SALE), "/w/own").text.startswith("$64,000 under the middle, vs the last sale, brought forward")


def test_homes_that_are_not_offered_are_counted_apart_from_those_that_are() -> None:
    told = today.page(replace(NOTHING, homes=900, scored=800, under=30, cheaper=370), "/w/own", NOW)
    assert told.sentence == "900 homes are here; 30 of them ask at least 10 % less than the middle of the estimate."
    assert [(line.count, line.text) for line in told.tally[2:]] == [
        (30, "asking 10 % or more under their value"),
        (370, "not offered, last sale brought forward 10 % or more under"),
    ]


# --- today ---------------------------------------------------------------------------------------------------------------

NOTHING = today.Known([], [], homes=0, scored=0, under=0, cheaper=0, unpriced=0, waiting=0, spread=[])


def test_an_empty_desk_says_what_to_bring_in() -> None:
    view = today.page(NOTHING, "/w/own", NOW)
    assert (view.first, view.title) == (True, "Welcome to your desk")


def test_what_only_a_person_can_decide_is_counted_in_the_title() -> None:
    asking = a_run(status=RunStatus.WAITING, stage="mapped")
    view = today.page(replace(NOTHING, runs=[asking, a_run(status=RunStatus.FAILED, error="No rows.")], homes=3, unpriced=2), "/w/own", NOW)
    assert view.title == "Three things are waiting on you"
    assert [one.verb for one in view.groups[0].rows] == ["Look", "Look", "See them"]


def test_a_run_under_way_moves_by_itself() -> None:
    view = today.page(replace(NOTHING, runs=[a_run()]), "/w/own", NOW)
    assert view.live
    assert (view.groups[0].title, view.groups[0].rows[0].left) == ("Under way", "25 %")


def test_an_undo_under_way_says_on_today_how_far_it_is() -> None:
    (group,) = today.page(replace(NOTHING, runs=[an_undo()]), "/w/own", NOW).groups
    assert (group.rows[0].text, group.rows[0].left, group.rows[0].share) == ("302 of 1,208 properties", "25 %", 0.25)


def test_the_date_of_today_is_written_out() -> None:
    assert today.page(NOTHING, "/w/own", datetime(2026, 11, 20, 9, 42, tzinfo=UTC)).date == "Friday 20 November, 9:42 UTC"
