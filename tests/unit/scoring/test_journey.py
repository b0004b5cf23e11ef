"""From an import to scores: training and scoring as runs, on memory engines, with the real training."""

import pytest

from steward.desk.views.models import Blank, page
from steward.kernel.actor import Surface
from steward.kernel.errors import Invalid, NotFound, Unavailable
from steward.kernel.money import to_cents
from steward.properties.inputs import UpdateProperty
from steward.properties.intake_model import UndoImport
from steward.runs.model import GetRun, ListRuns, RunStatus
from steward.scoring import rules, training
from steward.scoring.commands import NO_MODEL
from steward.scoring.commands_imports import UNDONE
from steward.scoring.model import (
    ActivateModel,
    ExplainScore,
    GetModel,
    ListModels,
    ModelView,
    ScoreAll,
    Scored,
    ScoreProperty,
    ScoreRest,
    TrainModel,
)
from steward.scoring.workers import OVERTAKEN
from tests.unit.properties.imports import Desk, Killed
from tests.unit.scoring.office import PARCELS, Office, roll

SALES = roll().count("\n") - 1


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(training, "ROUNDS", 30)  # how good the model is does not matter here
    return Office()


def models(desk: Office) -> list[ModelView]:
    return list(desk.run(ListModels()).rows)


def test_the_first_import_trains_and_then_everything_is_scored(desk: Office) -> None:
    desk.take(roll())
    (trained,), (scored,) = desk.runs("training"), desk.runs("scoring")
    figures = {"model": "value", "version": "1", "rows": SALES, "parcels": PARCELS}
    assert (trained.status, scored.status) == (RunStatus.SUCCEEDED, RunStatus.SUCCEEDED)
    assert {name: trained.result[name] for name in figures} == figures
    assert trained.result["grouped"].keys() >= {"r2", "median_error", "within_10", "coverage_80"}
    assert scored.result == {"properties": PARCELS, "scored": PARCELS, "valued": PARCELS}
    assert desk.asked == ["train", "score"]
    assert desk.total(score="known") == PARCELS


def test_a_model_says_what_it_was_trained_on_and_how_good_it_is(desk: Office) -> None:
    run = desk.take(roll()).id
    model: ModelView = desk.run(GetModel(id="1"))
    assert (model.active, model.version, model.rows, model.sources) == (True, "1", SALES, [run])
    assert model.grouped.rows == SALES
    blob = desk.ports.blobs.head(f"w/{desk.workspace}/models/{desk.runs('training')[0].ref}/model.json")
    assert blob is not None
    assert blob.size == model.size
    assert desk.run(ListModels(), workspace="w2").rows == []


def test_a_score_adds_up_in_dollars(desk: Office) -> None:
    desk.take(roll())
    told: Scored = desk.run(ScoreProperty(id="source:p7"))
    assert told.estimate is not None
    assert sum(to_cents(line.amount) for line in told.contributions) == to_cents(told.estimate.value)
    assert told.contributions[0].fact == "Typical home"
    assert sum(line.points for line in told.breakdown) == told.score
    assert told.price_basis == "last_sale"
    assert desk.run(ExplainScore(id="p7")) == told


def test_a_price_that_a_person_changes_is_scored_at_once_and_no_other_home_is(desk: Office) -> None:
    desk.take(roll())
    before = {stored.key.sk: stored.version for stored in desk.rows("valuation")}
    changed = desk.run(UpdateProperty(id="p7", asking_price=100_000))
    desk.settle()
    told: Scored = desk.run(ExplainScore(id="p7"))
    assert (float(told.price or 0), told.price_basis) == (100_000.0, "asking")
    assert told.score is not None
    assert told.score > 50
    after = {stored.key.sk: stored.version for stored in desk.rows("valuation")}
    assert {id for id in after if after[id] != before[id]} == {changed.id}
    assert desk.asked == ["train", "score", "score"]


def test_a_home_that_lost_its_area_is_refused_with_the_reason(desk: Office) -> None:
    desk.take(roll())
    desk.run(UpdateProperty(id="p7", living_area_sqft=None))
    desk.settle()
    told: Scored = desk.run(ExplainScore(id="p7"))
    assert (told.estimate, told.score, told.reason) == (None, None, rules.NO_AREA)


def test_a_second_import_is_valued_by_the_model_in_use_without_training_again(desk: Office) -> None:
    desk.take(roll())
    desk.take(roll(PARCELS, 20), name="december.csv")
    assert desk.asked == ["train", "score", "score"]
    assert desk.runs("scoring")[0].result["valued"] == 20
    assert desk.total(score="known") == PARCELS + 20


def test_scoring_again_writes_nothing_that_is_scored_already(desk: Office) -> None:
    desk.take(roll())
    desk.run(ScoreAll())
    desk.settle()
    assert desk.runs("scoring")[0].result == {"properties": PARCELS, "scored": PARCELS, "valued": 0}
    assert desk.asked == ["train", "score"]


