"""Mails for a new password and for confirming an address, and the links that they bring."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from steward.adapters.mail.outbox import OutboxMailer
from steward.kernel.actor import NOBODY
from steward.kernel.errors import Conflict, Forbidden, Invalid, TooMany, Unavailable
from steward.kernel.keys import SYSTEM
from steward.kernel.mail import Mail, Mailer
from steward.workspaces.model import CreateWorkspace
from steward.workspaces.model_accounts import ChangeAccount, CheckLink, Reset, SetPassword, Told, Verify
from steward.workspaces.model_mails import Purpose
from steward.workspaces.rules_mails import plain
from tests.desk.browsing import Browser, text_of
from tests.support.worlds import World
from tests.unit.workspaces.people import DANA, PASSWORD, account, actor_of, ask, sign_in

NEW = "four quite unrelated words"


class Post(World):
    """A world whose mails can be read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(more={Mailer: OutboxMailer(folder, "Steward <desk@hudson.example>")})

    def mails(self) -> list[tuple[str, str, str]]:
        """Everything that was sent: to whom, about what, with which text; oldest first."""
        self.settle()
        read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(self.folder.glob("*.eml"))]
        return [(one["To"], one["Subject"], one.get_content()) for one in read]

    def token(self) -> str:
        """The token of the newest mail's link."""
        found = re.search(r"token=(\w+)", self.mails()[-1][2])
        assert found
        return found[1]


