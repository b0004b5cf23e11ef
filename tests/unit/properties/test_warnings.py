"""What is doubtful about a row but does not keep it out, and what is beyond doubt."""

import pytest

from steward.properties.inputs import UpdateProperty
from tests.unit.properties.imports import Desk, counts, roll, row


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_sale_before_1900_is_a_warning_that_lasts_beside_a_later_sale(desk: Desk) -> None:
    lines = [row("7", sold="1899-12-31"), row("8", sold="1900-01-01"), row("7", sold="2015-01-02", beds=0)]
    view = desk.take(roll(*lines))
    assert (counts(view)["sales"], counts(view)["warnings"]) == (3, 2)
    assert (desk.home("7").warnings, desk.home("8").warnings) == (["no_bedrooms", "early_sale"], [])
    assert counts(desk.take(roll(*lines)))["unchanged"] == 2


def test_a_sale_in_the_future_is_held_back(desk: Desk) -> None:
    view = desk.take(roll(row("7"), row("8", sold="2026-11-21")))
    assert (counts(view)["added"], view.held) == (1, {"Last sale date": 1})


def test_no_bedrooms_is_a_warning_until_a_person_counts_them(desk: Desk) -> None:
    view = desk.take(roll(row("7", beds=0)))
    assert counts(view)["warnings"] == 1
    assert desk.home("7").warnings == ["no_bedrooms"]
    desk.run(UpdateProperty(id="7", bedrooms=2))
    assert desk.home("7").warnings == []
    desk.take(roll(row("7", beds=0, price=400_000)))
    assert (desk.home("7").bedrooms, desk.home("7").warnings) == (2, [])