def test_too_few_sales_are_a_warning_and_properties_wait(desk: Office) -> None:
    desk.take(roll(count=20))
    (run,) = desk.runs("training")
    assert run.status is RunStatus.SUCCEEDED
    assert run.result == {"model": None, "version": None, "grouped": None, "forward": None, "rows": 22}
    assert run.warnings == ["A model needs sales of at least 200 parcels; here are 20. Import more sales, then train again."]
    assert "waits for a model" in desk.run(ExplainScore(id="p7")).reason
    with pytest.raises(Unavailable, match="steward train"):
        desk.run(ScoreProperty(id="p7"))
    with pytest.raises(Unavailable, match=NO_MODEL[:20]):
        desk.run(ScoreAll())


def test_a_training_that_is_queued_is_taken_up_and_never_made_twice(desk: Office) -> None:
    desk.import_only(roll())
    (queued,) = desk.runs("training")
    assert desk.run(TrainModel()).id == queued.id
    assert desk.run(TrainModel()).id == queued.id
    desk.settle()
    assert len(desk.runs("training")) == 1
    assert len(models(desk)) == 1


def test_a_scoring_asked_for_before_there_is_a_model_waits_for_the_training_under_way(desk: Office) -> None:
    desk.import_only(roll())
    asked = desk.run(ScoreAll())
    desk.settle()
    (scored,) = desk.runs("scoring")
    assert (scored.id, scored.status) == (asked.id, RunStatus.SUCCEEDED)
    assert desk.total(score="known") == PARCELS


def test_a_scoring_that_waits_for_a_training_with_too_little_to_learn_from_fails_with_its_reason(desk: Office) -> None:
    desk.import_only(roll(count=20))
    desk.run(ScoreAll())
    desk.settle()
    (scored,) = desk.runs("scoring")
    assert scored.status is RunStatus.FAILED
    assert scored.error is not None
    assert scored.error.startswith("A model needs sales of at least 200 parcels")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("commit", [1, 3, 4, 6, 8])
def test_killed_anywhere_training_and_scoring_go_on_where_they_were(desk: Office, commit: int, *, after: bool) -> None:
    desk.import_only(roll())
    desk.die_at(commit, after=after)
    with pytest.raises(Killed):
        desk.settle()
    desk.rise()
    assert [one.status for kind in ("training", "scoring") for one in desk.runs(kind)] == [RunStatus.SUCCEEDED] * 2
    assert [model.active for model in models(desk)] == [True]
    assert desk.total(score="known") == PARCELS
    assert {stored.version for stored in desk.rows("valuation")} == {1}


def test_after_an_undo_nothing_derived_is_left(desk: Office) -> None:
    run = desk.take(roll()).id
    desk.undo(run)
    (model,) = models(desk)
    assert (desk.rows("valuation"), model.active, model.retired) == ([], False, True)
    assert list(desk.ports.blobs.list(f"w/{desk.workspace}/models/")) == []
    with pytest.raises(Invalid, match="taken back"):
        desk.run(ActivateModel(id="1"))


def test_after_an_undo_too_little_to_train_on_is_said_on_the_model_and_nothing_is_queued(desk: Office) -> None:
    run = desk.take(roll()).id
    desk.run(UpdateProperty(id="p7", bedrooms=4))
    desk.settle()
    trained = desk.runs("training")
    desk.undo(run)
    (model,) = models(desk)
    few = "A model needs sales of at least 200 parcels; here are 1. Import more sales, then train again."
    assert desk.runs("training") == trained
    assert model.notes[-2:] == [UNDONE, few]
    assert page([model], trained, homes=1, href="", now=desk.clock()).blank == Blank("Model 1 is out of use", few)
    assert (desk.total(), desk.total(estimate="known")) == (1, 0)
    assert "waits for a model" in desk.run(ExplainScore(id="p7")).reason


def test_an_undo_that_stops_a_training_and_leaves_too_little_ends_the_scoring_that_waits_for_it(desk: Office) -> None:
    desk.import_only(roll())
    desk.run(ScoreAll())
    desk.run(UndoImport(run=desk.runs("import")[0].run))
    desk.settle_only("undo")
    (trained,), (scored,) = desk.runs("training"), desk.runs("scoring")
    assert (trained.status, scored.status) == (RunStatus.CANCELLED, RunStatus.FAILED)
    assert "here are 0" in str(scored.error)


def test_a_scoring_that_followed_by_itself_ends_quietly_when_an_undo_takes_its_model(desk: Office) -> None:
    run = desk.take(roll()).id
    desk.children.away = True
    desk.run(UpdateProperty(id="p7", asking_price=100_000))
    desk.settle_only()
    desk.undo(run)
    scored = desk.runs("scoring")[0]
    assert (scored.trigger, scored.status, scored.error) == ("edit", RunStatus.CANCELLED, None)
    assert "A model needs sales" in scored.warnings[0]
    assert len(desk.runs("training")) == 1


