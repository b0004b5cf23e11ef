"""The catalogue of features, and reading a cell that lists some."""

import pytest

from steward.properties.features import FEATURES, listed, mentioned, named, plain, spellings, titles


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(("Pool", "pool"), ("swimming pool", "pool"), ("POOLS", "pool"), ("piscina", "pool"), ("AC", "air_conditioning")),
        *(("A/C", "air_conditioning"), ("aire acondicionado", "air_conditioning"), ("Washer/Dryer", "washer_dryer")),
        *(("Wood Floors", "wood_floors"), ("wood_floors", "wood_floors"), ("Patio/Deck", "patio"), ("pet-friendly", "pets")),
        *(("jardín", "yard"), ("", ""), ("helipad", ""), ("pool table", "")),
    ],
)
def test_a_spelling_has_one_name(text: str, name: str) -> None:
    assert named(text) == name


def test_a_cell_lists_features_in_the_catalogues_order_and_leaves_out_what_is_none() -> None:
    assert listed("Gym,Pool,Helipad; Gym|Cable or Satellite") == ["pool", "gym", "cable"]
    assert listed("None") == listed("") == []
    assert listed("Gimnasio y piscina") == ["pool", "gym"]


def test_who_allows_cats_allows_pets() -> None:
    assert listed("Cats") == ["pets", "cats"]


def test_no_spelling_means_two_features() -> None:
    told = [plain(text) for one in FEATURES.values() for text in {plain(told) for told in (one.name, one.title, *one.spellings)}]
    assert len(told) == len(set(told)) == len(spellings())


def test_features_are_told_by_their_titles() -> None:
    assert titles(["pool", "washer_dryer"]) == ["Pool", "Washer and dryer"]


@pytest.mark.parametrize(
    ("said", "had"),
    [
        ("A quiet house with a large garden and a two car garage.", ["garage", "yard"]),
        ("Casa con piscina y jardín", ["pool", "yard"]),
        ("Pool and gym, dishwasher; W/D in unit", ["pool", "gym", "washer_dryer", "dishwasher"]),
        ("There is no pool. Walking distance to a gym, close to the community pool.", []),
        ("Sin piscina, near the parking garage", []),
        ("A great view of the gate, with a spa nearby", []),
        ("Casa cerca del parque", []),
        ("Casa con suelos de parqué", ["wood_floors"]),
        ("", []),
    ],
)
def test_a_description_tells_what_a_home_has_and_not_what_it_lacks(said: str, had: list[str]) -> None:
    assert mentioned(said) == had
