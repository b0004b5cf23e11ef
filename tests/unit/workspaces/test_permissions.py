"""Permission rules (spec A3, F5): which one decides, and what is said of it."""

from collections.abc import Iterable

import pytest

from steward.kernel.actor import NOBODY, Actor, Surface
from steward.kernel.errors import ApprovalNeeded, Forbidden, Invalid
from steward.kernel.keys import SYSTEM
from steward.kernel.model import Input
from steward.kernel.registry import manifest
from steward.properties.inputs import CreateProperty, DeleteProperty, ListProperties
from steward.workspaces.asking import TO_COME
from steward.workspaces.model import CreateWorkspace
from steward.workspaces.model_approvals import GetApproval, ListApprovals
from steward.workspaces.model_permissions import (
    AllowedCommands,
    Checked,
    CheckPermission,
    ExportPermissions,
    ListPermissions,
    PermissionView,
    RemovePermission,
    SetPermission,
)  # fmt: skip
from steward.workspaces.model_plans import SetQuotas
from steward.workspaces.model_roster import Leave
from steward.workspaces.model_settings import DeleteWorkspace, RestoreWorkspace
from steward.workspaces.rules import SCOPES
from steward.workspaces.rules_permissions import DANGEROUS
from tests.support.worlds import World
from tests.unit.workspaces.people import account
from tests.unit.workspaces.staff import hire, key_of

HOME = {"address": "1 Alder Road", "city": "Kent", "state": "WA", "zip": "98030"}


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


def test_a_command_that_no_rule_is_about_goes_by_its_scope(world: World) -> None:
    told = check(world, "update_property")
    assert told.model_dump() == {
        "command": "update_property", "allowed": True, "decision": "allow", "reason": "OK",
        "rule": "scope write:properties", "scope": "write:properties",
    }  # fmt: skip


@pytest.mark.parametrize("pattern", ["update_property", "properties.update", "update_*", "properties.*", "*"])
def test_every_form_of_a_pattern_matches_either_name(world: World, pattern: str) -> None:
    rule = allow(world, pattern, "deny")
    for name in ("update_property", "properties.update"):
        told = check(world, name)
        assert (told.allowed, told.decision) == (False, "deny")
        assert told.reason == "Command 'update_property' is denied by workspace policy"
        assert told.rule == f"rule {rule.id} (deny {pattern})"


@pytest.mark.parametrize("pattern", ["update_model", "models.*", "delete_*", "models.update"])
def test_a_pattern_is_about_nothing_else(world: World, pattern: str) -> None:
    if pattern in ("update_model", "models.update"):
        with pytest.raises(Invalid):
            allow(world, pattern, "deny")
    else:
        allow(world, pattern, "deny")
    assert check(world, "update_property").allowed


def test_a_rule_about_one_member_says_so_and_spares_the_others(world: World) -> None:
    ann, ben = hire(world, "user"), hire(world, "user")
    allow(world, "create_property", "deny", member=ann.member)
    assert check(world, "create_property", actor=ann).reason == "Command 'create_property' is denied for this agent"
    assert check(world, "create_property", actor=ben).allowed
    with pytest.raises(Forbidden, match="is denied for this agent"):
        world.run(CreateProperty(**HOME), actor=ann)


def test_a_rule_about_a_member_binds_the_keys_they_made(world: World) -> None:
    ann = hire(world, "user")
    allow(world, "create_property", "deny", member=ann.member)
    with pytest.raises(Forbidden, match="is denied for this agent"):
        world.run(CreateProperty(**HOME), actor=key_of(ann, "write:*"), surface=Surface.API)


@pytest.mark.parametrize(
    ("rules", "decision"),
    [
        ([("*", "deny"), ("properties.*", "allow")], "allow"),
        ([("properties.*", "allow"), ("*", "deny")], "allow"),
        ([("update_*", "deny"), ("update_property", "allow")], "allow"),
        ([("update_*", "allow"), ("properties.update", "deny")], "deny"),
        ([("*", "allow"), ("update_*", "require_approval")], "require_approval"),
        ([("update_*", "allow"), ("properties.*", "deny")], "deny"),
        ([("update_*", "deny"), ("properties.*", "allow")], "deny"),
        ([("update_*", "require_approval"), ("properties.*", "allow")], "require_approval"),
        ([("update_*", "require_approval"), ("properties.*", "deny")], "deny"),
        ([("update_property", "allow"), ("properties.update", "deny")], "deny"),
        ([("update_property", "allow"), ("update_property", "deny")], "deny"),
        ([("update_property", "deny"), ("update_property", "allow")], "allow"),
    ],
)
def test_the_most_specific_rule_wins_and_on_a_tie_the_strictest(world: World, rules: list[tuple[str, str]], decision: str) -> None:
    for pattern, permission in rules:
        allow(world, pattern, permission)
    assert check(world, "update_property").decision == decision