def test_an_edit_after_its_model_was_retired_queues_nothing(desk: Office) -> None:
    desk.undo(desk.take(roll()).id)
    before = len(desk.runs("scoring"))
    desk.run(ScoreRest(), surface=Surface.SYSTEM)
    assert len(desk.runs("scoring")) == before


def test_scoring_everything_takes_up_the_scoring_that_is_under_way(desk: Office) -> None:
    desk.take(roll())
    desk.run(TrainModel())
    desk.settle()
    desk.run(ActivateModel(id="1"))
    desk.settle_until("scoring", 90)
    under_way = desk.runs("scoring")[0]
    asked = desk.run(ScoreAll())
    desk.settle()
    ended = desk.run(GetRun(run=asked.run))
    assert (ended.id, ended.status, ended.result["valued"]) == (under_way.id, RunStatus.SUCCEEDED, PARCELS)


def test_after_an_undo_no_value_is_left_that_a_model_gave_which_learnt_from_it(desk: Office) -> None:
    desk.take(roll())
    second = desk.take(roll(PARCELS, 30), name="december.csv").id
    desk.run(TrainModel())
    desk.settle()
    desk.run(UndoImport(run=second))
    desk.settle_only("undo", seconds=0.0)
    assert (desk.total(estimate="known"), desk.total()) == (0, PARCELS)


def test_after_an_undo_an_earlier_model_that_learnt_from_it_serves_no_more_either(desk: Office) -> None:
    run = desk.take(roll()).id
    desk.run(TrainModel())
    desk.settle()
    desk.undo(run)
    assert [model.retired for model in models(desk)] == [True, True]
    assert list(desk.ports.blobs.list(f"w/{desk.workspace}/models/")) == []


def test_after_an_undo_what_is_left_is_trained_on_anew(desk: Office) -> None:
    desk.take(roll())
    second = desk.take(roll(PARCELS, 30), name="december.csv").id
    desk.run(TrainModel())
    desk.settle()
    desk.undo(second)
    assert [(model.version, model.active, model.rows) for model in models(desk)] == [
        ("3", True, SALES), ("2", False, SALES + 30 + 3), ("1", False, SALES),
    ]  # fmt: skip
    assert desk.total(score="known") == PARCELS


def test_an_earlier_model_can_serve_again_and_values_everything(desk: Office) -> None:
    desk.take(roll())
    desk.run(TrainModel())
    desk.settle()
    assert [model.active for model in models(desk)] == [True, False]
    desk.run(ActivateModel(id="1"))
    desk.settle()
    assert [model.active for model in models(desk)] == [False, True]
    assert {stored.body["model_version"] for stored in desk.rows("valuation")} == {"1"}


def test_a_scoring_that_a_newer_model_overtakes_leaves_the_rest_to_it(desk: Office) -> None:
    desk.take(roll())
    desk.run(TrainModel())
    desk.settle()
    desk.run(ActivateModel(id="1"))
    desk.settle_until("scoring", 90)
    desk.run(ActivateModel(id="2"))
    desk.settle()
    overtaken = desk.runs("scoring")[1]
    assert overtaken.warnings == [OVERTAKEN]
    assert {stored.body["model_version"] for stored in desk.rows("valuation")} == {"2"}


def test_a_damaged_model_is_not_asked(desk: Office) -> None:
    desk.take(roll())
    (blob,) = desk.ports.blobs.list(f"w/{desk.workspace}/models/")
    desk.ports.blobs.put(blob.key, b"{}")
    desk.run(UpdateProperty(id="p7", asking_price=100_000))
    with pytest.raises(Unavailable, match="damaged"):
        desk.run(ScoreProperty(id="p7"))


def test_where_no_child_can_run_training_waits_with_the_reason() -> None:
    desk = Desk()
    desk.take(roll(count=10))
    (run,) = desk.run(ListRuns(kind="training")).rows
    assert run.status is RunStatus.WAITING
    assert "STEWARD_CHILDREN" in run.reason


def test_a_scoring_waits_for_what_its_training_waits_for() -> None:
    desk = Desk()
    desk.take(roll(count=10))
    desk.run(ScoreAll())
    desk.settle()
    runs = desk.run(ListRuns(open=True)).rows
    assert {(run.kind, run.status) for run in runs} == {("training", RunStatus.WAITING), ("scoring", RunStatus.WAITING)}
    assert len({run.reason for run in runs}) == 1


def test_a_model_nobody_trained_is_not_found(desk: Office) -> None:
    with pytest.raises(NotFound, match="models list"):
        desk.run(GetModel(id="9"))


def test_a_training_that_finds_too_little_says_how_much_and_that_nothing_was_made(desk: Office) -> None:
    desk.run(TrainModel())
    desk.settle()
    assert desk.runs("training")[0].result == {"model": None, "version": None, "rows": 0, "grouped": None, "forward": None}
