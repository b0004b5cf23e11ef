"""Reading homes as a matrix: what is missing is never read as zero."""

import json

import numpy as np

from steward.scoring.features import Home, Recipe, home_of, learn, matrix
from tests.unit.scoring import county


def column(name: str, homes: list[Home], recipe: Recipe) -> list[float]:
    made = matrix(homes, np.full(len(homes), 735_000.0), recipe)
    return [float(value) for value in made[:, recipe.kept.index(name)]]


def recipe_of(homes: list[Home]) -> Recipe:
    return learn(homes, np.full(len(homes), 735_000.0))


def bare(**known: object) -> Home:
    return home_of({"id": "x", "version": 1, "group": "x", **known})


def test_an_unknown_fact_is_read_as_usual_where_every_training_home_had_it() -> None:
    homes = county.homes(200)
    recipe = recipe_of(homes)
    assert column("grade", [bare()], recipe) == [recipe.usual["grade"]]
    assert recipe.usual["grade"] > 4


def test_a_column_with_real_gaps_keeps_them() -> None:
    homes = county.homes(200)
    for home in homes[:40]:
        home.numbers.pop("grade")
    recipe = recipe_of(homes)
    assert recipe.gappy == ["grade"]
    assert np.isnan(column("grade", [bare()], recipe)[0])


def test_a_fact_that_nobody_has_is_no_column() -> None:
    recipe = recipe_of(county.homes(50, without=("grade", "lat", "lon", "lot_area_sqft")))
    assert recipe.kept == ["zip", "living_area", "year_built", "year_renewed", "bedrooms", "bathrooms", "day"]


def test_unknown_neighbours_are_read_as_the_home_itself() -> None:
    homes = county.homes(50)
    for home in homes:
        home.numbers["living15_sqft"] = 1_500.0
    assert column("neighbours_area", [bare(living_area_sqft=3_300)], recipe_of(homes)) == [3_300.0]


def test_a_zip_stands_in_for_coordinates_and_the_other_way_round() -> None:
    homes = [
        bare(zip="98001", lat=47.1, lon=-122.1, living_area_sqft=1000),
        bare(zip="98002", lat=47.9, lon=-122.9, living_area_sqft=1000),
    ]
    recipe = recipe_of(homes)
    assert column("lat", [bare(zip="98002")], recipe) == [47.9]
    assert column("zip", [bare(lat=47.2, lon=-122.2)], recipe) == [98001.0]


def test_zero_year_of_renovation_means_none() -> None:
    recipe = recipe_of(county.homes(50))
    assert column("year_renewed", [bare(year_built=1950, year_renovated=0), bare(year_built=1950, year_renovated=1990)], recipe) == [
        1950,
        1990,
    ]


def test_a_zip_that_is_no_number_and_a_type_nobody_knows_are_not_known() -> None:
    assert bare(zip="AB1 2CD", type="castle").numbers == {}
    assert bare(zip="00501", type="condo").numbers == {"zip": 501.0, "type": 2.0}


def test_a_recipe_survives_being_written_down() -> None:
    recipe = recipe_of(county.homes(50))
    assert Recipe.of(json.loads(json.dumps(recipe.to_json()))) == recipe
