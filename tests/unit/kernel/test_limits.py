"""GCRA: what a bucket lets through, whatever the moments at which it is asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.adapters.limits.memory import MemoryBuckets
from steward.kernel.limits import SECOND, Bucket, Rate, take

START = datetime(2026, 11, 20, 9, 42, tzinfo=UTC)
rates = st.builds(Rate, count=st.integers(1, 1_000), seconds=st.sampled_from([1, 7, 60, 3_600]), burst=st.integers(1, 50))


def bucket(rate: Rate, id: str = "b") -> Bucket:
    return Bucket("key", "w1", id, rate)


@given(rates, st.lists(st.integers(0, 90 * SECOND), max_size=120))
def test_in_no_span_of_time_more_get_through_than_the_burst_and_the_rate_allow(rate: Rate, gaps: list[int]) -> None:
    now, due, admitted = 0, 0, list[int]()
    for gap in gaps:
        now += gap
        taken = take([bucket(rate)], [due], now)
        (due,) = taken.due
        if not taken.refused:
            admitted.append(now)
    for first, begin in enumerate(admitted):
        for last in range(first, len(admitted)):
            span = admitted[last] - begin
            assert (last - first + 1 - rate.burst) * rate.seconds * SECOND <= span * rate.count


@given(rates, st.lists(st.integers(0, 90 * SECOND), min_size=1, max_size=60))
def test_a_refused_call_gets_through_once_its_wait_is_over_and_not_a_second_before(rate: Rate, gaps: list[int]) -> None:
    now, due = 0, 0
    for gap in gaps:
        now += gap
        taken = take([bucket(rate)], [due], now)
        (due,) = taken.due
        wait = taken.levels[0].wait
        if taken.refused:
            assert take([bucket(rate)], [due], now + (wait - 1) * SECOND).refused
            assert not take([bucket(rate)], [due], now + wait * SECOND).refused


@given(rates)
def test_the_burst_is_there_at_once_and_what_is_told_to_remain_is_what_remains(rate: Rate) -> None:
    buckets = MemoryBuckets()
    told = [buckets.take([bucket(rate)], START)[0] for _ in range(rate.burst)]
    assert [level.remaining for level in told] == list(range(rate.burst - 1, -1, -1))
    assert buckets.take([bucket(rate)], START)[0].wait


def test_a_bucket_left_alone_is_full_after_the_time_it_told() -> None:
    buckets, rate = MemoryBuckets(), Rate(7, 60, 7)
    told = [buckets.take([bucket(rate)], START)[0] for _ in range(7)]
    later = START + timedelta(seconds=told[-1].reset)
    assert [buckets.take([bucket(rate)], later)[0].wait for _ in range(7)] == [0] * 7


def test_where_one_bucket_refuses_nothing_is_taken_of_the_others() -> None:
    buckets, wide, narrow = MemoryBuckets(), bucket(Rate(10, 60, 10), "wide"), bucket(Rate(1, 60, 1), "narrow")
    buckets.take([wide, narrow], START)
    for _ in range(20):
        assert [bool(level.wait) for level in buckets.take([wide, narrow], START)] == [False, True]
    assert buckets.take([wide], START)[0].remaining == 8


def test_a_clock_that_is_set_back_shuts_nobody_out() -> None:
    buckets, rate = MemoryBuckets(), Rate(60, 60, 60)
    buckets.take([bucket(rate)], START)
    hour_before = START - timedelta(hours=1)
    assert [buckets.take([bucket(rate)], hour_before)[0].wait for _ in range(2)] == [0, 1]
    assert not buckets.take([bucket(rate)], hour_before + timedelta(seconds=1))[0].wait


def test_full_buckets_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.adapters.limits.memory.MOST", 10)
    buckets, rate = MemoryBuckets(), Rate(1, 1, 1)
    for number in range(100):
        buckets.take([bucket(rate, str(number))], START + timedelta(seconds=number))
    assert len(buckets._due) <= 11
