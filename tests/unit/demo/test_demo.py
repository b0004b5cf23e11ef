"""Making the demo: an invented workspace, filled through the commands of the other slices."""

from datetime import date

import pytest

from steward.demo import touches
from steward.demo.model import CreateDemo
from steward.demo.town import County, county
from steward.kernel.errors import Conflict
from steward.properties.inputs import GetProperty, ListProperties, PropertyPage, UpdateProperty
from steward.properties.intake_model import GetImport, HeldPage, ImportView, ListHeld
from steward.properties.model import PropertyView
from steward.runs.model import GetRun, ListRuns, RunStatus, RunView
from steward.workspaces.identity import workspace_named
from tests.unit.properties.imports import Desk, Killed

SEED = 18


class Demo(Desk):
    """A world with a demo in it."""

    @property
    def demo(self) -> str:
        return workspace_named(self.records, "demo").id

    def create(self) -> RunView:
        asked: RunView = self.run(CreateDemo(seed=SEED))
        self.settle()
        return self.seen(asked.id)

    def seen(self, run: str) -> RunView:
        view: RunView = self.run(GetRun(run=run))
        return view

    def imports(self) -> list[ImportView]:
        runs = self.run(ListRuns(kind="import"), workspace=self.demo).rows
        return [self.run(GetImport(run=run.id), workspace=self.demo) for run in reversed(runs)]

    def listed(self, **filters: str) -> PropertyPage:
        page: PropertyPage = self.run(ListProperties(**filters), workspace=self.demo)
        return page

    def rise(self) -> None:
        self.clock.pass_(minutes=20)
        self.door.outbox.sweep(self.door, self.demo, before=self.clock())
        super().rise()

    def touched(self, step: str) -> PropertyView:
        change = {**touches.before_offers(self.county), **touches.after_offers(self.county)}[step]
        assert isinstance(change, UpdateProperty)
        view: PropertyView = self.run(GetProperty(id=change.id), workspace=self.demo)
        return view

    @property
    def county(self) -> County:
        return county(SEED, today=date(2026, 11, 20))


@pytest.fixture(scope="module")
def made() -> Demo:
    world = Demo()
    world.create()
    return world


def test_the_demo_is_a_workspace_marked_as_invented(made: Demo) -> None:
    workspace = workspace_named(made.records, "demo")
    assert (workspace.name, workspace.invented) == ("Alder County, invented", True)


def test_every_parcel_of_the_county_is_a_property_of_the_demo(made: Demo) -> None:
    assert made.listed(origin="imported").total == len(made.county.parcels)


def test_the_workspace_that_asks_stays_empty(made: Demo) -> None:
    assert made.rows("property") == []


def test_the_files_come_in_as_imports_with_their_bad_rows_held_back(made: Demo) -> None:
    told = [(one.name, one.run.status, one.run.counts["quarantined"]) for one in made.imports()]
    assert told == [
        ("alder-roll-2026-11.csv", RunStatus.SUCCEEDED, 8),
        ("alder-listings-2026-11.csv", RunStatus.SUCCEEDED, 2),
    ]


def test_each_bad_row_says_what_is_wrong_with_it(made: Demo) -> None:
    held: HeldPage = made.run(ListHeld(run=made.imports()[0].id), workspace=made.demo)
    assert {row.about for row in held.rows} >= {"Year built", "ZIP", "Bedrooms", "Last sale date", "Latitude"}
    assert all(row.reason for row in held.rows)


def test_the_offers_change_homes_that_the_roll_told(made: Demo) -> None:
    assert made.imports()[1].run.counts["updated"] == made.imports()[1].run.counts["properties"] > 250


def test_a_person_and_a_listing_disagree_about_a_bath(made: Demo) -> None:
    told = made.touched("count baths")
    assert told.provenance["bathrooms"].edited
    assert told.provenance["bathrooms"].says != told.bathrooms


def test_a_person_has_lowered_a_price(made: Demo) -> None:
    told = made.touched("lower a price")
    assert (told.provenance["asking_price"].by, told.provenance["asking_price"].edited) == ("Dana Osei", True)


def test_one_home_was_entered_by_hand_and_has_no_price(made: Demo) -> None:
    assert made.listed(origin="manual", price="unknown").total == 1


def test_some_homes_have_no_price_and_some_no_street_address(made: Demo) -> None:
    assert made.listed(price="unknown").total > 50
    assert made.listed(address="unknown").total > 20


def test_a_second_demo_says_it_is_there_and_adds_nothing(made: Demo) -> None:
    before = made.listed().total
    again = made.create()
    assert again.result["note"] == f"Alder County is there, in the workspace 'demo': {before:,} properties, all invented."
    assert (made.listed().total, len(made.imports()), len(made.rows("run"))) == (before, 2, 1)


def test_a_demo_that_another_workspace_has_is_said_to_be_there(made: Demo) -> None:
    with pytest.raises(Conflict, match="There is a demo already"):
        made.run(CreateDemo(), workspace="w2")


def test_a_demo_asked_for_while_it_is_made_is_the_same_run() -> None:
    world = Demo()
    first: RunView = world.run(CreateDemo(seed=SEED))
    second: RunView = world.run(CreateDemo(seed=SEED))
    assert second.id == first.id


@pytest.mark.parametrize("commit", [3, 12, 40])
def test_a_demo_that_was_killed_on_the_way_is_made_in_the_end(commit: int) -> None:
    world = Demo()
    asked: RunView = world.run(CreateDemo(seed=SEED))
    world.die_at(commit, after=commit % 2 == 0)
    with pytest.raises(Killed):
        world.settle()
    world.rise()
    assert world.seen(asked.id).status is RunStatus.SUCCEEDED
    assert (world.listed().total, len(world.imports())) == (len(world.county.parcels) + touches.ENTERED, 2)
