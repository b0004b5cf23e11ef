"""Invitations: the mail, what its link shows, and how it is accepted."""

import re
from pathlib import Path

import pytest

from steward.kernel.actor import Surface
from steward.kernel.errors import Forbidden, Invalid, NotFound
from steward.kernel.keys import SYSTEM
from steward.kernel.ports import Delete
from steward.workspaces import identity
from steward.workspaces.model import CreateWorkspace
from steward.workspaces.model_accounts import CheckLink
from steward.workspaces.model_invitations import GetInvitation, Join
from steward.workspaces.model_roster import AddMember, InviteMember, RemoveMember
from tests.desk.browsing import Browser, text_of
from tests.unit.workspaces.people import DANA, PASSWORD, account, actor_of, ask, sign_in, verified
from tests.unit.workspaces.staff import hire
from tests.unit.workspaces.test_factors import Phone
from tests.unit.workspaces.test_mails import Post


@pytest.fixture
def world(tmp_path: Path) -> Post:
    made = Post(tmp_path)
    made.workspace = made.run(CreateWorkspace(name="Hudson desk", slug="own"), workspace=SYSTEM).id
    return made


def invited(world: Post) -> str:
    """The token of a fresh invitation's mail."""
    world.run(InviteMember(email=DANA, name="Dana Reeve", role="user"), surface=Surface.DESK, key=str(world.clock()))
    return world.token()


def role_of(world: Post, token: str) -> str:
    person = identity.by_session(world.records, token, world.clock())
    return identity.acting(world.records, person, world.workspace).role


def test_whoever_is_invited_gets_a_mail_that_names_the_desk(world: Post) -> None:
    token = invited(world)
    ((to, subject, _),) = world.mails()
    assert (to, subject) == (DANA, "You are invited to Hudson desk")
    shown = ask(world, GetInvitation(token=token))
    assert (shown.workspace, shown.email, shown.known) == ("Hudson desk", DANA, False)


def test_an_invitation_says_who_invites_and_as_what(world: Post) -> None:
    invited(world)
    ((_, _, text),) = world.mails()
    assert text.startswith(f"{world.owner.name} invites you, as a user, to Hudson desk, a desk at ")


def test_who_is_made_a_member_at_once_hears_that(world: Post) -> None:
    world.run(AddMember(email=DANA, name="Dana Reeve", role="admin"))
    world.token()
    ((_, _, text),) = world.mails()
    assert text.startswith("You have become an admin of Hudson desk, a desk at ")


def test_an_invitation_is_accepted_with_a_password_and_opens_a_session(world: Post) -> None:
    token = invited(world)
    assert role_of(world, ask(world, Join(token=token, password=PASSWORD)).token) == "user"
    assert sign_in(world).token


def test_a_second_invitation_stays_good_once_the_first_has_set_a_password(world: Post) -> None:
    first, second = invited(world), world.run(CreateWorkspace(name="Alder desk"), workspace=SYSTEM).id
    world.run(InviteMember(email=DANA, role="user"), workspace=second, key="second")
    other = world.token()
    ask(world, Join(token=first, password=PASSWORD))
    ask(world, Join(token=other))
    assert len(identity.at_home(world.records, actor_of(world, sign_in(world).token).person)) == 2


def test_a_password_by_an_invitation_does_not_go_around_the_second_factor(world: Post) -> None:
    account(world)
    Phone(world)
    (row,) = world.rows("password", SYSTEM)
    world.records.commit([Delete(row.key)])
    given = ask(world, Join(token=invited(world), password="four quite unrelated words"))
    assert (given.token, bool(given.ticket)) == ("", True)


def test_an_invitation_to_an_address_of_before_is_void(world: Post) -> None:
    token, id = invited(world), account(world)
    verified(world, id, email="dana@new.example")
    with pytest.raises(Forbidden, match="ask for a new one"):
        ask(world, Join(token=token))


def test_asking_again_with_another_role_changes_what_one_is_invited_to(world: Post) -> None:
    world.run(InviteMember(email=DANA, name="Dana Reeve", role="admin"), surface=Surface.DESK, key="1")
    first = world.token()
    assert world.run(InviteMember(email=DANA, role="viewer"), surface=Surface.DESK, key="2").role == "viewer"
    again = world.run(InviteMember(email=DANA), surface=Surface.DESK, key="3")
    assert (again.role, again.name, again.status) == ("viewer", "Dana Reeve", "invited")
    assert role_of(world, ask(world, Join(token=first, password=PASSWORD)).token) == "viewer"


