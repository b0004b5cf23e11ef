"""The pages before the desk, asked without a window."""

from dataclasses import replace

import pytest

from steward.kernel.keys import SYSTEM
from steward.workspaces.model import CreateWorkspace, MakeLink
from steward.workspaces.model_accounts import ChangeAccount, SetPassword
from tests.desk.browsing import Browser, text_of
from tests.support.worlds import World
from tests.unit.workspaces.people import PASSWORD

OWNERS = "dana@hudson.example"


@pytest.fixture
def browser() -> Browser:
    """A browser at a product whose owner has an address and a password."""
    world = World()
    world.run(CreateWorkspace(name="Hudson desk", slug="own"), workspace=SYSTEM)
    world.run(ChangeAccount(email=OWNERS), workspace=SYSTEM)
    world.run(SetPassword(password=PASSWORD), workspace=SYSTEM)
    return Browser(world)


def test_the_owner_comes_in_by_address_and_password(browser: Browser) -> None:
    answer = browser.post("/sign-in", {"email": OWNERS, "password": PASSWORD})
    assert (answer.status, answer.headers["Location"]) == (303, "/today")
    assert "HttpOnly" in answer.cookies[0] and "SameSite=Lax" in answer.cookies[0]
    assert browser.get("/w/own/today").status == 200


def test_a_wrong_password_keeps_the_address_and_says_nothing_of_accounts(browser: Browser) -> None:
    told = [text_of(browser.post("/sign-in", {"email": email, "password": "wrong"})) for email in (OWNERS, "a@b.example")]
    assert "The address or the password is wrong." in told[0]
    assert told[0].replace(OWNERS, "x") == told[1].replace("a@b.example", "x")


def test_a_locked_out_account_hears_when_to_come_back(browser: Browser) -> None:
    for _ in range(5):
        browser.post("/sign-in", {"email": OWNERS, "password": "wrong"})
    answer = browser.post("/sign-in", {"email": OWNERS, "password": PASSWORD})
    assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
    assert "come back in 30 seconds" in text_of(answer)


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}])
def test_a_form_of_another_site_signs_nobody_in(browser: Browser, headers: dict[str, str]) -> None:
    answer = browser.post("/sign-in", {"email": OWNERS, "password": PASSWORD}, **headers)
    assert answer.status == 403
    assert answer.cookies == ()


def test_a_link_that_was_used_says_so_at_once(browser: Browser) -> None:
    link = "/sign-in?token=" + browser.world.run(MakeLink(), workspace=SYSTEM).token
    assert browser.get(link).status == 200
    browser.post("/sign-in", {"token": link.partition("=")[2]})
    again = browser.get(link)
    assert (again.status, "steward sessions link" in text_of(again)) == (403, True)


def test_signing_out_forgets_the_cookie(browser: Browser) -> None:
    browser.post("/sign-in", {"email": OWNERS, "password": PASSWORD})
    kept = dict(browser.cookies)
    browser.post("/sign-out")
    browser.cookies = kept
    assert browser.get("/w/own/today").headers["Location"] == "/sign-in"


def test_a_cookie_that_somebody_set_before_is_not_taken_over(browser: Browser) -> None:
    browser.cookies["steward"] = "chosen-by-somebody-else"
    browser.post("/sign-in", {"email": OWNERS, "password": PASSWORD})
    assert browser.cookies["steward"] != "chosen-by-somebody-else"


@pytest.mark.parametrize(
    ("host", "offered"), [("127.0.0.1:8710", True), ("[::1]:8710", True), ("localhost:8710", False), ("localhost", False)]
)
def test_at_a_number_the_desk_says_where_passkeys_work_and_leads_there(browser: Browser, host: str, *, offered: bool) -> None:
    browser.post("/sign-in", {"email": OWNERS, "password": PASSWORD})
    for address in ("/sign-in", "/w/own/account"):
        page = text_of(browser.get(address, host=host))
        assert (f'href="http://localhost:8710{address}"' in page) is offered
        assert ("at a number" in page or "to a number" in page) is offered


def test_at_a_public_name_nothing_is_said_of_localhost(browser: Browser) -> None:
    world = browser.world
    world.door.ports = replace(world.door.ports, url="https://desk.hudson.example")
    assert "localhost" not in text_of(browser.get("/sign-in", host="desk.hudson.example"))


def test_a_page_left_open_asks_on_and_is_led_to_the_door_once_the_session_was_idle_too_long(browser: Browser) -> None:
    browser.post("/sign-in", {"email": OWNERS, "password": PASSWORD})
    answers = []
    for _ in range(4):
        answers.append(browser.get("/w/own/today", hx_target="section#today", steward_poll="1"))
        browser.world.clock.pass_(minutes=11)
    assert [answer.status for answer in answers] == [200, 200, 200, 401]
    assert answers[-1].headers["HX-Redirect"] == "/sign-in"
