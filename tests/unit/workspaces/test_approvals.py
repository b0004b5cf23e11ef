"""Approvals (spec K10, F4; threat 17): a single-use yes of a person, to exactly one request of one actor."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from steward.adapters.records.memory import MemoryRecords
from steward.adapters.records.sqlite import SqliteRecords
from steward.kernel.actor import Actor, Surface
from steward.kernel.errors import ApprovalNeeded, Conflict, Forbidden, NotFound, StewardError, TooMany
from steward.properties.inputs import CreateProperty, UpdateProperty
from steward.surfaces import tools
from steward.workspaces.model_approvals import Approve, Deny, GetApproval, ListApprovals
from steward.workspaces.model_permissions import SetPermission
from tests.support import worlds
from tests.support.worlds import World
from tests.unit.kernel.notes import BurnNote, ChangeNote, WriteNote
from tests.unit.workspaces.staff import hire, key_of

HOME = CreateProperty(address="1 Alder Road", city="Kent", state="WA", zip="98030")


@pytest.fixture
def world() -> World:
    made = World()
    rule(made, "delete_*")
    return made


def rule(world: World, pattern: str, permission: str = "require_approval", **more: object) -> None:
    world.run(SetPermission.model_validate({"command_pattern": pattern, "permission": permission, **more}))


def note(world: World, text: str = "roof") -> str:
    return str(world.run(WriteNote(text=text)).id)


def owners_key(world: World, *scopes: str) -> Actor:
    """A key that the machine's owner made."""
    return key_of(world.owner, *(scopes or ("*",)), workspace=world.workspace)


def burn(world: World, id: str, key: Actor) -> Any:
    return world.run(BurnNote(id=id), actor=key, surface=Surface.API, key=f"burn {id}")


def asked(world: World, id: str, key: Actor) -> str:
    with pytest.raises(ApprovalNeeded) as caught:
        burn(world, id, key)
    return caught.value.approval


def there(world: World, id: str) -> bool:
    return any(row.key.sk == id for row in world.rows("note"))


def test_an_approval_shows_the_exact_effect_and_who_asks(world: World) -> None:
    id, key = note(world), owners_key(world)
    asked(world, id, key)
    (shown,) = world.run(ListApprovals(pending=True)).rows
    (change,) = shown.diff
    assert (change.kind, change.id, change.field, change.after) == ("note", id, "", None)
    assert (shown.command, shown.requester, shown.status, shown.approvers) == ("notes.burn", key.name, "pending", ["owner", "admin"])
    assert (shown.expires_at - shown.created_at).total_seconds() == 15 * 60


def test_the_words_of_the_rule_and_the_approval_are_told_together(world: World) -> None:
    id, key = note(world), owners_key(world)
    first = asked(world, id, key)
    with pytest.raises(ApprovalNeeded) as caught:
        burn(world, id, key)
    assert caught.value.detail == f"Command 'notes.burn' requires confirmation. It waits as approval {first}."
    assert tools.refused(caught.value) == {"error": f"Permission denied: {caught.value.detail}", "approval": first}
    assert tools.refused(Forbidden("Command 'x' is denied by workspace policy")) == {
        "error": "Permission denied: Command 'x' is denied by workspace policy"
    }


def test_a_repeat_asks_for_no_second_approval(world: World) -> None:
    id, key = note(world), owners_key(world)
    assert asked(world, id, key) == asked(world, id, key)
    assert len(world.rows("approval")) == 1


def test_an_approval_is_used_up_by_the_first_effect(world: World) -> None:
    id, key = note(world), owners_key(world)
    rule(world, "*")
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(ChangeNote(id=id, text="new"), actor=key, surface=Surface.API)
    world.run(Approve(id=caught.value.approval))
    world.run(ChangeNote(id=id, text="new"), actor=key, surface=Surface.API)
    with pytest.raises(ApprovalNeeded) as again:
        world.run(ChangeNote(id=id, text="new"), actor=key, surface=Surface.API)
    assert again.value.approval != caught.value.approval
    assert world.run(GetApproval(id=caught.value.approval)).status == "used"


def test_an_approval_is_for_that_argument_only(world: World) -> None:
    mine, other, key = note(world), note(world, "cellar"), owners_key(world)
    world.run(Approve(id=asked(world, mine, key)))
    asked(world, other, key)
    assert there(world, other)


def test_an_approval_is_for_that_actor_only(world: World) -> None:
    id, key, other = note(world), owners_key(world), owners_key(world)
    world.run(Approve(id=asked(world, id, key)))
    asked(world, id, other)
    assert there(world, id)


def test_an_approval_is_for_that_command_only(world: World) -> None:
    id, key = note(world), owners_key(world)
    rule(world, "*")
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(ChangeNote(id=id, text="x"), actor=key, surface=Surface.API)
    world.run(Approve(id=caught.value.approval))
    asked(world, id, key)
    assert there(world, id)


