"""Taking an import back: everything it wrote, and nothing that a person or a later import changed since."""

from itertools import permutations

import pytest

from steward.kernel.actor import Surface
from steward.properties.inputs import DeleteProperty, SetValuations, UpdateProperty, Valued
from steward.properties.intake_model import UndoImport
from steward.runs.model import GetRun, RunStatus
from tests.unit.properties.imports import Desk, Killed, counts, many, roll, row


@pytest.fixture
def desk() -> Desk:
    return Desk()


def bodies(desk: Desk) -> list[object]:
    """The properties as they are, without version and time of change."""
    return [{**stored.body, "updated_at": ""} for stored in desk.rows("property")]


def test_undo_takes_out_what_was_added(desk: Desk) -> None:
    run = desk.take(many(150)).id
    ended = desk.undo(run)
    assert (ended.status, ended.result) == (RunStatus.SUCCEEDED, {"restored": 150, "kept": []})
    assert (desk.rows("property"), desk.rows("property.key"), desk.total()) == ([], [], 0)
    assert desk.look(run).undone_at is not None


def test_undo_puts_back_what_was_changed(desk: Desk) -> None:
    desk.take(roll(row("7"), row("8")))
    before = bodies(desk)
    run = desk.take(roll(row("7", beds=4), row("8", sold="2015-06-01", price=1), row("9"))).id
    assert bodies(desk) != before
    assert desk.undo(run).result == {"restored": 3, "kept": []}
    assert bodies(desk) == before


def test_what_a_person_changed_since_is_kept_and_listed(desk: Desk) -> None:
    run = desk.take(roll(row("7"), row("8"))).id
    changed = desk.run(UpdateProperty(id="7", bedrooms=5))
    result = desk.undo(run).result
    assert result == {"restored": 1, "kept": [{"id": changed.id, "ref": changed.ref, "reason": "A person changed it since the import."}]}
    assert desk.home("7").bedrooms == 5


def test_what_a_person_and_then_an_import_changed_is_kept_for_the_person(desk: Desk) -> None:
    run = desk.take(roll(row("7"))).id
    desk.run(UpdateProperty(id="7", bedrooms=5))
    desk.take(roll(row("7", baths=3)), name="december.csv")
    assert desk.undo(run).result["kept"][0]["reason"] == "A person changed it since the import."


def test_what_a_later_import_changed_is_kept_until_that_one_is_undone(desk: Desk) -> None:
    first = desk.take(roll(row("7"))).id
    second = desk.take(roll(row("7", beds=4)), name="december.csv").id
    assert desk.undo(first).result["kept"][0]["reason"] == "A later import, december.csv, changed it."
    assert desk.home("7").bedrooms == 4
    assert desk.undo(second).result["restored"] == 1
    assert (desk.rows("property"), desk.total()) == ([], 0)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_nothing_is_left_when_every_import_is_undone_in_whatever_order(desk: Desk, order: tuple[int, ...]) -> None:
    runs = [desk.take(roll(row("7", beds=beds), row("8")), name=f"{beds}.csv").id for beds in (2, 3, 4)]
    for place in order:
        desk.undo(runs[place])
    assert (desk.rows("property"), desk.rows("property.key"), desk.total()) == ([], [], 0)


def test_an_undo_passes_over_what_an_undone_import_said(desk: Desk) -> None:
    _, second, third = [desk.take(roll(row("7", beds=beds)), name=f"{beds}.csv").id for beds in (2, 3, 4)]
    assert desk.undo(second).result["kept"][0]["reason"] == "A later import, 4.csv, changed it."
    assert desk.undo(third).result == {"restored": 1, "kept": []}
    assert desk.home("7").bedrooms == 2


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_a_person_decided_between_imports_outlives_all_of_them(desk: Desk, order: tuple[int, ...]) -> None:
    runs = [desk.take(roll(row("7", beds=2))).id]
    desk.run(UpdateProperty(id="7", bathrooms=5))
    runs += [desk.take(roll(row("7", beds=beds)), name=f"{beds}.csv").id for beds in (3, 4)]
    results = {place: desk.undo(runs[place]).result for place in order}
    assert (desk.home("7").bathrooms, desk.home("7").bedrooms) == (5, 2)
    assert results[0]["kept"][0]["reason"] == "A person changed it since the import."


