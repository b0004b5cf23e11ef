"""A list as a map: where homes are, how many lie where there are too many, and what it is narrowed to."""

from random import Random
from typing import Any

import pytest

from steward.kernel.errors import Invalid
from steward.kernel.pages import MAX_PAGE
from steward.properties.inputs import CreateProperty, ListProperties
from steward.properties.map_model import MapProperties, MapView
from steward.properties.rules_map import frame, quarters
from tests.support.worlds import World

SQUARE = "-74.01,41.9,-73.99,42"
TOWNS = {"Fernholt": (41.9, -74.0), "Millbrace": (42.3, -74.4)}


@pytest.fixture(scope="module")
def world() -> World:
    """Twenty homes in each of two towns, and two homes of which nobody has said where they are."""
    world, dice = World(), Random(5)
    for city, (lat, lon) in TOWNS.items():
        for number in range(1, 21):
            place = {"lat": round(lat + dice.random() / 50, 5), "lon": round(lon + dice.random() / 50, 5)}
            world.run(CreateProperty(address=f"{number} Kiln St", city=city, bedrooms=number % 4, **place))
    for number in (1, 2):
        world.run(CreateProperty(address=f"{number} Lost Ln", city="Fernholt"))
    world.settle()
    return world


def looked(world: World, **told: Any) -> MapView:
    view: MapView = world.run(MapProperties(**told))
    return view


def test_a_map_shows_each_home_that_has_a_place_and_counts_those_that_have_none(world: World) -> None:
    seen = looked(world)
    assert (seen.total, seen.placed, seen.within, len(seen.homes)) == (42, 40, 40, 40)


def test_a_filter_holds_on_the_map_as_in_the_list(world: World) -> None:
    listed = world.run(ListProperties(bedrooms="3"))
    assert {one.ref for one in looked(world, bedrooms="3").homes} == {row.ref for row in listed.rows}


def test_an_area_narrows_the_list_and_the_map_alike(world: World) -> None:
    listed, seen = world.run(ListProperties(bbox=SQUARE)), looked(world, bbox=SQUARE)
    assert 0 < listed.total < 20
    assert {one.ref for one in seen.homes} == {row.ref for row in listed.rows}
    assert seen.total == 42


def test_where_there_are_too_many_the_groups_add_up_to_all_of_them(world: World) -> None:
    seen = looked(world, most=10)
    assert (seen.homes, sum(group.count for group in seen.groups)) == ((), 40)


def test_groups_are_left_out_where_they_are_not_asked_for(world: World) -> None:
    seen = looked(world, most=10, groups=False)
    assert (seen.within, seen.homes, seen.groups) == (40, (), ())


def test_a_group_stands_among_its_homes(world: World) -> None:
    for group in looked(world, most=10).groups:
        west, south, east, north = group.bbox
        assert west <= group.lon <= east
        assert south <= group.lat <= north


@pytest.mark.parametrize("most", [10, 100])
def test_a_town_is_named_among_its_homes(world: World, most: int) -> None:
    towns = {town.name: (town.count, round(town.lat), round(town.lon)) for town in looked(world, most=most).towns}
    assert towns == {"Fernholt": (20, 42, -74), "Millbrace": (20, 42, -74)}


def test_without_any_place_there_is_no_frame(world: World) -> None:
    seen = looked(world, q="lost")
    assert (seen.total, seen.placed, seen.bbox) == (2, 0, None)


@pytest.mark.parametrize("text", ["here", "1,2,3", "-73,41,-74,42", "-74,41,-73,95", "nan,nan,nan,nan", "-74,41,-73,inf"])
def test_what_is_no_area_is_refused_and_an_example_given(world: World, text: str) -> None:
    with pytest.raises(Invalid, match="west,south,east,north") as refused:
        world.run(ListProperties(bbox=text))
    assert refused.value.faults[0].pointer == "/bbox"


def test_another_workspace_is_not_on_the_map(world: World) -> None:
    seen: MapView = world.run(MapProperties(), workspace="w2")
    assert seen.total == 0


def test_the_frame_of_many_homes_holds_nearly_all_of_them() -> None:
    world, dice = World(), Random(6)
    for number in range(MAX_PAGE + 100):
        world.run(CreateProperty(source_id=str(number), lat=40 + dice.random(), lon=-75 + dice.random()))
    world.settle()
    seen = looked(world)
    assert seen.within >= 0.98 * seen.placed
    assert seen.bbox is not None
    assert seen.bbox[0] < -74.9
    assert seen.bbox[2] > -74.1


# --- the rules -----------------------------------------------------------------------------------------------------------


def test_one_wrong_coordinate_does_not_stretch_the_frame_of_many() -> None:
    places = [(-74 + number / 10_000, 41 + number / 10_000) for number in range(100)]
    west, south, east, north = frame([*places, (74.0, 41.0)]) or (0, 0, 0, 0)
    assert east < -73.9
    assert (west < -74, south < 41, north > 41.0099) == (True, True, True)


def test_a_home_alone_has_a_frame_around_it() -> None:
    west, south, east, north = frame([(-74.0, 41.0)]) or (0, 0, 0, 0)
    assert west < -74 < east
    assert south < 41 < north


def test_no_place_lies_in_two_quarters() -> None:
    parts, place = quarters((-2, -2, 2, 2)), (0.0, 0.0)
    assert sum(west <= place[0] <= east and south <= place[1] <= north for west, south, east, north in parts) == 1
