"""`steward search` and `steward reindex`."""

import json
from pathlib import Path

import pytest

from steward.workspaces.model import CreateWorkspace
from tests.support.worlds import World
from tests.surfaces.test_cli import steward
from tests.unit.finding.homes import homes


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    homes(made)
    return made


def test_a_query_answers_with_what_was_understood_found_and_nearly_found(world: World) -> None:
    code, out, _ = steward(world, "search", "Kent condos under 400k", "--json", "--limit", "1")
    told = json.loads(out)
    assert code == 0
    assert list(told)[:6] == ["query", "understood", "rest", "total", "hits", "near"]
    assert told["ms"] >= 0
    assert set(told["understood"][0]) == {"field", "op", "value", "text"}
    assert {"ref", "id", "source_id", "title", "keyword", "vector", "score", "reasons"} <= set(told["hits"][0])
    assert (told["total"], len(told["hits"])) == (1, 1)


def test_a_person_reads_chips_a_table_and_what_comes_near(world: World) -> None:
    code, out, _ = steward(world, "search", "Kent", "condos", "under", "400k")
    assert code == 0
    assert "[Kent]" in out
    assert "1 Alder Road" in out
    assert "1 of 1 that match" in out
    assert "1 more if Condo is not a must." in out or "more if" in out


def test_nothing_found_is_said(world: World) -> None:
    assert "Nothing is like that." in steward(world, "search", "condos above 9 million")[1]


def test_a_file_answers_a_line_a_query_in_order_whatever_stands_there(world: World, tmp_path: Path) -> None:
    file = tmp_path / "queries.txt"
    file.write_bytes('Kent condos\n\n🏡 "(AND\r\n'.encode() + b"\xff\xfe\n" + b"x" * 30_000 + b"\nlast one")
    code, out, _ = steward(world, "search", "--file", str(file))
    told = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [one["query"][:11] for one in told] == ["Kent condos", "", '🏡 "(AND', "\ufffd\ufffd", "x" * 11, "last one"]
    assert [one.get("error", {}).get("kind") for one in told] == [None] * 4 + ["invalid", None]
    assert told[0]["total"] == 2


@pytest.mark.parametrize("words", [[], ["Kent", "--file", "x.txt"], ["--file", "nowhere.txt"], ["Kent", "--limit", "0"]])
def test_what_cannot_be_searched_is_one_sentence(world: World, words: list[str]) -> None:
    code, _, err = steward(world, "search", *words)
    assert code == 2
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [["reindex"], ["search", "rebuild"]])
def test_the_index_is_made_anew_from_the_records(words: list[str]) -> None:
    world = World()
    world.workspace = world.run(CreateWorkspace(name="Hudson desk"), workspace="system").id
    homes(world)
    code, out, _ = steward(world, *words, "--json")
    assert code == 0
    assert json.loads(out)["listed"] >= 5
