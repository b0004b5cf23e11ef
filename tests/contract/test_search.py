"""The contract of Search."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from steward.kernel.errors import Invalid
from steward.kernel.ports import Body
from steward.kernel.search import Clause, Document, Field, Filter, Gone, Hits, IndexSpec, Scalar, Search, Sort
from tests.support.engines import Clock

SPEC = IndexSpec(
    "property",
    1,
    [
        Field("address", "text", sort=True),
        Field("city", "text", sort=True, facet=True),
        Field("price", "int", sort=True),
        Field("baths", "float", sort=True, facet=True),
        Field("id", "text"),
    ],
)
HOUSES: dict[str, dict[str, Scalar]] = {
    "a": {"address": "9 Élysée Way", "city": "Kent", "price": 300_000, "baths": 1.5},
    "b": {"address": "10% Road_West", "city": "Kent", "price": 500_000, "baths": 2},
    "c": {"address": "7 elm Street", "city": "Renton", "price": 500_000, "baths": None},
    "d": {"address": "3 Elm Court", "city": "Seattle", "price": None, "baths": 2.0},
    "e": {"city": None, "price": 100_000, "baths": 2.25},
}


BY_ADDRESS = Sort("address")


def document(id: str, version: int = 1, **fields: Scalar) -> Document:
    return made(id, fields, version)


def made(id: str, fields: Mapping[str, Scalar], version: int = 1) -> Document:
    return Document("property", id, version, fields, {"id": id, "version": version})


@pytest.fixture
def houses(search: Search) -> Search:
    """Five documents of one workspace, and one of another that is never to be seen."""
    search.define(SPEC)
    search.write("green", [made(id, fields) for id, fields in HOUSES.items()])
    search.write("red", [document("z", city="Kent", price=1)])
    return search


def page(
    search: Search, *where: Clause, sort: Sort = BY_ADDRESS, start: int | str = 0, limit: int = 100, facets: tuple[str, ...] = ()
) -> Hits:
    return search.page("green", "property", where, sort=sort, start=start, limit=limit, facets=facets)


def matching(search: Search, field: str, op: Any, value: Scalar | tuple[Scalar, ...] = None) -> str:
    """The ids that one clause finds, in a row."""
    return "".join(sorted(page(search, Clause(field, op, value)).ids))


# --- filters ---------------------------------------------------------------------------------------------------------

CLAUSES = [
    ("city", "eq", "Kent", "ab"),
    ("city", "ne", "Kent", "cd"),
    ("price", "ne", 500_000, "ae"),
    ("city", "in", ("Kent", "Seattle", "Nowhere"), "abd"),
    ("price", "in", (100_000, 300_000), "ae"),
    ("price", "in", (), ""),
    ("price", "lt", 300_000, "e"),
    ("price", "lte", 300_000, "ae"),
    ("price", "gt", 300_000, "bc"),
    ("price", "gte", 300_000.5, "bc"),
    ("baths", "eq", 2, "bd"),
    ("city", "gt", "Kent", "cd"),
    ("price", "known", None, "abce"),
    ("price", "unknown", None, "d"),
    ("address", "contains", "ELM", "cd"),
    ("address", "contains", "éLYSÉE", "a"),
    ("address", "contains", "0% ", "b"),
    ("address", "contains", "d_w", "b"),
    ("address", "contains", "_", "b"),
    ("address", "contains", "\\", ""),
    ("address", "contains", "", "abcd"),
    ("id", "eq", "a", ""),
    ("city", "eq", "' OR 1=1 --", ""),
]


@pytest.mark.parametrize(("field", "op", "value", "ids"), CLAUSES)
def test_a_clause_finds_what_it_says(houses: Search, field: str, op: str, value: Scalar | tuple[Scalar, ...], ids: str) -> None:
    assert matching(houses, field, op, value) == ids


def test_clauses_must_all_hold(houses: Search) -> None:
    found = page(houses, Clause("price", "gte", 300_000), Clause("price", "lt", 500_000), Clause("city", "eq", "Kent"))
    assert (found.ids, found.total) == (["a"], 1)


def test_the_rows_come_back_as_they_were_given(houses: Search) -> None:
    row: Body = {"name": "Élysée", "sales": [{"price": 1.5, "by": None}], "ok": True}
    houses.write("green", [Document("property", "f", 1, {"price": 7}, row)])
    assert page(houses, Clause("price", "eq", 7)).rows == [row]


WRONG: dict[str, tuple[Clause, str]] = {
    "unknown field": (Clause("prise", "eq", 1), "price"),
    "unlike any field": (Clause("zzzzzz", "eq", 1), "address"),
    "text for a number": (Clause("price", "eq", "cheap"), "price"),
    "number for a text": (Clause("city", "eq", 3), "city"),
    "nothing to compare with": (Clause("city", "eq", None), "city"),
    "no list": (Clause("city", "in", "Kent"), "city"),
    "a list": (Clause("city", "eq", ("Kent",)), "city"),
    "part of a number": (Clause("price", "contains", "1"), "price"),
    "too large": (Clause("price", "lt", 2**64), "price"),
    "not finite": (Clause("baths", "lt", float("nan")), "baths"),
    "no unicode": (Clause("city", "eq", "\ud800"), "city"),
}


@pytest.mark.parametrize(("clause", "named"), WRONG.values(), ids=WRONG)
def test_a_clause_that_cannot_be_answered_is_invalid_and_says_where(houses: Search, clause: Clause, named: str) -> None:
    with pytest.raises(Invalid, match=named):
        page(houses, clause)


# --- orders and pages ------------------------------------------------------------------------------------------------

ORDERS = [
    (Sort("price"), "eabcd"),
    (Sort("price", descending=True), "cbaed"),
    (Sort("baths"), "abdec"),
    (Sort("baths", descending=True), "edbac"),
    (Sort("city"), "abcde"),
    (Sort("city", descending=True), "dcbae"),
    (Sort("address"), "bdcae"),
]


@pytest.mark.parametrize(("sort", "ids"), ORDERS, ids=str)
def test_what_is_missing_comes_last_and_equals_go_by_id_in_the_same_direction(houses: Search, sort: Sort, ids: str) -> None:
    assert "".join(page(houses, sort=sort).ids) == ids


@pytest.mark.parametrize(("sort", "ids"), ORDERS, ids=str)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_offsets_and_cursors_walk_the_same_list(houses: Search, sort: Sort, ids: str, limit: int) -> None:
    offsets = "".join("".join(page(houses, sort=sort, start=start, limit=limit).ids) for start in range(0, 7, limit))
    walked, hits = "", page(houses, sort=sort, limit=limit)
    while hits.next:
        walked += "".join(hits.ids)
        hits = page(houses, sort=sort, start=hits.next, limit=limit)
    assert (offsets, walked + "".join(hits.ids)) == (ids, ids)


@pytest.mark.parametrize("field", ["price", "baths", "city", "address"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_what_has_nothing_to_sort_by_are_walked_to_the_end(houses: Search, field: str, *, descending: bool) -> None:
    houses.write("green", [document(id) for id in "fgh"])
    order = Sort(field, descending=descending)
    whole = page(houses, sort=order).ids
    walked, hits = list[str](), page(houses, sort=order, limit=1)
    while hits.next:
        walked += hits.ids
        hits = page(houses, sort=order, start=hits.next, limit=1)
    assert [*walked, *hits.ids] == whole
    assert {"f", "g", "h"} <= set(whole[4:])


def test_a_cursor_passes_over_what_came_in_before_it(houses: Search) -> None:
    first = page(houses, sort=Sort("price"), limit=2)
    houses.write("green", [document("f", price=1), document("g", price=400_000)])
    assert page(houses, sort=Sort("price"), start=first.next).ids == ["g", "b", "c", "d"]


def test_beyond_the_end_there_are_no_rows_but_still_the_total(houses: Search) -> None:
    found = page(houses, start=99)
    assert (found.ids, found.total, found.next) == ([], 5, "")


def test_the_total_counts_what_matches_and_not_what_is_shown(houses: Search) -> None:
    assert page(houses, Clause("city", "eq", "Kent"), limit=1).total == 2


@pytest.mark.parametrize("start", ["x", "[]", "[1]", '["a", 1]', '[{}, "a"]', "{}", "[" * 5_000, '["a","\\ud800"]', -1, 2**70], ids=repr)
def test_a_start_that_no_page_gave_is_invalid(houses: Search, start: int | str) -> None:
    with pytest.raises(Invalid):
        page(houses, start=start)


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_page_outside_of_the_limits_is_invalid(houses: Search, limit: int) -> None:
    with pytest.raises(Invalid):
        page(houses, limit=limit)


def test_a_field_that_is_not_sortable_or_countable_is_refused_by_name(houses: Search) -> None:
    with pytest.raises(Invalid, match="'id' cannot be sorted"):
        page(houses, sort=Sort("id"))
    with pytest.raises(Invalid, match="'price' cannot be counted"):
        page(houses, facets=("price",))
    with pytest.raises(Invalid, match="did you mean 'city'"):
        page(houses, facets=("citty",))


def test_a_kind_without_an_index_is_invalid(houses: Search) -> None:
    with pytest.raises(Invalid):
        houses.page("green", "boat", [], sort=Sort("price"))


# --- facets ----------------------------------------------------------------------------------------------------------


def test_a_facet_counts_values_the_most_frequent_first_and_what_is_missing_last(houses: Search) -> None:
    found = page(houses, facets=("city", "baths"))
    assert found.facets["city"] == [("Kent", 2), ("Renton", 1), ("Seattle", 1), (None, 1)]
    assert found.facets["baths"] == [(2.0, 2), (1.5, 1), (2.25, 1), (None, 1)]


def test_a_facet_leaves_out_its_own_clauses_and_keeps_the_others(houses: Search) -> None:
    found = page(houses, Clause("city", "eq", "Kent"), Clause("baths", "gte", 2), facets=("city", "baths"))
    assert found.facets == {"city": [("Kent", 1), ("Seattle", 1), (None, 1)], "baths": [(1.5, 1), (2.0, 1)]}


# --- writing ---------------------------------------------------------------------------------------------------------


def versions(search: Search) -> dict[str, Any]:
    return {str(row["id"]): row["version"] for row in page(search).rows}


def test_words_on_one_document_end_the_same_in_whatever_order_they_come(search: Search) -> None:
    search.define(SPEC)
    words: list[Document | Gone] = [document("a", 1, price=1), document("a", 3, price=3), Gone("property", "a", 2)]
    ended: list[Document | Gone] = [document("b", 1, price=1), Gone("property", "b", 2), document("b", 2, price=2)]
    for turn, (first, second) in enumerate(product([words, words[::-1], [words[1], words[2], words[0]]], [ended, ended[::-1]])):
        for word in [*first, *second, *first]:
            search.write(str(turn), [word])
        search.write(f"{turn} at once", [*second, *first])
        for workspace in (str(turn), f"{turn} at once"):
            assert search.page(workspace, "property", [], sort=Sort("price")).rows == [{"id": "a", "version": 3}]


def test_a_newer_document_takes_the_place_of_the_older_in_every_list(houses: Search) -> None:
    houses.write("green", [document("a", 2, city="Renton", price=900_000)])
    assert matching(houses, "city", "eq", "Kent") == "b"
    assert page(houses, sort=Sort("price", descending=True)).ids[0] == "a"
    assert matching(houses, "address", "unknown") == "ae"


def test_what_is_amended_is_so_in_every_list_and_a_newer_document_takes_its_place(houses: Search, clock: Clock) -> None:
    clock.advance(5)
    houses.amend("green", "property", [Clause("city", "eq", "Kent")], {"price": 7, "baths": None})
    found = page(houses, sort=Sort("price"))
    assert (found.ids[:3], found.rows[0], found.as_of) == (["a", "b", "e"], {"id": "a", "version": 1}, clock())
    assert matching(houses, "baths", "unknown") == "abc"
    assert houses.page("red", "property", [], sort=BY_ADDRESS).total == 1
    houses.write("green", [document("a", 1, city="Kent", price=8)])
    assert matching(houses, "price", "eq", 8) == "a"


@pytest.mark.parametrize(("where", "fields"), [("town", {"price": 1}), ("city", {"prize": 1}), ("city", {"price": "much"})])
def test_an_amendment_that_does_not_fit_its_spec_is_refused(houses: Search, where: str, fields: dict[str, Scalar]) -> None:
    with pytest.raises(Invalid):
        houses.amend("green", "property", [Clause(where, "eq", "Kent")], fields)
    assert page(houses, sort=Sort("price")).ids[0] == "e"


def test_what_is_gone_is_in_no_list_and_no_count(houses: Search) -> None:
    houses.write("green", [Gone("property", "a", 2)])
    found = page(houses, facets=("city",))
    assert (found.total, found.facets["city"][0]) == (4, ("Kent", 1))


def test_a_workspace_sees_its_own_documents_only(houses: Search) -> None:
    assert houses.page("red", "property", [], sort=Sort("price")).ids == ["z"]
    assert houses.page("blue", "property", [], sort=Sort("price")) == Hits([], [], 0)


@pytest.mark.parametrize("fields", [{"prise": 1}, {"price": "cheap"}, {"city": 7}, {"price": 2**64}], ids=str)
def test_a_document_that_does_not_fit_its_spec_is_refused_with_all_that_came_with_it(houses: Search, fields: dict[str, Scalar]) -> None:
    with pytest.raises(Invalid):
        houses.write("green", [document("f", price=1), made("g", fields)])
    assert page(houses).total == 5


def test_every_page_says_when_the_index_last_took_something_in(houses: Search, clock: Clock) -> None:
    before = clock()
    clock.advance(60)
    assert page(houses).as_of == before
    houses.write("green", [Gone("property", "nobody", 1)])
    assert page(houses).as_of == clock()
    assert houses.page("blue", "property", [], sort=Sort("price")).as_of is None


def test_replacing_all_by_nothing_forgets_one_kind_of_one_workspace_and_its_ends(houses: Search) -> None:
    houses.write("green", [Gone("property", "a", 9)])
    houses.replace("green", "property", [])
    assert page(houses).total == 0
    houses.write("green", [document("a", 1)])
    assert versions(houses) == {"a": 1}
    assert houses.page("red", "property", [], sort=Sort("price")).total == 1


def test_what_is_replaced_is_replaced_whatever_its_version_and_in_every_list(houses: Search) -> None:
    houses.write("green", [document("a", 9, price=9), Gone("property", "b", 9)])
    assert houses.replace("green", "property", iter([document("a", 1, price=700), document("b", 1, price=800)])) == 2
    found = page(houses, sort=Sort("price"))
    assert (found.ids, versions(houses), found.total) == (["a", "b"], {"a": 1, "b": 1}, 2)
    assert houses.page("red", "property", [], sort=Sort("price")).total == 1


def test_what_cannot_be_read_to_its_end_replaces_nothing(houses: Search) -> None:
    def broken() -> Iterator[Document]:
        yield document("a", 9)
        raise Invalid("no more")

    with pytest.raises(Invalid):
        houses.replace("green", "property", broken())
    assert page(houses).total == 5


def test_lists_of_other_records_are_forgotten_and_ones_own_kept(search: Search) -> None:
    search.belong("these")
    search.define(SPEC)
    search.write("green", [document("a")])
    search.belong("these")
    assert (search.define(SPEC), page(search).total) == (False, 1)
    search.belong("others")
    assert (search.define(SPEC), page(search).total) == (True, 0)


# --- specs -----------------------------------------------------------------------------------------------------------


def test_a_spec_has_to_be_filled_when_it_is_new_and_when_it_changes(houses: Search) -> None:
    assert houses.define(SPEC) is False
    assert page(houses).total == 5
    wider = replace(SPEC, version=2, fields=[*SPEC.fields, Field("score", "int", sort=True)])
    assert houses.define(wider) is True
    assert page(houses, sort=Sort("score")) == Hits([], [], 0)
    assert houses.define(wider) is False


def test_kinds_do_not_mix(houses: Search) -> None:
    houses.define(IndexSpec("lead", 1, [Field("price", "int", sort=True)]))
    houses.write("green", [Document("lead", "a", 1, {"price": 5}, {"lead": True})])
    assert houses.page("green", "lead", [], sort=Sort("price")).rows == [{"lead": True}]
    assert page(houses).total == 5


@pytest.mark.parametrize("descending", [False, True])
def test_a_long_list_is_in_order_from_both_ends(search: Search, *, descending: bool) -> None:
    search.define(SPEC)
    dice = random.Random(7)
    prices = {f"{number:03}": dice.choice([None, *range(40)]) for number in range(500)}
    search.write("green", [document(id, price=price) for id, price in prices.items()])
    known = sorted(((price, id) for id, price in prices.items() if price is not None), reverse=descending)
    missing = sorted((id for id, price in prices.items() if price is None), reverse=descending)
    sort = Sort("price", descending=descending)
    found = [id for start in range(0, 500, 60) for id in page(search, sort=sort, start=start, limit=60).ids]
    assert found == [id for _, id in known] + missing


def test_a_filter_may_be_empty_and_the_sort_field_filtered(houses: Search) -> None:
    none: Filter = []
    assert houses.page("green", "property", none, sort=Sort("price")).total == 5
    assert page(houses, Clause("price", "known"), sort=Sort("price", descending=True), start=3).ids == ["e"]