def test_a_members_own_rule_goes_before_one_for_all_of_the_same_pattern(world: World) -> None:
    ann = hire(world, "user")
    allow(world, "update_*", "deny")
    allow(world, "update_*", "allow", member=ann.member)
    assert check(world, "update_property", actor=ann).allowed
    assert not check(world, "update_property").allowed


def test_what_the_workspace_wants_approved_is_not_done_without(world: World) -> None:
    rule = allow(world, "properties.*", "require_approval")
    told = check(world, "create_property")
    assert told.reason == "Command 'create_property' requires approval from workspace owner"
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(CreateProperty(**HOME))
    assert caught.value.rule == f"rule {rule.id} (require_approval properties.*)"
    assert world.rows("property") == []


@pytest.mark.parametrize("name", sorted(DANGEROUS))
@pytest.mark.parametrize("role", ["owner", "admin"])
def test_a_dangerous_command_needs_confirmation_whatever_role_and_rules_say(world: World, name: str, role: str) -> None:
    allow(world, name)
    told = check(world, name, actor=hire(world, role))
    assert (told.allowed, told.decision, told.rule) == (False, "require_approval", "dangerous")
    assert told.reason == f"Command '{name}' requires confirmation."


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("delete_contact", "delete:contacts"),
        ("cancel_all_campaigns", "send:campaigns"),
        ("clear_conversation_history", "delete:contacts"),
        ("send_bulk_notifications", "send:notifications"),
    ],
)
def test_a_command_to_come_needs_its_scope_already(world: World, name: str, scope: str) -> None:
    told = check(world, name, actor=hire(world, "viewer"))
    assert (told.scope, told.rule, told.reason) == (scope, scope, f"Missing required scope: {scope}")
    assert check(world, name, actor=hire(world, "user")).decision == "require_approval"


def test_every_dangerous_command_is_there_or_to_come() -> None:
    assert set(TO_COME) == {name for name in DANGEROUS if name not in manifest().tools}
    assert {one.scope for one in TO_COME.values()} <= set(SCOPES)


def test_the_dangerous_set_is_the_six_of_the_source() -> None:
    assert sorted(DANGEROUS) == [
        "cancel_all_campaigns", "clear_conversation_history", "delete_contact", "delete_property", "modify_workspace_settings",
        "send_bulk_notifications",
    ]  # fmt: skip


def test_a_dangerous_command_can_be_denied(world: World) -> None:
    allow(world, "delete_*", "deny")
    home = world.run(CreateProperty(**HOME))
    with pytest.raises(Forbidden, match="Command 'delete_property' is denied by workspace policy"):
        world.run(DeleteProperty(id=home.id))


