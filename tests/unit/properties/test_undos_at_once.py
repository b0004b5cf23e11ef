"""Imports undone at the same time: nothing of what is undone stays, and nothing that is kept is lost."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import permutations
from pathlib import Path

import pytest

from steward.adapters.records.memory import MemoryRecords
from steward.adapters.records.sqlite import SqliteRecords
from steward.kernel.errors import Conflict
from steward.kernel.events import Event
from steward.kernel.reactor import deliver
from steward.properties.inputs import UpdateProperty
from steward.properties.intake_model import UndoImport
from steward.runs.model import GetRun, RunStatus
from tests.support import worlds
from tests.unit.properties.imports import Desk, Killed, roll, row

HASTY = 1e-5
"""Seconds that a thread runs before another may."""


@pytest.fixture
def desk() -> Desk:
    return Desk()


def two(desk: Desk) -> tuple[str, str]:
    """Two imports of one home, the later one with another fact."""
    return desk.take(roll(row("7"))).id, desk.take(roll(row("7", beds=4)), name="december.csv").id


@pytest.mark.parametrize("order", list(permutations(range(2))))
@pytest.mark.parametrize("kind", ["property", "import.under"])
def test_an_undo_that_comes_between_another_ones_reading_and_writing_leaves_nothing(desk: Desk, kind: str, order: tuple[int, int]) -> None:
    runs = two(desk)
    desk.before_rows(kind, lambda: desk.undo(runs[order[1]]))
    desk.undo(runs[order[0]])
    assert (desk.rows("property"), desk.rows("property.key"), desk.total()) == ([], [], 0)


def test_an_undo_finds_what_another_one_has_noted_of_some_of_its_chunks_only(desk: Desk) -> None:
    content = roll(row("7", sold="2014-05-01"), *(row(number) for number in range(100, 200)), row("7", sold="2015-03-01"))
    first = desk.take(content).id
    second = desk.take(roll(row("7", beds=4, sold="2015-04-01")), name="december.csv").id
    desk.run(UndoImport(run=first))
    desk.die_at(3, after=True)
    with pytest.raises(Killed):
        desk.settle()
    assert len(desk.rows("import.under")) == 1
    desk.undo(second)
    desk.rise()
    assert (desk.rows("property"), desk.rows("property.key"), desk.total()) == ([], [], 0)


def test_a_name_that_a_later_chunk_gave_a_kept_home_goes_with_the_later_imports_undo(desk: Desk) -> None:
    head, fill = "id,address,zip,bedrooms,living_area_sqft\n", "".join(f"{one},{one} Alder Road,98103,3,1800\n" for one in range(100, 200))
    desk.take(f"{head}7,1 Oak Lane,98103,3,1800\n", name="november.csv")
    names = len(desk.rows("property.key"))
    first = desk.take(f"{head}7,1 Oak Lane,98103,2,1800\n{fill}7,2 Oak Lane,98103,2,1800\n", name="december.csv").id
    second = desk.take(f"{head}7,2 Oak Lane,98103,4,1800\n", name="january.csv").id
    for run in (first, second):
        desk.undo(run)
    assert len(desk.rows("property.key")) == names
    assert desk.home("7").address == "1 Oak Lane"


def test_an_import_is_undone_once_however_many_ask_for_it_at_once(desk: Desk) -> None:
    run = desk.take(roll(row("7"))).id
    desk.before_rows("source", lambda: desk.run(UndoImport(run=run)))
    started = desk.run(UndoImport(run=run))
    desk.settle()
    assert [stored.body["kind"] for stored in desk.rows("run")].count("undo") == 1
    assert desk.run(GetRun(run=started.run)).result == {"restored": 1, "kept": []}


@pytest.fixture
def hasty() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(HASTY)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("engine", [MemoryRecords, SqliteRecords], ids=["memory", "sqlite"])
def test_three_imports_undone_by_six_threads_leave_what_a_person_decided_and_nothing_else(
    engine: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worlds, "MemoryRecords", lambda clock: engine(*[tmp_path / "steward.db"][: engine is SqliteRecords], clock))
    desk = Desk()
    runs = [desk.take(roll(*(row(number, beds=beds) for number in range(100, 200))), name=f"{beds}.csv").id for beds in (2, 3)]
    desk.run(UpdateProperty(id="150", bathrooms=5))
    runs.append(desk.take(roll(*(row(number, beds=4) for number in range(100, 200))), name="4.csv").id)

    def take_back(run: str) -> str:
        undo = desk.run(UndoImport(run=run))
        queued = Event(f"{run}:{undo.id}", "runs.queued", desk.workspace, {"run": undo.id, "kind": "undo"}, desk.clock())
        with suppress(Conflict):  # the queue hands it out again
            deliver(desk.door, queued, seconds=60)
        return str(undo.run)

    with ThreadPoolExecutor(6) as threads:
        undos = set(threads.map(take_back, [*runs, *runs]))
    desk.settle()
    assert [desk.run(GetRun(run=one)).status for one in undos] == [RunStatus.SUCCEEDED] * 3
    assert [stored.body["parcel"] for stored in desk.rows("property")] == ["150"]
    assert (desk.home("150").bathrooms, desk.home("150").bedrooms) == (5, 3)
    assert (len(desk.rows("property.key")), desk.total()) == (1, 1)
    desk.records.close()
