"""Second factors: codes of an app, each of which works once, and recovery codes for where it is lost."""

from datetime import UTC, datetime

import pytest
from pyotp import TOTP

from steward.adapters.secrets.env import EnvSecrets
from steward.kernel.errors import Conflict, Forbidden, TooMany, Unavailable
from steward.kernel.keys import SYSTEM
from steward.workspaces.commands_accounts import set_password
from steward.workspaces.entering import entered
from steward.workspaces.model_accounts import ListSessions
from steward.workspaces.model_factors import BeginPasskey, BeginTotp, ConfirmTotp, RemoveTotp, SecondFactor
from steward.workspaces.model_members import ACCOUNTS
from steward.workspaces.rules_factors import step_of
from tests.support.worlds import World
from tests.unit.workspaces.people import DANA, PASSWORD, account, actor_of, ask, sign_in


class Phone:
    """An app that shows codes, of an account that asks for them."""

    def __init__(self, world: World) -> None:
        self.world = world
        token = sign_in(world).token
        self.secret = ask(world, BeginTotp(current=PASSWORD), actor_of(world, token)).secret
        confirmed = ask(world, ConfirmTotp(code=self.code()), actor_of(world, token))
        self.token, self.recovery = confirmed.token, confirmed.codes.split()

    def code(self) -> str:
        """What it shows now."""
        return TOTP(self.secret).at(self.world.clock.at)


@pytest.fixture
def world() -> World:
    made = World()
    account(made)
    return made


def test_a_passkey_is_begun_with_the_present_password(world: World) -> None:
    actor = actor_of(world, sign_in(world).token)
    for wrong in ("", "not the one"):
        with pytest.raises(Forbidden, match="present password"):
            ask(world, BeginPasskey(current=wrong), actor)
    assert ask(world, BeginPasskey(current=PASSWORD), actor).ticket


def second(world: World, code: str, ticket: str = "") -> str:
    given = ask(world, SecondFactor(ticket=ticket or sign_in(world).ticket, code=code))
    return str(given.token)


def test_the_password_alone_gives_a_ticket_and_no_session(world: World) -> None:
    phone = Phone(world)
    first = sign_in(world)
    assert (first.token, bool(first.ticket), first.factors) == ("", True, ("totp", "recovery_code"))
    world.clock.pass_(seconds=30)
    assert actor_of(world, second(world, phone.code(), first.ticket)).known


def test_the_same_code_does_not_work_twice(world: World) -> None:
    phone = Phone(world)
    world.clock.pass_(seconds=30)
    code = phone.code()
    second(world, code)
    with pytest.raises(Forbidden, match="has been used"):
        second(world, code)


def test_the_code_that_confirmed_does_not_sign_in(world: World) -> None:
    phone = Phone(world)
    with pytest.raises(Forbidden, match="has been used"):
        second(world, phone.code())


def test_a_recovery_code_works_once_however_it_is_typed(world: World) -> None:
    phone = Phone(world)
    code = phone.recovery[3]
    assert len(phone.recovery) == 10
    assert second(world, code.upper().replace("-", " "))
    with pytest.raises(Forbidden):
        second(world, code)


def test_a_ticket_works_once_and_not_for_long(world: World) -> None:
    phone = Phone(world)
    ticket, late = sign_in(world).ticket, sign_in(world).ticket
    second(world, phone.recovery[0], ticket)
    with pytest.raises(Forbidden, match="begin again"):
        second(world, phone.recovery[1], ticket)
    world.clock.pass_(minutes=6)
    with pytest.raises(Forbidden, match="begin again"):
        second(world, phone.recovery[1], late)


def test_guessed_codes_are_locked_out(world: World) -> None:
    phone = Phone(world)
    for guess in range(5):
        with pytest.raises(Forbidden):
            second(world, f"{guess:06}")
    world.clock.pass_(seconds=1)
    with pytest.raises(TooMany, match="come back"):
        second(world, phone.recovery[0])


def test_codes_that_are_asked_for_are_taken_away_by_a_code_only(world: World) -> None:
    phone = Phone(world)
    actor = actor_of(world, phone.token)
    with pytest.raises(Forbidden):
        ask(world, RemoveTotp(code="000000"), actor)
    ask(world, RemoveTotp(code=phone.recovery[0]), actor)
    assert sign_in(world).token


def test_a_second_app_is_not_put_over_the_first(world: World) -> None:
    phone = Phone(world)
    with pytest.raises(Conflict, match="remove that one first"):
        ask(world, BeginTotp(current=PASSWORD), actor_of(world, phone.token))


def test_beginning_alone_changes_nothing(world: World) -> None:
    ask(world, BeginTotp(current=PASSWORD), actor_of(world, sign_in(world).token))
    assert sign_in(world).token


def test_confirming_renews_the_session_and_ends_the_others(world: World) -> None:
    other = sign_in(world).token
    phone = Phone(world)
    with pytest.raises(Forbidden):
        actor_of(world, other)
    assert len(ask(world, ListSessions(), actor_of(world, phone.token)).rows) == 1


def test_the_secret_lies_sealed_in_the_records(world: World) -> None:
    phone = Phone(world)
    kept = str(world.rows("totp", SYSTEM))
    assert phone.secret not in kept
    assert not any(code in kept for code in phone.recovery)


def test_without_the_installations_key_second_factors_are_not_to_be_had(world: World) -> None:
    object.__setattr__(world.ports, "secrets", EnvSecrets({}, "T_"))
    with pytest.raises(Unavailable, match=r"auth\.key"):
        ask(world, BeginTotp(current=PASSWORD), actor_of(world, sign_in(world).token))


def test_the_codes_are_those_of_rfc_6238() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    moments = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}
    for second_, code in moments.items():
        assert step_of(secret, code, datetime.fromtimestamp(second_, UTC), after=0) == second_ // 30


def test_a_password_by_mail_does_not_go_around_the_second_factor(world: World) -> None:
    Phone(world)
    ctx = world.context(SYSTEM)
    (row,) = [ACCOUNTS.get(ctx, one.key.sk) for one in world.rows("account", SYSTEM)]
    assert row and row.email == DANA
    set_password(ctx, row, "four quite unrelated words")
    assert entered(ctx, row, how="password").token == ""
