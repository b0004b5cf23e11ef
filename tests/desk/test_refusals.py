"""What a rule takes away from the desk: the rest stays, and the way to it."""

import pytest

from steward.kernel.actor import Surface
from steward.workspaces.model_approvals import ListApprovals
from steward.workspaces.model_permissions import Permission, SetPermission
from steward.workspaces.model_receipts import ListReceipts
from tests.desk.browsing import Browser, member, text_of, with_a_home

RAIL = 'aria-label="Main"'


@pytest.fixture
def owner() -> Browser:
    """The owner's browser at a desk with one home."""
    return with_a_home()


@pytest.mark.parametrize("permission", [Permission.DENY, Permission.REQUIRE_APPROVAL])
def test_today_does_without_what_a_rule_takes_away(owner: Browser, permission: Permission) -> None:
    for pattern in ("models.*", "runs.*"):
        owner.world.run(SetPermission(command_pattern=pattern, permission=permission))
    assert owner.get("/w/own/today").status == 200
    assert owner.world.run(ListApprovals()).rows == []
    refused = owner.world.run(ListReceipts(outcome="forbidden")).rows
    assert [one for one in refused if one.surface is Surface.DESK] == []


def test_a_page_that_is_not_allowed_keeps_the_way_to_the_others(owner: Browser) -> None:
    owner.world.run(SetPermission(command_pattern="list_models", permission=Permission.DENY))
    answer = owner.get("/w/own/models")
    assert answer.status == 403
    assert "denied by workspace policy" in text_of(answer) and RAIL in text_of(answer)


def test_what_is_not_there_keeps_the_way_to_the_rest(owner: Browser) -> None:
    answer = owner.get("/w/own/properties/999")
    assert answer.status == 404 and RAIL in text_of(answer)


def test_a_form_that_is_refused_leads_back_to_where_it_was_sent(owner: Browser) -> None:
    answer = member(owner, "viewer").post("/w/own/properties/1/delete", referer="https://desk.example/w/own/properties/1?edit=zip")
    assert answer.status == 403
    assert '<a class="btn" href="/w/own/properties/1?edit=zip">Back</a>' in text_of(answer)


@pytest.mark.parametrize("page", ["settings/permissions", "settings/keys", "activity", "approvals"])
def test_a_page_that_only_names_people_does_without_their_list(owner: Browser, page: str) -> None:
    owner.world.run(SetPermission(command_pattern="members.*", permission=Permission.DENY))
    assert owner.get(f"/w/own/{page}").status == 200


@pytest.mark.parametrize(("role", "page"), [("viewer", "settings/permissions"), ("user", "activity")])
def test_opening_a_page_leaves_no_refusal_of_what_nobody_asked_for(owner: Browser, role: str, page: str) -> None:
    assert member(owner, role).get(f"/w/own/{page}").status == 200
    assert owner.world.run(ListReceipts(outcome="forbidden")).rows == []
