"""What the page of an import shows, at each of its stages and after an undo."""

from dataclasses import replace
from typing import Any

from steward.desk.views import import_list, imports
from steward.desk.views.imports import Around
from steward.properties.intake_model import Choice, HeldPage, ImportView
from steward.properties.model import Column, HeldRow
from steward.runs.model import RunStatus, RunView
from tests.desk.homes import NOW


def a_run(**changes: Any) -> RunView:
    told: dict[str, Any] = {
        "run": "imp1",
        "id": "imp1",
        "ref": 4,
        "version": 7,
        "kind": "import",
        "name": "roll.csv",
        "trigger": "person",
        "status": RunStatus.RUNNING,
        "stage": "stored",
        "reason": "",
        "attempt": 1,
        "subject": None,
        "total": 2000,
        "counts": {"rows": 500, "properties": 480, "quarantined": 3},
        "warnings": [],
        "result": {},
        "error": None,
        "created_at": NOW,
        "started_at": NOW,
        "finished_at": None,
        "seconds": 2.0,
        "cost": 0,
    }
    return RunView(**told | changes)


def an_import(**changes: Any) -> ImportView:
    told: dict[str, Any] = {
        "id": "imp1",
        "version": 2,
        "run": a_run(),
        "name": "roll.csv",
        "size": 291_000,
        "sha256": "ab" * 32,
        "encoding": "utf-8",
        "delimiter": ",",
        "licence": "",
        "as_of": None,
        "rows": 2000,
        "columns": [Column(name="PIN", field="source_id", confidence=0.97, label="sure", samples=["1", "2"])],
        "choices": [Choice(field="source_id", title="Id in the file")],
        "sure": 1,
        "to_check": 0,
        "left_out": 0,
        "mapping_from": "",
        "preview": [],
        "held": {},
        "warnings": {},
        "same_as": 0,
        "started_by": "Owner",
        "undone_at": None,
        "undo_until": None,
        "undo_run": "",
    }
    return ImportView(**told | changes)


AROUND = Around(href="/w/own/imports/4", base="/w/own", now=NOW)


def test_an_import_under_way_shows_rows_rate_and_time_left() -> None:
    shown = imports.page(an_import(), AROUND).progress
    assert shown is not None
    assert (shown.done, shown.of, shown.share) == ("500", "of 2,000 rows", 0.25)
    assert shown.pace == [("250", "rows a second"), ("6 s", "left"), ("3", "held back")]


def test_an_import_goes_through_five_stages() -> None:
    shown = imports.page(an_import(), AROUND).progress
    assert shown is not None
    assert [stage.text for stage in shown.stages] == ["Read 2,000", "Mapped", "Stored 25 %", "Valued, waiting", "Scored, waiting"]


def test_an_import_that_waits_for_its_columns_asks_for_them_and_does_not_poll() -> None:
    view = imports.page(an_import(run=a_run(status=RunStatus.WAITING, stage="mapped", counts={})), AROUND)
    assert (view.confirm, view.live, view.progress) == ("2,000 rows", False, None)


def test_a_column_that_is_left_out_for_its_values_is_marked_to_be_checked() -> None:
    left = Column(name="beds", confidence=0.3, label="check", note="no value fits (all 3 looked at are not what Bedrooms holds)")
    (shown,) = imports.page(an_import(columns=[left]), AROUND).columns
    assert (shown.becomes, shown.check, shown.note) == ("Leave out", True, left.note)


def test_a_finished_import_counts_what_it_did_and_can_be_undone() -> None:
    done = a_run(
        status=RunStatus.SUCCEEDED,
        result={"rows": 2000, "properties": 1990, "added": 1900, "updated": 60, "unchanged": 30, "quarantined": 10},
    )
    shown = imports.page(an_import(run=done), AROUND).done
    assert shown is not None
    assert shown.title == "1,990 properties are in"
    assert [line.count for line in shown.lines] == [1900, 60, 30, 10]
    assert shown.undo == "/w/own/imports/4/undo"


