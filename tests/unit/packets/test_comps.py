"""Comparable sales: which count, how alike they are, and what they make of the subject's price."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from steward.scoring.comparables import REACHES, Candidate, Subject, compare

TODAY = date(2026, 11, 19)
SUBJECT = Subject("me", 44.9, -93.2, TODAY, 1840, "house", 41_200_000)
NEAR = REACHES[0]


def sale(id: str = "a", *, metres: float = 100, days: int = 30, area: float = 1840, cents: int = 40_000_000) -> Candidate:
    return Candidate(id, 44.9 + metres / 111_320, -93.2, TODAY - timedelta(days=days), cents, area, "house", 40_000_000)


def chosen(*sales: Candidate) -> list[str]:
    return [one.sale.id for one in compare(SUBJECT, sales, NEAR).chosen]


def test_a_near_recent_sale_of_like_size_counts() -> None:
    assert chosen(sale()) == ["a"]


@pytest.mark.parametrize(
    "other",
    [
        sale(metres=900),
        sale(days=400),
        sale(days=-3),
        sale(area=1840 * 1.21),
        replace(sale(), kind="condo"),
        replace(sale(), area=None),
        sale("me"),
    ],
    ids=["too far", "too old", "sold later than the value's day", "too large", "another kind", "size not known", "the home itself"],
)
def test_what_the_rule_excludes_does_not_count(other: Candidate) -> None:
    assert chosen(other) == []


def test_a_home_without_a_known_size_takes_sales_of_any_size() -> None:
    assert len(compare(replace(SUBJECT, area=None), [sale(area=90), sale("b", area=9000)], NEAR).chosen) == 2


def test_the_six_most_alike_are_kept_and_the_rest_counted() -> None:
    found = compare(SUBJECT, [sale(str(place), metres=50 * place) for place in range(1, 10)], NEAR)
    assert ({one.sale.id for one in found.chosen}, found.left_out) == (set("123456"), 3)


def test_sales_are_shown_newest_first() -> None:
    assert chosen(sale("old", days=300), sale("new", days=3), sale("mid", days=100)) == ["new", "mid", "old"]


def test_a_sale_over_what_the_model_said_of_it_raises_the_subject() -> None:
    assert compare(SUBJECT, [sale(cents=44_000_000)], NEAR).chosen[0].adjusted == 45_320_000


def test_without_the_models_word_nothing_is_adjusted() -> None:
    found = compare(SUBJECT, [replace(sale(), at_sale=None)], NEAR)
    assert (found.chosen[0].adjusted, found.middle) == (None, None)


def test_the_middle_is_the_median_of_the_adjusted_prices() -> None:
    found = compare(SUBJECT, [sale("a", cents=30_000_000), sale("b", cents=40_000_000), sale("c", cents=90_000_000)], NEAR)
    assert found.middle == 41_200_000


def test_a_rule_is_said_in_words() -> None:
    assert [reach.said() for reach in REACHES] == [
        "half a mile, 12 months, size ± 20 %",
        "one mile, 18 months, size ± 25 %",
        "3 miles, 24 months, size ± 30 %",
    ]