@pytest.mark.parametrize(
    "question",
    [
        "Can I execute delete_property?",
        "delete_property",
        "properties.delete",
        "may I run properties.delete now?",
        "Delete property, please",
        "May I delete a property?",
    ],
)
def test_a_question_names_its_command_anyhow(world: World, question: str) -> None:
    assert check(world, question).command == "delete_property"


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Can I execute delete_propertty?", "Did you mean 'delete_property'"),
        ("update_property or get_property?", "several commands"),
        ("properties.import_chunk", "names no command"),
        ("???", "names no command"),
    ],
)
def test_a_question_about_no_command_or_several_is_refused(world: World, question: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        check(world, question)


def test_what_a_member_may_do_is_listed_with_the_reason_of_each(world: World) -> None:
    viewer = hire(world, "viewer")
    allow(world, "list_properties", "deny", member=viewer.member)
    told = world.run(AllowedCommands(member=viewer.member))
    reasons = {row.command: row.reason for row in told.rows}
    assert "get_property" in told.allowed_commands
    assert reasons["list_properties"] == "Command 'list_properties' is denied for this agent"
    assert reasons["create_property"] == "Missing required scope: write:properties"
    assert "delete_property" in world.run(AllowedCommands(member=hire(world, "owner").member)).by_approval


def test_a_member_asks_about_themselves_and_only_who_looks_after_members_about_others(world: World) -> None:
    ann, ben, boss = hire(world, "user"), hire(world, "user"), hire(world, "admin")
    assert world.run(AllowedCommands(member=ann.member), actor=ann).name == ann.name
    with pytest.raises(Forbidden, match="ask about others"):
        check(world, "get_property", actor=ann, member=ben.member)
    assert check(world, "get_property", actor=boss, member=ben.member).allowed
    with pytest.raises(Forbidden, match="Missing API key"):
        check(world, "get_property", actor=NOBODY)


def test_asking_writes_nothing(world: World) -> None:
    allow(world, "update_*", "deny")
    before = len(world.rows("receipt"))
    check(world, "update_property")
    world.run(ListPermissions())
    world.run(ExportPermissions())
    assert len(world.rows("receipt")) == before


def test_what_is_asked_beforehand_is_what_the_door_says(world: World) -> None:
    home = world.run(CreateProperty(**HOME))
    actors: Iterable[Actor] = [world.owner, *(hire(world, role) for role in ("owner", "admin", "user", "viewer"))]
    for number, permission in enumerate(("allow", "deny", "require_approval")):
        allow(world, ("properties.*", "delete_*", "update_property")[number], permission)
    for actor in actors:
        for cmd, name in ((ListProperties(), "list_properties"), (DeleteProperty(id=home.id), "delete_property")):
            said = check(world, name, actor=actor)
            if said.allowed:
                world.run(cmd, actor=actor)
                continue
            with pytest.raises((Forbidden, ApprovalNeeded)) as caught:
                world.run(cmd, actor=actor)
            assert isinstance(caught.value, ApprovalNeeded) == (said.decision == "require_approval")
            assert (getattr(caught.value, "rule", ""), caught.value.detail.startswith(said.reason)) == (said.rule, True)


@pytest.mark.parametrize(
    ("name", "cmd"),
    [
        ("workspaces.create", CreateWorkspace(name="Globex")),
        ("workspaces.set_quotas", SetQuotas(plan="enterprise")),
        ("delete_workspace", DeleteWorkspace()),
        ("workspaces.restore", RestoreWorkspace()),
        ("members.leave", Leave()),
    ],
)
def test_whose_alone_a_command_is_is_told_beforehand_too(world: World, name: str, cmd: Input) -> None:
    world.workspace = world.run(CreateWorkspace(name="Hudson desk"), workspace=SYSTEM).id
    admin = hire(world, "admin")
    for actor in (hire(world, "owner", account=account(world)), admin, key_of(admin, "*", workspace=world.workspace)):
        said = check(world, name, actor=actor)
        try:
            world.run(cmd, actor=actor, surface=Surface.CLI)
            heard = ("allow", "OK")
        except Forbidden as refusal:
            heard = ("deny", refusal.detail)
        except ApprovalNeeded as needed:
            heard = ("require_approval", needed.detail.partition(" It waits")[0])
        assert (said.decision, said.reason) == heard


def test_what_only_owners_do_is_in_nobody_elses_list(world: World) -> None:
    told = {role: world.run(AllowedCommands(member=hire(world, role).member)) for role in ("owner", "admin")}
    listed = {role: {*one.allowed_commands, *one.by_approval} for role, one in told.items()}
    assert listed["owner"] - listed["admin"] == {"workspaces.create", "delete_workspace", "workspaces.restore"}
    assert "workspaces.set_quotas" not in listed["owner"]


def test_no_rule_locks_an_owner_out_of_the_rules(world: World) -> None:
    owner = hire(world, "owner")
    allow(world, "*", "deny")
    world.run(RemovePermission(id="*"), actor=owner)
    assert check(world, "update_property", actor=owner).allowed


def test_no_rule_keeps_anybody_from_asking_what_they_may_do(world: World) -> None:
    ann = hire(world, "user")
    allow(world, "*", "deny")
    assert not check(world, "update_property", actor=ann).allowed


def test_deciding_never_needs_an_approval_itself(world: World) -> None:
    boss = hire(world, "admin")
    allow(world, "*", "require_approval")
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(CreateProperty(**HOME), actor=boss)
    assert world.run(GetApproval(id=caught.value.approval), actor=boss).status == "pending"
    assert world.run(ListApprovals(), actor=boss).total == 1


def test_allowing_everything_leaves_what_a_role_may_only_do_by_approval(world: World) -> None:
    allow(world, "*")
    told = check(world, "delete_property", actor=hire(world, "user"))
    assert told.decision == "require_approval"
