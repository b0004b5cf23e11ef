"""The pages of approvals, asked without a window: a click that needs a yes, what would change, the inbox."""

import re

import pytest

from steward.desk.views import approvals, effects
from steward.kernel.actor import Actor, Surface
from steward.kernel.errors import ApprovalNeeded, NotFound
from steward.properties.inputs import CreateProperty, GetProperty, UpdateProperty
from steward.workspaces.model_approvals import ApprovalView, Change, ListApprovals
from steward.workspaces.model_permissions import SetPermission
from steward.workspaces.model_roster import AddMember
from tests.desk.browsing import Browser, forms_fields, member, text_of, waiting, with_a_home

KEYS = "/w/own/settings/keys"


@pytest.fixture
def owner() -> Browser:
    return with_a_home()


# --- a click that needs a yes --------------------------------------------------------------------------------------------


def test_a_click_of_who_may_decide_shows_what_it_does_and_one_more_does_it(owner: Browser) -> None:
    asked = owner.post("/w/own/properties/1/delete")
    assert asked.status == 200
    assert "Yes, do it" in text_of(asked) and "218 Tannery Row" in text_of(asked)
    done = owner.post("/w/own/properties/1/delete", {**forms_fields(asked), "_reason": "sold"})
    assert (done.status, done.headers["Location"]) == (303, "/w/own/properties?done=home-deleted")
    with pytest.raises(NotFound):
        owner.world.run(GetProperty(id="1"))


def test_a_click_of_a_user_says_who_was_asked_and_does_nothing_yet(owner: Browser) -> None:
    told = text_of(member(owner, "user").post("/w/own/properties/1/delete"))
    assert "Waits for an owner" in told
    assert "Yes, do it" not in told
    assert owner.world.run(GetProperty(id="1")).ref == 1


def test_no_field_of_a_form_that_needs_a_yes_is_lost(owner: Browser) -> None:
    owner.world.run(SetPermission(command_pattern="keys.create", permission="require_approval"))
    admin = member(owner, "admin")
    asked = admin.post(KEYS, {"name": "Nightly <roll>", "preset": "boxes", "scope": ["read:properties", "read:leads"], "once": "n1"})
    told = text_of(asked)
    assert told.count('name="scope"') == 2
    assert 'value="Nightly &lt;roll&gt;"' in told


def test_the_page_of_who_waits_hears_of_the_yes_and_goes_on_with_the_same_form(owner: Browser) -> None:
    user = member(owner, "user")
    user.post("/w/own/properties/1/delete")
    address = f"/w/own/approvals/{waiting(owner)}"
    assert "Waits for" in text_of(user.get(address, hx_target="div#askstate"))
    owner.post(f"{address}/approve", {"reason": "it is sold"})
    heard = text_of(user.get(address, hx_target="div#askstate"))
    assert "Do it now" in heard and "it is sold" in heard
    assert user.post("/w/own/properties/1/delete").status == 303


def test_a_user_cannot_say_yes_to_their_own_request(owner: Browser) -> None:
    user = member(owner, "user")
    user.post("/w/own/properties/1/delete")
    assert user.post("/w/own/properties/1/delete", {"_approval": waiting(owner)}).status == 403
    assert owner.world.run(GetProperty(id="1")).ref == 1


def test_a_fragment_that_needs_a_yes_is_asked_in_the_dialog(owner: Browser) -> None:
    owner.world.run(SetPermission(command_pattern="update_property", permission="require_approval"))
    form = {"field": "bedrooms", "value": "4", "version": "1"}
    answer = owner.post("/w/own/properties/1/facts", form, hx_target="tr#fact-bedrooms")
    assert answer.headers["HX-Retarget"] == "#ask-first"
    assert "<html" not in text_of(answer)
    assert re.search(r"Bed.*3.*4", text_of(answer), re.DOTALL)


def test_a_sixth_request_is_told_to_wait(owner: Browser) -> None:
    user = member(owner, "user")
    for number in range(2, 8):
        owner.world.run(CreateProperty(address=f"{number} Kiln St", zip="56811"))
    answers = [user.post(f"/w/own/properties/{ref}/delete") for ref in range(1, 7)]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert "Too much at once" in text_of(answers[-1])


@pytest.mark.parametrize(
    ("kind", "field", "told", "shown"),
    [
        ("property", "asking_price", 348_000, "$348,000"),
        ("workspace", "erase_at", "2026-12-20T09:49:00.185000Z", "20 Dec 2026, 9:49 UTC"),
        ("property", "sales", {"date": "2025-01-01", "price": 348_000.0}, "date 2025-01-01, price $348,000"),
        ("standing", "rules", {"command_pattern": "delete_*", "own": False}, "command pattern delete_*, own no"),
        ("member", "active", True, "yes"),
        ("member", "name", "x" * 500, "x" * 500),
        ("member", "name", "Ann \u202eRedrum", "Ann \\u202eRedrum"),
    ],
)
def test_what_would_change_is_shown_as_people_read_it(kind: str, field: str, told: object, shown: str) -> None:
    change = Change(kind=kind, id="1", name="", field=field, before=None, after=told)
    ((row,),) = (one.rows for one in effects.effect([change]))
    assert (row.before.state, row.after.text) == ("none", shown)


