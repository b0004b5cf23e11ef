"""Figures: what they show, that they stay readable, and that text from outside stays text."""

import re
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from steward.packets.figures import (
    PAGE,
    PAPER,
    Address,
    Dated,
    Ink,
    Plat,
    Price,
    Sales,
    Spot,
    Step,
    Worth,
    lay,
    plat,
    range_glyph,
    range_strip,
    sales_line,
    score_ladder,
    streets,
    waterfall,
    worth,
)
from steward.packets.figures.scale import spread, thousands, ticks
from steward.packets.figures.streets import HALF_MILE, METRES_A_DEGREE

MONEY = [
    Step("Typical home", 338_000, "$338,000", kind="base"),
    Step("Living area", 41_500, "+$41,500"),
    Step("Built 1962", -11_000, "−$11,000"),
    Step("Septic or sewer", 0, "±0", "not known", kind="unknown", room=9_000),
    Step("Estimate", 368_500, "$368,500", kind="total"),
]
WORTH = Worth(
    371_000, 412_000, 458_000, [Price(348_000, "asking", "Nov 2026"), Price(251_000, "sold", "Jun 2016", main=False)], [405_000, 439_000]
)
HERE = (-93.2, 44.9)


def words(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def every(ink: Ink) -> list[str]:
    """One of each figure."""
    spots = [Spot((HERE[0] + 0.001 * step, HERE[1] + 0.0005 * step)) for step in range(-3, 4)]
    return [
        waterfall(lay(MONEY), ink, title="Facts add up"),
        worth(WORTH, ink),
        worth(WORTH, ink, width=358),
        range_strip(WORTH, ink),
        range_glyph(WORTH, ink),
        plat(Plat(Spot(HERE, "218"), spots[:2], spots), ink, title="Map"),
        sales_line(Sales([Dated(date(2014, 5, 1), 221_000)], Dated(date(2015, 5, 1), 250_000)), ink),
        score_ladder(82, ink),
    ]


@pytest.mark.parametrize("ink", [PAGE, PAPER], ids=["page", "paper"])
def test_every_figure_is_a_named_image(ink: Ink) -> None:
    for svg in every(ink):
        root = ElementTree.fromstring(svg)
        assert (root.get("role"), bool(root.get("aria-label"))) == ("img", True)


def test_a_page_figure_holds_tokens_and_no_style_text() -> None:
    drawn = "".join(every(PAGE))
    assert "var(--enamel)" in drawn
    assert "style" not in drawn and "#" not in drawn


def test_a_paper_figure_holds_no_token() -> None:
    assert "var(" not in "".join(every(PAPER))


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '" onload="x', "a & b", "bell\x07", "lone \ud800"])
def test_text_from_outside_stays_text(hostile: str) -> None:
    drawn = waterfall(lay([Step(hostile, 1, hostile, kind="base")]), PAGE, title=hostile)
    root = ElementTree.fromstring(drawn)
    assert {element.tag.split("}")[1] for element in root.iter()} <= {"svg", "text", "tspan", "rect", "path"}
    assert "onload" not in root.attrib


def test_bars_of_a_waterfall_follow_each_other() -> None:
    bars = lay(MONEY).bars
    assert bars[1].start == pytest.approx(bars[0].end)
    assert bars[2].start + bars[2].width == pytest.approx(bars[1].end)
    assert bars[4].width == pytest.approx(bars[2].end)


def test_a_fact_nobody_knows_is_a_dashed_gap_that_moves_nothing() -> None:
    fall = lay(MONEY)
    assert fall.bars[3].look == "unknown" and fall.bars[3].end == pytest.approx(fall.bars[2].end)
    assert 'stroke-dasharray="3 2"' in waterfall(fall, PAPER, title="x")


def test_a_fact_nobody_knows_whose_absence_costs_is_dashed_and_moves_the_level() -> None:
    fall = lay(
        [MONEY[0], Step("Garage", -22_000, "−$22,000", "not known", kind="unknown"), Step("Estimate", 316_000, "$316,000", kind="total")]
    )
    assert fall.bars[1].look == "unknown" and fall.bars[1].end == pytest.approx(fall.bars[2].end)


def test_a_waterfall_starts_at_a_round_number_below_its_lowest_level() -> None:
    assert lay(MONEY).origin in range(290_000, 338_000, 5_000)


def test_the_range_figure_says_its_numbers_in_words() -> None:
    label = ElementTree.fromstring(worth(WORTH, PAGE)).get("aria-label")
    assert label is not None and "371,000 to $458,000, middle $412,000. Asking $348,000, Nov 2026." in label


def test_labels_of_close_prices_do_not_overlap() -> None:
    placed = spread([100, 104, 108], [60, 60, 60], (0, 300))
    assert all(right - left >= 60 for left, right in pairwise(placed))


