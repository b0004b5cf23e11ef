"""Signing in with a real browser: by a password, by codes of an app, and by a passkey of a virtual authenticator."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pyotp import TOTP

from steward.kernel.time import system_clock
from tests.desk.conftest import AXE, examined, link_of
from tests.e2e.homes import Home, Host, until

EMAIL, PASSWORD = "dana@hudson.example", "three unrelated words"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"), {})


@pytest.fixture(scope="module")
def plain(home: Home, chromium: Browser) -> Iterator[Host]:
    """A host without a sample county."""
    with home.serving() as running:
        yield running


@pytest.fixture(scope="module")
def named(plain: Host) -> str:
    """The host by a name, as passkeys want it."""
    return f"http://localhost:{urlsplit(plain.url).port}"


@pytest.fixture(scope="module")
def person(plain: Host, named: str, chromium: Browser) -> Iterator[BrowserContext]:
    """The owner's browser, who came by the link and has set an address and a password."""
    context = chromium.new_context(base_url=named, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(link_of(plain).replace(plain.url, named))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today")
    page.goto("/account")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("Your new password is set")).to_be_visible()
    page.close()
    yield context
    context.close()


def sign_out(page: Page) -> None:
    page.goto("/today")
    page.locator("summary").filter(has_text="Owner").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")


def by_password(page: Page) -> None:
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_the_owner_comes_back_by_a_password(person: BrowserContext) -> None:
    page = person.new_page()
    sign_out(page)
    by_password(page)
    page.wait_for_url("**/today")
    cookie = next(one for one in person.cookies() if one["name"] == "steward")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    page.close()


def test_a_passkey_is_made_and_signs_in(person: BrowserContext) -> None:
    page = person.new_page()
    devices = person.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    made = devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})
    page.goto("/account")
    page.locator("#for-passkey").fill(PASSWORD)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is kept.")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/today")
    sign_out(page)
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": made["authenticatorId"], "isUserVerified": False})
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Nothing was used.")).to_be_visible()
    by_password(page)
    page.wait_for_url("**/today")
    page.goto("/account")
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.close()


def test_somebody_invited_joins_with_a_passkey_alone(home: Home, plain: Host, named: str, chromium: Browser) -> None:
    asked = home.steward("members", "invite", "--email", "sam@hudson.example", "--name", "Sam Ode", "--role", "user", "--json")
    assert asked.code == 0, asked.out
    mails = home.folder / "mail"
    mail = until(lambda: next((text for path in mails.glob("*.eml") if "sam@" in (text := path.read_text())), ""))
    context = chromium.new_context(base_url=named)
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})
    page.goto(next(line for line in mail.split() if "/join?token=" in line).replace(plain.url, named))
    page.get_by_role("button", name="Join with a passkey").click()
    page.wait_for_url("**/today")
    expect(page.get_by_text("Sam Ode").first).to_be_visible()
    context.close()


def test_codes_of_an_app_are_asked_for_after_the_password(person: BrowserContext) -> None:
    page = person.new_page()
    page.goto("/account")
    page.locator("#for-totp").fill(PASSWORD)
    page.get_by_role("button", name="Set up an app").click()
    secret = page.locator(".secret").inner_text()
    expect(page.locator(".qr svg")).to_be_visible()
    page.get_by_label("The code it shows now").fill(TOTP(secret).at(system_clock()))
    page.get_by_role("button", name="Ask me for codes").click()
    recovery = page.locator(".codes li").first.inner_text()
    sign_out(page)
    by_password(page)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    assert not AXE.exists() or examined(page) == []
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today")
    page.goto("/account")
    page.get_by_label("A code of the app, or a recovery code").fill(page_code(secret))
    page.get_by_role("button", name="Ask for no codes any more").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.close()


def page_code(secret: str) -> str:
    """The code of the step after this one, as the present one may have been used."""
    return TOTP(secret).at(system_clock(), counter_offset=1)


def test_the_others_are_signed_out_from_here(person: BrowserContext, chromium: Browser, named: str) -> None:
    elsewhere = chromium.new_context(base_url=named)
    other = elsewhere.new_page()
    other.goto("/sign-in")
    by_password(other)
    other.wait_for_url("**/today")
    page = person.new_page()
    page.goto("/account")
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("Signed out there.")).to_be_visible()
    other.goto("/today")
    other.wait_for_url("**/sign-in")
    elsewhere.close()
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_before_the_desk_and_on_ones_own_page(
    home: Home, plain: Host, person: BrowserContext, chromium: Browser, tmp_path: Path, width: int, theme: Literal["light", "dark"]
) -> None:
    if not AXE.exists():
        pytest.skip("skipped: no axe-core here; scripts/browser brings it")
    kept = tmp_path / "state.json"
    person.storage_state(path=kept)
    context = chromium.new_context(
        base_url=named_of(person),
        storage_state=kept,
        viewport={"width": width, "height": 844},
        color_scheme=theme,
        bypass_csp=True,
    )
    page, found = context.new_page(), {}
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    way_in = home.steward("sessions", "link", "--json").json()["url"].removeprefix(plain.url)
    for address in ("/sign-in", way_in, "/reset", "/account"):
        page.goto(address)
        if faults := examined(page):
            found[address] = faults
    context.close()
    assert (found, errors) == ({}, [])


def named_of(context: BrowserContext) -> str:
    """The address that a browser's pages are at."""
    page = context.new_page()
    page.goto("/account")
    parts = urlsplit(page.url)
    page.close()
    return f"{parts.scheme}://{parts.netloc}"