def test_an_approval_is_for_that_workspace_only(world: World) -> None:
    id, key = note(world), Actor("key:everywhere", "key", "script", frozenset({"*"}), role="key")
    approval = asked(world, id, key)
    with pytest.raises(NotFound):
        world.run(Approve(id=approval), workspace="w2")
    with pytest.raises(NotFound):
        world.run(GetApproval(id=approval), workspace="w2")
    world.run(Approve(id=approval))
    with pytest.raises(StewardError):
        world.run(BurnNote(id=id), actor=key, surface=Surface.API, workspace="w2", key="k")
    assert there(world, id)


def test_an_approval_that_nobody_gave_in_time_is_none(world: World) -> None:
    id, key = note(world), owners_key(world)
    approval = asked(world, id, key)
    world.clock.pass_(minutes=16)
    with pytest.raises(Conflict, match="ran out"):
        world.run(Approve(id=approval))
    assert world.run(GetApproval(id=approval)).status == "expired"
    assert asked(world, id, key) != approval


def test_an_approval_that_is_not_used_in_time_is_none(world: World) -> None:
    id, key = note(world), owners_key(world)
    world.run(Approve(id=asked(world, id, key)))
    world.clock.pass_(minutes=16)
    asked(world, id, key)
    assert there(world, id)


def test_a_rule_says_how_long_its_approvals_wait(world: World) -> None:
    rule(world, "create_property", minutes=2)
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(HOME)
    world.clock.pass_(minutes=3)
    with pytest.raises(Conflict, match="ran out"):
        world.run(Approve(id=caught.value.approval))


def test_a_denial_holds_until_its_time_is_up(world: World) -> None:
    id, key = note(world), owners_key(world)
    world.run(Deny(id=asked(world, id, key), reason="not today"))
    with pytest.raises(Forbidden, match="denied by Owner: not today"):
        burn(world, id, key)
    world.clock.pass_(minutes=16)
    asked(world, id, key)


def test_what_is_decided_is_not_decided_again(world: World) -> None:
    id, key = note(world), owners_key(world)
    approval = asked(world, id, key)
    world.run(Approve(id=approval))
    for decision in (Deny(id=approval), Approve(id=approval)):
        with pytest.raises(Conflict, match="is approved already; nothing is left to decide"):
            world.run(decision)


def test_five_wait_at_most_and_a_decision_makes_room(world: World) -> None:
    key = owners_key(world)
    approvals = [asked(world, note(world, str(number)), key) for number in range(5)]
    with pytest.raises(TooMany, match="5 of your requests") as caught:
        burn(world, note(world, "sixth"), key)
    assert world.rows("receipt")[-1].body["outcome"] == "too_many"
    assert 0 < caught.value.retry_after <= 15 * 60
    asked(world, note(world, "another's"), owners_key(world))
    world.run(Deny(id=approvals[0]))
    asked(world, note(world, "seventh"), key)
    world.clock.pass_(minutes=16)
    asked(world, note(world, "eighth"), key)


@pytest.mark.parametrize("surface", [Surface.API, Surface.MCP])
def test_a_key_never_decides_its_own(world: World, surface: Surface) -> None:
    id, key = note(world), owners_key(world)
    approval = asked(world, id, key)
    with pytest.raises(Forbidden, match="their own"):
        world.run(Approve(id=approval), actor=key, surface=surface)


def test_a_members_other_key_and_their_session_over_the_api_are_their_own_too(world: World) -> None:
    boss = hire(world, "owner")
    approval = asked(world, note(world), key_of(boss, "*"))
    for actor in (key_of(boss, "*"), boss):
        with pytest.raises(Forbidden, match="their own"):
            world.run(Approve(id=approval), actor=actor, surface=Surface.API)
    assert world.run(Approve(id=approval), actor=boss, surface=Surface.DESK).status == "approved"


def test_another_key_with_the_scope_approves(world: World) -> None:
    id, key = note(world), owners_key(world)
    approval = asked(world, id, key)
    with pytest.raises(Forbidden, match="Missing required scope: approve"):
        world.run(Approve(id=approval), actor=owners_key(world, "read:*", "write:*"), surface=Surface.API)
    world.run(Approve(id=approval), actor=owners_key(world, "approve"), surface=Surface.API)
    burn(world, id, key)
    assert not there(world, id)


def test_a_key_decides_no_more_than_who_made_it(world: World) -> None:
    user, admin = hire(world, "user"), hire(world, "admin")
    approval = asked(world, note(world), owners_key(world))
    for actor in (user, key_of(user, "approve")):
        with pytest.raises(NotFound):
            world.run(Approve(id=approval), actor=actor, surface=Surface.API)
    assert world.run(Approve(id=approval), actor=key_of(admin, "approve"), surface=Surface.API).decided_by == "script"


