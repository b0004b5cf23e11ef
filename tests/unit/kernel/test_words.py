"""Ids, money, times and the filters people write in an address."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.kernel.errors import Invalid
from steward.kernel.ids import derive, sortable
from steward.kernel.keys import partition
from steward.kernel.money import dollars, to_cents
from steward.kernel.pages import clauses_of, sort_of
from steward.kernel.search import Clause, Field, Sort
from steward.kernel.time import from_iso, iso

PRICE = Field("price", "int", sort=True)
CITY = Field("city", "text", facet=True)


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_ids_sort_as_their_refs_do(first: int, second: int) -> None:
    assert (derive("w1", "property", first) < derive("w1", "property", second)) == (first < second)


def test_an_id_of_one_workspace_is_none_of_another() -> None:
    assert derive("w1", "property", 5) != derive("w2", "property", 5)


def test_later_ids_sort_after_earlier_ones() -> None:
    early = datetime(2026, 11, 20, tzinfo=UTC)
    assert sortable(early, lambda n: b"\xff" * n) < sortable(early + timedelta(milliseconds=1), lambda n: b"\0" * n)


@pytest.mark.parametrize(("workspace", "kind"), [("", "note"), ("a#b", "note"), ("a", "")])
def test_no_partition_is_named_without_a_workspace_and_a_kind(workspace: str, kind: str) -> None:
    with pytest.raises(ValueError, match="no partition"):
        partition(workspace, kind)


@given(st.integers(-(10**14), 10**14))
def test_cents_survive_the_way_through_dollars(cents: int) -> None:
    assert to_cents(dollars(cents)) == cents


@pytest.mark.parametrize(("amount", "cents"), [("0.005", 1), ("-0.005", -1), (1.1, 110), (Decimal("12.344"), 1234)])
def test_half_a_cent_is_rounded_away_from_zero(amount: object, cents: int) -> None:
    assert to_cents(amount) == cents  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", ["many", "NaN", "Infinity", ""])
def test_what_is_no_finite_amount_is_no_money(amount: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        to_cents(amount)


def test_a_moment_is_written_in_utc_and_read_back() -> None:
    moment = datetime(2026, 11, 20, 9, 42, tzinfo=timezone(timedelta(hours=-5)))
    assert iso(moment) == "2026-11-20T14:42:00.000000Z"
    assert from_iso(iso(moment)) == moment
    with pytest.raises(ValueError, match="offset"):
        from_iso("2026-11-20T09:42:00")


@pytest.mark.parametrize(
    ("field", "text", "clauses"),
    [
        (PRICE, "70..90", [Clause("price", "gte", 70), Clause("price", "lte", 90)]),
        (PRICE, "..450000", [Clause("price", "lte", 450000)]),
        (PRICE, "70..", [Clause("price", "gte", 70)]),
        (PRICE, "3", [Clause("price", "eq", 3)]),
        (PRICE, "1,2", [Clause("price", "in", (1, 2))]),
        (PRICE, "unknown", [Clause("price", "unknown")]),
        (CITY, "Kent, Auburn", [Clause("city", "in", ("Kent", "Auburn"))]),
    ],
)
def test_a_filter_is_read_as_people_write_it(field: Field, text: str, clauses: list[Clause]) -> None:
    assert clauses_of(field, text) == clauses


def test_a_filter_that_is_no_number_says_how_to_write_one() -> None:
    with pytest.raises(Invalid, match=r"3\.\.5"):
        clauses_of(PRICE, "cheap")


def test_a_sort_names_the_nearest_field_when_there_is_none() -> None:
    assert sort_of("-price", [PRICE, CITY]) == Sort("price", descending=True)
    with pytest.raises(Invalid, match="Did you mean 'price'"):
        sort_of("prise", [PRICE, CITY])
