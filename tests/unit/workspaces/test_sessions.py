"""One's own sessions: how long they live, what is told of them, and how they end."""

import pytest

from steward.kernel.actor import NOBODY, Actor
from steward.kernel.errors import Forbidden, NotFound
from steward.kernel.keys import SYSTEM
from steward.workspaces import identity
from steward.workspaces.model_accounts import ListSessions, Login, RevokeOthers, RevokeSession
from steward.workspaces.sessions import MOST
from tests.support.worlds import World
from tests.unit.workspaces.people import DANA, PASSWORD, account, actor_of, ask, sign_in


@pytest.fixture
def world() -> World:
    made = World()
    account(made)
    return made


def test_a_session_ends_after_half_an_hour_of_nothing(world: World) -> None:
    token = sign_in(world).token
    world.clock.pass_(minutes=29)
    actor_of(world, token)
    world.clock.pass_(minutes=29)
    actor_of(world, token)
    world.clock.pass_(minutes=31)
    with pytest.raises(Forbidden, match="sign in again"):
        actor_of(world, token)


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(world: World) -> None:
    token = sign_in(world).token
    for _ in range(35):
        world.clock.pass_(minutes=20)
        actor_of(world, token)
    world.clock.pass_(minutes=25)
    with pytest.raises(Forbidden, match="sign in again"):
        actor_of(world, token)


def test_a_page_that_asks_by_itself_keeps_no_session_alive(world: World) -> None:
    token = sign_in(world).token
    for _ in range(3):
        assert identity.by_session(world.records, token, world.clock(), used=False).account
        world.clock.pass_(minutes=9)
    actor_of(world, token)
    world.clock.pass_(minutes=29)
    assert identity.by_session(world.records, token, world.clock(), used=False).account
    world.clock.pass_(minutes=2)
    with pytest.raises(Forbidden, match="sign in again"):
        identity.by_session(world.records, token, world.clock(), used=False)


def test_use_is_noted_at_most_once_a_minute(world: World) -> None:
    token = sign_in(world).token
    for _ in range(50):
        actor_of(world, token)
    assert [row.version for row in world.rows("session", SYSTEM)] == [1]
    world.clock.pass_(seconds=61)
    for _ in range(50):
        actor_of(world, token)
    assert [row.version for row in world.rows("session", SYSTEM)] == [2]


def test_a_full_disk_turns_nobody_away(world: World) -> None:
    token = sign_in(world).token
    world.clock.pass_(seconds=61)
    world.before_commit_once(lambda: actor_of(world, token))
    assert actor_of(world, token).known


def test_sessions_are_listed_with_device_place_and_last_use_this_one_first(world: World) -> None:
    sign_in(world, ip="198.51.100.4")
    rows = ask(world, ListSessions(), actor_of(world, sign_in(world).token)).rows
    assert [(row.current, row.device, row.place, row.how) for row in rows] == [
        (True, "Firefox on Linux", "203.0.113.7", "password"),
        (False, "Firefox on Linux", "198.51.100.4", "password"),
    ]


def test_a_session_row_holds_no_address_of_its_own(world: World) -> None:
    sign_in(world)
    assert "203.0.113.7" not in str(world.rows("session", SYSTEM))


def test_one_session_is_ended_and_the_others_live(world: World) -> None:
    lost, here = sign_in(world).token, sign_in(world).token
    actor = actor_of(world, here)
    (_, other) = ask(world, ListSessions(), actor).rows
    ask(world, RevokeSession(id=other.id), actor)
    with pytest.raises(Forbidden):
        actor_of(world, lost)
    assert actor_of(world, here).known


def test_all_others_are_ended(world: World) -> None:
    lost, here = [sign_in(world).token for _ in range(3)], sign_in(world).token
    assert ask(world, RevokeOthers(), actor_of(world, here)).ended == 3
    for token in lost:
        with pytest.raises(Forbidden):
            actor_of(world, token)
    assert actor_of(world, here).known


def test_somebody_elses_session_is_as_good_as_none(world: World) -> None:
    account(world, "eve@hudson.example")
    mine = actor_of(world, sign_in(world).token)
    theirs = actor_of(world, sign_in(world, "eve@hudson.example").token)
    for id in (theirs.session, "nothing"):
        with pytest.raises(NotFound):
            ask(world, RevokeSession(id=id), mine)


def test_a_key_and_nobody_have_no_sessions(world: World) -> None:
    for actor in (NOBODY, Actor("key:1", "key", "k", frozenset({"*"}))):
        with pytest.raises(Forbidden):
            ask(world, ListSessions(), actor)


def test_signing_in_with_a_session_in_hand_ends_it(world: World) -> None:
    first = sign_in(world).token
    ask(world, Login(email=DANA, password=PASSWORD), actor_of(world, first))
    with pytest.raises(Forbidden):
        actor_of(world, first)


def test_an_account_has_at_most_so_many_sessions(world: World) -> None:
    first = sign_in(world).token
    for _ in range(MOST):
        world.clock.pass_(seconds=1)
        sign_in(world)
    with pytest.raises(Forbidden):
        actor_of(world, first)
    assert len(world.rows("session", SYSTEM)) == MOST
