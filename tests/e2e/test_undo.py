"""Taking an import back at the command line, with a host that serves the home and without one: nothing derived is left."""

import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.e2e.homes import Home, until
from tests.unit.scoring.office import roll


@pytest.fixture(scope="module")
def valued(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    """A home with one import, valued by a model that learnt from it, and that import's run."""
    folder = tmp_path_factory.mktemp("valued")
    (folder / "roll.csv").write_text(roll(), "utf-8")
    home = Home(folder / "home", {})
    run = home.steward("import", str(folder / "roll.csv"), "--yes", "--json").json()["run"]
    assert home.steward("train", "--json").json()["version"] == "1"
    assert home.steward("score", "--all", "--json").code == 0
    return home, str(run)


@pytest.fixture(params=[False, True], ids=["alone", "beside a host"])
def home(request: pytest.FixtureRequest, valued: tuple[Home, str], tmp_path: Path) -> Iterator[Home]:
    copy = Home(tmp_path / "home", {})
    shutil.copytree(valued[0].folder, copy.folder)
    with copy.serving() if request.param else nullcontext():
        yield copy


def test_what_a_person_changed_is_kept_without_its_old_value_and_its_memo(home: Home, valued: tuple[Home, str]) -> None:
    changed = home.steward("properties", "update", "source:p7", "--bedrooms", "5", "--json").json()
    until(lambda: home.steward("properties", "get", changed["id"], "--json").json()["valuation"]["estimate"])
    memo = home.steward("memo", changed["id"], "--json").json()
    undone = home.steward("undo", valued[1], "--json").json()
    after = home.steward("properties", "get", changed["id"], "--json").json()
    assert ([kept["id"] for kept in undone["kept"]], after["bedrooms"]) == ([changed["id"]], 5)
    assert (after["valuation"]["estimate"], after["valuation"]["score"]) == (None, None)
    until(lambda: home.steward("packets", "get", memo["id"], "--json").code == 4)
    until(lambda: not list(home.folder.glob("blobs/w/*/packets/*.pdf")))
    until(lambda: home.steward("models", "list", "--json").json()["rows"][0]["notes"][-1].startswith("A model needs"))
    assert home.steward("runs", "list", "--kind", "training", "--json").json()["total"] == 1
