"""What an approval shows is what would be done: all of it, the fields that people know, and nothing that is somebody else's."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from steward.kernel.actor import Actor, Surface
from steward.kernel.errors import ApprovalNeeded, Invalid
from steward.kernel.keys import SYSTEM
from steward.kernel.model import Input
from steward.properties.inputs import AddSale, CreateProperty, UpdateProperty
from steward.properties.intake_model import UndoImport
from steward.workspaces import policy
from steward.workspaces.accounts import of_email
from steward.workspaces.model import CreateKey, RotateKey
from steward.workspaces.model_approvals import ApprovalView, Approve, GetApproval
from steward.workspaces.model_permissions import ImportPermissions, SetPermission, WorkspaceRule
from steward.workspaces.model_roster import AddMember, InviteMember
from tests.support.worlds import World
from tests.unit.properties.imports import Desk, many
from tests.unit.workspaces.staff import hire, key_of


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def admin(world: World) -> Actor:
    """Somebody of whose doing everything has to be approved."""
    found = hire(world, "admin")
    world.run(SetPermission(command_pattern="*", permission="require_approval", member=found.member))
    return found


def asked(world: World, cmd: Input, actor: Actor) -> ApprovalView:
    """The approval that a request needs, as it shows itself."""
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(cmd, actor=actor, surface=Surface.DESK, key="once")
    shown: ApprovalView = world.run(GetApproval(id=caught.value.approval))
    return shown


def fields(shown: ApprovalView) -> list[tuple[str, Any, Any]]:
    return [(f"{one.kind} {one.field}", one.before, one.after) for one in shown.diff]


def test_a_rule_is_shown_as_the_one_that_comes_and_not_as_the_start_of_all(world: World, admin: Actor) -> None:
    for number in range(30):
        world.run(SetPermission(command_pattern="delete_*", permission="deny", member=hire(world, "user").member, minutes=number + 1))
    shown = asked(world, SetPermission(command_pattern="update_*", permission="allow"), admin)
    assert shown.says == ["Sets a rule: allow update_* for everybody."]
    ((field, before, after),) = fields(shown)
    assert (field, before, after["command_pattern"], after["permission"]) == ("standing rules", None, "update_*", "allow")


def test_a_rule_in_the_place_of_another_shows_both(world: World, admin: Actor) -> None:
    world.run(SetPermission(command_pattern="update_*", permission="deny"))
    ((_, before, after),) = fields(asked(world, SetPermission(command_pattern="update_*", permission="allow"), admin))
    assert (before["permission"], after["permission"]) == ("deny", "allow")


def test_no_field_is_left_out_however_many_there_are(world: World, admin: Actor) -> None:
    members = [hire(world, "user").member for _ in range(70)]
    told = [{"agent_id": one, "command_pattern": "delete_*", "permission": "deny"} for one in members]
    shown = asked(world, ImportPermissions.model_validate({"agent_permissions": told}), admin)
    assert [after["member"] for _, _, after in fields(shown)] == members


def test_what_is_too_much_to_show_is_not_asked_about(world: World, admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "MOST_TOLD", 300)
    rules = [WorkspaceRule(command_pattern=pattern, permission="deny") for pattern in ("delete_*", "update_*", "create_*")]
    with pytest.raises(Invalid, match="in smaller parts"):
        world.run(ImportPermissions(workspace_permissions=rules), actor=admin, surface=Surface.DESK)


def test_a_long_text_is_shown_to_its_end(world: World, admin: Actor) -> None:
    home = world.run(CreateProperty(address="1 Alder Road", remarks="roof " * 100 + "sound"))
    shown = asked(world, UpdateProperty(id=home.id, remarks="roof " * 100 + "gone"), admin)
    assert fields(shown) == [("property remarks", "roof " * 100 + "sound", "roof " * 100 + "gone")]
    assert shown.diff[0].name == "1 Alder Road"


def test_money_is_shown_in_dollars(world: World, admin: Actor) -> None:
    home = world.run(CreateProperty(address="1 Alder Road", asking_price=Decimal(100)))
    shown = asked(world, UpdateProperty(id=home.id, asking_price=Decimal("348000.50")), admin)
    assert fields(shown) == [("property asking_price", 100.0, 348_000.5)]
    sold = asked(world, AddSale(id=home.id, date=date(2020, 1, 1), price=Decimal(5)), admin)
    assert fields(sold) == [("property sales", None, {"date": "2020-01-01", "price": 5.0})]


def test_a_new_key_is_shown_by_what_it_may_do_and_not_by_ids_that_will_never_be(world: World, admin: Actor) -> None:
    shown = asked(world, CreateKey(name="Website", scope=["read:properties"]), admin)
    assert fields(shown) == [("key name", None, "Website"), ("key scopes", None, ["read:properties"])]
    assert {one.id for one in shown.diff} == {"new"}


def test_another_secret_is_said_in_words(world: World, admin: Actor) -> None:
    key = world.run(CreateKey(name="Website", scope=["read:properties"]), actor=hire(world, "user"))
    shown = asked(world, RotateKey(id=key.id, hours=2), admin)
    assert shown.says == ["Gives the key 'Website' another secret, shown once to who asks; the one of now works for 2 more hours."]
    assert [field for field, *_ in fields(shown)] == ["key former_until"]


def known_elsewhere(world: World, email: str) -> None:
    ctx = world.context(SYSTEM)
    of_email(ctx, email, name="Somebody Else")
    world.records.commit(list(ctx.changes.values()))


@pytest.mark.parametrize("kind", [AddMember, InviteMember])
def test_nobody_learns_whether_an_address_has_an_account_elsewhere(world: World, admin: Actor, kind: type[AddMember]) -> None:
    known_elsewhere(world, "known@other.test")
    known, unknown = (asked(world, kind(email=f"{name}@other.test", role="user"), admin) for name in ("known", "nobody"))
    told = [str((one.says, [change.model_dump() for change in one.diff])) for one in (known, unknown)]
    moment = {str(change.after) for one in (known, unknown) for change in one.diff if change.field == "joined_at"}
    for text in moment:
        told = [one.replace(text, "now") for one in told]
    assert told[0].replace("known", "nobody") == told[1]
    assert {change.kind for change in known.diff} == {"member"}


def test_nor_do_the_receipts_of_a_workspace_tell(world: World) -> None:
    known_elsewhere(world, "known@other.test")
    for name in ("known", "nobody"):
        world.run(AddMember(email=f"{name}@other.test", role="user"))
    known, unknown = (row.body for row in world.rows("receipt"))
    assert (known["changes"], unknown["changes"]) == (1, 1)
    assert [[one[0] for one in row["touched"]] for row in (known, unknown)] == [["member"], ["member"]]  # type: ignore[union-attr,index]


def test_an_account_that_is_made_elsewhere_meanwhile_is_no_reason_to_ask_again(world: World, admin: Actor) -> None:
    cmd = AddMember(email="known@other.test", role="user")
    world.run(Approve(id=asked(world, cmd, admin).id))
    known_elsewhere(world, "known@other.test")
    assert world.run(cmd, actor=admin, surface=Surface.DESK, key="once").email == "known@other.test"


def test_what_a_command_says_of_itself_is_part_of_what_is_agreed_to() -> None:
    desk = Desk()
    run = desk.take(many(30))
    script = key_of(desk.owner, "*", workspace=desk.workspace)
    desk.run(SetPermission(command_pattern="undo_import", permission="require_approval"))
    shown = asked(desk, UndoImport(run=run.id), script)
    does = "removes the 30 properties that it added, restores the 0 that it changed"
    assert shown.says == [f"Takes roll.csv back: {does}; what a person changed since is kept."]
    assert {field for field, *_ in fields(shown)} == {"run name", "run status", "run total"}
