"""The pages on who may do what, asked without a window: people, keys, permissions, approvals, activity, the desk's own settings."""

import re
from datetime import timedelta

import pytest

from steward.kernel.errors import Forbidden
from steward.workspaces import identity
from steward.workspaces.model import ListKeys
from steward.workspaces.model_permissions import ListPermissions, SetPermission
from steward.workspaces.model_plans import GetFlags, SetQuotas
from steward.workspaces.model_roster import ListMembers
from tests.desk.browsing import HIDDEN, Browser, forms_fields, member, text_of, waiting, with_a_home

PEOPLE, KEYS, RULES, DESK = (f"/w/own/settings/{name}" for name in ("people", "keys", "permissions", "desk"))
SECRET = re.compile(r"stw_[0-9A-Za-z]{36}")


@pytest.fixture
def owner() -> Browser:
    return with_a_home()


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


def test_an_invitation_is_sent_again_with_what_it_said(owner: Browser) -> None:
    owner.post(PEOPLE, {"email": "tomasz@hudson.example", "name": "Tomasz Kohl", "role": "viewer", "how": "invite"})
    again = text_of(owner.get(PEOPLE)).partition('<form class="again"')[2].partition("</form>")[0]
    assert owner.post(PEOPLE, dict(HIDDEN.findall(again))).headers["Location"] == f"{PEOPLE}?done=invited"
    assert [(one.name, str(one.role), one.status) for one in owner.world.run(ListMembers()).rows] == [("Tomasz Kohl", "viewer", "invited")]


@pytest.mark.parametrize(
    ("address", "form", "field"),
    [
        (PEOPLE, {"email": "no address", "role": "viewer"}, "new-email"),
        (RULES, {"pattern": "delte_property", "permission": "deny"}, "pattern"),
        (KEYS, {"name": "Website", "preset": "boxes"}, "key-name"),
    ],
)  # fmt: skip
def test_what_was_refused_has_the_focus(owner: Browser, address: str, form: dict[str, str], field: str) -> None:
    refused = text_of(owner.post(address, form))
    assert "autofocus" in refused.partition(f'id="{field}"')[2].partition(">")[0]


def test_a_rule_goes_only_after_a_question(owner: Browser) -> None:
    rule = owner.world.run(SetPermission(command_pattern="delete_*", permission="deny"))
    address = "/w/own/settings/permissions"
    assert f"{address}/{rule.id}/remove" not in text_of(owner.get(address))
    asked = text_of(owner.get(f"{address}?remove={rule.id}"))
    assert "Remove “Deny” for delete_*, Everybody?" in asked and f'action="{address}/{rule.id}/remove"' in asked


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
