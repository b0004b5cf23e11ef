"""At night the lists are compared with the records, and what differs is mended and told."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from steward.kernel.events import Event
from steward.kernel.keys import SYSTEM
from steward.kernel.reactor import deliver
from steward.kernel.search import Document, Gone
from steward.properties.inputs import CreateProperty, ListProperties
from steward.runs import reconciling
from steward.runs.model import ListRuns
from steward.workspaces.model import CreateWorkspace
from tests.support.worlds import World

NIGHT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace=SYSTEM).id
    for number in range(7):
        made.run(CreateProperty(address=f"{number} Alder Road"))
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


def _older(one: Document) -> Document:
    return replace(one, version=0, row={**one.row, "version": 0, "address": "an old one"})


def _documents(world: World) -> list[Document]:
    kept = getattr(world.ports.search, "_kept")  # noqa: B009 - of the engine in memory only
    return [one for one in kept[world.workspace, "property"].values() if not isinstance(one, Gone)]
