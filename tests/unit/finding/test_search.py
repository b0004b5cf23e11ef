"""Searching: filters, words, chips taken away and added, facets, near misses, reasons."""

import pytest
from pydantic import ValidationError

from steward.finding.model import SEVERAL, Chip, Findings, SearchInventory, SearchProperties
from steward.kernel.errors import Invalid
from tests.support.worlds import World
from tests.unit.finding.homes import homes


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    homes(made)
    return made


def refs(found: Findings) -> set[int]:
    return {hit.ref for hit in found.hits}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"city": "kent"}, {1, 2, 3}),
        ({"city": "kent,renton", "type": "condo"}, {1, 2, 4}),
        ({"city": ["kent", "renton"], "type": "condo"}, {1, 2, 4}),
        ({"area": "98055"}, {4, 5}),
        ({"price": "310000"}, {1, 4}),
        ({"price_min": "400000", "price_max": 600000}, {2}),
        ({"price": "$300000..320000"}, {1, 4}),
        ({"beds": "3"}, {2, 5}),
        ({"beds_min": 3}, {2, 3, 5}),
        ({"price": "unknown"}, {5}),
        ({"status": "available", "beds": "..2"}, {1, 4}),
        ({"status": "any", "beds": "3"}, {2, 5}),
        ({"near": "47.4,-122.2,1.5mi"}, {1, 2}),
        ({"near": "47.4, -122.2, 1 mile"}, {1}),
        ({"near": "47.4,-122.2,1"}, {1}),
        ({"features": "view|pool"}, {2}),
        ({"features": "view|pool,gym"}, set()),
        ({"features": "|"}, set()),
        ({"features": "!view", "city": "Kent"}, {1, 3}),
        ({"understood": [{"field": "city", "op": "in", "value": []}]}, set()),
        ({"near": [47.4, -122.2, 1], "beds": [2, 3]}, {1}),
    ],
)
def test_filters_say_what_is_found(world: World, asked: dict[str, object], expected: set[int]) -> None:
    found = world.run(SearchProperties.model_validate(asked))
    assert refs(found) == expected
    assert found.total == len(expected)
    assert found.rest == ""


