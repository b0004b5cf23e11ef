"""Every engine of buckets: exact among threads and, where it is shared, among processes."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from steward.adapters.limits.records import RecordsBuckets
from steward.kernel.limits import Bucket, Buckets, Level, Rate
from steward.kernel.ports import Records
from tests.support.engines import Clock

THREADS = 16
RATE = Rate(20, 60, 20)


def key(id: str = "k", rate: Rate = RATE, workspace: str = "w1") -> Bucket:
    return Bucket("key", workspace, id, rate)


def through(levels: Sequence[Level]) -> bool:
    return not any(level.wait for level in levels)


def storm(buckets: Buckets, clock: Clock, calls: int) -> int:
    """How many of as many calls on each of 16 threads get through."""
    together = Barrier(THREADS)

    def one(_: int) -> int:
        together.wait()
        return sum(through(buckets.take([key()], clock())) for _ in range(calls))

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(one, range(THREADS)))


def test_sixteen_threads_get_the_burst_and_then_what_has_flowed_in(buckets: Buckets, clock: Clock) -> None:
    assert storm(buckets, clock, 4) <= 20
    while through(buckets.take([key()], clock())):
        pass  # those who lost to others every time have left some
    clock.advance(15)
    assert storm(buckets, clock, 4) <= 5


def test_one_after_the_other_get_exactly_the_burst(buckets: Buckets, clock: Clock) -> None:
    assert sum(through(buckets.take([key()], clock())) for _ in range(30)) == 20
    clock.advance(3)
    assert sum(through(buckets.take([key()], clock())) for _ in range(5)) == 1


def test_buckets_of_other_names_and_workspaces_are_apart(buckets: Buckets, clock: Clock) -> None:
    once = Rate(1, 60, 1)
    every = [key(rate=once), key("other", rate=once), key(rate=once, workspace="w2")]
    assert [through(buckets.take([one], clock())) for one in every] == [True] * 3
    assert [through(buckets.take([one], clock())) for one in every] == [False] * 3


def test_where_one_refuses_none_is_taken_from(buckets: Buckets, clock: Clock) -> None:
    narrow = key("narrow", Rate(1, 60, 1))
    assert through(buckets.take([key(), narrow], clock()))
    assert not any(through(buckets.take([key(), narrow], clock())) for _ in range(30))
    assert buckets.take([key()], clock())[0].remaining == 18


def test_a_bucket_that_nobody_used_for_long_is_full(buckets: Buckets, clock: Clock) -> None:
    buckets.take([key()], clock())
    clock.now += timedelta(days=2)
    assert buckets.take([key()], clock())[0].remaining == 19


def test_two_processes_share_what_lies_in_records(shared_records: Records, clock: Clock) -> None:
    both = [RecordsBuckets(shared_records), RecordsBuckets(shared_records)]
    assert sum(through(both[number % 2].take([key()], clock())) for number in range(40)) == 20
