"""Figures are said as people read them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from steward.desk import words

NOW = datetime(2026, 11, 20, 9, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (words.number(2.50), "2.5"),
        (words.number(1840), "1,840"),
        (words.money(348_000), "$348,000"),
        (words.money(-11_000), "−$11,000"),
        (words.near(412_180), "$412,000"),
        (words.near(1_234_567), "$1,235,000"),
        (words.signed(41_500), "+$41,500"),
        (words.points(-4.2), "−4"),
        (words.points(0.2), "±0"),
        (words.few(3), "three"),
        (words.short_money(371_000), "$371 k"),
        (words.short_money(1_240_000), "$1.24 M"),
        (words.between(371_000, 458_000), "371 to 458 k"),
        (words.between(980_000, 1_310_000), "0.98 to 1.31 M"),
        (words.percent(0.155), "16 %"),
        (words.month(date(2016, 6, 14)), "Jun 2016"),
        (words.day(date(2026, 11, 19), NOW.date()), "19 Nov"),
        (words.day(date(2016, 6, 14), NOW.date()), "14 Jun 2016"),
        (words.span(125), "2 min 05 s"),
        (words.size(2_515_206), "2.5 MB"),
        (words.several(7, "thing", "things"), "Seven things"),
        (words.several(12, "thing", "things"), "12 things"),
        (words.initials("Dana Osei"), "DO"),
        (words.wait(40), "40 s"),
        (words.wait(60), "1 min"),
        (words.wait(840), "14 min"),
        (words.wait(3 * 3600), "3 h"),
        (words.wait(7 * 86_400), "7 d"),
    ],
)
def test_a_figure_is_said_as_people_read_it(said: str, meant: str) -> None:
    assert said == meant


@pytest.mark.parametrize(
    ("passed", "said"),
    [(timedelta(minutes=5), "5 min"), (timedelta(hours=3), "3 h"), (timedelta(days=41), "41 d"), (timedelta(days=4000), "10 y")],
)
def test_an_age_is_one_figure(passed: timedelta, said: str) -> None:
    assert words.age(NOW - passed, NOW) == said


def test_a_moment_of_yesterday_is_called_so() -> None:
    assert words.when(datetime(2026, 11, 19, 16, 20, tzinfo=UTC), NOW) == "Yesterday 16:20"


@pytest.mark.parametrize(("name", "said"), [("UTC", "9:42 UTC"), ("America/New_York", "4:42 EST"), ("Asia/Kathmandu", "15:27 UTC+0545")])
def test_a_time_is_told_as_the_desks_clock_shows_it(name: str, said: str) -> None:
    assert words.at(NOW, NOW.astimezone(ZoneInfo(name))) == said


def test_a_day_ends_when_it_does_at_the_desk() -> None:
    here = NOW.astimezone(ZoneInfo("America/New_York"))
    assert words.when(datetime(2026, 11, 20, 3, 5, tzinfo=UTC), here) == "Yesterday 22:05"
    assert words.day_of(datetime(2026, 11, 20, 3, 5, tzinfo=UTC), here) == "19 Nov"


@pytest.mark.parametrize(("moment", "said"), [(NOW, "today 9:42"), (datetime(2026, 11, 12, 11, 30, tzinfo=UTC), "12 Nov 11:30")])
def test_inside_a_sentence_a_month_keeps_its_capital(moment: datetime, said: str) -> None:
    assert words.then(moment, NOW) == said