def test_the_same_file_again_says_that_nothing_changed() -> None:
    done = a_run(status=RunStatus.SUCCEEDED, result={"rows": 2000, "properties": 1990, "added": 0, "updated": 0, "unchanged": 1990})
    shown = imports.page(an_import(run=done, same_as=2), AROUND).same
    assert shown is not None
    assert (shown.title, shown.href) == ("Nothing changed", "/w/own/imports/2")


def test_a_row_held_back_marks_the_value_at_fault() -> None:
    found = HeldPage(
        rows=[HeldRow(row=877, reason="No bathroom.", about="PIN", columns=["PIN"], cells=["0", "1"])], total=1, about={"PIN": 1}
    )
    shown = import_list.held(an_import(), found, href="/i", about="")
    assert shown is not None
    assert [(cell.text, cell.wrong) for cell in shown.rows[0].cells] == [("0", True), ("1", False)]


def test_rows_held_back_are_set_against_the_other_rows_not_the_properties() -> None:
    done = a_run(status=RunStatus.SUCCEEDED, result={"rows": 2000, "properties": 1700, "quarantined": 11})
    shown = import_list.held(an_import(run=done), HeldPage(rows=[], total=11, about={"PIN": 11}), href="/i", about="")
    assert shown is not None
    assert shown.note == "the other 1,989 rows did not wait for them"


def an_undo(**changes: Any) -> RunView:
    counts = {"in": 302, "restored": 300, "removed": 280, "kept": 2}
    return a_run(**{"id": "undo1", "ref": 5, "kind": "undo", "stage": "restoring", "total": 1208, "counts": counts} | changes)


def test_an_undo_under_way_shows_how_many_of_the_properties_written_it_went_through() -> None:
    shown = imports.page(an_import(run=a_run(status=RunStatus.SUCCEEDED), undo_run="undo1"), replace(AROUND, undo=an_undo())).progress
    assert shown is not None
    assert (shown.done, shown.of, shown.share) == ("302", "of 1,208 properties", 0.25)
    assert shown.pace == [("151", "properties a second"), ("6 s", "left")]


def an_undone_import(kept: list[dict[str, Any]]) -> imports.ImportPage:
    counts = {"restored": 300, "removed": 280, "kept": len(kept)}
    ended = an_undo(status=RunStatus.SUCCEEDED, counts=counts, result={"restored": 300, "kept": kept})
    return imports.page(an_import(run=a_run(status=RunStatus.SUCCEEDED), undone_at=NOW), replace(AROUND, undo=ended))


def test_an_import_taken_back_counts_what_was_removed_restored_and_kept() -> None:
    shown = an_undone_import([{"id": "p7", "ref": 7, "reason": "A later import, roll-2.csv, changed it."}]).done
    assert shown is not None
    assert [(line.count, line.text) for line in shown.lines] == [
        (280, "removed"),
        (20, "restored as they were before"),
        (1, "kept as they are"),
    ]


def test_each_property_that_an_undo_kept_is_listed_with_the_recorded_reason() -> None:
    kept = an_undone_import([{"id": "p7", "ref": 7, "reason": "A later import, roll-2.csv, changed it."}]).kept
    assert kept is not None
    assert [(one.href, one.reason) for one in kept.rows] == [("/w/own/properties/7", "A later import, roll-2.csv, changed it.")]


def test_an_undo_that_kept_nothing_says_nothing_of_it() -> None:
    view = an_undone_import([])
    assert view.kept is None
    assert view.done is not None
    assert [line.text for line in view.done.lines] == ["removed", "restored as they were before"]


def test_a_failed_import_says_why_first() -> None:
    view = imports.page(an_import(run=a_run(status=RunStatus.FAILED, error="The file has a header but no rows.")), AROUND)
    assert view.problem is not None
    assert view.problem.rest == "The file has a header but no rows."
