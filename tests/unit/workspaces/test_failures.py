"""Sign-ins that fail leave receipts: what the owner sees of them, and what whoever tries does not."""

from typing import Any

import pytest

from steward.kernel.errors import Forbidden, StewardError
from steward.kernel.keys import SYSTEM
from steward.kernel.ports import Change
from steward.workspaces.commands_auth import WRONG
from steward.workspaces.model import MakeLink, OpenSession
from steward.workspaces.model_receipts import ForgetOrigins, ListReceipts, VerifyReceipts
from tests.support.worlds import World
from tests.unit.workspaces.people import DANA, account, ask, sign_in


@pytest.fixture
def world() -> World:
    return World()


def fail(world: World, email: str = DANA, *, ip: str = "203.0.113.7") -> str:
    with pytest.raises(StewardError) as caught:
        sign_in(world, email, "not the right one", ip=ip)
    return caught.value.detail


def told(world: World) -> list[Any]:
    """What the owner sees of refusals, newest first."""
    return list(world.run(ListReceipts(outcome="refused"), workspace=SYSTEM).rows)


def test_a_failed_sign_in_says_who_was_tried_how_and_from_where(world: World) -> None:
    id = account(world)
    fail(world)
    (one,) = told(world)
    assert (one.actor_kind, one.command, one.outcome, one.rule) == ("nobody", "auth.login", "forbidden", "password")
    assert (one.subject_kind, one.subject, one.about, one.ip) == ("account", id, DANA, "203.0.113.7")


def test_it_holds_nothing_of_a_person_but_what_can_be_erased(world: World) -> None:
    account(world)
    fail(world)
    assert not any(text in str(row.body) for row in world.rows("receipt", SYSTEM) for text in (DANA, "203.0.113.7", "not the right"))
    world.run(ForgetOrigins(actor="nobody"), workspace=SYSTEM)
    assert told(world)[0].ip == ""
    assert world.run(VerifyReceipts(), workspace=SYSTEM).ok


def test_a_name_that_nobody_has_is_told_without_one_and_answered_the_same(world: World) -> None:
    account(world)
    assert (fail(world), fail(world, "nobody@hudson.example")) == (WRONG, WRONG)
    unknown, known = told(world)
    assert (unknown.subject, unknown.about, known.about) == ("", "", DANA)


def test_a_link_that_was_used_is_told_too(world: World) -> None:
    link = world.run(MakeLink())
    ask(world, OpenSession(token=link.token))
    with pytest.raises(Forbidden, match="used or has run out"):
        ask(world, OpenSession(token=link.token))
    assert [(one.command, one.rule, one.subject) for one in told(world)] == [("sessions.open", "link", "owner")]


def test_who_tries_all_names_there_are_fills_no_disk_and_hides_nothing(world: World) -> None:
    account(world)
    for number in range(200):
        fail(world, f"{number}@hudson.example", ip=f"203.0.113.{number}")
    assert len(told(world)) == 30
    fail(world, ip="203.0.113.250")
    assert told(world)[0].about == DANA
    world.clock.pass_(hours=1)
    fail(world, "later@hudson.example", ip="203.0.113.251")
    assert len(told(world)) == 32


def test_a_locked_account_leaves_one_receipt_for_each_attempt_that_was_looked_at(world: World) -> None:
    account(world)
    for _ in range(50):
        fail(world)
    assert len(told(world)) == 5


def test_a_name_that_nobody_has_costs_as_many_writes_as_any_other_whatever_went_before(world: World) -> None:
    account(world)
    written: list[list[str]] = []
    commit = world.records.commit

    def counted(changes: list[Change]) -> None:
        written[-1].append(str(len(changes)))
        commit(changes)

    world.records.commit = counted  # type: ignore[method-assign, assignment]
    for number in range(40):
        written.append([])
        fail(world, f"{number}@hudson.example", ip=f"203.0.113.{number}")
    written.append([])
    fail(world, ip="203.0.113.250")
    assert written == [["2", "2"]] * 41


def test_a_full_disk_does_not_hide_the_refusal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from steward.kernel.errors import DISK_FULL, Unavailable

    account(world)
    commit, count = world.records.commit, iter(range(9))

    def full(changes: list[Change]) -> None:
        if next(count):
            raise Unavailable(DISK_FULL)
        commit(changes)

    monkeypatch.setattr(world.records, "commit", full)
    assert fail(world) == WRONG
