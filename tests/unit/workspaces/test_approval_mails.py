"""Who may decide over an approval gets a mail, with a link of their own that works until it is decided."""

import re
from dataclasses import replace
from typing import Any

import pytest

from steward.adapters.secrets.env import EnvSecrets
from steward.desk import pages
from steward.kernel.actor import Surface
from steward.kernel.errors import ApprovalNeeded
from steward.kernel.keys import SYSTEM
from steward.kernel.mail import Mail, Mailer
from steward.properties.inputs import CreateProperty, DeleteProperty
from steward.surfaces.wire import Request
from steward.workspaces.accounts import of_owner
from steward.workspaces.model import CreateWorkspace
from steward.workspaces.model_approvals import Deny, GetApproval
from steward.workspaces.model_members import ACCOUNTS
from steward.workspaces.model_permissions import SetPermission
from tests.support.worlds import World
from tests.unit.workspaces.people import account, verified
from tests.unit.workspaces.staff import hire, key_of

HOME = CreateProperty(address="1 Alder Road", city="Kent", state="WA", zip="98030")


class Letters:
    """A carrier that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    def send(self, mail: Mail) -> str:
        self.sent.append(mail)
        return mail.id


def employed(world: World, role: str) -> Any:
    email = f"{role}@hudson.example"
    return hire(world, role, account=account(world, email), email=email)


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def world(letters: Letters) -> World:
    made = World(more={Mailer: letters})
    made.door.ports = made.ports = replace(made.ports, secrets=EnvSecrets({"T_APPROVALS_KEY": "k"}, "T_"))
    return made


def ask(world: World, **who: Any) -> str:
    home = world.run(HOME)
    with pytest.raises(ApprovalNeeded) as caught:
        world.run(DeleteProperty(id=home.id), **who)
    return caught.value.approval


def test_those_who_may_decide_are_written_to_and_nobody_else(world: World, letters: Letters) -> None:
    for role in ("owner", "admin", "user", "viewer"):
        employed(world, role)
    ask(world)
    world.settle()
    assert sorted(mail.to for mail in letters.sent) == ["admin@hudson.example", "owner@hudson.example"]


def test_a_mail_names_the_key_and_whose_it_is(world: World, letters: Letters) -> None:
    employed(world, "admin")
    ask(world, actor=key_of(hire(world, "owner"), "*"), surface=Surface.API, key="k")
    world.settle()
    (mail,) = [one for one in letters.sent if one.to == "admin@hudson.example"]
    assert mail.text.startswith("script, a key of Owner ")
    assert "asks for 'delete_property', which waits at" in mail.text


def test_a_mail_goes_to_where_its_reader_is_now(world: World, letters: Letters) -> None:
    admin = employed(world, "admin")
    verified(world, admin.person, email="new@hudson.example")
    ask(world)
    world.settle()
    assert [mail.to for mail in letters.sent] == ["new@hudson.example"]


def test_the_link_of_a_mail_opens_the_approval_for_its_reader(world: World, letters: Letters) -> None:
    employed(world, "admin")
    ask(world)
    world.settle()
    (mail,) = letters.sent
    found = re.search(r"http://127\.0\.0\.1:8710/approve\?token=(\S+)", mail.text)
    assert found
    page = pages.handle(Request("GET", "/approve", {"token": [found[1]]}), world.product)
    assert (page.status, b"1 Alder Road" in page.body, b'value="approve"' in page.body) == (200, True, True)
    assert b"15 min left" in page.body or b"14 min left" in page.body
    assert b'href="/approvals"' in page.body


def test_who_may_not_decide_their_own_is_not_asked_by_mail(world: World, letters: Letters) -> None:
    admin, _ = employed(world, "admin"), employed(world, "owner")
    world.run(SetPermission.model_validate({"command_pattern": "delete_*", "permission": "require_approval", "own": False}))
    ask(world, actor=admin)
    world.settle()
    assert [mail.to for mail in letters.sent] == ["owner@hudson.example"]


def test_no_mail_comes_for_what_is_decided_already(world: World, letters: Letters) -> None:
    employed(world, "admin")
    world.run(Deny(id=ask(world)))
    world.settle()
    assert letters.sent == []


def test_no_token_is_kept(world: World, letters: Letters) -> None:
    employed(world, "admin")
    ask(world)
    world.settle()
    token = letters.sent[0].text.partition("token=")[2].split()[0]
    kept = "".join(str(row.body) for kind in ("once", "receipt", "approval") for row in world.rows(kind))
    kept += "".join(str(row.body) for kind in ("mail", "token", "once", "receipt") for row in world.rows(kind, "system"))
    assert token.rpartition(".")[2] not in kept


def owners_address(world: World, *, confirmed: bool) -> None:
    ctx = world.context("system")
    made = of_owner(ctx).model_copy(update={"email": "boss@hudson.example", "is_verified": confirmed})
    ACCOUNTS.insert(ctx, made)
    world.records.commit(list(ctx.changes.values()))


def test_the_owner_of_the_installation_decides_by_mail_too(world: World, letters: Letters) -> None:
    owners_address(world, confirmed=True)
    approval = ask(world, actor=employed(world, "admin"))
    world.settle()
    text = next(mail.text for mail in letters.sent if mail.to == "boss@hudson.example")
    token = text.partition("token=")[2].split()[0]
    body = f"token={token}&decision=approve".encode()
    assert pages.handle(Request("POST", "/approve", {}, {"sec-fetch-site": "same-origin"}, body), world.product).status == 200
    assert (world.run(GetApproval(id=approval)).status, world.run(GetApproval(id=approval)).decided_by) == ("approved", "Owner")


def test_an_address_that_the_owner_has_not_confirmed_gets_no_link_that_decides(world: World, letters: Letters) -> None:
    owners_address(world, confirmed=False)
    ask(world)
    world.settle()
    (mail,) = letters.sent
    assert mail.to == "boss@hudson.example" and "http://127.0.0.1:8710" in mail.text and "token=" not in mail.text


def test_the_owner_gets_no_mail_about_what_they_may_not_decide(world: World, letters: Letters) -> None:
    owners_address(world, confirmed=True)
    world.run(SetPermission.model_validate({"command_pattern": "delete_*", "permission": "require_approval", "own": False}))
    ask(world)
    world.settle()
    assert letters.sent == []


def test_the_mail_says_until_when_by_the_workspaces_clock(world: World, letters: Letters) -> None:
    world.workspace = world.run(CreateWorkspace(name="Hudson desk", time_zone="America/New_York"), workspace=SYSTEM).id
    employed(world, "owner")
    world.run(SetPermission(command_pattern="delete_*", permission="require_approval", minutes=60))
    ask(world)
    world.settle()
    assert "It can be decided once, until 20 November 2026, 05:42 EST." in letters.sent[-1].text