def test_labels_that_would_overlap_stand_around_where_they_belong() -> None:
    assert spread([100, 104, 300], [60, 60, 60], (0, 400)) == [72, 132, 300]


def test_labels_stay_inside_the_figure() -> None:
    placed = spread([2, 298], [60, 60], (0, 300))
    assert placed == [30, 270]


@pytest.mark.parametrize(("low", "high"), [(251_000, 458_000), (1, 2), (0, 7_700_000), (412_000, 412_000)])
def test_an_axis_has_round_steps_and_holds_everything(low: float, high: float) -> None:
    marks = ticks(low, high, 7)
    assert marks[0] <= low and marks[-1] >= high and 2 <= len(marks) <= 9


def test_an_axis_says_millions_shorter() -> None:
    assert [thousands(412_000), thousands(1_250_000), thousands(-4_000)] == ["$412 k", "$1.25 M", "−$4 k"]


def test_a_row_glyph_keeps_a_far_price_at_its_edge() -> None:
    assert '<rect x="0" y="0" width="2"' in range_glyph(Worth(90, 100, 110, [Price(10, "sold")]), PAGE)


def test_no_score_lights_no_rung() -> None:
    assert "--enamel)" not in score_ladder(None, PAGE)
    assert score_ladder(82, PAGE).count("--enamel)") == 4


def street_of(numbers: range, name: str = "Osier Ct", town: str = "Fernholt") -> list[Address]:
    return [Address(town, name, number, (HERE[0] + number * 1e-4, HERE[1] + (number % 2) * 2e-4)) for number in numbers]


def test_four_addresses_make_a_street_and_three_do_not() -> None:
    assert [street.name for street in streets(street_of(range(1, 5)))] == ["Osier Ct"]
    assert streets(street_of(range(1, 4))) == []


def test_a_street_breaks_at_a_gap() -> None:
    assert len(streets(street_of(range(1, 9)) + street_of(range(200, 209)))) == 2


def test_streets_of_one_name_in_two_towns_stay_apart() -> None:
    assert len(streets(street_of(range(1, 9)) + street_of(range(1, 9), town="Millbrace"))) == 2


def test_both_sides_of_a_street_meet_in_its_middle() -> None:
    line = streets(street_of(range(1, 40)))[0].line
    assert all(abs(lat - HERE[1] - 1e-4) < 3e-5 for _, lat in line[3:-3])


def test_a_map_with_streets_names_them_and_shows_plates() -> None:
    drawn = plat(
        Plat(Spot(HERE, "218"), [Spot((HERE[0] + 0.004, HERE[1]), "262")], (), streets(street_of(range(-60, 61)))), PAGE, title="Map"
    )
    assert {"218", "262", "Osier Ct", "half mile"} <= set(words(drawn))


def test_no_street_is_named_over_the_label_of_the_ring() -> None:
    south = (HERE[0], HERE[1] - (HALF_MILE + 75) / METRES_A_DEGREE)
    below = [Address("Fernholt", "Osier Ct", number, (south[0] + number * 1e-4, south[1])) for number in range(-60, 61)]
    drawn = plat(Plat(Spot(HERE, "218"), streets=streets(below)), PAGE, title="Map")
    left, top = map(float, re.findall(r'x="(\S+)" y="(\S+)"[^>]*><tspan[^>]*>half mile', drawn)[0])
    named = re.findall(r"translate\((\S+) (\S+)\)[^>]*><tspan[^>]*>Osier Ct", drawn)
    assert [abs(left - float(far)) > 45 or abs(top - float(deep)) > 12 for far, deep in named] == [True]


def test_a_map_without_addresses_is_dots_with_the_parcel_named() -> None:
    drawn = plat(Plat(Spot(HERE, "31-204-17"), (), [Spot((HERE[0] + 0.004, HERE[1]))]), PAGE, title="Map")
    assert "31-204-17" in words(drawn) and "stroke-linecap" not in drawn


def test_a_plate_that_would_hide_the_subject_moves_and_keeps_a_line_to_its_place() -> None:
    near = plat(Plat(Spot(HERE, "218"), [Spot((HERE[0] + 1e-5, HERE[1]), "220")]), PAPER, title="Map")
    assert near.count("<path") == 2


def test_one_sale_is_drawn_without_a_line() -> None:
    one = sales_line(Sales([Dated(date(2014, 5, 1), 221_000)]), PAGE)
    assert words(one) == ["$221 k", "2014"]


def test_no_sale_says_so() -> None:
    assert words(sales_line(Sales(()), PAGE)) == ["no sale known"]


def test_of_many_sales_a_few_are_named_and_the_last_always() -> None:
    sold = [Dated(date(1990 + year, 1, 1), 100_000 + 10_000 * year) for year in range(20)]
    named = [text for text in words(sales_line(Sales(sold), PAGE)) if text.startswith("$")]
    assert (len(named), named[-1]) == (5, "$290 k")
