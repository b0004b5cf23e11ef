"""The contract of Search's `find`: by words, by likeness, filtered first."""

import math
from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from steward.kernel.errors import Invalid
from steward.kernel.search import Clause, Counts, Document, Field, Found, Fusion, Gone, IndexSpec, Search, Sort, Text, Value, Wish

SPEC = IndexSpec(
    "property",
    1,
    [
        Field("city", "text", sort=True, facet=True),
        Field("price", "int", sort=True),
        Field("features", "tags", facet=True),
        Field("lat", "float"),
        Field("lon", "float"),
    ],
    texts=[Text("title", 2.0), Text("body")],
    embedding="four",
    dimension=4,
    layout=["city", "price"],
    place=("lat", "lon"),
)
HOMES: dict[str, tuple[dict[str, Value], str, str, tuple[float, ...]]] = {
    "cabin": ({"city": "Kent", "price": 100, "lat": 47.38, "lon": -122.23}, "Quiet cabin", "A cabin by the lake", (1, 0, 0, 0)),
    "villa": ({"city": "Kent", "price": 900, "features": ("pool", "gym")}, "Villa", "With a pool, and a view of a lake", (0.6, 0.8, 0, 0)),
    "loft": ({"city": "Renton", "price": 300, "features": ("gym",), "lat": 47.48, "lon": -122.2}, "Café loft", "Over a café", (0, 1, 0, 0)),
    "plot": ({"city": "Renton", "price": 50, "features": ()}, "Plot", "", ()),
}
LAKE = "lake"


def unit(numbers: Sequence[float]) -> bytes:
    size = math.sqrt(sum(number * number for number in numbers)) or 1.0
    return array("f", [number / size for number in numbers]).tobytes()


def document(id: str, version: int = 1) -> Document:
    fields, title, body, vector = HOMES[id]
    return Document("property", id, version, fields, {"id": id, "version": version}, {"title": title, "body": body}, unit(vector))


@pytest.fixture
def homes(search: Search) -> Search:
    """Four documents of one workspace, and one of another that is never to be seen."""
    search.define(SPEC)
    search.write("green", [document(id) for id in HOMES])
    secret = Document("property", "z", 1, {"city": "Kent"}, {"id": "z"}, {"title": "canary lake", "body": "pool"}, unit((1, 0, 0, 0)))
    search.write("red", [secret])
    return search


def find(search: Search, wish: Wish, *facets: str) -> Found:
    return search.find("green", "property", wish, facets=facets)


def ids(found: Found) -> list[str]:
    return [hit.id for hit in found.hits]


def test_what_has_any_of_the_words_is_found_with_its_row_and_its_keyword_score(homes: Search) -> None:
    found = find(homes, Wish("lake pool"))
    assert ids(found) == ["villa", "cabin"]
    assert found.hits[0].row == {"id": "villa", "version": 1}
    assert all(hit.keyword and hit.vector is None for hit in found.hits)


def test_a_word_in_a_heavier_text_counts_more(homes: Search) -> None:
    homes.write("green", [Document("property", "other", 1, {}, {"id": "other"}, {"title": "By it", "body": "A hut by the lake"})])
    homes.write("green", [Document("property", "named", 1, {}, {"id": "named"}, {"title": "Lake hut", "body": "By it"})])
    found = {hit.id: hit.keyword or 0 for hit in find(homes, Wish("hut")).hits}
    assert found["named"] > found["other"]


def test_a_rarer_word_counts_more(homes: Search) -> None:
    found = {hit.id: hit.keyword or 0 for hit in find(homes, Wish("cafe lake")).hits}
    assert found["loft"] > found["villa"]


@pytest.mark.parametrize("words", ["CAFE", "café", "Cafe\u0301"])
def test_case_and_accents_make_no_difference(homes: Search, words: str) -> None:
    assert ids(find(homes, Wish(words))) == ["loft"]


SIGNS = ('"lake', "lake AND (", "title:lake", "lake*", "NOT lake", "lake^9", "{lake", "lake\\", "+lake -lake", "lake~2", "🏡 lake")


@pytest.mark.parametrize("words", SIGNS)
def test_no_sign_of_the_words_is_an_operator(homes: Search, words: str) -> None:
    assert {"cabin", "villa"} <= set(ids(find(homes, Wish(words))))


