"""What the desk says of a plan that nears its end, and to whom."""

import pytest

from steward.kernel.keys import SYSTEM
from steward.workspaces.model_plans import SetQuotas
from steward.workspaces.model_roster import AddMember
from tests.desk.browsing import Browser, a_world, add_homes, browser_of, desk_of, text_of

USED_UP = "The free plan has 0 e-mails a month, and they are used up"


@pytest.fixture
def owner() -> Browser:
    """The owner at a desk of the free plan with room for five homes and no e-mail."""
    browser = desk_of(a_world())
    browser.world.insist(SetQuotas(plan="free", quotas={"properties": 5, "emails": 0}))
    return browser


def test_today_tells_the_owner_of_a_quota_near_its_end_and_leads_to_the_plan(owner: Browser) -> None:
    owner.world.insist(SetQuotas(quotas={"emails": None}))
    add_homes(owner.world, 3)
    assert "Properties: nearly used up" not in text_of(owner.get("/w/own/today"))
    owner.world.insist(SetQuotas(quotas={"properties": 3}))
    page = text_of(owner.get("/w/own/today"))
    assert "Properties: used up" in page and "3 of 3 this month" in page
    assert 'href="/w/own/settings/usage"' in page


@pytest.mark.parametrize(("role", "told"), [("admin", True), ("user", False), ("viewer", False)])
def test_who_does_not_see_to_the_plan_is_not_told_of_it_on_today(owner: Browser, role: str, *, told: bool) -> None:
    add_homes(owner.world, 4)
    owner.world.run(AddMember(email="rosa@example.com", role=role))
    page = text_of(browser_of(owner.world, "rosa@example.com").get("/w/own/today"))
    assert ("Properties: nearly used up" in page) is told


def test_the_page_of_the_plan_says_what_becomes_of_what_finds_no_room(owner: Browser) -> None:
    page = text_of(owner.get("/w/own/settings/usage"))
    assert "Mails still to be sent wait, and go out by themselves once there is room." in page
    assert "Further rows of an import are held back" not in page


def test_an_invitation_without_e_mails_left_keeps_what_was_typed_and_says_why(owner: Browser) -> None:
    answer = owner.post("/w/own/settings/people", {"email": "ben@example.com", "name": "Ben Ash", "role": "user", "how": "invite"})
    page = text_of(answer)
    assert answer.status == 422
    assert USED_UP in page and 'value="ben@example.com"' in page and 'value="Ben Ash"' in page
    assert not owner.world.rows("member") and not owner.world.rows("mail", SYSTEM)
