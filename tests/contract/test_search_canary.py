"""Nothing of another workspace comes out of any engine of Search: a word that only the other has is asked for in every way."""

from array import array

import pytest

from steward.kernel.search import Clause, Document, Field, Found, Fusion, Hits, IndexSpec, Search, Sort, Text, Value, Wish

SPEC = IndexSpec(
    "property",
    1,
    [
        Field("city", "text", sort=True, facet=True),
        Field("price", "int", sort=True, facet=True),
        Field("area", "float", sort=True, facet=True),
        Field("features", "tags", facet=True),
        Field("lat", "float"),
        Field("lon", "float"),
    ],
    texts=[Text("title", 2.0), Text("body")],
    embedding="two",
    dimension=2,
    place=("lat", "lon"),
)
Fields = dict[str, Value]
WORD, PRICE = "zyxcanary", 987_654_321
NORTH = array("f", [0.0, 1.0]).tobytes()
CLAUSES = (
    Clause("city", "eq", WORD),
    Clause("city", "ne", "Kent"),
    Clause("city", "in", (WORD, "Kent")),
    Clause("city", "contains", WORD[:4]),
    Clause("city", "contains", ""),
    Clause("city", "gte", "z"),
    Clause("city", "known"),
    Clause("price", "eq", PRICE),
    Clause("price", "gt", 1),
    Clause("area", "unknown"),
    Clause("features", "has", WORD),
    Clause("lat", "near", (10.0, 10.0, 20_000.0)),
)
FACETS = ("city", "price", "area", "features")
WISHES = (
    Wish(WORD),
    Wish(vector=NORTH),
    Wish(WORD, NORTH),
    Wish(WORD, NORTH, fusion=Fusion("rrf")),
    Wish(f"{WORD} lake", NORTH, depth=1_000, limit=1_000),
    Wish(" ".join([WORD, *(f"w{number}" for number in range(300))]), NORTH),
    Wish(),
)


@pytest.fixture
def both(search: Search) -> Search:
    """A workspace with one plain home, and another with one that only the word tells; its name begins as the first one's."""
    search.define(SPEC)
    plain: Fields = {"city": "Kent", "price": 5, "area": 7.5, "features": ("pool",), "lat": 9.0, "lon": 9.0}
    search.write("green", [Document("property", "plain", 1, plain, {"id": "plain"}, {"title": "by the lake"}, NORTH)])
    told: Fields = {"city": WORD, "price": PRICE, "area": 8.5, "features": (WORD, "pool"), "lat": 10.0, "lon": 10.0}
    for workspace in ("greener", "green/x", "Green", "*"):
        search.write(workspace, [Document("property", WORD, 1, told, {"id": WORD}, {"title": WORD, "body": f"{WORD} lake"}, NORTH)])
    return search


def clean(found: Hits | Found) -> bool:
    return WORD not in repr(found) and str(PRICE) not in repr(found) and found.total <= 1


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: f"{clause.field} {clause.op} {clause.value}")
def test_no_filter_order_or_count_tells_of_another_workspace(both: Search, clause: Clause) -> None:
    for sort in (Sort(name, descending=down) for name in ("city", "price", "area") for down in (False, True)):
        for start in (0, 1, '[null,""]'):
            assert clean(both.page("green", "property", [clause], sort=sort, start=start, facets=FACETS))
    assert clean(both.find("green", "property", Wish(WORD, NORTH, [clause]), facets=FACETS))


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: f"{wish.words[:20]} {len(wish.vector)} {wish.fusion.method}")
def test_no_search_tells_of_another_workspace(both: Search, wish: Wish) -> None:
    assert clean(both.find("green", "property", wish, facets=FACETS))
    assert both.find("gree", "property", wish).hits == []


def test_what_is_amended_or_replaced_is_ones_own(both: Search) -> None:
    both.amend("green", "property", [Clause("price", "known")], {"city": "Renton"})
    both.replace("green", "property", [])
    assert both.page("greener", "property", [Clause("city", "eq", WORD)], sort=Sort("city")).total == 1
    assert both.page("green", "property", [], sort=Sort("city"), facets=FACETS).total == 0
