"""Permission rules (spec A3.2, A3.8): how they are made, exchanged and removed, and by whom."""

import json

import pytest

from steward.kernel.actor import Actor, Surface
from steward.kernel.context import Call
from steward.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from steward.kernel.guard import Verdict, authorise
from steward.kernel.registry import find, taking
from steward.properties.inputs import CreateProperty, UpdateProperty
from steward.workspaces.judging import Rules
from steward.workspaces.model_permissions import (
    Checked,
    CheckPermission,
    ExportPermissions,
    ImportPermissions,
    ListPermissions,
    Permission,
    PermissionView,
    RemovePermission,
    Rule,
    SetPermission,
)  # fmt: skip
from tests.support.worlds import START, World
from tests.unit.kernel.notes import BurnNote
from tests.unit.workspaces.staff import hire, key_of

HOME = {"address": "1 Alder Road", "city": "Kent", "state": "WA", "zip": "98030"}
EXAMPLE: dict[str, list[dict[str, object]]] = {
    "workspace_permissions": [
        {"command_pattern": "delete_*", "permission": "deny"},
        {"command_pattern": "send_bulk_notifications", "permission": "require_approval"},
    ],
    "agent_permissions": [{"agent_id": 1, "command_pattern": "delete_property", "permission": "deny"}],
}
"""The policy of spec A3.8, for the first member."""


@pytest.fixture
def world() -> World:
    return World()


def allow(world: World, pattern: str, permission: str = "allow", **more: object) -> PermissionView:
    told = {"command_pattern": pattern, "permission": permission, **more}
    made: PermissionView = world.run(SetPermission.model_validate(told))
    return made


