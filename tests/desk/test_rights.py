"""The pages on who may do what, asked without a window: people, keys, permissions, approvals, activity, the desk's own settings."""

import re
from datetime import timedelta

import pytest

from steward.desk.views import approvals, effects
from steward.kernel.errors import ApprovalNeeded, Forbidden, NotFound
from steward.properties.inputs import CreateProperty, GetProperty, UpdateProperty
from steward.surfaces.wire import Response
from steward.workspaces import identity
from steward.workspaces.model import ListKeys
from steward.workspaces.model_approvals import ApprovalView, Change, ListApprovals
from steward.workspaces.model_permissions import ListPermissions, SetPermission
from steward.workspaces.model_plans import GetFlags, SetQuotas
from steward.workspaces.model_roster import AddMember, ListMembers
from tests.desk.browsing import TANNERY, Browser, a_world, browser_of, desk_of, text_of

PEOPLE, KEYS, RULES, DESK = (f"/w/own/settings/{name}" for name in ("people", "keys", "permissions", "desk"))
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
SECRET = re.compile(r"stw_[0-9A-Za-z]{36}")


@pytest.fixture
def owner() -> Browser:
    """The owner's browser at a desk with one home."""
    browser = desk_of(a_world())
    browser.world.run(CreateProperty.model_validate(TANNERY))
    browser.world.settle()
    return browser


def member(owner: Browser, role: str) -> Browser:
    """The browser of a member of that role, who is called like it."""
    made = owner.world.run(AddMember(email=f"{role}@hudson.example", name=f"{role.title()} Reeve", role=role))
    return browser_of(owner.world, made.email)


def forms_fields(answer: Response) -> dict[str, str]:
    """The hidden fields of the forms of a page."""
    return dict(HIDDEN.findall(text_of(answer)))


def waiting(owner: Browser) -> str:
    """The id of the one approval that waits."""
    (one,) = owner.world.run(ListApprovals(pending=True)).rows
    return str(one.id)


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
        ("property", "asking_price", 34_800_000, "$348,000"),
        ("workspace", "erase_at", "2026-12-20T09:49:00.185000Z", "20 Dec 2026, 9:49 UTC"),
        ("property", "sales", {"date": "2025-01-01", "price": 34_800_000}, "date 2025-01-01, price $348,000"),
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


# --- people --------------------------------------------------------------------------------------------------------------


def test_somebody_is_invited_changed_and_removed(owner: Browser) -> None:
    owner.post(PEOPLE, {"email": "tomasz@hudson.example", "name": "Tomasz Kohl", "role": "user", "how": "invite"})
    page = text_of(owner.get(PEOPLE))
    assert "Tomasz Kohl" in page and "invited" in page
    owner.post(f"{PEOPLE}/1", {"name": "Tomasz Kohl", "role": "viewer", "version": "1"})
    assert [one.role for one in owner.world.run(ListMembers()).rows] == ["viewer"]
    assert "invitation of Tomasz Kohl back" in text_of(owner.get(f"{PEOPLE}?remove=1"))
    owner.post(f"{PEOPLE}/1/remove")
    assert owner.world.run(ListMembers()).rows == []


def test_what_was_typed_stays_beside_what_is_wrong_with_it(owner: Browser) -> None:
    answer = owner.post(PEOPLE, {"email": "no address", "name": "Tomasz Kohl", "role": "viewer", "how": "add"})
    assert answer.status == 422
    assert 'value="Tomasz Kohl"' in text_of(answer) and 'value="viewer" checked' in text_of(answer)


def test_a_change_over_an_older_version_is_refused_with_the_row_as_it_was_typed(owner: Browser) -> None:
    member(owner, "user")
    owner.post(f"{PEOPLE}/1", {"name": "Somebody", "version": "1"})
    late = owner.post(f"{PEOPLE}/1", {"name": "Somebody else", "version": "1"})
    assert late.status == 422
    assert 'value="Somebody else"' in text_of(late) and "was changed since" in text_of(late)


def test_a_user_sees_the_people_and_why_they_cannot_change_them(owner: Browser) -> None:
    page = text_of(member(owner, "user").get(PEOPLE))
    assert "User Reeve" in page and "Missing required scope: admin:agents" in page
    assert "?edit=" not in page and "Send invitation" not in page


