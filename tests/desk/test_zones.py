"""Times and days are told as the desk's own clock shows them: it is 9:42 in London, and 4:42 in New York."""

import pytest

from steward.properties.inputs import CreateProperty
from steward.workspaces.model_permissions import Permission, SetPermission
from steward.workspaces.model_settings import UpdateWorkspace
from tests.desk.browsing import TANNERY, Browser, a_world, desk_of, member, text_of, waiting


@pytest.fixture
def owner() -> Browser:
    """The owner's browser at a desk in New York, where a home was entered at 4:42."""
    browser = desk_of(a_world())
    browser.world.insist(UpdateWorkspace(time_zone="America/New_York"))
    browser.world.run(CreateProperty.model_validate(TANNERY))
    browser.world.settle()
    return browser


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("today", "Friday 20 November, 4:42 EST"),
        ("properties", "List as of 4:42 EST"),
        ("activity", "Today 4:42"),
        ("activity/proof", "Checked at 4:42 EST"),
    ],
)  # fmt: skip
def test_a_page_tells_the_time_at_the_desk(owner: Browser, address: str, said: str) -> None:
    assert said in text_of(owner.get(f"/w/own/{address}"))


def test_an_approval_tells_when_it_was_asked_and_runs_out_at_the_desk(owner: Browser) -> None:
    owner.world.run(SetPermission(command_pattern="delete_*", permission=Permission.REQUIRE_APPROVAL, minutes=60))
    user = member(owner, "user")
    user.post("/w/own/properties/1/delete")
    assert "</b> asked today 4:42." in text_of(owner.get("/w/own/approvals"))
    assert ", until today 5:42." in text_of(user.get(f"/w/own/approvals/{waiting(owner)}"))


def test_a_day_of_the_filters_begins_when_it_does_at_the_desk(owner: Browser) -> None:
    owner.world.insist(UpdateWorkspace(time_zone="Pacific/Honolulu"))
    entered = "/w/own/activity?what=create_property"
    assert "No receipt matches" in text_of(owner.get(f"{entered}&since=2026-11-20"))
    assert "218 Tannery Row" in text_of(owner.get(f"{entered}&since=2026-11-19&until=2026-11-20"))
