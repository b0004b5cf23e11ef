"""Training, explaining and scoring on a small county: honest, repeatable, and adding up."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steward.scoring import child, explaining, facts, rules, training
from steward.scoring.explaining import Appraiser
from steward.scoring.features import Home, matrix
from steward.scoring.nearby import Nearby, last_sales
from tests.unit.scoring import county


@pytest.fixture(scope="module")
def homes() -> list[Home]:
    return county.homes()


@pytest.fixture(scope="module")
def made(homes: list[Home], tmp_path_factory: pytest.TempPathFactory) -> tuple[Appraiser, dict[str, Any]]:
    return county.trained(tmp_path_factory.mktemp("model"), homes)


@pytest.fixture(scope="module")
def valued(homes: list[Home], made: tuple[Appraiser, dict[str, Any]]) -> list[dict[str, Any]]:
    return explaining.appraised(made[0], homes)


def ask(made: tuple[Appraiser, dict[str, Any]], home: Home) -> dict[str, Any]:
    return explaining.appraised(made[0], [home])[0]


def unsold(home: Home, **numbers: float) -> Home:
    return replace(home, id="new", group="new", sales=[], numbers={**home.numbers, **numbers})


def without(home: Home, *names: str) -> Home:
    return replace(home, numbers={name: value for name, value in home.numbers.items() if name not in names})


def test_all_sales_of_a_parcel_are_in_one_fold(homes: list[Home]) -> None:
    sales = training.sold(homes)
    folds: dict[str, set[int]] = {}
    for home, fold in zip(sales.homes, sales.folds, strict=True):
        folds.setdefault(home.group, set()).add(int(fold))
    assert len(sales.homes) > len(folds)
    assert all(len(found) == 1 for found in folds.values())


def test_the_estimate_of_a_sold_home_comes_from_the_fold_that_never_saw_it(
    homes: list[Home], made: tuple[Appraiser, dict[str, Any]]
) -> None:
    home, appraiser = homes[0], made[0]
    rows = matrix([home], np.array([float(appraiser.as_of.toordinal())]), appraiser.model.recipe)
    mine = training.fold_of(home.group)
    said = [round(float(np.exp(trees.predict(rows)[0]))) for trees in appraiser.model.values]
    assert ask(made, home)["estimate"] == said[mine]
    assert said[mine] != said[training.FOLDS]


def test_a_homes_own_price_cannot_move_its_estimate(homes: list[Home], made: tuple[Appraiser, dict[str, Any]], tmp_path: Path) -> None:
    dearer = [replace(home, sales=[(day, cents * 5) for day, cents in home.sales]) if home.id == homes[7].id else home for home in homes]
    changed = county.trained(tmp_path, dearer)
    assert ask(changed, dearer[7])["estimate"] == ask(made, homes[7])["estimate"]


def test_training_twice_makes_the_same_model(homes: list[Home], tmp_path: Path) -> None:
    first, second = tmp_path / "one.json", tmp_path / "two.json"
    child.train(homes, first)
    child.train(homes, second)
    assert first.read_bytes() == second.read_bytes()


def test_four_in_five_prices_lie_in_the_range(made: tuple[Appraiser, dict[str, Any]]) -> None:
    assert made[1]["grouped"]["coverage_80"] == pytest.approx(0.8, abs=0.03)


def test_a_model_is_judged_forward_in_time_too(made: tuple[Appraiser, dict[str, Any]]) -> None:
    told = made[1]
    assert told["forward"]["from_day"] == "2015-03-01"
    assert 0.05 < told["forward"]["median_error"] < 0.2
    assert 0.05 < told["grouped"]["median_error"] < 0.15


def test_amounts_add_up_to_the_estimate_to_the_cent(valued: list[dict[str, Any]]) -> None:
    assert all(sum(line["amount"] for line in one["contributions"]) == one["estimate"] for one in valued)


def test_the_base_comes_first_and_then_facts_by_their_size(made: tuple[Appraiser, dict[str, Any]], homes: list[Home]) -> None:
    lines = ask(made, homes[0])["contributions"]
    assert lines[0]["fact"] == explaining.BASE
    logs = np.diff(np.log(np.cumsum([line["amount"] for line in lines])))
    assert list(np.abs(logs)) == sorted(np.abs(logs), reverse=True)
    assert {line["fact"] for line in lines[1:]} >= {"Living area", "Place", "Grade", facts.DAY}


def test_facts_are_said_with_what_is_typical(made: tuple[Appraiser, dict[str, Any]], homes: list[Home]) -> None:
    lines = {
        line["fact"]: line["value"] for line in ask(made, unsold(homes[0], living_area_sqft=1840, year_renovated=1991))["contributions"]
    }
    assert lines["Living area"].startswith("1,840 sq ft, typical 2,")
    assert ", renovated 1991" in lines["Built"]
    assert lines[facts.DAY] == f"{made[0].as_of.day} May 2015"


def test_levels_add_up_whatever_the_parts_are() -> None:
    chance = np.random.default_rng(1)
    base, parts = chance.normal(17, 1, 500), chance.normal(0, 0.4, (500, 12))
    levels, _ = explaining.stacked(base, parts)
    assert np.array_equal(np.column_stack([levels[:, 0], np.diff(levels, axis=1)]).sum(axis=1), levels[:, -1])
    assert np.allclose(levels[:, -1], np.exp(base + parts.sum(axis=1)), rtol=0, atol=0.6)


def test_a_last_sale_is_brought_forward_by_the_models_own_date_effect(made: tuple[Appraiser, dict[str, Any]], homes: list[Home]) -> None:
    home = next(home for home in homes if home.sales[0][0] < date(2014, 8, 1).toordinal())
    told = ask(made, home)
    assert told["price_basis"] == "last_sale"
    assert told["price"] == pytest.approx(home.sales[0][1] * told["estimate"] / told["at_sale"], rel=1e-6)
    assert told["price"] != home.sales[0][1]
    assert told["at_sale_low"] < told["at_sale"] < told["at_sale_high"]


def test_an_asking_price_comes_before_the_last_sale(made: tuple[Appraiser, dict[str, Any]], homes: list[Home]) -> None:
    told = ask(made, replace(homes[0], asking=20_000_000))
    assert (told["price"], told["price_basis"]) == (20_000_000, "asking")
    assert told["gap"] == told["estimate"] - 20_000_000


def test_without_a_price_there_is_an_estimate_and_the_reason_for_no_score(
    made: tuple[Appraiser, dict[str, Any]], homes: list[Home]
) -> None:
    told = ask(made, unsold(homes[0]))
    assert told["estimate"] > 0
    assert "score" not in told
    assert "at_sale" not in told
    assert told["reason"] == rules.NO_PRICE


def test_a_gift_is_no_price_to_score_by(made: tuple[Appraiser, dict[str, Any]], homes: list[Home]) -> None:
    told = ask(made, replace(homes[0], sales=[(735_700, 100), *homes[0].sales]))
    assert "score" not in told
    assert told["reason"] == rules.NO_PRICE


def test_a_home_without_a_living_area_is_refused_and_its_neighbour_is_not(
    made: tuple[Appraiser, dict[str, Any]], homes: list[Home]
) -> None:
    refused, valued = explaining.appraised(made[0], [without(homes[0], "living_area_sqft"), homes[1]])
    assert refused == {"id": homes[0].id, "property_version": 1, "reason": rules.NO_AREA}
    assert valued["estimate"] > 0


def test_a_home_where_no_sale_is_known_is_refused_with_its_zip(made: tuple[Appraiser, dict[str, Any]], homes: list[Home]) -> None:
    far = without(unsold(homes[0], zip=33101.0), "lat", "lon")
    said = "No sale is known in ZIP 33101, so there is no estimate; import sales from there, then train again."
    assert ask(made, far)["reason"] == said
    assert ask(made, unsold(far, lat=25.8, lon=-80.2))["reason"] == said
    assert "around these coordinates" in ask(made, without(unsold(far, lat=25.8, lon=-80.2), "zip"))["reason"]
    assert "estimate" not in ask(made, far)


def test_a_new_zip_among_the_sales_is_read_as_not_known(made: tuple[Appraiser, dict[str, Any]], homes: list[Home]) -> None:
    new, unknown = ask(made, unsold(homes[0], zip=33101.0)), ask(made, without(unsold(homes[0]), "zip"))
    assert new["estimate"] == unknown["estimate"]


@pytest.mark.parametrize("told", [("zip",), ("lat", "lon"), ("zip", "lat", "lon")])
def test_a_home_sold_where_sales_say_only_one_kind_of_place_or_none_is_valued(tmp_path: Path, told: tuple[str, ...]) -> None:
    homes = county.homes(300, without=told)
    assert ask(county.trained(tmp_path, homes), homes[0])["estimate"] > 0


def test_the_sum_starts_at_the_average_that_its_trees_learnt(made: tuple[Appraiser, dict[str, Any]], homes: list[Home]) -> None:
    sales = training.sold(homes)
    others = sales.log_prices[sales.folds != training.fold_of(homes[0].group)]
    mine, new = (ask(made, home)["contributions"][0] for home in (homes[0], unsold(homes[0])))
    assert mine["value"] == f"average of {len(others)} sales, in log price"
    assert mine["amount"] == pytest.approx(float(np.exp(others.mean())), rel=0.02)
    assert new["value"] == f"average of {len(sales.homes)} sales, in log price"


def test_a_fact_not_known_is_a_gap_that_widens_the_range(made: tuple[Appraiser, dict[str, Any]], homes: list[Home]) -> None:
    full, less = ask(made, homes[0]), ask(made, without(homes[0], "grade"))
    gap = next(line for line in less["contributions"] if line["fact"] == "Grade")
    assert gap["value"] is None
    assert (less["high"] - less["low"]) / less["estimate"] > (full["high"] - full["low"]) / full["estimate"]
    assert less["confidence"] < full["confidence"]


def test_a_file_of_price_date_area_beds_and_zip_is_enough(tmp_path: Path) -> None:
    few = ("lat", "lon", "bathrooms", "lot_area_sqft", "year_built", "year_renovated", "grade")
    homes = county.homes(400, without=few)
    told = ask(county.trained(tmp_path, homes), homes[0])
    assert {line["fact"] for line in told["contributions"]} == {explaining.BASE, "Place", "Living area", "Bedrooms", facts.DAY}
    assert sum(line["amount"] for line in told["contributions"]) == told["estimate"]


def test_too_few_parcels_are_refused_with_what_is_missing(tmp_path: Path) -> None:
    told = child.train(county.homes(rules.FEWEST_PARCELS - 1), tmp_path / "model.json")
    refused = "A model needs sales of at least 200 parcels; here are 199. Import more sales, then train again."
    assert told == {"refused": refused, "rows": len(training.sold(county.homes(rules.FEWEST_PARCELS - 1)).homes)}
    assert not (tmp_path / "model.json").exists()


def test_prices_that_are_none_teach_nothing(homes: list[Home]) -> None:
    gift = replace(homes[0], sales=[(735_000, 100)])
    assert len(training.sold([gift, homes[1]]).homes) == len(homes[1].sales)


def test_close_sales_are_counted_by_the_rule_that_comparables_state(made: tuple[Appraiser, dict[str, Any]], homes: list[Home]) -> None:
    here, today = homes[0].numbers, made[0].as_of.toordinal()
    others = [(0.001, 10, 1.1), (0.001, 400, 1.0), (0.001, 10, 1.5), (0.02, 10, 1.0), (0.0, 300, 0.9)]
    beside = [
        replace(
            homes[1], id=f"n{place}", group=f"n{place}", sales=[(today - age, 30_000_000)],
            numbers={**here, "lat": here["lat"] + north, "living_area_sqft": here["living_area_sqft"] * size},
        )
        for place, (north, age, size) in enumerate(others)
    ]  # fmt: skip
    kept = last_sales([homes[0], *beside])
    assert Nearby(kept, today).counts([homes[0], unsold(homes[0])])[0] == 2


def test_the_market_moves_in_few_steps_so_that_a_handful_of_sales_makes_none(
    made: tuple[Appraiser, dict[str, Any]], homes: list[Home]
) -> None:
    days = np.arange(735_355.0, 735_745.0)
    model = made[0].model
    said = model.values[0].predict(matrix([homes[0]] * len(days), days, model.recipe))
    assert 3 < len(np.unique(said)) <= training.DAY_BINS