def test_an_admin_cannot_touch_an_owner(owner: Browser) -> None:
    member(owner, "owner")
    page = text_of(member(owner, "admin").get(PEOPLE))
    assert "Only an owner changes an owner." in page
    assert f"{PEOPLE}?edit=1#" not in page and f"{PEOPLE}?edit=2#" in page


# --- keys ----------------------------------------------------------------------------------------------------------------


def test_a_secret_is_shown_once_and_the_same_form_again_makes_no_second_key(owner: Browser) -> None:
    form = {"name": "Website", "preset": "read-only", "once": "n1"}
    (secret,) = set(SECRET.findall(text_of(owner.post(KEYS, form))))
    assert identity.by_key(owner.world.records, secret, owner.world.clock()).name == "Website"
    again = owner.post(KEYS, form)
    assert again.headers["Location"] == f"{KEYS}?done=secret-shown"
    assert len(owner.world.run(ListKeys()).rows) == 1
    assert not SECRET.search(text_of(owner.get(KEYS)))


def test_scopes_are_taken_by_box_and_none_at_all_is_said(owner: Browser) -> None:
    owner.post(KEYS, {"name": "Boxes", "preset": "boxes", "scope": ["read:leads", "write:leads"], "days": "30", "once": "n1"})
    (key,) = owner.world.run(ListKeys()).rows
    assert (key.scopes, key.expires_at - key.created_at) == (["read:leads", "write:leads"], timedelta(days=30))
    assert "Tick at least one box" in text_of(owner.post(KEYS, {"name": "None", "preset": "boxes", "once": "n2"}))


def test_a_rotated_key_shows_another_secret_and_a_revoked_one_works_no_more(owner: Browser) -> None:
    (first,) = set(SECRET.findall(text_of(owner.post(KEYS, {"name": "Website", "preset": "read-only", "once": "n1"}))))
    (key,) = owner.world.run(ListKeys()).rows
    assert "works on for" in text_of(owner.get(f"{KEYS}?rotate={key.id}"))
    (second,) = set(SECRET.findall(text_of(owner.post(f"{KEYS}/{key.id}/rotate", {"hours": "0", "once": "n2"}))))
    assert first != second
    assert "cannot be taken back" in text_of(owner.get(f"{KEYS}?revoke={key.id}"))
    owner.post(f"{KEYS}/{key.id}/revoke")
    with pytest.raises(Forbidden):
        identity.by_key(owner.world.records, second, owner.world.clock())
    assert "1 that ended" in text_of(owner.get(KEYS))


def test_a_viewer_can_tick_reading_boxes_only(owner: Browser) -> None:
    page = text_of(member(owner, "viewer").get(KEYS))
    assert 'value="read:properties">' in page
    assert 'value="write:properties" disabled>' in page


# --- permissions ---------------------------------------------------------------------------------------------------------


def test_a_rule_is_set_told_in_words_and_removed(owner: Browser) -> None:
    owner.post(RULES, {"pattern": "delete_*", "permission": "require_approval", "minutes": "60", "approvers": "owner,admin"})
    page = text_of(owner.get(RULES))
    assert "whatever begins with “delete”" in page
    assert "an owner or an admin decides within 60 min, never over their own" in page
    (rule,) = owner.world.run(ListPermissions()).rows
    owner.post(f"{RULES}/{rule.id}/remove")
    assert owner.world.run(ListPermissions()).rows == []


def test_a_pattern_that_matches_nothing_is_refused_beside_what_was_typed(owner: Browser) -> None:
    answer = owner.post(RULES, {"pattern": "delet_property", "permission": "deny"})
    assert answer.status == 422
    assert 'value="delet_property"' in text_of(answer) and "Did you mean" in text_of(answer)


def test_rules_go_out_and_come_in_again(owner: Browser) -> None:
    owner.world.run(SetPermission(command_pattern="delete_*", permission="deny"))
    told = text_of(owner.get(f"{RULES}.json"))
    (rule,) = owner.world.run(ListPermissions()).rows
    owner.post(f"{RULES}/{rule.id}/remove")
    assert owner.post(f"{RULES}/import", {"rules": told}).status == 303
    assert [one.command_pattern for one in owner.world.run(ListPermissions()).rows] == ["delete_*"]


