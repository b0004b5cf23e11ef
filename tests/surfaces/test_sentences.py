"""What is wrong with a request is one sentence that names the mend, over REST and at the command line."""

from typing import Any

import pytest

from steward.workspaces.model import CreateWorkspace
from steward.workspaces.model_roster import AddMember
from tests.support.worlds import World
from tests.surfaces.test_cli import steward
from tests.surfaces.test_http import ask, key_of, told


@pytest.fixture
def world() -> World:
    made = World()
    made.workspace = made.run(CreateWorkspace(name="Hudson desk"), workspace="system").id
    for name in ("rosa", "ben"):
        made.run(AddMember(email=f"{name}@example.com"))
    return made


RULE = {"command_pattern": "delete_*", "permission": "deny"}
RULES, KEYS, DESK = "POST /v1/permissions", "POST /v1/keys", "PUT /v1/workspaces/hudson-desk"
PERSON = "a member is named by id, or by a whole number."
NOTHING = "Say what to change: name, time_zone, working_hours, settings."
AGENT, SCOPES = (f"'{one}' is another name of '{other}'; say one of them." for one, other in (("agent_id", "member"), ("scopes", "scope")))


@pytest.mark.parametrize(
    ("route", "body", "detail"),
    [
        (RULES, {**RULE, "agent_id": 1, "member": 2}, AGENT),
        ("POST /v1/agents/1/permissions", {**RULE, "agent_id": 2}, AGENT),
        (RULES, {**RULE, "agent_id": 1.5}, f"member: {PERSON}"),
        (RULES, {**RULE, "member": True}, f"member: {PERSON}"),
        (f"{RULES}/import", {"agent_permissions": [{**RULE, "agent_id": 1.5}]}, f"agent_permissions/0/agent_id: {PERSON}"),
        (RULES, {**RULE, "workspace": "x"}, "'workspace' is not a field of this request."),
        (
            RULES,
            {**RULE, "permission": "alow"},
            "'alow' is no permission; it is one of allow, deny, require_approval. Did you mean 'allow'?",
        ),
        (RULES, {**RULE, "command_pattern": "DELETE_*"}, "'DELETE_*' is no command and no pattern of commands. Did you mean 'delete_*'?"),
        (RULES, {**RULE, "command_pattern": ""}, "command_pattern: This may not be empty."),
        (RULES, {**RULE, "minutes": 0}, "minutes: This is at least 1."),
        (RULES, {**RULE, "approvers": []}, "approvers: This may not be empty."),
        (DESK, {}, NOTHING),
        (DESK, {"settings": {}}, NOTHING),
        (DESK, {"settings": {"a": []}}, "settings/a: a setting is text, a number, true, false or null."),
        (f"{DESK}/quotas", {"plan": "pro"}, "'pro' is not a plan. Did you mean 'professional'? Plans are free, professional, enterprise."),
        (KEYS, {"name": 5}, "name: This takes text."),
        (KEYS, {"name": "k", "scopes": "read:*"}, "scope: This takes a list."),
        (KEYS, {"name": "k", "scopes": ["read:*"], "scope": ["*"]}, SCOPES),
        (KEYS, {"name": "k", "preset": "readonly"}, "'readonly' is none of read-only, read-write, admin. Did you mean 'read-only'?"),
    ],
)
def test_a_request_that_is_wrong_hears_why(world: World, route: str, body: Any, detail: str) -> None:
    method, _, path = route.partition(" ")
    answer = ask(world, method, path, key=key_of(world), body=body, **({"if_match": "*"} if method == "PUT" else {}))
    assert (answer.status, told(answer)["detail"]) == (422, detail)