@pytest.mark.parametrize("words", ["", "   ", '""', "🏡", "***", "湖"])
def test_words_that_say_nothing_find_what_the_filter_matches(homes: Search, words: str) -> None:
    found = find(homes, Wish(words, where=[Clause("city", "eq", "Kent")]))
    assert found.total == 2
    assert set(ids(found)) <= {"cabin", "villa"}


def test_ten_thousand_bytes_of_words_are_looked_for(homes: Search) -> None:
    assert "cabin" in ids(find(homes, Wish("lake " * 2_000)))
    assert "cabin" in ids(find(homes, Wish(" ".join(f"w{number}" for number in range(1_500)) + " lake")))


def test_likeness_orders_by_the_cosine_and_leaves_out_what_has_no_vector(homes: Search) -> None:
    found = find(homes, Wish(vector=unit((1, 0.1, 0, 0))))
    assert ids(found) == ["cabin", "villa", "loft"]
    assert found.hits[0].vector == pytest.approx(1 / math.sqrt(1.01), abs=0.02)
    assert [hit.keyword for hit in found.hits] == [None] * 3


@pytest.mark.parametrize("method", ["weights", "rrf"])
def test_both_lists_are_united_and_both_scores_told(homes: Search, method: str) -> None:
    found = find(homes, Wish("cafe", unit((1, 0, 0, 0)), fusion=Fusion("rrf" if method == "rrf" else "weights")))
    told = {hit.id: hit for hit in found.hits}
    assert set(told) == {"cabin", "villa", "loft"}
    assert told["cabin"].keyword is None
    assert told["loft"].keyword
    assert told["loft"].vector is not None
    assert all(0 <= hit.score <= 1 for hit in found.hits)
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)


def test_the_weights_say_which_list_counts(homes: Search) -> None:
    asked = Wish("cafe", unit((1, 0, 0, 0)))
    assert ids(find(homes, Wish(asked.words, asked.vector, fusion=Fusion(keyword=0.9, vector=0.1))))[0] == "loft"
    assert ids(find(homes, Wish(asked.words, asked.vector, fusion=Fusion(keyword=0.1, vector=0.9))))[0] == "cabin"


def test_the_filter_comes_first(homes: Search) -> None:
    found = find(homes, Wish(LAKE, unit((0, 1, 0, 0)), [Clause("price", "lte", 300)], limit=1))
    assert found.total == 3
    assert ids(found) == ["cabin"] or ids(found) == ["loft"]
    assert "villa" not in ids(find(homes, Wish(LAKE, unit((0, 1, 0, 0)), [Clause("price", "lte", 300)])))


def test_a_tag_is_asked_for_whole(homes: Search) -> None:
    assert ids(find(homes, Wish(where=[Clause("features", "has", "pool")]))) == ["villa"]
    assert ids(find(homes, Wish(where=[Clause("features", "has", "poo")]))) == []
    assert ids(find(homes, Wish(where=[Clause("features", "has", "gym"), Clause("features", "has", "pool")]))) == ["villa"]


def test_any_of_several_tags_is_asked_for_or_that_one_is_missing(homes: Search) -> None:
    homes.write("green", [Document("property", "barn", 1, {"features": ("zoo", 'a "b", c')}, {"id": "barn"})])
    assert ids(find(homes, Wish(where=[Clause("features", "in", ("pool", "gym"))]))) == ["loft", "villa"]
    assert ids(find(homes, Wish(where=[Clause("features", "in", ("poo", 'a "b", c'))]))) == ["barn"]
    assert ids(find(homes, Wish(where=[Clause("features", "in", ())]))) == []
    assert ids(find(homes, Wish(where=[Clause("features", "ne", "pool")]))) == ["barn", "cabin", "loft", "plot"]
    assert ids(find(homes, Wish(where=[Clause("features", "ne", "pool"), Clause("features", "ne", "zoo")]))) == ["cabin", "loft", "plot"]
    assert ids(find(homes, Wish(where=[Clause("features", "ne", "none has it")]))) == ["barn", "cabin", "loft", "plot", "villa"]
    page = homes.page("green", "property", [Clause("features", "in", ("pool", "gym")), Clause("features", "ne", "pool")], sort=Sort("city"))
    assert (page.ids, page.total) == (["loft"], 1)


@pytest.mark.parametrize(("op", "value"), [("eq", "pool"), ("in", "pool"), ("ne", ("pool",)), ("contains", "pool"), ("in", (1,))])
def test_tags_are_not_asked_otherwise(homes: Search, op: Any, value: Any) -> None:
    with pytest.raises(Invalid, match="'features' "):
        find(homes, Wish(where=[Clause("features", op, value)]))


