"""Imports under a plan: every property counts once, and what finds no room is held back with the reason."""

from collections.abc import Sequence

import pytest

from steward.kernel.command import Command
from steward.kernel.context import Context
from steward.kernel.ports import Change
from steward.properties.inputs import CreateProperty
from steward.properties.intake_model import ListHeld
from steward.runs.model import RunStatus
from steward.workspaces.model_permissions import restand
from steward.workspaces.quotas import usage
from tests.unit.properties.imports import Desk, Killed, counts, many, roll, row


def on_plan(properties: int) -> Desk:
    """A desk that may take in so many properties a month."""
    desk = Desk()
    agreed(desk, properties)
    return desk


def agreed(desk: Desk, properties: int) -> None:
    ctx = desk.context()
    restand(ctx, plan="free", quotas={"properties": properties})
    desk.records.commit(list(ctx.changes.values()))


def used(desk: Desk) -> int:
    return usage(desk.records, desk.workspace, desk.clock()).used["properties"]  # type: ignore[index]


def test_an_import_that_fits_is_counted_and_the_same_file_again_is_not() -> None:
    desk = on_plan(300)
    for _ in range(2):
        desk.take(many(250))
    assert (used(desk), len(desk.rows("property"))) == (250, 250)


def test_rows_that_fit_the_plan_are_in_and_the_rest_is_held_back_with_the_reason() -> None:
    desk = on_plan(100)
    view = desk.take(many(250))
    assert view.run.status is RunStatus.SUCCEEDED
    assert used(desk) == len(desk.rows("property")) == 100
    assert view.held == {"Plan": 150}
    rows = desk.run(ListHeld(run=view.run.id, about="Plan", limit=200)).rows
    assert [row.row for row in rows] == list(range(102, 252))
    assert "The free plan has 100 properties a month, and they are used up" in rows[0].reason
    assert rows[0].cells[0] == "P00100"


def test_known_homes_are_updated_when_the_plan_has_no_room_for_new_ones() -> None:
    desk = on_plan(1)
    desk.take(roll(row("P1", beds=3)))
    view = desk.take(roll(row("P2"), row("P1", beds=4), row("P3")))
    assert (counts(view)["updated"], view.held) == (1, {"Plan": 2})
    assert desk.home("1").bedrooms == 4


def test_the_same_file_brings_in_the_rest_once_the_plan_has_room() -> None:
    desk = on_plan(100)
    desk.take(many(250))
    agreed(desk, 300)
    view = desk.take(many(250))
    assert (counts(view)["added"], counts(view)["unchanged"], view.held) == (150, 100, {})
    assert used(desk) == len(desk.rows("property")) == 250


def test_an_import_that_finds_no_room_at_all_says_so_and_keeps_its_rows() -> None:
    desk = on_plan(0)
    view = desk.take(many(3))
    assert view.run.status is RunStatus.FAILED
    assert "all 3 were held back" in (view.run.error or "") and "The free plan has 0 properties" in (view.run.error or "")
    assert view.held == {"Plan": 3}


def test_an_import_goes_on_when_somebody_takes_the_last_room_in_the_midst_of_it() -> None:
    desk = on_plan(100)
    run = desk.bring(many(120))
    desk.before_rows("property", lambda: desk.run(CreateProperty(address="1 Alder Road", city="Kent", state="WA", zip="98030")))
    desk.settle()
    view = desk.look(run)
    assert (view.run.status, view.held) == (RunStatus.SUCCEEDED, {"Plan": 21})
    assert used(desk) == len(desk.rows("property")) == 100


def test_an_import_goes_on_when_somebody_takes_the_last_room_just_before_it_is_counted() -> None:
    desk = on_plan(100)
    run = desk.bring(many(120))
    settle, left = desk.door.meter.settle, [True]

    def late(command: Command, ctx: Context) -> Sequence[Change]:
        if left and command.name == "properties.import_chunk" and used(desk) + ctx.used["properties"] == 100:
            left.clear()
            desk.run(CreateProperty(address="1 Alder Road", city="Kent", state="WA", zip="98030"))
        return settle(command, ctx)

    desk.door.meter.settle = late  # type: ignore[method-assign]
    desk.settle()
    view = desk.look(run)
    assert (left, view.run.status, view.held) == ([], RunStatus.SUCCEEDED, {"Plan": 21})
    assert used(desk) == len(desk.rows("property")) == 100


@pytest.mark.parametrize("after", [False, True])
def test_an_import_killed_at_a_commit_counts_what_is_there(*, after: bool) -> None:
    desk = on_plan(300)
    desk.die_at(6, after=after)
    with pytest.raises(Killed):
        desk.take(many(250))
    desk.rise()
    desk.settle()
    assert used(desk) == len(desk.rows("property")) == 250
