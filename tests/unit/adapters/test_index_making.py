"""When index files are made, and by whom: at a process's end, by a child, or here where no child can."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from steward.adapters.children.process import ProcessChildren
from steward.adapters.search.index import folding
from steward.adapters.search.sqlite import SqliteSearch
from steward.kernel.errors import Unavailable
from steward.kernel.ports import Children, Json
from steward.kernel.search import Wish
from tests.unit.adapters.test_index_files import SPEC, find, folders, homes, ids


class Asked:
    """Children that count what they are asked for, and do as a test says."""

    def __init__(self, do: Callable[[str, Json], Json]) -> None:
        self._do = do
        self.calls = 0
        self.asked, self.closed = threading.Event(), threading.Event()

    def call(self, module: str, request: Json, *, timeout: float, keep: bool = False) -> Json:
        self.calls += 1
        self.asked.set()
        return self._do(module, request)

    def close(self) -> None:
        self.closed.set()


def opened(folder: Path, children: Children) -> SqliteSearch:
    search = SqliteSearch(folder / "search.db", children=lambda: children)
    search.define(SPEC)
    return search


@pytest.fixture
def _few_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "LARGE", 50)


def test_a_process_that_wrote_much_leaves_index_files_and_one_that_wrote_little_does_not(tmp_path: Path) -> None:
    search = SqliteSearch(tmp_path / "search.db")
    search.define(SPEC)
    search.write("green", homes(499))
    assert (search.settle(), folders(tmp_path)) == (0, [])
    search.write("green", homes(600, seed=2))
    assert search.settle() == 600
    (made,) = folders(tmp_path)
    search.write("green", homes(600, seed=2)[:10])
    assert (search.settle(), folders(tmp_path)) == (0, [made])
    search.close()


def test_what_many_small_processes_wrote_is_made_by_the_one_that_makes_it_much(tmp_path: Path) -> None:
    for part in range(0, 600, 150):
        search = SqliteSearch(tmp_path / "search.db")
        search.define(SPEC)
        search.write("green", homes(600)[part : part + 150])
        made = search.settle()
        search.close()
        assert made == (600 if part == 450 else 0)


def test_a_process_that_only_finds_leaves_index_files_where_there_are_none(tmp_path: Path) -> None:
    search = SqliteSearch(tmp_path / "search.db")
    search.define(SPEC)
    search.write("green", homes(600))
    search.close()
    later = SqliteSearch(tmp_path / "search.db")
    later.define(SPEC)
    assert later.settle() == 0
    assert find(later, Wish("lake")).total == 600
    assert later.settle() == 600
    later.close()


@pytest.mark.usefixtures("_few_are_large")
def test_a_child_makes_the_same_files(tmp_path: Path) -> None:
    real = ProcessChildren()
    children = Asked(lambda module, request: real.call(module, request, timeout=60))
    search = opened(tmp_path, children)
    search.write("green", homes(200))
    before = find(search, Wish("lake", limit=200, depth=200), "city")
    search.fold("green", "home")
    assert (children.calls, len(folders(tmp_path))) == (1, 1)
    after = find(search, Wish("lake", limit=200, depth=200), "city")
    assert (set(ids(after)), after.total, after.facets) == (set(ids(before)), before.total, before.facets)
    search.fold("green", "home")
    assert children.calls == 1
    search.close()
    real.close()


@pytest.mark.usefixtures("_few_are_large")
def test_where_no_child_can_be_had_the_files_are_made_here(tmp_path: Path) -> None:
    def refused(module: str, request: Json) -> Json:
        raise Unavailable("No process can be started.")

    search = opened(tmp_path, Asked(refused))
    search.write("green", homes(200))
    search.fold("green", "home")
    assert (len(folders(tmp_path)), find(search, Wish()).total) == (1, 200)
    search.close()


@pytest.mark.usefixtures("_few_are_large")
@pytest.mark.parametrize("end", ["put anew", "closed"])
def test_a_child_whose_files_are_of_no_use_any_more_is_ended(tmp_path: Path, end: str) -> None:
    def until_ended(module: str, request: Json) -> Json:
        assert children.closed.wait(60)
        raise Unavailable("It was ended.")

    children = Asked(until_ended)
    search = opened(tmp_path, children)
    search.write("green", homes(200))
    making = threading.Thread(target=search.fold, args=("green", "home"))
    making.start()
    assert children.asked.wait(60)
    if end == "put anew":
        search.replace("green", "home", homes(5))
        assert find(search, Wish()).total == 5
    search.close()
    making.join()
    assert (folders(tmp_path), children.calls) == ([], 1)