def test_a_property_that_several_chunks_wrote_is_put_back_once(desk: Desk) -> None:
    content = roll(row("7", sold="2014-05-01"), *(row(number) for number in range(100, 200)), row("7", sold="2015-03-01"))
    run = desk.take(content).id
    assert desk.undo(run).result["restored"] == 101
    assert desk.rows("property") == []


def test_undo_clears_values_and_scores(desk: Desk) -> None:
    desk.take(roll(row("7")))
    run = desk.take(roll(row("7", beds=4), row("8"))).id
    values = [Valued(id=desk.home(told).id, model="m", estimate=1, score=80.0) for told in ("7", "8")]
    desk.run(SetValuations(valuations=values), surface=Surface.SYSTEM)
    assert desk.total(score="known") == 2
    desk.undo(run)
    assert desk.home("7").valuation.score is None
    assert (desk.total(score="known"), len(desk.rows("valuation"))) == (0, 1)


def test_what_is_kept_shows_its_old_value_no_more(desk: Desk) -> None:
    run = desk.take(roll(row("7"), row("8"))).id
    changed = desk.run(UpdateProperty(id="7", bedrooms=5))
    desk.run(SetValuations(valuations=[Valued(id=changed.id, model="m", estimate=1, score=80.0)]), surface=Surface.SYSTEM)
    desk.undo(run)
    assert (desk.home("7").valuation.score, desk.total(score="known"), desk.total()) == (None, 0, 1)


def test_the_file_can_come_again_after_an_undo(desk: Desk) -> None:
    desk.undo(desk.take(many(60)).id)
    again = desk.take(many(60))
    assert (counts(again)["added"], again.same_as) == (60, 0)


def test_undo_stops_an_import_under_way(desk: Desk) -> None:
    run = desk.bring(many(150))
    desk.die_at(5, after=True)
    with pytest.raises(Killed):
        desk.settle()
    started = desk.run(UndoImport(run=run))
    desk.rise()
    assert desk.look(run).run.status is RunStatus.CANCELLED
    assert desk.run(GetRun(run=started.run)).status is RunStatus.SUCCEEDED
    assert (desk.rows("property"), desk.total()) == ([], 0)


def test_an_import_that_has_stored_nothing_is_stopped_at_once(desk: Desk) -> None:
    run = desk.take(roll(row("7")), confirm=False).id
    stopped = [desk.run(UndoImport(run=run)) for _ in range(2)]
    assert [(one.id, one.status, one.result) for one in stopped] == [(run, RunStatus.CANCELLED, {"restored": 0, "kept": []})] * 2
    assert desk.take(roll(row("7"))).same_as == 0


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("commit", [1, 2, 3, 4, 5, 6, 7])
def test_an_undo_killed_anywhere_goes_on(desk: Desk, commit: int, *, after: bool) -> None:
    run = desk.take(many(150)).id
    desk.run(UpdateProperty(id="P00003", bedrooms=5))
    started = desk.run(UndoImport(run=run))
    desk.die_at(commit, after=after)
    try:
        desk.settle()
    except Killed:
        desk.rise()
    ended = desk.run(GetRun(run=started.run))
    assert (ended.status, ended.result["restored"], len(ended.result["kept"])) == (RunStatus.SUCCEEDED, 149, 1)
    assert (desk.total(), len(desk.rows("property.key"))) == (1, 1)


def test_an_undo_says_through_how_many_of_its_properties_it_went(desk: Desk) -> None:
    desk.take(roll(row("7"), row("8")))
    content = roll(
        row("7", beds=4),
        row("8"),
        row("7", sold="2015-06-01"),
        *(row(number) for number in range(100, 248)),
        row("7", beds=5, sold="2015-07-01"),
    )
    run = desk.take(content, name="next.csv").id
    desk.run(UpdateProperty(id="100", bedrooms=5))
    desk.insist(DeleteProperty(id="101"))
    started = desk.run(UndoImport(run=run))
    desk.die_at(3, after=True)
    with pytest.raises(Killed):
        desk.settle()
    under_way = desk.run(GetRun(run=started.run))
    desk.rise()
    ended = desk.run(GetRun(run=started.run))
    assert (started.total, ended.counts["in"]) == (149, 149)
    assert 0 < under_way.counts["in"] < 149


def test_undoing_twice_is_the_same_undo(desk: Desk) -> None:
    run = desk.take(roll(row("7"))).id
    assert desk.undo(run).id == desk.undo(run).id
