"""The index files of one machine agree with a look at every document, and outlive what befalls them."""

import random
import subprocess
import sys
import threading
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import sqrt
from pathlib import Path

import pytest

from steward.adapters.search.index.vectors import FEW
from steward.adapters.search.memory import MemorySearch
from steward.adapters.search.sqlite import SqliteSearch
from steward.kernel.search import Clause, Document, Field, Found, Gone, IndexSpec, Search, Text, Wish

SPEC = IndexSpec(
    "home",
    1,
    [
        Field("city", "text", facet=True),
        Field("price", "int", facet=True),
        Field("size", "float"),
        Field("tags", "tags", facet=True),
        Field("lat", "float"),
        Field("lon", "float"),
    ],
    texts=[Text("title", 2.0), Text("body")],
    embedding="eight",
    dimension=8,
    layout=["city", "price"],
    place=("lat", "lon"),
)
WORDS = "lake pool quiet garage garden view porch stone river oak".split()
CITIES = (None, "Kent", "Renton", "Élan", "kent", "Auburn")


PATHS = {"PYTHONPATH": ":".join(sys.path)}


def unit(rng: random.Random) -> bytes:
    numbers = [rng.gauss(0, 1) for _ in range(8)]
    size = sqrt(sum(number * number for number in numbers))
    return array("f", [number / size for number in numbers]).tobytes()


def home(id: str, rng: random.Random, version: int = 1) -> Document:
    known = {
        "city": rng.choice(CITIES),
        "price": rng.choice([None, -5, 0, 7, 100, 2**40]),
        "size": rng.choice([None, 1.5, 2.0, -3.25]),
        "tags": rng.choice([None, (), ("pool",), ("gym", "pool"), ("poo",)]),
        "lat": rng.choice([None, 47.0 + rng.random()]),
        "lon": -122.0 - rng.random(),
    }
    fields = {name: value for name, value in known.items() if value is not None}
    texts = {"title": " ".join(rng.sample(WORDS, 2)), "body": " ".join(rng.choices(WORDS, k=12))}
    return Document("home", id, version, fields, {"id": id, "version": version}, texts, unit(rng) if rng.random() < 0.9 else b"")


def homes(count: int, seed: int = 1) -> list[Document]:
    rng = random.Random(seed)
    return [home(f"h{number:05}", rng) for number in rng.sample(range(count), count)]


def opened(folder: Path) -> SqliteSearch:
    search = SqliteSearch(folder / "search.db")
    search.define(SPEC)
    return search


@pytest.fixture
def search(tmp_path: Path) -> Iterator[SqliteSearch]:
    engine = opened(tmp_path)
    yield engine
    engine.close()


def find(search: Search, wish: Wish, *facets: str) -> Found:
    return search.find("green", "home", wish, facets=facets)


def ids(found: Found) -> list[str]:
    return [hit.id for hit in found.hits]


def folders(folder: Path) -> list[Path]:
    return sorted(folder.glob("search.db.found/*/*/*"))


CLAUSES = [
    *(Clause("city", op, value) for op in ("eq", "ne", "lt", "lte", "gt", "gte") for value in ("Kent", "Nowhere", "A", "Élan")),
    *(Clause("price", op, value) for op in ("eq", "ne", "lt", "lte", "gt", "gte") for value in (7, 6.5, -(2**62), 2**62, 2**40)),
    *(Clause("size", op, value) for op in ("eq", "ne", "lt", "lte", "gt", "gte") for value in (2, -3.25, 1.4)),
    *(Clause(name, op) for name in ("city", "price", "size", "tags") for op in ("known", "unknown")),
    Clause("city", "in", ("Kent", "Élan", "Nowhere")),
    Clause("price", "in", (7, 2**40, 3)),
    Clause("size", "in", ()),
    Clause("city", "contains", "ENT"),
    Clause("city", "contains", "é"),
    Clause("tags", "has", "pool"),
    Clause("tags", "has", "spa"),
    Clause("lat", "near", (47.5, -122.5, 20.0)),
]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Search, Search]]:
    """The same documents in index files, a part of them written since, and in memory."""
    files, memory = opened(tmp_path_factory.mktemp("pair")), MemorySearch()
    memory.define(SPEC)
    rng = random.Random(2)
    for one in (files, memory):
        one.write("green", homes(600))
    files.fold("green", "home")
    later: list[Document | Gone] = [
        *(home(f"h{number:05}", rng, 2) for number in range(0, 800, 7)),
        *(Gone("home", f"h{number:05}", 3) for number in range(0, 600, 50)),
    ]
    for one in (files, memory):
        one.write("green", later)
        one.amend("green", "home", [Clause("price", "eq", 7)], {"size": 9.5})
    yield files, memory
    files.close()


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: f"{clause.field} {clause.op} {clause.value}")
def test_a_clause_leaves_what_it_leaves_of_all(pair: tuple[Search, Search], clause: Clause) -> None:
    told, expected = (find(one, Wish(where=[clause], limit=1_000), "city", "price", "tags") for one in pair)
    assert (ids(told), told.total, told.facets) == (ids(expected), expected.total, expected.facets)


