"""Comparable sales: the rule, and what each makes of its price."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from steward.scoring.comparables import MILE, REACHES, Candidate, Subject, away, compare

TODAY = date(2015, 5, 27)
HERE = Subject("me", 47.6, -122.3, TODAY, 1840, "house", 41_200_000)
NEAR = Candidate("a", 47.601, -122.3, date(2015, 4, 1), 40_500_000, 1790, "house", 40_000_000)
HALF_MILE = REACHES[0]


def chosen(*candidates: Candidate) -> list[str]:
    return [one.sale.id for one in compare(HERE, candidates, HALF_MILE).chosen]


@pytest.mark.parametrize(
    "off",
    [
        {"id": "me"}, {"lat": 47.61}, {"sold": TODAY - timedelta(366)}, {"sold": TODAY + timedelta(1)}, {"area": 2300}, {"area": None},
        {"kind": "condo"},
    ],
)  # fmt: skip
def test_what_the_rule_leaves_out(off: dict[str, object]) -> None:
    assert chosen(NEAR) == ["a"]
    assert chosen(replace(NEAR, **off)) == []  # type: ignore[arg-type]


def test_the_six_most_alike_are_kept_newest_first_and_the_others_counted() -> None:
    found = compare(HERE, [replace(NEAR, id=str(days), sold=TODAY - timedelta(days)) for days in range(10, 100, 10)], HALF_MILE)
    assert [one.sale.id for one in found.chosen] == ["10", "20", "30", "40", "50", "60"]
    assert found.left_out == 3


def test_a_price_is_adjusted_by_what_the_model_says_of_both_homes_and_both_days() -> None:
    found = compare(HERE, [NEAR, replace(NEAR, id="b", at_sale=None)], HALF_MILE)
    assert sorted(one.adjusted or 0 for one in found.chosen) == [0, round(40_500_000 * 41_200_000 / 40_000_000)]
    assert found.middle == round(40_500_000 * 41_200_000 / 40_000_000)


def test_without_the_models_word_there_is_no_middle() -> None:
    assert compare(replace(HERE, value=None), [NEAR], HALF_MILE).middle is None


def test_the_rule_is_said_in_words() -> None:
    assert [reach.said() for reach in REACHES] == [
        "half a mile, 12 months, size ± 20 %", "one mile, 18 months, size ± 25 %", "3 miles, 24 months, size ± 30 %",
    ]  # fmt: skip


def test_a_rule_for_a_home_of_unknown_size_says_no_size() -> None:
    assert compare(replace(HERE, area=None), [NEAR], HALF_MILE).rule == "half a mile, 12 months, any size"
    assert compare(HERE, [NEAR], HALF_MILE).rule == "half a mile, 12 months, size ± 20 %"


def test_distance_is_in_metres() -> None:
    assert away(HERE, replace(NEAR, lat=47.6 + 1 / 69, lon=-122.3)) == pytest.approx(MILE, rel=0.01)
