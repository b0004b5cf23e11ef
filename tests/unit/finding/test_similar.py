"""Homes like one, and the inventory."""

import pytest

from steward.finding.alike import model_of
from steward.finding.model import FindSimilar, GetListing, SearchInventory, SearchProperties
from steward.kernel.errors import Invalid, NotFound
from steward.properties.inputs import CreateProperty
from tests.support.worlds import World
from tests.unit.finding.homes import homes


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    homes(made)
    return made


def test_a_home_is_not_like_itself_and_others_say_why(world: World) -> None:
    found = world.run(FindSimilar(id="1"))
    assert found.ref == 1
    assert 1 not in [hit.ref for hit in found.hits]
    (close,) = [hit for hit in found.hits if hit.ref == 4]
    assert (close.price_difference, close.distance_km, close.distance_miles) == (10_000, 6.67, 4.15)
    assert close.reasons == ["4.1 miles (6.7 km) away.", "Also a condo.", "$10,000 more.", "Also 2 bedrooms."]


def test_the_most_like_comes_first(world: World) -> None:
    found = world.run(FindSimilar(id="1", limit=2))
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 2
    assert all(hit.property_type == "condo" for hit in found.hits)


def test_a_home_that_is_not_there_has_none_like_it(world: World) -> None:
    with pytest.raises(NotFound):
        world.run(FindSimilar(id="77"))
    with pytest.raises(NotFound):
        world.run(FindSimilar(id="1"), workspace="w2")


@pytest.mark.parametrize(
    ("told", "ref"),
    [("2 Alder Road", 2), ("12 Alder Rd", 1), ("2 Alder St, Kent, WA", 2), ("2 alder road, Renton", 3), ("no 2 alder", None), ("99", None)],
)
def test_an_address_means_the_home_with_its_number_in_its_town(told: str, ref: int | None) -> None:
    world = World()
    for address, city in (("12 Alder Road", "Kent"), ("2 Alder Road", "Kent"), ("2 Alder Road", "Renton"), ("99 Birch Road", "Kent")):
        world.run(CreateProperty(address=address, city=city, state="WA"))
    context = world.context()
    if ref is None:
        with pytest.raises(NotFound):
            model_of(context, told)
    else:
        assert model_of(context, told).ref == ref


def test_the_inventory_is_what_is_available(world: World) -> None:
    found = world.run(SearchInventory())
    assert {home.ref for home in found.rows} == {1, 2, 3, 4}
    assert [chip.text for chip in found.applied] == ["available"]
    assert world.run(SearchInventory(status="any")).total == 5


def test_the_inventory_goes_on_page_by_page_in_its_order(world: World) -> None:
    first = world.run(SearchInventory(sort="-price", limit=3))
    assert [home.ref for home in first.rows] == [3, 2, 4]
    rest = world.run(SearchInventory(sort="-price", limit=3, cursor=first.next_cursor))
    assert [home.ref for home in rest.rows] == [1]
    assert rest.next_cursor == ""


def test_words_of_the_inventory_are_told_and_looked_for_page_by_page(world: World) -> None:
    first = world.run(SearchInventory(query="lake river", limit=2))
    assert first.not_understood == ["lake river"]
    rest = world.run(SearchInventory(query="lake river", limit=2, cursor=first.next_cursor))
    assert {home.ref for home in (*first.rows, *rest.rows)} == {1, 3, 4, 2}


@pytest.mark.parametrize("asked", [{"cursor": "-1"}, {"cursor": "x", "query": "lake"}, {"sort": "cellar"}])
def test_a_page_that_was_not_given_out_is_refused(world: World, asked: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        world.run(SearchInventory.model_validate(asked))


def test_the_answer_is_spelt_as_its_sources_name_it(world: World) -> None:
    told = world.run(SearchInventory(facets="city")).model_dump(mode="json")
    assert set(told) == {"data", "next_cursor", "total", "facets", "applied", "not_understood", "relaxations"}


def test_one_of_the_inventory_is_the_property(world: World) -> None:
    assert world.run(GetListing(id="2")).ref == 2


def test_search_and_inventory_count_the_same(world: World) -> None:
    assert world.run(SearchProperties(city="Kent", status="available")).total == world.run(SearchInventory(city="Kent")).total