def test_a_member_who_is_not_there_is_named_as_they_were_asked_for(world: World) -> None:
    answer = ask(world, "GET", "/v1/members/99", key=key_of(world))
    assert (answer.status, told(answer)["detail"]) == (404, "There is no member '99' in this workspace; `steward members list` shows them.")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("keys", "create", "k", "--expires", "yesterday"), "expires: Write a day or a moment, such as 2027-01-31 or 2027-01-31T09:00Z."),
        (("keys", "create", "k", "--preset", "readonly"), "Did you mean 'read-only'?"),
        (
            ("receipts", "list", "--outcome", "refusd"),
            "none of done, refused, forbidden, approval_needed, too_many. Did you mean 'refused'?",
        ),
        (("workspaces", "create", "x", "--plan", "pro"), "Did you mean 'professional'?"),
        (("permissions", "set", "delete_*", "alow"), "Did you mean 'allow'?\n"),
    ],
)
def test_a_line_that_is_wrong_hears_why(world: World, words: tuple[str, ...], says: str) -> None:
    code, _, err = steward(world, *words)
    assert code == 2
    assert says in err


def test_a_field_that_is_said_by_both_names_alike_is_said_once(world: World) -> None:
    answer = ask(world, "POST", "/v1/agents/1/permissions", key=key_of(world), body={**RULE, "agent_id": 1})
    assert answer.status == 200


def test_names_without_latin_letters_are_told_apart_by_number(world: World) -> None:
    names = ("新しい机", "Новый стол", "Café Zürich", "גינה")
    slugs = [told(ask(world, "POST", "/v1/workspaces", key=key_of(world), body={"name": name}))["slug"] for name in names]
    assert slugs == ["desk", "desk-2", "cafe-zurich", "desk-3"]


@pytest.mark.parametrize("path", ["/v1/keys", "/v1/api-keys"])
def test_a_key_is_made_and_listed_in_the_words_of_the_source(world: World, path: str) -> None:
    body = {"name": "Dashboard Read-Only", "scopes": ["read:properties"], "expires_days": 30}
    made = ask(world, "POST", path, key=key_of(world), body=body)
    shown = told(made)
    assert (made.status, shown["scopes"], shown["workspace_id"], shown["agent_id"]) == (201, ["read:properties"], world.workspace, "")
    (listed,) = (row for row in told(ask(world, "GET", path, key=key_of(world)))["rows"] if row["name"] == "Dashboard Read-Only")
    assert (listed["workspace_id"], listed["agent_id"], listed["made_by"]) == (world.workspace, "", "Owner")


def test_people_see_what_keys_may_and_who_made_them(world: World) -> None:
    steward(world, "keys", "create", "Dashboard", "--scope", "read:leads", "--scope", "read:deals")
    _, out, _ = steward(world, "keys", "list", width=160)
    assert "read:leads, read:deals" in out
    assert "Owner" in out


def test_a_number_in_the_body_is_the_one_in_the_address(world: World) -> None:
    answer = ask(world, "POST", "/v1/agents/1/permissions", key=key_of(world), body={**RULE, "member": 1})
    assert answer.status == 200


def test_who_asks_about_no_command_hears_which_field_it_was(world: World) -> None:
    answer = ask(world, "GET", "/v1/receipts?command=delete_propertie", key=key_of(world))
    assert [one["pointer"] for one in told(answer)["errors"]] == ["/command"]


def test_a_refusal_at_the_command_line_names_the_rule_that_decided(world: World) -> None:
    steward(world, "permissions", "set", "list_members", "deny")
    _, _, err = steward(world, "members", "list")
    said, decided = err.splitlines()
    assert said == "Command 'list_members' is denied by workspace policy"
    assert decided.startswith("Decided by rule ") and decided.endswith(" (deny list_members).")


def test_one_request_too_many_for_approval_names_its_rule(world: World) -> None:
    key, place = key_of(world), {"city": "Kent", "state": "WA", "zip": "98030"}
    homes = [told(ask(world, "POST", "/v1/properties", key=key, body={"address": f"{one} Alder Road", **place}))["id"] for one in range(6)]
    answers = [ask(world, "DELETE", f"/v1/properties/{one}", key=key, idempotency_key=one) for one in homes]
    assert [(one.status, told(one)["rule"]) for one in answers[4:]] == [(428, "dangerous"), (429, "approvals")]