def test_pasted_rules_that_cannot_be_read_stay_on_the_page(owner: Browser) -> None:
    answer = owner.post(f"{RULES}/import", {"rules": "{not json"})
    assert answer.status == 422
    assert "{not json</textarea>" in text_of(answer)


@pytest.mark.parametrize(
    ("role", "verdict"), [("owner", "Needs approval"), ("user", "Needs approval"), ("viewer", "Denied")]
)  # fmt: skip
def test_what_a_member_may_do_is_answered_as_it_is_typed(owner: Browser, role: str, verdict: str) -> None:
    member(owner, role)
    (one,) = owner.world.run(ListMembers()).rows
    told = text_of(owner.get(f"{RULES}?member={one.id}&ask=Can+I+execute+delete_property%3F", hx_target="div#answer"))
    assert f"<b>{verdict}</b> <code>delete_property</code>" in told
    assert "<html" not in told


def test_a_question_that_names_no_command_says_so(owner: Browser) -> None:
    assert "names no command" in text_of(owner.get(f"{RULES}?ask=sing", hx_target="div#answer"))


def test_a_user_asks_about_themselves_and_sets_nothing(owner: Browser) -> None:
    page = text_of(member(owner, "user").get(f"{RULES}?ask=delete_property"))
    assert "What may you do?" in page and "<b>Needs approval</b>" in page
    assert "Set the rule" not in page


# --- the desk's own settings ---------------------------------------------------------------------------------------------


def test_a_new_name_needs_a_yes_and_shows_before_and_after(owner: Browser) -> None:
    form = {"name": "Ulster desk", "time_zone": "America/New_York", "working_hours": "mon-fri 9:00", "version": "1"}
    assert "are no working hours" in text_of(owner.post(DESK, form))
    asked = owner.post(DESK, {**form, "working_hours": "mon-fri 09:00-17:30"})
    assert "Hudson desk" in text_of(asked) and "Ulster desk" in text_of(asked)
    assert owner.post(DESK, forms_fields(asked)).headers["Location"] == f"{DESK}?done=saved"
    assert "Ulster desk" in text_of(owner.get("/w/own/today"))


def test_features_are_switched_by_their_boxes(owner: Browser) -> None:
    ticked = {"feature": ["training", "imports"], "on": ["imports"]}
    asked = owner.post(f"{DESK}/flags", ticked)
    assert "Yes, do it" in text_of(asked)
    owner.post(f"{DESK}/flags", {**ticked, "_approval": waiting(owner)})
    flags = owner.world.run(GetFlags()).flags
    assert (flags["training"], flags["imports"], flags["packets"]) == (False, True, True)


def test_a_deleted_desk_is_closed_at_once_and_an_owner_opens_it_again(owner: Browser) -> None:
    asked = owner.post(f"{DESK}/delete")
    assert owner.post(f"{DESK}/delete", forms_fields(asked)).status == 303
    shut = owner.get("/w/own/properties")
    assert shut.status == 403
    assert "is closed" in text_of(shut) and "Open it again" in text_of(shut)
    owner.post(f"{DESK}/restore")
    assert owner.get("/w/own/properties").status == 200


def test_usage_shows_each_quota_of_the_plan_with_its_share(owner: Browser) -> None:
    owner.world.insist(SetQuotas(plan="free", quotas={"properties": 1}))
    page = text_of(owner.get("/w/own/settings/usage"))
    assert "Used up: Properties." in page
    assert 'aria-valuetext="100 %"' in page


@pytest.mark.parametrize("address", [PEOPLE, KEYS, RULES, DESK, "/w/own/settings/usage", "/w/own/activity", "/w/own/approvals"])
@pytest.mark.parametrize("role", ["owner", "admin", "user", "viewer"])
def test_every_page_answers_every_role(owner: Browser, role: str, address: str) -> None:
    assert member(owner, role).get(address).status in (200, 403)


def test_bare_addresses_of_settings_lead_to_the_desk_last_seen(owner: Browser) -> None:
    assert owner.get("/settings/people").headers["Location"] == PEOPLE
    assert owner.get("/approvals").headers["Location"] == "/w/own/approvals"
