"""The score: its points, its confidence, its refusals."""

from dataclasses import fields, replace
from datetime import date
from itertools import product

import pytest

from steward.scoring import rules
from steward.scoring.rules import Case, Price

CASE = Case(
    estimate=41_200_000, low=37_100_000, high=45_800_000, as_of=date(2026, 11, 19), usual=0.15, close_sales=6, renewed=1985,
    price=Price(34_800_000, "asking"),
)  # fmt: skip


def points(case: Case) -> dict[str, int]:
    return {line.reason: line.points for line in rules.score(case).lines}


def test_a_price_equal_to_the_value_scores_50_before_what_speaks_for_it() -> None:
    even = replace(CASE, price=Price(CASE.estimate, "asking"), close_sales=0, usual=CASE.half_range)
    assert rules.score(even).score == 50


def test_a_home_under_its_value_is_explained_line_by_line() -> None:
    assert points(CASE) == {"Price equals value": 50, "Asking 15.5 % under": 28, "Narrow range": 4, "6 close sales": 4}
    assert rules.score(CASE).score == 86


@pytest.mark.parametrize("cents", [1, 10_000_000, 41_200_000, 90_000_000, 10**12])
def test_points_add_up_to_a_score_between_0_and_100(cents: int) -> None:
    for width, sales, unknown, renewed in product((0.01, 0.15, 3.0), (0, 1, 60), (0, 3, 17), (None, 1900, 2000)):
        names = ["Grade"] * unknown
        case = replace(
            CASE, price=Price(cents, "asking"), low=round(CASE.estimate * (1 - width)), high=round(CASE.estimate * (1 + width)),
            close_sales=sales, unknown=names, renewed=renewed,
        )  # fmt: skip
        told = rules.score(case)
        assert told.score is not None
        assert sum(line.points for line in told.lines) == told.score
        assert 0 <= told.score <= 100
        assert 0 <= told.confidence <= 100


def test_a_lower_price_never_scores_less() -> None:
    scores = [rules.score(replace(CASE, price=Price(cents, "asking"))).score or 0 for cents in range(20_000_000, 80_000_000, 1_000_000)]
    assert scores == sorted(scores, reverse=True)


def test_a_last_sale_says_what_was_paid_and_that_it_is_brought_forward() -> None:
    sold = replace(CASE, price=Price(40_000_000, "last_sale", 25_100_000, date(2016, 6, 14)))
    line = rules.score(sold).lines[1]
    assert line.reason == "Last sale, brought forward, 2.9 % under"
    assert line.note == "$251,000 on 14 Jun 2016, by now about $400,000; $12,000 of $412,000"


def test_without_a_price_there_is_no_score_but_a_reason_and_a_confidence() -> None:
    told = rules.score(replace(CASE, price=None))
    assert (told.score, told.lines, told.reason) == (None, (), rules.NO_PRICE)
    assert told.confidence > 0


def test_unknown_facts_cost_points_and_confidence_and_are_named() -> None:
    less = replace(CASE, unknown=["Grade", "Lot"])
    assert points(less)["2 facts not known"] == -2
    assert rules.confidence(less) < rules.confidence(CASE)


def test_an_old_price_and_few_sales_make_less_sure() -> None:
    old = replace(CASE, price=Price(34_800_000, "last_sale", 34_000_000, date(2020, 1, 1)))
    assert rules.confidence(old) < rules.confidence(CASE)
    assert rules.confidence(replace(CASE, close_sales=1)) < rules.confidence(CASE)


def test_thin_facts_are_refused_with_the_reason() -> None:
    assert rules.refusal(["Bedrooms", "ZIP"], has_area=False, has_place=True) == rules.NO_AREA
    assert rules.refusal(["Living area", "Bedrooms"], has_area=True, has_place=False) == rules.NO_PLACE
    assert rules.refusal(["Living area", "Place"], has_area=True, has_place=True) == rules.THIN
    assert rules.refusal(["Living area", "Place", "Built"], has_area=True, has_place=True) == ""


def test_a_model_that_is_too_good_too_rough_or_untested_forward_is_doubted() -> None:
    assert rules.doubts(0.08, 0.09) == []
    assert "too good" in rules.doubts(0.03, 0.09)[0]
    assert "rough" in rules.doubts(0.3, 0.3)[0]
    assert "later sales" in rules.doubts(0.08, None)[0]


def test_weights_are_numbers_in_one_frozen_table() -> None:
    assert all(field.type in (int, float) for field in fields(rules.Weights))
    with pytest.raises(AttributeError):
        rules.WEIGHTS.start = 1  # type: ignore[misc]