def test_only_an_owner_invites_to_be_one_the_second_time_too(world: Post) -> None:
    invited(world)
    with pytest.raises(Forbidden, match="Only an owner makes"):
        world.run(InviteMember(email=DANA, role="owner"), actor=hire(world, "admin"), surface=Surface.DESK, key="2")


def test_nobody_is_a_member_before_accepting(world: Post) -> None:
    invited(world)
    with pytest.raises(Forbidden):
        sign_in(world)


def test_an_invitation_works_once_and_a_weak_password_does_not_use_it_up(world: Post) -> None:
    token = invited(world)
    with pytest.raises(Invalid):
        ask(world, Join(token=token, password="password123"))
    ask(world, Join(token=token, password=PASSWORD))
    for cmd in (Join(token=token, password=PASSWORD), GetInvitation(token=token)):
        with pytest.raises(Forbidden, match="ask for a new one"):
            ask(world, cmd)


def test_an_invitation_runs_out_after_a_week(world: Post) -> None:
    token = invited(world)
    world.clock.pass_(days=6)
    assert ask(world, GetInvitation(token=token)).email == DANA
    world.clock.pass_(days=2)
    with pytest.raises(Forbidden, match="ask for a new one"):
        ask(world, Join(token=token, password=PASSWORD))


def test_an_invitation_that_was_taken_back_lets_nobody_in(world: Post) -> None:
    token = invited(world)
    (row,) = world.rows("member")
    world.insist(RemoveMember(id=row.key.sk))
    for cmd in (Join(token=token, password=PASSWORD), GetInvitation(token=token), CheckLink(token=token)):
        with pytest.raises(NotFound, match="taken back"):
            ask(world, cmd)
    with pytest.raises(Forbidden):
        sign_in(world)


def test_somebody_who_signs_in_already_joins_without_a_new_password_or_session(world: Post) -> None:
    account(world)
    token = invited(world)
    assert ask(world, GetInvitation(token=token)).known
    given = ask(world, Join(token=token, password="another quite good one"))
    assert (given.token, given.detail) == ("", "You have joined. Sign in as you always do.")
    assert role_of(world, sign_in(world).token) == "user"


def test_a_member_made_at_once_gets_a_way_in_too(world: Post) -> None:
    world.run(AddMember(email=DANA, name="Dana Reeve", role="viewer"))
    assert role_of(world, ask(world, Join(token=world.token(), password=PASSWORD)).token) == "viewer"


def test_a_member_made_at_once_who_signs_in_already_gets_no_mail(world: Post) -> None:
    account(world)
    world.run(AddMember(email=DANA, name="Dana Reeve", role="viewer"))
    assert world.mails() == []
    assert role_of(world, sign_in(world).token) == "viewer"


def test_the_page_of_an_invitation_leads_in(world: Post) -> None:
    browser = Browser(world)
    address = f"/join?token={invited(world)}"
    assert "Join Hudson desk" in text_of(browser.get(address))
    weak = browser.post("/join", {"token": address.partition("=")[2], "password": "password123"})
    assert weak.status == 422 and "commonest" in text_of(weak)
    answer = browser.post("/join", {"token": address.partition("=")[2], "password": PASSWORD})
    assert answer.headers["Location"] == "/today"
    assert re.search("Dana Reeve", text_of(browser.get("/w/own/today")))
    used = browser.get(address)
    assert used.status == 403 and "ask for a new one from whoever invited you" in text_of(used) and "/sign-in" in text_of(used)


def test_the_page_of_an_invitation_that_was_taken_back_says_so(world: Post) -> None:
    token = invited(world)
    (row,) = world.rows("member")
    world.insist(RemoveMember(id=row.key.sk))
    browser = Browser(world)
    for answer in (browser.get(f"/join?token={token}"), browser.post("/join", {"token": token, "password": PASSWORD})):
        assert answer.status == 404 and "taken back" in text_of(answer) and "/sign-in" in text_of(answer)


def test_an_invitation_opened_at_a_number_leads_to_the_name_where_a_passkey_can_be_made(world: Post) -> None:
    browser, address = Browser(world), f"/join?token={invited(world)}"
    assert f'href="http://localhost:8710{address}"' in text_of(browser.get(address, host="127.0.0.1:8710"))
    assert "at localhost" not in text_of(browser.get(address, host="localhost:8710"))


def test_whoever_has_joined_is_confirmed(world: Post) -> None:
    ask(world, Join(token=invited(world), password=PASSWORD))
    actor = actor_of(world, sign_in(world).token)
    (row,) = [one for one in world.rows("account", SYSTEM) if one.key.sk == actor.person]
    assert row.body["is_verified"]