def test_clauses_leave_together_what_they_leave_of_all(pair: tuple[Search, Search]) -> None:
    rng = random.Random(3)
    for _ in range(150):
        wish = Wish(where=rng.sample(CLAUSES, rng.randint(2, 3)), limit=1_000)
        told, expected = (find(one, wish, "city", "tags") for one in pair)
        assert (ids(told), told.total, told.facets) == (ids(expected), expected.total, expected.facets), wish.where


def test_what_has_the_words_or_is_like_the_vector_is_what_a_look_at_all_finds(pair: tuple[Search, Search]) -> None:
    rng = random.Random(4)
    for _ in range(40):
        where = rng.sample(CLAUSES, rng.randint(0, 2))
        by_words, by_likeness = Wish(rng.choice(WORDS), where=where, limit=1_000, depth=1_000), Wish(vector=unit(rng), where=where, limit=5)
        told, expected = (find(one, by_words) for one in pair)
        assert set(ids(told)) == set(ids(expected))
        liked, most = (find(one, by_likeness) for one in pair)
        assert [hit.vector for hit in liked.hits] == pytest.approx([hit.vector for hit in most.hits], abs=0.01)


def test_of_many_rows_nearly_all_of_the_most_like_are_found(search: SqliteSearch) -> None:
    some = homes(FEW + 2_000)
    search.write("green", some)
    search.fold("green", "home")
    rng, right = random.Random(5), 0
    for _ in range(20):
        asked = unit(rng)
        order = sorted((one for one in some if one.vector), key=lambda one: -dot(one.vector, asked))
        right += len({one.id for one in order[:10]} & set(ids(find(search, Wish(vector=asked)))))
    assert right >= 190


def dot(one: bytes, other: bytes) -> float:
    return sum(left * right for left, right in zip(array("f", one), array("f", other), strict=True))


def test_what_was_written_since_may_be_many(search: SqliteSearch) -> None:
    search.write("green", homes(300))
    search.write("green", [replace(one, version=2, texts={"title": "zebra"}) for one in homes(200, seed=1)])
    assert len(find(search, Wish("zebra", limit=1_000, depth=1_000)).hits) == 200


def test_a_folder_is_made_once_enough_was_written(tmp_path: Path) -> None:
    search = SqliteSearch(tmp_path / "search.db", batch=50)
    search.define(SPEC)
    search.write("green", homes(60))
    assert len(find(search, Wish("lake", limit=1_000, depth=1_000)).hits) > 10
    made = threading.Event()
    for _ in range(600):
        if folders(tmp_path) or made.wait(0.05):
            break
    search.close()
    assert len(folders(tmp_path)) == 1


def test_only_the_newest_folder_stays(search: SqliteSearch, tmp_path: Path) -> None:
    for seed in (1, 2, 3):
        search.write("green", [replace(one, version=seed) for one in homes(20, seed)])
        search.fold("green", "home")
        assert find(search, Wish()).total == 20
    assert len(folders(tmp_path)) == 1


def tear(folder: Path, how: str) -> None:
    (made,) = folders(folder)
    match how:
        case "cut short":
            file = next(made.glob("words/*.term"))
            file.write_bytes(file.read_bytes()[:-10])
        case "without a file":
            (made / "v.bytes.npy").unlink()
        case "without its label":
            (made / "label.json").unlink()
        case "with a broken label":
            (made / "label.json").write_text("{")
        case _:
            made.rename(made.with_name("elsewhere"))


