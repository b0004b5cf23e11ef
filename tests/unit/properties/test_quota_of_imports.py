"""Imports under a plan: every property counts once, and the end of the plan is the end of the import."""

import pytest

from steward.runs.model import RunStatus
from steward.workspaces.model_permissions import restand
from steward.workspaces.quotas import usage
from tests.unit.properties.imports import Desk, Killed, many


def on_plan(properties: int) -> Desk:
    """A desk that may take in so many properties a month."""
    desk = Desk()
    ctx = desk.context()
    restand(ctx, plan="free", quotas={"properties": properties})
    desk.records.commit(list(ctx.changes.values()))
    return desk


def used(desk: Desk) -> int:
    return usage(desk.records, desk.workspace, desk.clock()).used["properties"]  # type: ignore[index]


def test_an_import_that_fits_is_counted_and_the_same_file_again_is_not() -> None:
    desk = on_plan(300)
    for _ in range(2):
        desk.take(many(250))
    assert (used(desk), len(desk.rows("property"))) == (250, 250)


def test_an_import_ends_where_the_plan_does_and_keeps_what_it_has_stored() -> None:
    desk = on_plan(100)
    view = desk.take(many(250))
    assert view.run.status is RunStatus.FAILED
    assert "The free plan has 100 properties a month" in (view.run.error or "")
    assert used(desk) == len(desk.rows("property")) <= 100


@pytest.mark.parametrize("after", [False, True])
def test_an_import_killed_at_a_commit_counts_what_is_there(*, after: bool) -> None:
    desk = on_plan(300)
    desk.die_at(6, after=after)
    with pytest.raises(Killed):
        desk.take(many(250))
    desk.rise()
    desk.settle()
    assert used(desk) == len(desk.rows("property")) == 250