def test_facets_count_each_value_without_its_own_clauses(homes: Search) -> None:
    found = find(homes, Wish(where=[Clause("city", "eq", "Kent")]), "features", "city")
    assert found.facets["city"] == [("Kent", 2), ("Renton", 2)]
    assert found.facets["features"] == [("gym", 1), ("pool", 1), (None, 1)]


@pytest.mark.parametrize(
    ("clause", "counts"),
    [
        (Clause("features", "has", "pool"), [("gym", 1), ("pool", 1)]),
        (Clause("features", "ne", "pool"), [(None, 2), ("gym", 1)]),
        (Clause("features", "in", ("pool",)), [("gym", 2), (None, 2), ("pool", 1)]),
    ],
)
def test_a_facet_of_tags_counts_what_has_all_that_is_asked_for(homes: Search, clause: Clause, counts: list[object]) -> None:
    assert find(homes, Wish(where=[clause]), "features").facets["features"] == counts
    assert homes.page("green", "property", [clause], sort=Sort("city"), facets=["features"]).facets["features"] == counts


def test_near_means_kilometres_on_the_sphere(homes: Search) -> None:
    assert ids(find(homes, Wish(where=[Clause("lat", "near", (47.38, -122.23, 5))]))) == ["cabin"]
    assert ids(find(homes, Wish(where=[Clause("lat", "near", (47.38, -122.23, 12))]))) == ["cabin", "loft"]


def test_nothing_of_another_workspace_is_found(homes: Search) -> None:
    for wish in (Wish("canary"), Wish("pool"), Wish(vector=unit((1, 0, 0, 0))), Wish()):
        assert "z" not in ids(find(homes, wish, "city"))
    assert find(homes, Wish("canary")).hits == []
    assert homes.find("blue", "property", Wish("lake", unit((1, 0, 0, 0)))) == Found([], 0)


def test_a_vector_of_zeros_is_like_nothing(homes: Search) -> None:
    nothing = bytes(16)
    homes.write("green", [Document("property", "void", 1, {"city": "Kent"}, {"id": "void"}, {"title": "Void by the lake"}, nothing)])
    assert "void" not in ids(find(homes, Wish(vector=unit((1, 0, 0, 0)))))
    assert "void" in ids(find(homes, Wish(LAKE, unit((1, 0, 0, 0)))))
    assert ids(find(homes, Wish("void", nothing))) == ["void"]
    assert find(homes, Wish(vector=nothing)).total == 5


def test_vectors_of_another_model_are_never_compared(homes: Search) -> None:
    assert homes.define(replace(SPEC, embedding="five"))
    homes.replace("green", "property", [replace(document(id), vector=b"") for id in HOMES])
    assert ids(find(homes, Wish(vector=unit((1, 0, 0, 0))))) == []
    assert set(ids(find(homes, Wish(LAKE)))) == {"cabin", "villa"}


def test_what_is_besides_stays_out(homes: Search) -> None:
    assert ids(find(homes, Wish(vector=unit((1, 0, 0, 0)), besides=["cabin"])))[0] == "villa"


def test_neither_words_nor_vector_find_in_the_order_of_ids(homes: Search) -> None:
    found = find(homes, Wish(limit=3))
    assert (ids(found), found.total, [hit.score for hit in found.hits]) == (["cabin", "loft", "plot"], 4, [0.0] * 3)


def test_a_change_is_found_at_once_and_what_it_replaced_is_not(homes: Search) -> None:
    changed = Document(
        "property", "cabin", 2, {"city": "Kent"}, {"id": "cabin"}, {"title": "Mill", "body": "By the river"}, unit((0, 0, 1, 0))
    )
    homes.write("green", [changed])
    assert ids(find(homes, Wish("river"))) == ["cabin"]
    assert ids(find(homes, Wish("cabin"))) == []
    assert ids(find(homes, Wish(vector=unit((0, 0, 1, 0)))))[0] == "cabin"
    homes.write("green", [document("cabin", version=1)])
    assert ids(find(homes, Wish("river"))) == ["cabin"]


def test_what_is_gone_is_found_no_more(homes: Search) -> None:
    homes.write("green", [Gone("property", "cabin", 2)])
    assert "cabin" not in [*ids(find(homes, Wish(LAKE))), *ids(find(homes, Wish(vector=unit((1, 0, 0, 0)))))]


