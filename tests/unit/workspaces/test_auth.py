"""Signing in by a password: who comes in, who does not, and what is told to those who try."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.adapters.records.memory import MemoryRecords
from steward.kernel.errors import Forbidden, Invalid, TooMany
from steward.kernel.keys import SYSTEM
from steward.kernel.ports import Change, Key, Stored
from steward.kernel.stamp import Stamp
from steward.workspaces.model_accounts import ChangeAccount, Login, Logout, Refresh, SetPassword
from steward.workspaces.passwords import Passwords
from steward.workspaces.rules_auth import (
    PER_ACCOUNT,
    PER_ADDRESS,
    checked_email,
    checked_password,
    commonest,
    device_of,
    private,
    relying_party,
)
from tests.support.worlds import World
from tests.unit.workspaces.people import DANA, HERE, PASSWORD, account, actor_of, ask, sign_in


class Watched(Passwords):
    """Passwords that count how often they are compared."""

    def __init__(self) -> None:
        super().__init__(memory_kib=8, passes=1)
        self.compared = 0

    def same(self, kept: str, text: str) -> bool:
        self.compared += 1
        return super().same(kept, text)


class Counting(MemoryRecords):
    """Records that count what is asked of them."""

    def __init__(self, clock: object) -> None:
        super().__init__(clock)  # type: ignore[arg-type]
        self.asked: list[str] = []

    def get(self, keys: Sequence[Key]) -> Sequence[Stored | None]:
        self.asked += [f"get {key.pk}" for key in keys]
        return super().get(keys)

    def commit(self, changes: Sequence[Change]) -> None:
        self.asked += [f"commit {change.key.pk}" for change in changes]
        super().commit(changes)


@pytest.fixture
def world() -> World:
    return World()


def refusal(world: World, email: str, password: str, *, ip: str = HERE.ip) -> tuple[str, str, bool]:
    with pytest.raises(Forbidden) as caught:
        sign_in(world, email, password, ip=ip)
    return caught.value.detail, caught.value.rule, caught.value.unknown


def test_the_right_password_opens_a_session(world: World) -> None:
    id = account(world)
    assert actor_of(world, sign_in(world, " Dana@Hudson.example ").token).person == id


def test_an_unknown_address_a_wrong_password_and_a_closed_account_are_answered_alike(world: World) -> None:
    account(world)
    account(world, "gone@hudson.example", active=False)
    told = [
        refusal(world, DANA, "wrong password"),
        refusal(world, "no@hudson.example", PASSWORD),
        refusal(world, "gone@hudson.example", PASSWORD),
    ]
    assert len(set(told)) == 1


def test_an_unknown_address_costs_the_same_work_as_a_wrong_password() -> None:
    watched = Watched()
    world = World(more={Passwords: watched})
    account(world)
    counting = Counting(world.clock)
    counting.__dict__.update({name: value for name, value in world.records.__dict__.items() if name != "asked"})
    object.__setattr__(world.ports, "records", counting)
    work = []
    for email in (DANA, "nobody@hudson.example"):
        counting.asked.clear()
        before = watched.compared
        refusal(world, email, "wrong password")
        work.append((watched.compared - before, list(counting.asked)))
    assert work[0] == work[1]
    assert work[0][0] == 1


def test_a_password_hashed_with_weaker_parameters_is_hashed_anew_at_sign_in() -> None:
    weak, strong = Passwords(memory_kib=8, passes=1), Passwords(memory_kib=16, passes=2)
    world = World(more={Passwords: weak})
    account(world)
    world.ports.more[Passwords] = strong  # type: ignore[index]
    sign_in(world)
    (row,) = world.rows("password", SYSTEM)
    assert not strong.stale(str(row.body["kept"]))
    assert sign_in(world).token


def test_five_wrong_passwords_lock_an_account_out_and_say_when_to_come_back(world: World) -> None:
    account(world)
    for attempt in range(PER_ACCOUNT.free):
        refusal(world, DANA, "wrong password", ip=f"198.51.100.{attempt}")
    with pytest.raises(TooMany, match="come back in 30 seconds") as caught:
        sign_in(world)
    assert caught.value.retry_after == 30


def test_an_unknown_address_is_locked_out_like_a_known_one(world: World) -> None:
    for attempt in range(PER_ACCOUNT.free):
        refusal(world, "no@hudson.example", "wrong password", ip=f"198.51.100.{attempt}")
    with pytest.raises(TooMany, match="come back in 30 seconds"):
        sign_in(world, "no@hudson.example")


def test_the_lock_out_doubles_with_every_further_attempt_and_ends(world: World) -> None:
    account(world)
    for attempt in range(PER_ACCOUNT.free):
        refusal(world, DANA, "wrong password", ip=f"198.51.100.{attempt}")
    world.clock.pass_(seconds=31)
    refusal(world, DANA, "wrong password")
    with pytest.raises(TooMany) as caught:
        sign_in(world)
    assert caught.value.retry_after == 60
    world.clock.pass_(seconds=61)
    assert sign_in(world).token


def test_the_lock_out_of_an_address_is_for_all_accounts(world: World) -> None:
    account(world)
    for attempt in range(PER_ADDRESS.free):
        refusal(world, f"guess{attempt}@hudson.example", "wrong password")
    with pytest.raises(TooMany):
        sign_in(world)
    assert sign_in(world, ip="198.51.100.9").token


def test_right_passwords_never_lock_their_address_out(world: World) -> None:
    account(world)
    for _ in range(PER_ADDRESS.free + 2):
        sign_in(world)
    assert sign_in(world).token


def test_the_lock_out_survives_a_restart_because_it_lies_in_the_records(world: World) -> None:
    account(world)
    for attempt in range(PER_ACCOUNT.free):
        refusal(world, DANA, "wrong password", ip=f"198.51.100.{attempt}")
    other = World()
    other.clock.at = world.clock.at
    object.__setattr__(other.ports, "records", world.records)
    with pytest.raises(TooMany):
        sign_in(other)


def test_a_lock_out_leaves_a_session_alone(world: World) -> None:
    id = account(world)
    token = sign_in(world).token
    for attempt in range(PER_ACCOUNT.free):
        refusal(world, DANA, "wrong password", ip=f"198.51.100.{attempt}")
    actor = actor_of(world, token)
    assert actor.person == id
    assert ask(world, ChangeAccount(full_name="Dana R."), actor).full_name == "Dana R."


def test_two_guesses_at_once_are_counted_twice(world: World) -> None:
    account(world)
    for attempt in range(PER_ACCOUNT.free - 1):
        refusal(world, DANA, "wrong password", ip=f"198.51.100.{attempt}")
    world.before_commit_once(lambda: refusal(world, DANA, "other guess", ip="198.51.100.77"))
    with pytest.raises(TooMany):
        sign_in(world, DANA, "wrong password")


def test_a_new_password_ends_all_other_sessions_and_renews_this_one(world: World) -> None:
    account(world)
    here, elsewhere = sign_in(world).token, sign_in(world).token
    renewed = ask(world, SetPassword(password="four quite unrelated words", current=PASSWORD), actor_of(world, here)).token
    for old in (here, elsewhere):
        with pytest.raises(Forbidden, match="sign in again"):
            actor_of(world, old)
    assert actor_of(world, renewed).known
    assert refusal(world, DANA, PASSWORD)
    assert sign_in(world, DANA, "four quite unrelated words").token


def test_a_new_password_needs_the_present_one(world: World) -> None:
    account(world)
    actor = actor_of(world, sign_in(world).token)
    with pytest.raises(Forbidden, match="present password"):
        ask(world, SetPassword(password="four quite unrelated words", current="wrong password"), actor)


@pytest.mark.parametrize(
    "password",
    ["short", "x" * 129, "aaaaaaaaaaaa", "Password123", "qwertyuiop", "DANA@hudson.example", "dana reeve", "danareeve "],
)
def test_a_password_that_is_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match="password"):
        checked_password(password, email=DANA, name="Dana Reeve")


def test_the_commonest_passwords_are_ones_that_would_be_long_enough() -> None:
    assert len(commonest()) > 200
    assert all(len(one) >= 10 for one in commonest())


def test_signing_out_ends_the_session(world: World) -> None:
    account(world)
    token = sign_in(world).token
    ask(world, Logout(), actor_of(world, token))
    with pytest.raises(Forbidden, match="sign in again"):
        actor_of(world, token)


def test_a_refreshed_session_has_a_new_token_and_the_same_end(world: World) -> None:
    account(world)
    first = sign_in(world)
    world.clock.pass_(minutes=20)
    second = ask(world, Refresh(), actor_of(world, first.token))
    assert second.expires_at == first.expires_at
    with pytest.raises(Forbidden):
        actor_of(world, first.token)
    assert actor_of(world, second.token).known


def test_no_password_is_in_a_row_a_receipt_or_a_fingerprint(world: World) -> None:
    account(world)
    sign_in(world)
    assert PASSWORD not in "".join(str(partition.rows) for partition in world.records._partitions.values())
    assert PASSWORD not in Login(email=DANA, password=PASSWORD).model_dump_json()
    assert PASSWORD not in repr(Login(email=DANA, password=PASSWORD))


def test_the_fingerprint_of_a_password_is_one_that_only_this_installation_can_make(world: World) -> None:
    def fingerprints(secret: str) -> set[object]:
        made = World()
        made.door.stamp = Stamp(secret)
        account(made)
        sign_in(made)
        return {row.body["request"] for row in made.rows("receipt", SYSTEM)}

    one, other = fingerprints("one"), fingerprints("another")
    assert (len(one), one & other) == (1, set())


@pytest.mark.parametrize(
    "text",
    ["", "dana", "dana@", "@hudson.example", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example", "a b@c.example", "a@b..example"],
)
def test_what_is_no_single_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="no e-mail address"):
        checked_email(text)


@given(st.integers(0, 200))
def test_a_lock_out_never_shrinks_and_has_an_end(count: int) -> None:
    assert timedelta(0) <= PER_ACCOUNT.wait(count) <= PER_ACCOUNT.wait(count + 1) <= PER_ACCOUNT.most


@pytest.mark.parametrize(
    ("url", "party", "sessions"),
    [
        ("http://127.0.0.1:8710", ("localhost", ["http://localhost:8710"]), True),
        ("https://desk.example.com", ("desk.example.com", ["https://desk.example.com"]), True),
        ("http://10.0.0.5:8710", ("10.0.0.5", ["http://10.0.0.5:8710"]), False),
    ],
)
def test_a_session_travels_over_tls_or_within_the_machine(url: str, party: tuple[str, list[str]], *, sessions: bool) -> None:
    assert relying_party(url) == party
    assert private(url) is sessions


@pytest.mark.parametrize(
    ("told", "said"),
    [(HERE.user_agent, "Firefox on Linux"), ("curl/8.5.0", "curl"), ("", ""), ("Mozilla/5.0 (iPhone; x)", "A browser on iPhone")],
)
def test_a_device_is_told_in_words(told: str, said: str) -> None:
    assert device_of(told) == said
