"""The real county: every figure of its file, when the file is there."""

import pytest

from steward.properties.intake_model import ListHeld
from tests.unit.properties.imports import COUNTY, Desk, counts

needs_county = pytest.mark.skipif(not COUNTY.exists(), reason="skipped: no shared data")


@needs_county
def test_the_county_file_is_taken_in_to_the_last_row() -> None:
    desk = Desk()
    view = desk.take(COUNTY.read_bytes(), name=COUNTY.name)
    assert counts(view) == {"rows": 21_613, "properties": 21_425, "sales": 21_602, "added": 21_425, "quarantined": 11, "warnings": 6}
    assert desk.run(ListHeld(run=view.id)).about == {"Bathrooms": 10, "Bedrooms": 1}
    assert (view.to_check, view.left_out, str(view.as_of)) == (0, 0, "2015-05-27")
    assert (desk.total(), desk.total(zip="98103,98105", bedrooms="3..", price="..312000")) == (21_425, 4)
    again = desk.take(COUNTY.read_bytes(), name=COUNTY.name)
    assert counts(again) == {"rows": 21_613, "properties": 21_425, "sales": 21_602, "unchanged": 21_425, "quarantined": 11, "warnings": 6}
    assert desk.undo(view.id).result == {"restored": 21_425, "kept": []}
    assert desk.total() == 0