def test_a_replacement_is_found_and_what_was_there_is_not(homes: Search) -> None:
    assert homes.replace("green", "property", iter([document("loft")])) == 1
    assert (ids(find(homes, Wish("cafe"))), find(homes, Wish()).total) == (["loft"], 1)
    assert ids(homes.find("red", "property", Wish("canary"))) == ["z"]


def test_an_amended_field_is_filtered_by_at_once(homes: Search) -> None:
    homes.amend("green", "property", [Clause("city", "eq", "Kent")], {"city": "Auburn"})
    assert ids(find(homes, Wish(LAKE, where=[Clause("city", "eq", "Auburn")]))) == ["cabin", "villa"]


def test_a_vector_of_another_length_is_refused(homes: Search) -> None:
    with pytest.raises(Invalid, match="has 4 numbers, not 3"):
        find(homes, Wish(vector=unit((1, 0, 0))))
    with pytest.raises(Invalid, match="has 4 numbers, not 2"):
        homes.write("green", [Document("property", "x", 1, {}, {}, {}, unit((1, 0)))])


def test_what_cannot_be_asked_is_refused_by_name(homes: Search) -> None:
    with pytest.raises(Invalid, match="did you mean 'city'"):
        find(homes, Wish(where=[Clause("citty", "eq", "Kent")]))
    with pytest.raises(Invalid, match="'price' cannot be counted"):
        find(homes, Wish(), "price")
    with pytest.raises(Invalid, match="no place to be near"):
        find(homes, Wish(where=[Clause("price", "near", (1.0, 2.0, 3.0))]))


def test_more_than_a_page_is_refused(homes: Search) -> None:
    with pytest.raises(Invalid, match="1 to 1000 hits"):
        find(homes, Wish(limit=1_001))


def test_many_that_were_written_since_are_all_found(homes: Search) -> None:
    more = [Document("property", f"n{number:03}", 1, {}, {"id": f"n{number:03}"}, {}, unit((0, 0, 1, 0))) for number in range(70)]
    homes.write("green", more)
    assert len(find(homes, Wish(vector=unit((0, 0, 1, 0)), limit=100, depth=100)).hits) == 73


def test_a_kind_without_fields_is_found_by_its_words(search: Search) -> None:
    search.define(IndexSpec("note", 1, [], texts=[Text("body")]))
    note = Document("note", "a", 1, {}, {"id": "a"}, {"body": "Call about the lake house"})
    search.write("green", [note, replace(note, id="b", row={"id": "b"}, texts={"body": "Nothing"})])
    assert [hit.id for hit in search.find("green", "note", Wish("lake")).hits] == ["a"]
    assert search.replace("green", "note", [note]) == 1
    assert search.find("green", "note", Wish()).total == 1


def test_several_filters_are_counted_at_once(homes: Search) -> None:
    wheres = [
        [Clause("city", "eq", "Kent"), Clause("price", "lte", 500)],
        [Clause("city", "eq", "Kent")],
        [Clause("city", "eq", "Kent"), Clause("features", "in", ("pool", "gym"))],
        [],
        [Clause("city", "eq", "Tacoma")],
    ]
    told = homes.count("green", "property", wheres)
    assert list(told.totals) == [1, 2, 1, 4, 0]
    assert told.as_of == find(homes, Wish()).as_of
    assert homes.count("green", "property", []) == Counts([], told.as_of)
    assert list(homes.count("blue", "property", wheres).totals) == [0] * 5
    with pytest.raises(Invalid, match="did you mean 'city'"):
        homes.count("green", "property", [[], [Clause("citty", "eq", "Kent")]])


def test_a_page_counts_the_same_however_much_was_written_since(homes: Search) -> None:
    fields: dict[str, Value] = {"city": "Kent", "features": ("pool",)}
    more = [Document("property", f"n{number:03}", 1, fields, {"id": f"n{number:03}"}) for number in range(40)]
    homes.write("green", more)
    for changes in range(3):
        homes.write("green", [Document("property", "n000", 2 + changes, {"city": "Auburn"}, {"id": "n000"})])
        page = homes.page("green", "property", [Clause("city", "eq", "Kent")], sort=Sort("city"), limit=2, facets=["city", "features"])
        assert (page.total, len(page.rows), page.facets["city"]) == (41, 2, [("Kent", 41), ("Renton", 2), ("Auburn", 1)])
        assert page.facets["features"] == [("pool", 40), ("gym", 1), (None, 1)]
