"""The mails of a workspace count against its plan, once each; what nears its end is told to those who see to the workspace."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from steward.kernel.errors import ApprovalNeeded, TooMany, Unavailable
from steward.kernel.keys import SYSTEM
from steward.kernel.mail import Mailer
from steward.kernel.ports import Change
from steward.properties.inputs import CreateProperty, DeleteProperty
from steward.workspaces.model import CreateWorkspace
from steward.workspaces.model_accounts import Reset
from steward.workspaces.model_plans import GetUsage, Quota, SetQuotas
from steward.workspaces.model_roster import AddMember, InviteMember
from tests.support.worlds import World
from tests.unit.workspaces.people import DANA, account, ask
from tests.unit.workspaces.staff import hire
from tests.unit.workspaces.test_mails import Post, Silent

WITHOUT_ROOM = "The free plan has 2 e-mails a month, and they are used up; it goes on on 1 December, or the owner"


def hudson(world: World) -> None:
    world.workspace = world.run(CreateWorkspace(name="Hudson desk", slug="hudson", plan="free"), workspace=SYSTEM).id


@pytest.fixture
def world(tmp_path: Path) -> Post:
    made = Post(tmp_path)
    hudson(made)
    return made


def agreed(world: World, **numbers: int | None) -> None:
    world.insist(SetQuotas(quotas={"members": None, **numbers}))


def invite(world: World, *names: str) -> None:
    for name in names:
        world.run(InviteMember(email=f"{name}@example.com"), key=f"{name}{world.clock()}")


def charged(world: World) -> int:
    return int(next(one.used for one in world.run(GetUsage()).rows if one.quota is Quota.EMAILS))


def those_of(world: Post, subject: str) -> list[str]:
    """To whom mails with that subject went."""
    return [to for to, about, _ in world.mails() if subject in about]


def test_each_invitation_and_each_mail_about_an_approval_is_counted(world: Post) -> None:
    agreed(world)
    hire(world, "admin", account=account(world), email=DANA)
    home = world.run(CreateProperty(address="1 Alder Road", city="Kent", state="WA", zip="98030"))
    invite(world, "ben", "may")
    with pytest.raises(ApprovalNeeded):
        world.run(DeleteProperty(id=home.id))
    assert len(world.mails()) == charged(world) == 3


def test_a_mail_about_ones_own_account_belongs_to_no_workspace(world: Post) -> None:
    hire(world, "admin", account=account(world), email=DANA)
    ask(world, Reset(email=DANA))
    assert (len(world.mails()), charged(world)) == (1, 0)


def test_a_mail_that_is_tried_again_and_again_counts_once() -> None:
    silent = Silent(3)
    world = World(more={Mailer: silent})
    hudson(world)
    invite(world, "ben")
    for _ in range(20):
        world.settle()
        world.clock.pass_(minutes=16)
    assert (len(silent.sent), charged(world)) == (1, 1)


def test_a_mail_whose_claim_was_answered_by_nobody_counts_once(world: Post) -> None:
    commit, lose = world.records.commit, [True]

    def losing(changes: Sequence[Change]) -> None:
        commit(changes)
        if lose and any(change.key.pk.endswith("#token") for change in changes):
            lose.clear()
            raise Unavailable("The answer was lost.")

    invite(world, "ben")
    world.records.commit = losing  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        world.settle()
    world.clock.pass_(minutes=3)
    assert those_of(world, "invited") == ["ben@example.com"]
    assert charged(world) == 1


def test_a_mail_that_no_server_takes_is_not_counted() -> None:
    world = World(more={Mailer: Silent(99)})
    hudson(world)
    invite(world, "ben")
    world.settle()
    assert charged(world) == 1
    for _ in range(30):
        world.settle()
        world.clock.pass_(minutes=16)
    assert charged(world) == 0


def test_without_e_mails_left_an_invitation_is_refused_and_nobody_is_made_a_member(world: Post) -> None:
    agreed(world, emails=2)
    invite(world, "ben", "may")
    world.settle()
    with pytest.raises(TooMany, match=WITHOUT_ROOM):
        invite(world, "rosa")
    assert len(world.rows("member")) == 2


def test_mails_that_find_no_room_wait_and_go_out_once_there_is_some(world: Post) -> None:
    agreed(world, emails=2)
    invite(world, "ben", "may", "rosa")
    world.run(AddMember(email="ida@example.com"))
    assert len(those_of(world, "invited")) == charged(world) == 2
    agreed(world, emails=10)
    world.clock.pass_(minutes=16)
    assert len(set(those_of(world, "invited"))) == charged(world) == 4


def test_a_mail_that_waits_goes_out_in_the_next_month_and_counts_there(world: Post) -> None:
    agreed(world, emails=1)
    invite(world, "ben", "may")
    assert those_of(world, "invited") == ["ben@example.com"]
    world.clock.pass_(days=11)
    assert those_of(world, "invited") == ["ben@example.com", "may@example.com"]
    assert charged(world) == 1


def test_owners_and_admins_are_told_once_that_a_quota_nears_its_end(world: Post) -> None:
    agreed(world, properties=5)
    for role in ("owner", "admin", "user", "viewer"):
        email = f"{role}@example.com"
        hire(world, role, account=account(world, email), email=email)
    for number in range(1, 6):
        world.run(CreateProperty(address=f"{number} Alder Road", city="Kent", state="WA", zip="98030"))
    assert sorted(those_of(world, "Hudson desk has nearly used up its plan")) == ["admin@example.com", "owner@example.com"]
    text = world.mails()[0][2]
    assert "Hudson desk has used 4 of its 5 properties this month." in text
    assert "http://127.0.0.1:8710/w/hudson/settings/usage" in text


def test_being_told_of_the_plan_costs_no_e_mails(world: Post) -> None:
    agreed(world, emails=2)
    hire(world, "owner", account=account(world), email=DANA)
    invite(world, "ben", "may")
    assert those_of(world, "nearly used up") == [DANA]
    assert (len(those_of(world, "invited")), charged(world)) == (2, 2)