def test_nobody_decides_their_own_where_the_rule_says_so(world: World) -> None:
    boss, other = hire(world, "owner"), hire(world, "owner")
    rule(world, "update_*", own=False)
    approval = _ask_update(world, boss)
    assert not world.run(GetApproval(id=approval), actor=boss, surface=Surface.DESK).decidable
    with pytest.raises(Forbidden, match="Nobody decides their own"):
        world.run(Approve(id=approval), actor=boss, surface=Surface.DESK)
    assert world.run(Approve(id=approval), actor=other, surface=Surface.DESK).decided_by == other.name


def test_a_member_whom_the_rule_names_decides(world: World) -> None:
    ann, ben, cid = hire(world, "user"), hire(world, "user"), hire(world, "user")
    rule(world, "update_*", approvers=[ben.member])
    approval = _ask_update(world, ann)
    with pytest.raises(NotFound):
        world.run(Approve(id=approval), actor=cid, surface=Surface.DESK)
    assert [one.id for one in world.run(ListApprovals(), actor=ben).rows] == [approval]
    assert world.run(ListApprovals(), actor=cid).rows == []
    assert world.run(Approve(id=approval), actor=ben, surface=Surface.DESK).status == "approved"


def _ask_update(world: World, actor: Actor) -> str:
    home = world.run(HOME)
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(UpdateProperty(id=home.id, city="Renton"), actor=actor, surface=Surface.DESK, expected=1)
    return caught.value.approval


def test_the_end_of_an_id_is_enough_while_it_waits(world: World) -> None:
    id, key = note(world), owners_key(world)
    approval = asked(world, id, key)
    short = world.run(GetApproval(id=approval)).short
    assert approval.endswith(short)
    assert world.run(GetApproval(id=short.upper())).id == approval
    assert world.run(Approve(id=short)).status == "approved"
    with pytest.raises(NotFound, match=f"No approval that waits here ends in '{short}'"):
        world.run(Approve(id=short))
    with pytest.raises(NotFound):
        world.run(Approve(id=approval[-3:]))


def test_only_what_waits_is_listed_when_asked_for(world: World) -> None:
    key = owners_key(world)
    done, waits = asked(world, note(world, "a"), key), asked(world, note(world, "b"), key)
    world.run(Deny(id=done))
    assert [one.id for one in world.run(ListApprovals(pending=True)).rows] == [waits]
    assert [one.id for one in world.run(ListApprovals()).rows] == [waits, done]
    first = world.run(ListApprovals(limit=1))
    assert [one.id for one in world.run(ListApprovals(limit=1, start=first.next)).rows] == [done]
    assert world.run(ListApprovals(limit=1, start=first.next)).next == ""


def test_two_who_ask_at_once_get_one_approval(world: World) -> None:
    home = world.run(HOME)
    rule(world, "update_property")
    waits: list[str] = []

    def ask() -> None:
        with pytest.raises(ApprovalNeeded) as caught:
            world.run(UpdateProperty(id=home.id, city="Renton"), expected=1)
        waits.append(caught.value.approval)

    world.before_commit_once(ask)
    ask()
    assert waits[0] == waits[1]
    assert len(world.rows("approval")) == 1


def test_a_denial_that_comes_first_is_not_overrun_by_a_yes(world: World) -> None:
    approval = asked(world, note(world), owners_key(world))
    world.before_commit_once(lambda: world.run(Deny(id=approval)))
    with pytest.raises(Conflict, match="is denied already"):
        world.run(Approve(id=approval))


@pytest.mark.parametrize("engine", [MemoryRecords, SqliteRecords])
def test_one_approval_has_one_effect_however_many_use_it_at_once(engine: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "MemoryRecords", lambda clock: engine(*[tmp_path / "steward.db"][: engine is SqliteRecords], clock))
    world = World()
    rule(world, "*", permission="require_approval")
    key = owners_key(world)
    cmd = WriteNote(text="once")

    def attempt(_: int) -> str:
        try:
            world.run(cmd, actor=key, surface=Surface.API)
        except (ApprovalNeeded, Conflict, TooMany) as refusal:
            return refusal.kind
        return "done"

    for round_ in range(5):
        with pytest.raises(ApprovalNeeded) as caught:
            world.run(cmd, actor=key, surface=Surface.API)
        world.run(Approve(id=caught.value.approval))
        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(attempt, range(8)))
        assert outcomes.count("done") == 1
        assert len(world.rows("note")) == round_ + 1
    used = [row.body["approval"] for row in world.rows("receipt") if row.body["command"] == "notes.write" and row.body["outcome"] == "done"]
    assert len(used) == len(set(used)) == 5
    world.records.close()