@pytest.mark.parametrize(
    "asked",
    [
        {"type": "castle"}, {"price": "cheap"}, {"near": "here"}, {"near": "1,2,inf"}, {"near": "91,2,3"}, {"near": "1,2,3ft"},
        {"beds": "nan"}, {"currency": "EUR"},
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused_by_its_name(world: World, asked: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        world.run(SearchProperties.model_validate(asked))
    assert refused.value.faults[0].pointer == f"/{next(iter(asked))}"


def test_an_unknown_filter_is_refused() -> None:
    with pytest.raises(ValueError, match="garage"):
        SearchProperties.model_validate({"garage": "2"})


def test_a_limit_is_kept_and_the_total_told(world: World) -> None:
    found = world.run(SearchProperties(state="WA", limit=2))
    assert (len(found.hits), found.total) == (2, 5)


def test_what_matches_the_filters_follows_what_has_the_words(world: World) -> None:
    found = world.run(SearchProperties(query="beekeeping", city="Kent"))
    assert found.hits[0].ref == 3
    assert refs(found) == {1, 2, 3}
    assert [hit.score for hit in found.hits[1:]] == [0.0, 0.0]


def test_chips_sent_back_take_the_place_of_what_was_understood(world: World) -> None:
    chips = [Chip(field="city", op="eq", value="Renton", text="Renton"), Chip(field="bedrooms", op="gte", value=3, text="3 beds")]
    found = world.run(SearchProperties(understood=chips))
    assert refs(found) == {5}
    assert list(found.understood) == chips
    assert refs(world.run(SearchProperties(understood=chips, without=["3 beds"]))) == {4, 5}


def test_a_chip_of_no_field_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="no field 'cellar'"):
        world.run(SearchProperties(understood=[Chip(field="cellar", op="eq", value=1)]))


SENTENCES = [
    ("Kent condos under 400k", {1}, ""),
    ("condos with a view", {2}, ""),
    ("3+ beds in Kent", {2, 3}, ""),
    ("casas en Kent", {3}, ""),
    ("2 bedroom near lake in renton", {4}, "lake"),
]


@pytest.mark.parametrize(("query", "expected", "rest"), SENTENCES)
def test_a_sentence_is_read_by_the_workspaces_own_places(world: World, query: str, expected: set[int], rest: str) -> None:
    found = world.run(SearchProperties(query=query))
    assert refs(found) == expected
    assert found.rest == rest


@pytest.mark.parametrize("query", ["similar to property 1", "condos similar to 1 Alder Road"])
def test_what_is_like_a_home_is_found_by_a_sentence(world: World, query: str) -> None:
    found = world.run(SearchProperties(query=query))
    assert found.hits[0].ref in (2, 4)
    assert 1 not in refs(found)


def test_what_homes_are_to_be_like_is_a_chip_to_take_away(world: World) -> None:
    found = world.run(SearchProperties(query="condos similar to 1 Alder Road"))
    like = found.understood[0]
    assert (like.field, like.op, like.value, like.text) == ("like", "eq", "1 Alder Road", "similar to 1 Alder Road")
    assert world.run(SearchProperties(query=found.query, understood=found.understood)).hits == found.hits
    assert all(like in miss.understood for miss in found.near)
    without = world.run(SearchProperties(query=found.query, understood=found.understood[1:]))
    assert without.understood == found.understood[1:]
    assert 1 in refs(without)


def test_a_home_is_not_counted_among_those_like_it(world: World) -> None:
    everything = world.run(SearchProperties()).total
    found = world.run(SearchProperties(query="similar to property 1 under 90k"))
    assert found.total == 0
    assert {miss.text for miss in found.near} == {f"{everything - 1} more if up to $90,000 is not a must"}


@pytest.mark.parametrize("value", [None, "", ["1", "2"]])
def test_what_homes_are_to_be_like_is_one_home(world: World, value: object) -> None:
    with pytest.raises(Invalid, match="like"):
        world.run(SearchProperties(understood=[Chip.model_validate({"field": "like", "op": "eq", "value": value})]))


def test_a_home_that_is_not_there_to_be_like_is_told_and_stays_text(world: World) -> None:
    found = world.run(SearchProperties(query="similar to property 99"))
    assert (len(found.notes), found.understood, found.rest) == (1, [], "99")


def test_a_chip_holds_the_words_it_was_read_from(world: World) -> None:
    found = world.run(SearchProperties(query="Kent condos with a View between 300 and 510k"))
    assert [chip.text for chip in found.understood] == ["Kent", "condos", "View", "between 300 and 510k", "between 300 and 510k"]
    assert found.hits[0].reasons == ["Matches Kent, condo, view, $300,000 or more and up to $510,000."]
    (either,) = world.run(SearchProperties(query="house or condo")).understood
    assert either.text == "house or condo"
    (first, *_) = found.near
    assert first.text == "1 more if view is not a must"
    assert refs(world.run(SearchProperties(query="Kent condos between 300 and 510k", without=["between 300 and 510k"]))) == {1, 2}


def test_a_distance_from_a_place_is_from_the_middle_of_its_homes(world: World) -> None:
    found = world.run(SearchProperties(query="within 1.5 miles of Kent"))
    assert (refs(found), found.rest) == ({1, 2, 3}, "")
    (chip,) = found.understood
    assert (chip.field, chip.op, chip.value, chip.text) == ("lat", "near", [47.42, -122.2, 2.414], "within 1.5 miles of Kent")
    assert found.hits[0].reasons == ["Matches within 1.5 miles of Kent."]
    assert found.near[0].text == "1 more within 3 miles (4.8 km)"
    assert refs(world.run(SearchProperties(understood=found.near[0].understood))) == {1, 2, 3, 4}


def test_one_feature_or_another_and_none_of_them_are_filters(world: World) -> None:
    assert refs(world.run(SearchProperties(query="condos, no view"))) == {1, 4}
    assert refs(world.run(SearchProperties(query="condos with a view or a pool"))) == {2}


def test_facets_are_counted_where_they_are_asked_for(world: World) -> None:
    found = world.run(SearchProperties(type="condo", facets="city"))
    assert {one.value: one.count for one in found.facets["city"]} == {"Kent": 2, "Renton": 1}
    with pytest.raises(Invalid, match="counted"):
        world.run(SearchProperties(facets=["remarks"]))


def test_near_misses_say_how_many_more_and_what_to_ask_for(world: World) -> None:
    found = world.run(SearchProperties(city="Kent", price_max="500000"))
    told = {one.text: one for one in found.near}
    assert set(told) == {"1 more at 3 % more", "2 more if up to $500,000 is not a must", "1 more if Kent is not a must"}
    for one in found.near:
        eased = world.run(SearchProperties(query=one.query, understood=list(one.understood)))
        assert eased.total == found.total + one.more


def test_one_bedroom_less_is_a_near_miss(world: World) -> None:
    found = world.run(SearchProperties(beds_min=4))
    assert [one.text for one in found.near] == ["2 more with one bedroom less"]


def test_another_workspaces_homes_and_places_are_not_there(world: World) -> None:
    homes(world, workspace="w2")
    other = world.run(SearchProperties(query="beekeeping lake", facets="city"), workspace="w3")
    assert (other.total, other.hits, other.near) == (0, [], [])
    assert other.facets["city"] == []


ODD = (
    '"',
    "AND OR NOT (",
    "title:x*",
    "🏡🏡",
    "x" * 10_000,
    "word " * 2_000,
    "房子 带泳池",
    "dom z basenem",
    "\x00",
    "-5",
    "   ",
    "%",
)


@pytest.mark.parametrize("query", ODD)
def test_no_query_is_an_error(world: World, query: str) -> None:
    found = world.run(SearchProperties.model_construct(None, query=query))
    assert found.total == 5


def test_weights_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        SearchProperties(keyword_weight=0, vector_weight=0)


def test_words_find_where_they_stand_and_say_so(world: World) -> None:
    found = world.run(SearchProperties(query="beekeeping"))
    assert refs(found) == {3}
    assert found.rest == "beekeeping"
    assert found.hits[0].reasons == ["Mentions beekeeping in its description."]
    assert found.hits[0].keyword


def test_without_explain_there_are_no_reasons(world: World) -> None:
    assert world.run(SearchProperties(query="beekeeping", explain=False)).hits[0].reasons == ()


@pytest.mark.parametrize("told", [[None, None], [True], [["pool"]], [{"a": 1}]])
def test_a_list_of_what_are_no_words_is_refused(told: list[object]) -> None:
    with pytest.raises(ValidationError):
        SearchProperties.model_validate({"features": told})


def test_the_schema_tells_of_lists() -> None:
    fields = SearchInventory.model_json_schema()["properties"]
    told = {name for name, field in fields.items() if "array" in field.get("type", ())}
    assert told == SEVERAL
    assert fields["beds"]["items"] == {"type": ["string", "number"]}
    with pytest.raises(ValidationError):
        SearchProperties.model_validate({"query": ["Kent", "Renton"]})


def test_a_filter_given_twice_means_either() -> None:
    assert SearchProperties.model_validate({"beds": [2, "3"]}).beds == "2,3"


def test_what_is_too_long_is_refused_even_where_it_is_blanks_or_a_number() -> None:
    with pytest.raises(ValidationError, match="at most 300"):
        SearchInventory.model_validate({"area": "\r" * 301})
    with pytest.raises(ValidationError, match="at most 300"):
        Chip.model_validate({"field": "city", "op": "in", "value": ["0" * 301]})