class Silent:
    """A mail server that cannot be reached so many times."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.sent: list[Mail] = []

    def send(self, mail: Mail) -> str:
        """Raises Unavailable while it is silent."""
        if self.left:
            self.left -= 1
            raise Unavailable("It does not answer.")
        self.sent.append(mail)
        return "1"


@pytest.fixture
def world(tmp_path: Path) -> Post:
    made = Post(tmp_path)
    account(made)
    return made


def reset(world: World, token: str, password: str = NEW) -> Told:
    given: Told = ask(world, Reset(token=token, password=password))
    return given


def test_a_mail_lets_one_choose_a_new_password_once(world: Post) -> None:
    old = sign_in(world).token
    ask(world, Reset(email=DANA))
    assert [(to, subject) for to, subject, _ in world.mails()] == [(DANA, "A new password for Steward")]
    token = world.token()
    assert actor_of(world, reset(world, token).token).known
    with pytest.raises(Forbidden, match="ask for a new one"):
        reset(world, token, "yet another few words")
    with pytest.raises(Forbidden):
        actor_of(world, old)
    with pytest.raises(Forbidden):
        sign_in(world, DANA, PASSWORD)
    assert sign_in(world, DANA, NEW).token


def test_a_link_says_what_it_is_for_until_it_is_used(world: Post) -> None:
    ask(world, Reset(email=DANA))
    token = world.token()
    assert [ask(world, CheckLink(token=token)).purpose for _ in "12"] == ["reset", "reset"]
    reset(world, token)
    for spent in (token, "none"):
        with pytest.raises(Forbidden, match="ask for a new one"):
            ask(world, CheckLink(token=spent))


@pytest.mark.parametrize(("page", "way"), [("reset", "Have another one sent"), ("verify", "for another one")])
def test_the_page_of_a_link_that_works_no_more_says_so_before_anything_is_typed(world: Post, page: str, way: str) -> None:
    world.run(CreateWorkspace(name="Hudson desk", slug="own"), workspace=SYSTEM)
    browser = Browser(world)
    asked = {"reset": (Reset(email=DANA), NOBODY), "verify": (Verify(), actor_of(world, sign_in(world).token))}[page]
    ask(world, *asked)
    link = f"/{page}?token={world.token()}"
    assert browser.get(link).status == 200
    world.clock.pass_(minutes=31)
    late = browser.get(link)
    assert (late.status, "This link works no more" in text_of(late), way in text_of(late)) == (403, True, True)
    assert browser.get(f"/{page}?token=x").status == 403


def test_a_link_runs_out_after_half_an_hour(world: Post) -> None:
    ask(world, Reset(email=DANA))
    token = world.token()
    world.clock.pass_(minutes=31)
    with pytest.raises(Forbidden, match="ask for a new one"):
        reset(world, token)


def test_a_weak_password_does_not_use_the_link_up(world: Post) -> None:
    ask(world, Reset(email=DANA))
    token = world.token()
    with pytest.raises(Invalid):
        reset(world, token, "password123")
    assert reset(world, token).token


def test_an_address_that_nobody_has_is_answered_alike_and_gets_no_mail(world: Post) -> None:
    told = [ask(world, Reset(email=email)).detail for email in (DANA, "no@hudson.example")]
    assert told[0] == told[1]
    assert [to for to, _, _ in world.mails()] == [DANA]


def test_asking_costs_the_same_rows_whether_or_not_there_is_an_account(world: Post) -> None:
    rows = []
    for email in (DANA, "no@hudson.example"):
        before = {kind: len(world.rows(kind, SYSTEM)) for kind in ("mail", "outbox", "attempt", "receipt")}
        ask(world, Reset(email=email))
        rows.append({kind: len(world.rows(kind, SYSTEM)) - count for kind, count in before.items()})
    assert rows[0]["mail"] == rows[1]["mail"] == 1
    assert rows[0]["receipt"] == rows[1]["receipt"] == 1
    assert rows[0]["outbox"] == rows[1]["outbox"]


def test_nobody_is_flooded_with_mails(world: Post) -> None:
    for email in (DANA, "no@hudson.example"):
        for _ in range(3):
            ask(world, Reset(email=email))
        with pytest.raises(TooMany, match="5 minutes"):
            ask(world, Reset(email=email))


def test_a_new_password_by_mail_ends_the_lock_out(world: Post) -> None:
    for attempt in range(5):
        with pytest.raises(Forbidden):
            sign_in(world, DANA, "wrong", ip=f"198.51.100.{attempt}")
    ask(world, Reset(email=DANA))
    reset(world, world.token())
    assert sign_in(world, DANA, NEW).token


def test_a_changed_password_is_told_by_mail_without_a_link_that_lets_anybody_in(world: Post) -> None:
    ask(world, SetPassword(password=NEW, current=PASSWORD), actor_of(world, sign_in(world).token))
    (told,) = world.mails()
    assert told[:2] == (DANA, "How you sign in to Steward has changed")
    assert "token=" not in told[2]


def test_a_new_address_holds_once_its_mail_was_answered(world: Post) -> None:
    actor = actor_of(world, sign_in(world).token)
    ask(world, ChangeAccount(email="dana@new.example", current=PASSWORD), actor)
    assert world.mails()[-1][0] == "dana@new.example"
    assert sign_in(world).token
    ask(world, Verify(token=world.token()))
    assert sign_in(world, "dana@new.example").token
    with pytest.raises(Forbidden):
        sign_in(world, DANA)


def test_the_address_of_before_hears_that_it_is_none_any_more(world: Post) -> None:
    moved(world)
    (notice,) = [one for one in world.mails() if one[1] == "Your address for Steward has changed"]
    assert notice[0] == DANA
    assert "token=" not in notice[2]


@pytest.mark.parametrize("change", ["password", "address", "reset"])
@pytest.mark.parametrize("purpose", [Purpose.RESET, Purpose.VERIFY])
def test_links_of_earlier_mails_are_void_once_the_account_has_changed(world: Post, purpose: Purpose, change: str) -> None:
    actor = actor_of(world, sign_in(world).token)
    ask(world, Reset(email=DANA) if purpose is Purpose.RESET else ChangeAccount(email="dana@other.example", current=PASSWORD), actor)
    old = world.token()
    match change:
        case "password":
            ask(world, SetPassword(password=NEW, current=PASSWORD), actor)
        case "address":
            moved(world)
        case _:
            ask(world, Reset(email=DANA))
            reset(world, world.token())
    with pytest.raises(Forbidden, match="ask for a new one"):
        ask(world, Reset(token=old, password="yet another few words") if purpose is Purpose.RESET else Verify(token=old))


def test_a_mail_that_was_held_up_brings_no_link_once_the_account_has_changed() -> None:
    silent = Silent(1)
    world = World(more={Mailer: silent})
    account(world)
    ask(world, Reset(email=DANA))
    world.settle()
    ask(world, SetPassword(password=NEW, current=PASSWORD), actor_of(world, sign_in(world).token))
    for _ in range(5):
        world.settle()
        world.clock.pass_(minutes=16)
    assert [mail.subject for mail in silent.sent] == ["How you sign in to Steward has changed"]


def moved(world: Post) -> None:
    """Let Dana have another address."""
    ask(world, ChangeAccount(email="dana@new.example", current=PASSWORD), actor_of(world, sign_in(world).token))
    ask(world, Verify(token=world.token()))


def test_a_new_address_needs_the_password(world: Post) -> None:
    with pytest.raises(Forbidden, match="present password"):
        ask(world, ChangeAccount(email="dana@new.example"), actor_of(world, sign_in(world).token))


def test_an_address_that_somebody_has_is_not_told_to_who_wants_it(world: Post) -> None:
    account(world, "eve@hudson.example")
    actor = actor_of(world, sign_in(world, "eve@hudson.example").token)
    ask(world, ChangeAccount(email=DANA, current=PASSWORD), actor)
    with pytest.raises(Forbidden, match="ask for a new one"):
        ask(world, Verify(token=world.token()))
    assert sign_in(world).token


def test_the_owner_hears_of_an_address_that_is_taken(world: Post) -> None:
    with pytest.raises(Conflict, match="Another account"):
        world.run(ChangeAccount(email=DANA), workspace=SYSTEM)


def test_a_link_of_one_kind_is_no_link_of_another(world: Post) -> None:
    ask(world, Reset(email=DANA))
    with pytest.raises(Forbidden):
        ask(world, Verify(token=world.token()))


def test_no_token_lies_in_the_records(world: Post) -> None:
    ask(world, Reset(email=DANA))
    token = world.token()
    assert token not in "".join(str(partition.rows) for partition in world.records._partitions.values())


def test_a_mail_waits_for_a_server_that_is_silent() -> None:
    silent = Silent(3)
    world = World(more={Mailer: silent})
    account(world)
    ask(world, Reset(email=DANA))
    for _ in range(20):
        world.settle()
        world.clock.pass_(minutes=16)
    assert [mail.to for mail in silent.sent] == [DANA]
    assert [row.body["status"] for row in world.rows("mail", SYSTEM)] == ["sent"]


def test_a_mail_that_no_server_takes_is_given_up_with_its_reason() -> None:
    world = World(more={Mailer: Silent(99)})
    account(world)
    ask(world, Reset(email=DANA))
    for _ in range(30):
        world.settle()
        world.clock.pass_(minutes=16)
    (row,) = world.rows("mail", SYSTEM)
    assert (row.body["status"], row.body["problem"]) == ("failed", "It does not answer.")


def test_a_name_that_people_gave_themselves_cannot_look_like_a_link() -> None:
    assert plain("Win at https://evil.example\r\nBcc: x") == "Win at https evil·example Bcc: x"
