"""The contract of Records."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import pytest

from steward.adapters.records.limits import IndexName
from steward.kernel.errors import Conflict, Invalid
from steward.kernel.ports import ABSENT, Add, Body, Check, Delete, Json, Key, Put, Records, Stored
from tests.support.engines import Clock

PK = "w#green#property"


def key(sk: str, pk: str = PK) -> Key:
    return Key(pk, sk)


def insert(records: Records, *sks: str, due: str = "", external: str = "") -> None:
    records.commit([Put(key(sk), {"name": sk}, 1, expect=ABSENT, due=due, external=external) for sk in sks])


def row(records: Records, sk: str) -> Stored | None:
    return records.get([key(sk)])[0]


def walk(records: Records, prefix: str = "", *, index: IndexName = "", limit: int = 2, forward: bool = True) -> list[str]:
    """The sks of all pages, joined."""
    found: list[str] = []
    start = ""
    while True:
        page = records.query(PK, prefix, index=index, start=start, limit=limit, forward=forward)
        assert len(page.rows) <= limit
        found += [stored.key.sk for stored in page.rows]
        start = page.next
        if not start:
            return found


# --- reading ---------------------------------------------------------------------------------------------------------


def test_a_row_is_read_back_as_it_was_written(records: Records, clock: Clock) -> None:
    sales: Json = [{"on": "2015-03-01", "price": None}]
    body: Body = {"name": "Ćiča 🏠", "price": 1225000.5, "cents": 2**53 + 1, "sales": sales, "sold": True, "": ""}
    expires = clock.in_(60)
    records.commit([Put(key("a"), body, 7, due="2026-01-01T00:00:00Z", external="mls#9", expires=expires)])
    assert row(records, "a") == Stored(key("a"), 7, body, "2026-01-01T00:00:00Z", "mls#9", expires)


def test_rows_come_in_the_order_asked_and_none_stands_for_what_is_absent(records: Records) -> None:
    insert(records, "a", "b")
    found = records.get([key("b"), key("x"), key("a"), key("b")])
    assert [stored and stored.key.sk for stored in found] == ["b", None, "a", "b"]


def test_a_hundred_keys_are_read_at_once_and_more_are_refused(records: Records) -> None:
    insert(records, *(f"{number:03}" for number in range(100)))
    assert all(records.get([key(f"{number:03}") for number in range(100)]))
    with pytest.raises(Invalid):
        records.get([key(f"{number:03}") for number in range(101)])


@pytest.mark.parametrize("sk", ["x" * 5_000, "\ud800", ""], ids=["long", "no unicode", "empty"])
def test_a_key_that_cannot_be_stored_is_absent(records: Records, sk: str) -> None:
    assert records.get([key(sk)]) == [None]
    assert records.query(sk or "x" * 5_000).rows == []


def test_a_callers_body_is_not_shared_with_the_store(records: Records) -> None:
    rooms = ["kitchen"]
    records.commit([Put(key("a"), {"rooms": rooms}, 1)])
    rooms.append("attic")
    stored = row(records, "a")
    assert stored and stored.body == {"rooms": ["kitchen"]}


# --- queries ---------------------------------------------------------------------------------------------------------


def test_a_partition_is_walked_bytewise_in_both_directions(records: Records) -> None:
    names = ["A", "a#1", "a#10", "a#2", "b", "z", "ä", "🏠"]
    insert(records, *reversed(names))
    assert walk(records) == names
    assert walk(records, forward=False) == names[::-1]


def test_a_prefix_holds_in_both_directions_and_from_page_to_page(records: Records) -> None:
    insert(records, "a", "b#1", "b#2", "b#3", "c")
    assert walk(records, "b#") == ["b#1", "b#2", "b#3"]
    assert walk(records, "b#", forward=False) == ["b#3", "b#2", "b#1"]


def test_the_last_page_names_no_next_one_even_when_it_is_full(records: Records) -> None:
    insert(records, "a", "b")
    assert records.query(PK, limit=2).next == ""


def test_a_partition_ends_where_another_begins(records: Records) -> None:
    records.commit([Put(Key(f"{PK}s", "a"), {}, 1), Put(Key("w#greene#property", "b"), {}, 1), Put(key("c"), {}, 1)])
    assert walk(records) == ["c"]


@pytest.mark.parametrize("index", ["due", "external"])
def test_an_index_holds_the_rows_with_a_value_there_in_its_order(records: Records, index: Literal["due", "external"]) -> None:
    for sk, value in [("a", "2026-03"), ("b", "2026-01"), ("c", ""), ("d", "2025-12"), ("e", "2026-02")]:
        insert(records, sk, **{index: value})
    assert walk(records, index=index) == ["d", "b", "e", "a"]
    assert walk(records, "2026", index=index, forward=False) == ["a", "e", "b"]


def test_the_kinds_of_a_workspace_are_those_it_has_rows_of(records: Records) -> None:
    records.commit([Put(Key(pk, "1"), {}, 1) for pk in ("w#ash#run", "w#ash#property", "w#ashes#lead", "w#as#deal")])
    assert records.kinds("ash") == ["property", "run"]
    records.commit([Delete(Key("w#ash#run", "1"))])
    assert (records.kinds("ash"), records.kinds("elm")) == (["property"], [])


def test_a_row_leaves_an_index_when_its_value_goes(records: Records) -> None:
    insert(records, "a", due="2026-01")
    records.commit([Put(key("a"), {}, 2, expect=1)])
    assert walk(records, index="due") == []


def test_rows_of_the_same_time_are_each_found_once(records: Records) -> None:
    insert(records, "a", "b", "c", "d", "e", due="2026-01")
    assert sorted(walk(records, index="due")) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("start", ["x", "[]", '["a","b","c"]', "{}", '["a"]', "[" * 10_000])
def test_a_start_that_no_page_gave_is_invalid(records: Records, start: str) -> None:
    with pytest.raises(Invalid):
        records.query(PK, "b", start=start)


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_page_outside_of_the_limits_is_invalid(records: Records, limit: int) -> None:
    with pytest.raises(Invalid):
        records.query(PK, limit=limit)


def test_a_page_holds_up_to_a_thousand_rows(records: Records) -> None:
    for block in range(3):
        records.commit([Put(key(f"{block}{number:03}"), {"text": "x" * 4_000}, 1) for number in range(100)])
    assert len(records.query(PK, limit=1_000).rows) == 300


# --- expectations ----------------------------------------------------------------------------------------------------

REFUSED = [
    Put(key("here"), {}, 1, expect=ABSENT),
    Put(key("here"), {}, 3, expect=1),
    Put(key("gone"), {}, 3, expect=2),
    Delete(key("here"), expect=1),
    Delete(key("gone"), expect=2),
    Check(key("here"), expect=1),
    Check(key("here"), expect=ABSENT),
    Check(key("gone"), expect=2),
]


@pytest.mark.parametrize("change", REFUSED, ids=repr)
def test_a_row_at_another_version_refuses_the_whole_commit(records: Records, change: Put | Delete | Check) -> None:
    records.commit([Put(key("here"), {}, 2)])
    with pytest.raises(Conflict) as refusal:
        records.commit([Put(key("other"), {}, 1), Add(key("sum"), {"n": 1}), change])
    assert refusal.value.current == (2 if change.key == key("here") else None)
    assert records.get([key("other"), key("sum")]) == [None, None]


def test_a_row_at_its_expected_version_is_replaced_and_removed(records: Records) -> None:
    insert(records, "a", "b")
    records.commit([Put(key("a"), {"name": "new"}, 2, expect=1), Check(key("b"), expect=1), Check(key("x"), expect=ABSENT)])
    assert row(records, "a") == Stored(key("a"), 2, {"name": "new"})
    records.commit([Delete(key("a"), expect=2)])
    assert row(records, "a") is None


def test_without_an_expectation_a_put_and_a_delete_take_what_is_there(records: Records) -> None:
    insert(records, "a")
    records.commit([Put(key("a"), {}, 9), Put(key("b"), {}, 1), Delete(key("never"))])
    records.commit([Delete(key("a"))])
    assert walk(records) == ["b"]


def test_an_empty_commit_changes_nothing(records: Records) -> None:
    records.commit([])
    assert walk(records) == []


# --- adding ----------------------------------------------------------------------------------------------------------


def test_adding_makes_the_row_and_the_field_and_raises_the_version(records: Records) -> None:
    records.commit([Add(key("sum"), {"rows": 3})])
    records.commit([Add(key("sum"), {"rows": -1, "errors.of one": 2})])
    assert row(records, "sum") == Stored(key("sum"), 2, {"rows": 2, "errors.of one": 2})


def test_adding_keeps_the_rest_of_the_row(records: Records, clock: Clock) -> None:
    expires = clock.in_(60)
    records.commit([Put(key("run"), {"name": "import", "rows": 10}, 4, due="2026", external="x", expires=expires)])
    records.commit([Add(key("run"), {"rows": 5})])
    assert row(records, "run") == Stored(key("run"), 5, {"name": "import", "rows": 15}, "2026", "x", expires)


def test_a_put_replaces_what_was_added(records: Records) -> None:
    records.commit([Add(key("sum"), {"rows": 3})])
    records.commit([Put(key("sum"), {"rows": 1}, 2, expect=1)])
    records.commit([Add(key("sum"), {"rows": 1})])
    assert row(records, "sum") == Stored(key("sum"), 3, {"rows": 2})


# --- limits ----------------------------------------------------------------------------------------------------------


def test_a_hundred_changes_fit_into_a_commit_and_more_are_refused(records: Records) -> None:
    insert(records, *(f"{number:03}" for number in range(100)))
    assert len(walk(records, limit=1_000)) == 100
    with pytest.raises(Invalid):
        records.commit([Put(key(f"new{number}"), {}, 1) for number in range(101)])
    assert len(walk(records, limit=1_000)) == 100


def test_a_commit_changes_each_row_once(records: Records) -> None:
    with pytest.raises(Invalid):
        records.commit([Put(key("a"), {}, 1), Delete(key("a"))])


def test_a_row_of_400_kilobytes_fits_and_a_larger_one_is_refused(records: Records) -> None:
    records.commit([Put(key("a"), {"text": "x" * 399_989}, 1)])
    with pytest.raises(Invalid):
        records.commit([Put(key("b"), {"text": "é" * 200_000}, 1)])
    assert walk(records) == ["a"]


def test_a_commit_of_more_than_four_megabytes_is_refused(records: Records) -> None:
    with pytest.raises(Invalid):
        records.commit([Put(key(str(number)), {"text": "x" * 390_000}, 1) for number in range(11)])


UNSTORABLE = {"nan": {"price": float("nan")}, "infinity": {"price": float("inf")}, "surrogate": {"name": "\ud800"}}


@pytest.mark.parametrize("body", UNSTORABLE.values(), ids=UNSTORABLE)
def test_a_body_that_json_cannot_hold_is_invalid(records: Records, body: dict[str, str | float]) -> None:
    with pytest.raises(Invalid):
        records.commit([Put(key("a"), body, 1)])


MISPLACED = {"long": Put(key("x" * 5_000), {}, 1), "empty": Put(key(""), {}, 1), "external": Put(key("a"), {}, 1, external="x" * 5_000)}


@pytest.mark.parametrize("change", MISPLACED.values(), ids=MISPLACED)
def test_a_key_outside_of_the_limits_is_invalid(records: Records, change: Put) -> None:
    with pytest.raises(Invalid):
        records.commit([change])


# --- expiry ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def expired(records: Records, clock: Clock) -> Records:
    """A row `a` whose life is over and a row `b` without an end."""
    records.commit([Put(key("a"), {"rows": 5}, 3, due="2026", expires=clock.in_(10)), Put(key("b"), {}, 1, due="2027")])
    clock.advance(11)
    return records


def test_an_expired_row_is_not_read(expired: Records) -> None:
    assert row(expired, "a") is None
    assert walk(expired) == ["b"]
    assert walk(expired, index="due") == ["b"]


def test_an_expired_row_is_absent_for_a_commit(expired: Records) -> None:
    expired.commit([Check(key("a"), expect=ABSENT)])
    with pytest.raises(Conflict):
        expired.commit([Put(key("a"), {}, 4, expect=3)])
    insert(expired, "a")
    assert row(expired, "a") == Stored(key("a"), 1, {"name": "a"})


def test_adding_to_an_expired_row_starts_anew(expired: Records) -> None:
    expired.commit([Add(key("a"), {"rows": 1})])
    assert row(expired, "a") == Stored(key("a"), 1, {"rows": 1})


# --- many at once ----------------------------------------------------------------------------------------------------


def together(work: Callable[[int], None], threads: int = 8) -> None:
    """Run `work` in as many threads, begun at the same moment; what one raises is raised here."""
    begin = threading.Barrier(threads)

    def run(number: int) -> None:
        begin.wait()
        work(number)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, range(threads)))


def test_of_many_that_insert_the_same_row_one_succeeds(shared_records: Records) -> None:
    won: list[int] = []

    def work(number: int) -> None:
        try:
            shared_records.commit([Put(key("a"), {"by": number}, 1, expect=ABSENT), Put(key(f"of {number}"), {}, 1)])
            won.append(number)
        except Conflict:
            pass

    together(work)
    assert len(won) == 1
    assert walk(shared_records) == ["a", f"of {won[0]}"]


def test_what_many_add_to_one_row_adds_up(shared_records: Records) -> None:
    def work(number: int) -> None:
        for turn in range(5):
            shared_records.commit([Add(key("sum"), {"n": 1}), Put(key(f"{number}.{turn}"), {}, 1)])

    together(work)
    assert row(shared_records, "sum") == Stored(key("sum"), 40, {"n": 40})


def test_no_update_is_lost_when_many_read_and_replace_one_row(shared_records: Records) -> None:
    shared_records.commit([Put(key("sum"), {"n": 0}, 1)])

    def work(_: int) -> None:
        done = 0
        while done < 4:
            stored = row(shared_records, "sum")
            assert stored
            count = stored.body["n"]
            assert isinstance(count, int)
            try:
                shared_records.commit([Put(key("sum"), {"n": count + 1}, stored.version + 1, expect=stored.version)])
                done += 1
            except Conflict:
                pass

    together(work)
    assert row(shared_records, "sum") == Stored(key("sum"), 33, {"n": 32})
