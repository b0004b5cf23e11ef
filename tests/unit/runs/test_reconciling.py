"""At night the lists are compared with the records, and what differs is mended and told."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from steward.adapters.search.both import BothSearch
from steward.adapters.search.sqlite import SqliteSearch
from steward.kernel.actor import Surface
from steward.kernel.dispatch import Door
from steward.kernel.embedding import Embedder
from steward.kernel.errors import Unavailable
from steward.kernel.events import Event
from steward.kernel.keys import SYSTEM, place
from steward.kernel.limits import Unlimited
from steward.kernel.ports import Put
from steward.kernel.reactor import deliver
from steward.kernel.search import Document, Gone, Search, Sort
from steward.properties.inputs import CreateProperty, ListProperties, SetValuations, Valued
from steward.runs import filling, reconciling, tick
from steward.runs.model import ListRuns
from steward.workspaces.model import CreateWorkspace
from steward.workspaces.policy import RulePolicy
from tests.support.worlds import World

NIGHT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return entered(World())


def entered(made: World) -> World:
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace=SYSTEM).id
    for number in range(7):
        made.run(CreateProperty(address=f"{number} Alder Road", remarks="By the lake"))
    return made


def compared(world: World, at: datetime = NIGHT) -> list[Any]:
    """The runs of a cycle's comparison, once done."""
    deliver(world.door, Event(f"cycle:{at}", "cycle.came", SYSTEM, {}, at), seconds=60)
    world.settle()
    return [run for run in world.run(ListRuns(), workspace=SYSTEM).rows if run.kind == "reconcile"]


def listed(world: World) -> list[str]:
    return sorted(home.address for home in world.run(ListProperties()).rows)


@pytest.mark.parametrize("page", [2, 500])
def test_what_is_missing_old_or_there_without_a_record_is_mended_and_told(world: World, page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciling, "PAGE", page)
    before, rows = listed(world), world.run(ListProperties()).rows
    search = world.ports.search
    search.replace(world.workspace, "property", [one for one in _documents(world) if one.id not in (rows[2].id, rows[5].id)])
    ghost: dict[str, Any] = {"id": "0000009zzzzzzzzzzzz", "ref": 9, "version": 1}
    old = _documents(world)[0]
    search.replace(world.workspace, "property", [_older(old), *_documents(world)[1:]])
    search.write(world.workspace, [Document("property", "0000009zzzzzzzzzzzz", 1, {"ref": 9}, ghost)])
    (run,) = compared(world)
    assert (run.status, run.result["mended"]) == ("succeeded", 4)
    assert run.warnings
    assert listed(world) == before


def test_what_is_whole_is_left_and_compared_once_a_night(world: World) -> None:
    (run,) = compared(world)
    assert (run.result["mended"], run.counts["in"], run.warnings) == (0, 7, [])
    assert len(compared(world, NIGHT.replace(minute=5))) == 1


def test_by_day_nothing_is_compared(world: World) -> None:
    assert compared(world, NIGHT.replace(hour=12)) == []


def test_an_older_valuation_in_a_list_is_mended(world: World) -> None:
    home = world.run(ListProperties()).rows[0]
    before = _documents(world)
    world.run(SetValuations(valuations=[Valued(id=home.id, model="m", estimate=1, score=80.0)]), surface=Surface.SYSTEM)
    valued = world.run(ListProperties(sort="ref")).rows
    world.ports.search.replace(world.workspace, "property", before)
    (run,) = compared(world)
    assert (run.result["mended"], run.counts["stale"]) == (1, 1)
    assert world.run(ListProperties(sort="ref")).rows == valued
    assert compared(world, NIGHT + timedelta(days=1))[0].result["mended"] == 0


def test_what_a_model_had_no_vector_for_is_embedded_once_it_answers() -> None:
    model = Moody()
    world = entered(World(more={Embedder: model}))
    model.away = False
    (run,) = compared(world)
    assert (run.result["mended"], run.counts["unembedded"], len(run.warnings)) == (7, 7, 1)
    assert [one.vector for one in _documents(world)] == [model.VECTOR] * 7
    assert compared(world, NIGHT + timedelta(days=1))[0].result["mended"] == 0


def test_a_start_lists_at_once_what_another_model_is_to_embed_and_a_run_embeds_it() -> None:
    model = Moody()
    model.away = False
    world = entered(World(more={Embedder: model}))
    _forgotten(world)
    tick.start(world.door)
    assert len(listed(world)) == 7
    assert {one.vector for one in _documents(world)} == {b""}
    world.settle()
    (run,) = world.run(ListRuns(), workspace=SYSTEM).rows
    assert (run.name, run.status, run.counts["unembedded"]) == ("Vectors by moody", "succeeded", 7)
    assert {one.vector for one in _documents(world)} == {model.VECTOR}
    tick.start(world.door)
    assert len(world.run(ListRuns(), workspace=SYSTEM).rows) == 1


def test_a_start_without_a_model_or_without_homes_has_nothing_to_embed(world: World) -> None:
    empty = World(more={Embedder: Moody()})
    for one in (world, empty):
        _forgotten(one)
        tick.start(one.door)
        assert one.run(ListRuns(), workspace=SYSTEM).rows == []


def _forgotten(world: World) -> None:
    """As if the list had never been filled."""
    key = place(SYSTEM, "index", "property")
    (row,) = world.ports.records.get([key])
    world.ports.records.commit([Put(key, {"filled": []}, row.version + 1 if row else 1)])


def test_a_model_that_is_still_away_is_left_for_another_night() -> None:
    (run,) = compared(entered(World(more={Embedder: Moody()})))
    assert (run.status, run.result["mended"]) == ("succeeded", 0)
    (warning,) = run.warnings
    assert "7 still without a vector" in warning


def test_each_engine_of_several_is_compared(world: World, tmp_path: Path) -> None:
    kept, spare = world.ports.search, SqliteSearch(tmp_path / "search.db", world.clock)
    world.ports = replace(world.ports, search=BothSearch(kept, spare))
    world.door = Door(world.ports, policy=RulePolicy(world.records), limits=Unlimited(), stamp=world.door.stamp)
    filling.fill(world.door)
    spare.replace(world.workspace, "property", _of(kept, world.workspace)[1:])
    (run,) = compared(world)
    assert (run.counts["in"], run.result["mended"]) == (7, 1)
    assert spare.page(world.workspace, "property", [], sort=Sort("ref")).total == 7
    spare.close()


class Moody:
    """A model that may be away."""

    model, dimension, away = "moody", 1, True
    VECTOR = bytes(array("f", [1.0]))

    def embed(self, texts: Sequence[str]) -> Sequence[bytes]:
        if self.away:
            raise Unavailable("The model is away.")
        return [self.VECTOR if text else b"" for text in texts]


def _older(one: Document) -> Document:
    return replace(one, version=0, row={**one.row, "version": 0, "address": "an old one"})


def _documents(world: World) -> list[Document]:
    return _of(world.ports.search, world.workspace)


def _of(search: Search, workspace: str) -> list[Document]:
    kept = getattr(search, "_kept")  # noqa: B009 - of the engine in memory only
    return [one for one in kept[workspace, "property"].values() if not isinstance(one, Gone)]