def check(world: World, command: str, *, actor: Actor | None = None, member: str = "") -> Checked:
    told: Checked = world.run(CheckPermission(command=command, member=member), actor=actor)
    return told


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("delete_propertty", "Did you mean 'delete_property'"),
        ("propertys.*", r"Did you mean 'properties\.\*'"),
        ("delet_*", r"Did you mean 'delete_\*'"),
        ("*_property", "no command and no pattern"),
        ("delete_property; drop", "no command and no pattern"),
        ("properties.import_chunk", "no command and no pattern"),
        ("**", "no command and no pattern"),
    ],
)
def test_a_pattern_that_can_match_nothing_is_refused_with_the_nearest(world: World, pattern: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as caught:
        allow(world, pattern, "deny")
    assert caught.value.faults[0].pointer == "/command_pattern"


def test_a_permission_that_is_none_is_refused_with_the_nearest(world: World) -> None:
    with pytest.raises(ValueError, match="Did you mean 'require_approval'"):
        allow(world, "delete_*", "require_aproval")


@pytest.mark.parametrize("approvers", [["ownr"], ["nobody"]])
def test_an_approver_who_is_neither_role_nor_member_is_refused(world: World, approvers: list[str]) -> None:
    with pytest.raises(Invalid, match="neither a role nor a member"):
        allow(world, "delete_*", "require_approval", approvers=approvers)


def test_a_member_who_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(NotFound, match="members list"):
        allow(world, "delete_*", "deny", member="77")


def test_setting_a_pattern_again_changes_its_rule(world: World) -> None:
    allow(world, "update_*", "deny")
    allow(world, "update_*", "require_approval", minutes=30, own=False)
    (rule,) = world.run(ListPermissions()).rows
    assert (rule.permission, rule.minutes, rule.own) == ("require_approval", 30, False)


def test_a_rule_is_removed_by_its_pattern_its_id_or_its_end(world: World) -> None:
    for name in ("command_pattern", "id", "short"):
        rule = allow(world, "update_*", "deny")
        world.run(RemovePermission(id=getattr(rule, name)))
        assert check(world, "update_property").allowed
    with pytest.raises(NotFound, match="permissions list"):
        world.run(RemovePermission(id=rule.id))


def test_a_pattern_of_two_rules_is_not_removed_by_chance(world: World) -> None:
    allow(world, "update_*", "deny")
    allow(world, "update_*", "deny", member=hire(world, "user").member)
    with pytest.raises(Conflict, match="say the id"):
        world.run(RemovePermission(id="update_*"))


def test_the_example_of_the_source_comes_in_and_goes_out_as_it_is(world: World) -> None:
    ann = hire(world, "user")
    world.run(ImportPermissions.model_validate(EXAMPLE))
    told = json.loads(world.run(ExportPermissions()).model_dump_json())
    assert told["workspace_permissions"] == EXAMPLE["workspace_permissions"]
    assert told["agent_permissions"] == [{**EXAMPLE["agent_permissions"][0], "agent_id": ann.member}]
    assert check(world, "delete_property", actor=ann).decision == "deny"
    assert check(world, "send_bulk_notifications").rule.endswith("(require_approval send_bulk_notifications)")


def test_what_is_unusual_about_a_rule_survives_the_exchange(world: World) -> None:
    allow(world, "update_*", "require_approval", minutes=60, approvers=["admin"], own=False)
    told = json.loads(world.run(ExportPermissions()).model_dump_json())
    world.run(ImportPermissions(replace=True))
    assert world.run(ListPermissions()).total == 0
    world.run(ImportPermissions.model_validate(told))
    (rule,) = world.run(ListPermissions()).rows
    assert (rule.minutes, rule.approvers, rule.own) == (60, ("admin",), False)


def test_a_rule_that_a_key_set_stays_one_through_the_exchange(world: World) -> None:
    owner = hire(world, "owner")
    allow(world, "delete_*", "deny")
    told = SetPermission.model_validate({"command_pattern": "delete_property", "permission": "allow"})
    world.run(told, actor=key_of(owner, "*"), surface=Surface.API)
    rules = json.loads(world.run(ExportPermissions()).model_dump_json())
    assert rules["workspace_permissions"] == [
        {"command_pattern": "delete_*", "permission": "deny"},
        {"command_pattern": "delete_property", "permission": "allow", "by_key": True},
    ]
    world.run(ImportPermissions.model_validate({**rules, "replace": True}), actor=owner)
    assert check(world, "delete_property", actor=owner).decision == "deny"


def test_an_import_with_one_wrong_rule_takes_in_none_and_names_each(world: World) -> None:
    told = {
        "workspace_permissions": [*EXAMPLE["workspace_permissions"], {"command_pattern": "nonsense", "permission": "deny"}],
        "agent_permissions": [{"agent_id": 9, "command_pattern": "*", "permission": "deny"}],
    }
    with pytest.raises(Invalid) as caught:
        world.run(ImportPermissions.model_validate(told))
    assert [fault.pointer for fault in caught.value.faults] == ["/workspace_permissions/2", "/agent_permissions/0"]
    assert world.run(ListPermissions()).total == 0


def test_only_an_owner_sets_rules_about_an_owner(world: World) -> None:
    owner, admin = hire(world, "owner"), hire(world, "admin")
    told = SetPermission.model_validate({"command_pattern": "*", "permission": "deny", "member": owner.member})
    for actor in (admin, key_of(admin, "*")):
        with pytest.raises(Forbidden, match="Only an owner"):
            world.run(told, actor=actor)
    world.run(told, actor=hire(world, "owner"))


def test_a_key_makes_nothing_looser_than_people_have_set(world: World) -> None:
    key = key_of(hire(world, "owner"), "*")
    rule = allow(world, "properties.*", "require_approval")
    world.run(SetPermission.model_validate({"command_pattern": "update_property", "permission": "allow"}), actor=key, surface=Surface.API)
    world.run(SetPermission.model_validate({"command_pattern": "properties.*", "permission": "allow"}), actor=key, surface=Surface.API)
    assert check(world, "update_property", actor=key).rule == f"rule {rule.id} (require_approval properties.*)"
    with pytest.raises(Forbidden, match="a person has to remove it"):
        world.run(RemovePermission(id=rule.id), actor=key, surface=Surface.API)
    world.run(ImportPermissions(replace=True), actor=key, surface=Surface.API)
    assert check(world, "create_property", actor=key).decision == "require_approval"


def test_what_a_key_allows_spares_nobody_the_question_before_something_is_destroyed(world: World) -> None:
    key = key_of(hire(world, "owner"), "*")
    rule = Rule(id="1", command_pattern="notes.*", permission=Permission.ALLOW, created_at=START)
    call = Call("notes.burn", {}, key, world.workspace, Surface.API)
    by_person, by_key = (Rules([rule.model_copy(update={"by_key": flag})]) for flag in (False, True))
    assert authorise(find(taking(BurnNote).name), call, by_person).verdict is Verdict.ALLOW
    assert authorise(find(taking(BurnNote).name), call, by_key).verdict is Verdict.ASK


def test_a_rule_is_changed_where_it_is_said(world: World) -> None:
    told = {"command_pattern": "update_*", "permission": "deny", "agent_id": hire(world, "user").member}
    assert world.run(SetPermission.model_validate(told)).agent_id == told["agent_id"]


@pytest.mark.parametrize("pattern", ["auth.*", "auth.login", "accounts.*", "sessions.revoke", "permissions.check"])
def test_a_rule_that_could_never_hold_is_refused(world: World, pattern: str) -> None:
    with pytest.raises(Invalid, match="No rule is about"):
        allow(world, pattern, "deny")


def test_a_rule_that_holds_for_some_of_its_commands_is_taken(world: World) -> None:
    assert allow(world, "permissions.*", "deny")


def test_two_who_set_rules_at_once_lose_neither(world: World) -> None:
    world.before_commit_once(lambda: allow(world, "update_*", "deny"))
    allow(world, "create_*", "deny")
    assert {rule.command_pattern for rule in world.run(ListPermissions()).rows} == {"update_*", "create_*"}


def test_a_workspaces_rules_hold_there_only(world: World) -> None:
    world.run(SetPermission.model_validate({"command_pattern": "*", "permission": "deny"}), workspace="w2")
    home = world.run(CreateProperty(**HOME))
    world.run(UpdateProperty(id=home.id, city="Renton"), expected=1)


@pytest.mark.parametrize("pattern", ["approvals.*", "approvals.approve"])
def test_what_decides_cannot_need_an_approval(pattern: str) -> None:
    world = World()
    with pytest.raises(Invalid, match="deciding would never end"):
        world.run(SetPermission(command_pattern=pattern, permission="require_approval"))
    world.run(SetPermission(command_pattern=pattern, permission="deny"))
    world.run(SetPermission(command_pattern="*", permission="require_approval"))