def test_of_two_long_texts_the_page_shows_where_they_differ(owner: Browser) -> None:
    owner.world.run(UpdateProperty(id="1", remarks="x" * 180 + "sound"))
    owner.world.run(SetPermission(command_pattern="update_property", permission="require_approval"))
    with pytest.raises(ApprovalNeeded):
        owner.world.run(UpdateProperty(id="1", remarks="x" * 180 + "gone"))
    page = text_of(owner.get("/w/own/approvals"))
    assert "140 letters alike" in page
    assert "<mark>sound</mark>" in page and "<mark>gone</mark>" in page


def test_more_fields_than_a_person_looks_at_at_once_are_a_click_away(owner: Browser) -> None:
    changes = [Change(kind="standing", id="1", field="rules", before=None, after={"minutes": number}) for number in range(70)]
    seen = effects.seen(approval(diff=changes))
    assert (len(seen.first[0].rows), seen.more, len(seen.rest[0].rows)) == (60, "and 10 more fields", 10)


def approval(**told: object) -> ApprovalView:
    return ApprovalView.model_construct(says=[], **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ("dangerous", "what is dangerous"),
        ("rule 01m7w5qyt30000000000000015 (deny delete_*)", "rule 000015 (deny delete_*)"),
        ("scope read:audit", "scope read:audit"),
    ],
)
def test_a_rule_is_named_so_that_it_can_be_found_again(rule: str, shown: str) -> None:
    assert approvals.ruled(rule) == shown


# --- the inbox -----------------------------------------------------------------------------------------------------------


def test_the_inbox_the_rail_and_today_tell_of_what_waits(owner: Browser) -> None:
    user = member(owner, "user")
    user.post("/w/own/properties/1/delete")
    assert "One request waits for your yes or no." in text_of(owner.get("/w/own/approvals"))
    assert '1<span class="vh"> waiting for you</span>' in text_of(owner.get("/w/own/properties"))
    assert "User Reeve asks" in text_of(owner.get("/w/own/today"))
    assert "waiting for you</span>" not in text_of(user.get("/w/own/properties"))


def test_a_no_is_told_with_its_reason(owner: Browser) -> None:
    user = member(owner, "user")
    user.post("/w/own/properties/1/delete")
    address = f"/w/own/approvals/{waiting(owner)}"
    assert owner.post(f"{address}/deny", {"reason": "we still need it"}).headers["Location"] == "/w/own/approvals?done=denied"
    assert "we still need it" in text_of(user.get(address))
    assert user.post("/w/own/properties/1/delete").status == 403


def test_a_request_is_taken_back_where_it_waits_or_was_asked(owner: Browser) -> None:
    user = member(owner, "user")
    assert "/withdraw" in text_of(user.post("/w/own/properties/1/delete"))
    address = f"/w/own/approvals/{waiting(owner)}"
    assert f'action="{address}/withdraw"' in text_of(user.get(address))
    assert f"{address}/withdraw" not in text_of(owner.get(address))
    assert user.post(f"{address}/withdraw").headers["Location"] == "/w/own/approvals?done=withdrawn"
    assert "taken back" in text_of(owner.get("/w/own/approvals"))


def test_no_to_ones_own_question_leaves_nothing_waiting(owner: Browser) -> None:
    asked = text_of(owner.post("/w/own/properties/1/delete"))
    id = waiting(owner)
    assert f'formaction="/w/own/approvals/{id}/withdraw"' in asked
    owner.post(f"/w/own/approvals/{id}/withdraw")
    assert owner.world.run(ListApprovals(pending=True)).rows == []


def test_the_inbox_names_a_key_and_whose_it_is(owner: Browser) -> None:
    owner.world.run(SetPermission(command_pattern="create_property", permission="require_approval"))
    boss = owner.world.run(AddMember(email="dana@hudson.example", name="Dana Reeve", role="owner"))
    key = Actor("key:k", "key", "k0", frozenset({"*"}), role="key", workspace=owner.world.workspace, member=boss.id, bound="owner")
    with pytest.raises(ApprovalNeeded):
        owner.world.run(CreateProperty(address="9 Kiln St", zip="56811"), actor=key, surface=Surface.API)
    assert "<b>k0, a key of Dana Reeve</b> asked" in text_of(owner.get("/w/own/approvals"))


def test_a_second_decision_says_that_somebody_was_faster(owner: Browser) -> None:
    member(owner, "user").post("/w/own/properties/1/delete")
    id = waiting(owner)
    owner.post(f"/w/own/approvals/{id}/approve")
    again = owner.post(f"/w/own/approvals/{id}/deny")
    assert again.headers["Location"] == f"/w/own/approvals/{id}?done=decided-before"


def test_a_viewer_hears_why_the_inbox_is_closed_to_them(owner: Browser) -> None:
    answer = member(owner, "viewer").get("/w/own/approvals")
    assert answer.status == 403
    assert "Missing required scope: approve" in text_of(answer)