@pytest.mark.parametrize("how", ["cut short", "without a file", "without its label", "with a broken label", "gone"])
def test_a_torn_folder_is_noticed_and_made_anew(tmp_path: Path, how: str) -> None:
    first = opened(tmp_path)
    first.write("green", homes(50))
    first.fold("green", "home")
    expected = ids(find(first, Wish("lake", limit=50)))
    first.close()
    tear(tmp_path, how)
    second = opened(tmp_path)
    assert ids(find(second, Wish("lake", limit=50))) == expected or set(ids(find(second, Wish("lake", limit=50)))) == set(expected)
    second.fold("green", "home")
    assert set(ids(find(second, Wish("lake", limit=50)))) == set(expected)
    second.close()
    assert len(folders(tmp_path)) == 1


def test_a_crash_leaves_nothing_behind(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.write("green", homes(20))
    first.fold("green", "home")
    first.close()
    (made,) = folders(tmp_path)
    for left in (".000000000009.making", "000000000009"):
        made.with_name(left).mkdir()
    (made.parents[1] / "of a workspace that is no more" / "000000000001").mkdir(parents=True)
    second = opened(tmp_path)
    assert folders(tmp_path) == [made]
    assert find(second, Wish()).total == 20
    second.close()


def test_what_is_written_while_a_folder_is_made_is_found(search: SqliteSearch) -> None:
    search.write("green", homes(300))
    making = threading.Thread(target=search.fold, args=("green", "home"))
    making.start()
    for number in range(30):
        search.write("green", [home(f"new{number}", random.Random(number))])
        assert find(search, Wish()).total == 301 + number
    making.join()
    assert find(search, Wish()).total == 330


def test_all_put_anew_while_a_folder_is_made_is_what_counts(search: SqliteSearch, tmp_path: Path) -> None:
    search.write("green", homes(300))

    def put() -> Sequence[Document]:
        return homes(5, seed=9)

    making = threading.Thread(target=search.fold, args=("green", "home"))
    making.start()
    search.replace("green", "home", put())
    making.join()
    assert find(search, Wish()).total == 5
    search.fold("green", "home")
    assert find(search, Wish()).total == 5
    assert len(folders(tmp_path)) == 1


def test_readers_and_a_writer_and_new_folders_do_not_disturb_each_other(search: SqliteSearch) -> None:
    search.write("green", homes(200))
    wrong: list[int] = []
    done = threading.Event()

    def read() -> None:
        rng = random.Random(6)
        while not done.is_set():
            found = find(search, Wish("lake oak", unit(rng), limit=50), "city")
            if found.total != 200 or sum(count for _, count in found.facets["city"]) != 200:
                wrong.append(found.total)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for version in range(2, 6):
        search.write("green", [replace(one, version=version) for one in homes(200, seed=version)])
        search.fold("green", "home")
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_the_end_of_a_workspace_is_the_end_of_its_folder(search: SqliteSearch, tmp_path: Path) -> None:
    for workspace in ("green", "../red"):
        search.write(workspace, homes(20))
        search.fold(workspace, "home")
    assert len(folders(tmp_path)) == 2
    search.replace("green", "home", ())
    assert len(folders(tmp_path)) == 1
    assert search.find("../red", "home", Wish()).total == 20


def test_another_spec_leaves_no_folder(search: SqliteSearch, tmp_path: Path) -> None:
    search.write("green", homes(20))
    search.fold("green", "home")
    assert search.define(replace(SPEC, version=2))
    assert folders(tmp_path) == []
    assert find(search, Wish("lake")).total == 0


def test_a_list_loads_nothing_of_what_finds(tmp_path: Path) -> None:
    script = f"""
import sys
from steward.adapters.search.sqlite import SqliteSearch
from steward.kernel.search import Document, Sort, Field, IndexSpec, Text
search = SqliteSearch({str(tmp_path / "search.db")!r})
search.define(IndexSpec("home", 1, [Field("city", "text", sort=True)], texts=[Text("title")]))
search.write("green", [Document("home", "a", 1, {{"city": "Kent"}}, {{}}, {{"title": "A home"}})])
assert search.page("green", "home", [], sort=Sort("city")).total == 1
search.close()
print(*(name for name in ("numpy", "simsimd", "tantivy") if name in sys.modules))
"""
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert told.stdout.split() == []
