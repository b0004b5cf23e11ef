"""How long files live: those that never come are not waited for, those that had their time go."""

from datetime import timedelta

import pytest

from steward.kernel.actor import Surface
from steward.kernel.errors import Conflict
from steward.properties.inputs import ExportProperties
from steward.properties.intake_commands import NEVER_CAME
from steward.properties.intake_model import BeginImport, EndWait, ExpectUpload
from steward.runs import tick
from steward.runs.model import GetRun, RunStatus
from steward.workspaces.model import CreateWorkspace
from tests.unit.properties.imports import Desk, many


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace="system").id
    return made


def later(desk: Desk, **span: float) -> None:
    """So much later, the first tick of the next hour comes."""
    desk.clock.at = (desk.clock() + timedelta(**span)).replace(minute=0, second=0) + timedelta(hours=1)
    tick.five_minutes(desk.door, desk.clock.at)
    desk.settle()


def kept(desk: Desk, place: str) -> list[str]:
    return [blob.key for blob in desk.ports.blobs.list(f"w/{desk.workspace}/{place}/")]


def test_an_import_whose_file_never_comes_ends_after_six_hours_with_the_reason(desk: Desk) -> None:
    begun = desk.run(BeginImport(name="roll.csv"))
    later(desk, hours=5)
    assert desk.run(GetRun(run=begun.run)).status is RunStatus.WAITING
    later(desk, minutes=30)
    ended = desk.run(GetRun(run=begun.run))
    assert (ended.status, ended.error) == (RunStatus.FAILED, NEVER_CAME)
    assert "6 hours" in NEVER_CAME


def test_an_import_that_waits_for_a_person_is_waited_for(desk: Desk) -> None:
    run = desk.take(many(3), confirm=False).id
    later(desk, days=40)
    assert desk.look(run).run.status is RunStatus.WAITING
    assert len(kept(desk, "uploads")) == 1


def test_a_file_that_came_at_the_last_moment_is_taken_in(desk: Desk) -> None:
    run = desk.bring(many(3))
    desk.run(EndWait(run=run), surface=Surface.SYSTEM)
    desk.settle()
    assert desk.look(run).run.status is RunStatus.SUCCEEDED


def test_only_an_import_that_waits_for_its_file_expects_one(desk: Desk) -> None:
    begun = desk.run(BeginImport(name="roll.csv"))
    assert desk.run(ExpectUpload(blob=begun.upload.blob), surface=Surface.SYSTEM).id == begun.run
    desk.run(EndWait(run=begun.run), surface=Surface.SYSTEM)
    with pytest.raises(Conflict, match="begin another import"):
        desk.run(ExpectUpload(blob=begun.upload.blob), surface=Surface.SYSTEM)


def test_an_export_lives_for_seven_days(desk: Desk) -> None:
    desk.take(many(3))
    desk.run(ExportProperties())
    later(desk, days=6)
    assert len(kept(desk, "exports")) == 1
    second = desk.run(ExportProperties()).blob
    later(desk, days=1)
    assert kept(desk, "exports") == [second]


@pytest.mark.parametrize("undone", [False, True])
def test_a_file_taken_in_lives_for_thirty_days_after_its_import(desk: Desk, *, undone: bool) -> None:
    run = desk.take(many(3)).id
    if undone:
        desk.undo(run)
    later(desk, days=29)
    assert len(kept(desk, "uploads")) == 1
    later(desk, days=1)
    assert kept(desk, "uploads") == []


def test_files_are_looked_through_once_an_hour_only(desk: Desk) -> None:
    desk.run(ExportProperties())
    desk.clock.pass_(days=8)
    tick.five_minutes(desk.door, desk.clock().replace(minute=35))
    desk.settle()
    assert len(kept(desk, "exports")) == 1
