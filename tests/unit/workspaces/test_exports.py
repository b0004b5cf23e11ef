"""What an export leaves: a receipt of how much was taken away, and beside it what was asked for."""

from datetime import timedelta

import pytest

from steward.kernel.actor import Surface
from steward.kernel.errors import Unavailable
from steward.kernel.model import Input
from steward.properties.inputs import CreateProperty, ExportProperties, ExportPropertiesJson, ListProperties
from steward.workspaces.model_permissions import ExportPermissions
from steward.workspaces.model_receipts import ExportReceipts, ListReceipts
from tests.support.worlds import World
from tests.unit.workspaces.staff import hire


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("cmd", [ExportProperties(city="Kent"), ExportPropertiesJson(city="Kent"), ExportReceipts(command="properties.*")])
def test_an_export_changes_nothing_and_leaves_a_receipt_with_how_much_was_taken_away(world: World, cmd: Input) -> None:
    for number, city in enumerate(("Kent", "Kent", "Yakima")):
        world.run(CreateProperty(address=f"{number} Alder Road", city=city))
    world.settle()
    dana = hire(world, "user")
    world.run(cmd, actor=dana, surface=Surface.DESK)
    told = world.run(ListReceipts()).rows[0]
    rows = 0 if isinstance(cmd, ExportReceipts) else 2
    assert (told.name, told.outcome, told.rows, told.subject_kind, told.changes) == (dana.name, "done", rows, "export", 1)
    assert told.about.endswith(", command properties.*" if isinstance(cmd, ExportReceipts) else ", city Kent")


def test_what_was_asked_of_an_export_is_not_under_the_seal(world: World) -> None:
    world.run(ExportProperties(q="Dana Reeve"))
    assert "Dana" not in str([row.body for row in world.rows("receipt")])
    (row,) = world.rows("export")
    assert row.body["asked"] == {"q": "Dana Reeve"} and (row.expires or 0) > (world.clock.at + timedelta(days=399)).timestamp()


def test_an_export_is_made_anew_each_time_and_leaves_a_receipt_each_time(world: World) -> None:
    blobs = {world.run(ExportProperties(), key="same").blob for _ in range(2)}
    assert (len(blobs), len(world.rows("receipt"))) == (2, 2)


def test_an_export_that_can_leave_no_receipt_is_not_given(world: World) -> None:
    def refuse() -> None:
        raise Unavailable("The disk is full.")

    world.before_commit_once(refuse)
    with pytest.raises(Unavailable):
        world.run(ExportProperties())


def test_what_is_only_looked_at_leaves_none(world: World) -> None:
    for cmd in (ListProperties(), ListReceipts(), ExportPermissions()):
        world.run(cmd)
    assert world.rows("receipt") == []
