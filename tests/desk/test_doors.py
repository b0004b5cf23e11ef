"""Every page that is there without a session, in a real browser: nothing that axe finds, in either theme, wide or narrow."""

from collections.abc import Iterator, Mapping
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from steward.desk.pages import DOORS
from tests.desk.conftest import AXE, examined, mailed
from tests.e2e.homes import Home, Host, until

INVITED, KNOWN, DECIDING = (f"{name}@hudson.example" for name in ("invited", "known", "deciding"))
PASSWORD = "three unrelated words"
SPENT = ("/sign-in?done=joined", "/sign-in?token=x", "/sign-in/provider", "/sign-in/provider/leave", "/reset", "/reset?token=x")
TOKENLESS = ("/sign-in", "/verify?token=x", "/join?token=x", "/approve?token=x", *SPENT)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home without a sample county."""
    return Home(tmp_path_factory.mktemp("home"), {})


@pytest.fixture(scope="module")
def doors(home: Home, chromium: Browser) -> Iterator[Host]:
    """A host where somebody new and somebody known are invited, and a deletion waits for a yes."""
    with home.serving() as running:
        home.steward("properties", "create", "--address", "218 Tannery Row", "--zip", "56811", "--json")
        home.steward("members", "add", DECIDING, "--name", "Rosa Meijer", "--role", "admin")
        home.steward("members", "invite", "--email", INVITED, "--name", "Dana Reeve", "--role", "user")
        home.steward("members", "invite", "--email", KNOWN, "--name", "Sam Ode", "--role", "user")
        home.steward("workspaces", "create", "--name", "Alder Valley Realty")
        key = home.steward("keys", "create", "--name", "website", "--scope", "*", "--json").json()["key"]
        headers = {"authorization": f"Bearer {key}", "idempotency-key": "once", "if-match": '"1"'}
        assert running.ask("DELETE", "/v1/properties/1", headers=headers).status == 428
        yield running


@pytest.fixture(scope="module")
def addresses(home: Home, doors: Host, chromium: Browser) -> Mapping[str, str]:
    """Every address, by what it is; the tokens of mails are not used up by looking."""
    page = chromium.new_page(base_url=doors.url)
    first = until(lambda: mailed(home.folder, KNOWN, "join"))
    page.goto(first)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/today")
    page.request.post("/v1/auth/verify", data={})
    page.request.post("/v1/auth/reset", data={"email": KNOWN})
    page.context.close()
    home.steward("members", "invite", "--email", KNOWN, "--name", "Sam Ode", "--role", "user", "--workspace", "alder-valley-realty")
    told = {
        "an invitation": until(lambda: mailed(home.folder, INVITED, "join")),
        "an invitation of who signs in already": until(lambda: another(mailed(home.folder, KNOWN, "join"), first)),
        "a new password": until(lambda: mailed(home.folder, KNOWN, "reset")),
        "an address to confirm": until(lambda: mailed(home.folder, KNOWN, "verify")),
        "a way in": home.steward("sessions", "link", "--json").json()["url"],
        "an approval": until(lambda: mailed(home.folder, DECIDING, "approve")),
    }
    return {**{address: address for address in TOKENLESS}, **{what: link.removeprefix(doors.url) for what, link in told.items()}}


def another(link: str, than: str) -> str:
    """A link that is not the first, "" while it is."""
    return link if link != than else ""


def test_every_page_without_a_session_is_looked_at() -> None:
    assert {address.partition("?")[0] for address in TOKENLESS} == {path for method, path in DOORS if method == "GET"}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_any_page_without_a_session(
    chromium: Browser, doors: Host, addresses: Mapping[str, str], width: int, theme: Literal["light", "dark"]
) -> None:
    if not AXE.exists():
        pytest.skip("skipped: no axe-core here; scripts/browser brings it")
    context = chromium.new_context(base_url=doors.url, viewport={"width": width, "height": 844}, color_scheme=theme, bypass_csp=True)
    page, found = context.new_page(), {}
    for what, address in addresses.items():
        page.goto(address)
        if faults := examined(page):
            found[what] = faults
    found |= {what: faults for what, faults in refused(page, addresses).items() if faults}
    context.close()
    assert found == {}


def refused(page: Page, addresses: Mapping[str, str]) -> dict[str, list[str]]:
    """What is wrong with pages that say what was wrong with a form."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill("nobody@hudson.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    signing_in = examined(page)
    page.goto(addresses["an invitation"])
    page.get_by_label("Choose a password").fill("password123")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("alert")).to_contain_text("commonest")
    return {"a wrong password": signing_in, "a weak password": examined(page)}


def test_who_signs_in_already_joins_by_one_key(chromium: Browser, doors: Host, addresses: Mapping[str, str]) -> None:
    context = chromium.new_context(base_url=doors.url)
    page = context.new_page()
    page.goto(addresses["an invitation of who signs in already"])
    expect(page.get_by_text("You sign in here already")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("You have joined. Sign in as you always do.")
    context.close()


def test_an_approval_is_decided_with_the_keyboard_alone(chromium: Browser, doors: Host, addresses: Mapping[str, str]) -> None:
    context = chromium.new_context(base_url=doors.url)
    page = context.new_page()
    page.goto(addresses["an approval"])
    expect(page.locator(".effect")).to_contain_text("218 Tannery Row")
    page.get_by_label("Reason, if you like").focus()
    page.keyboard.type("It is sold")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Approve")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("You said yes.")
    context.close()
