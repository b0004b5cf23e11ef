"""Who may do what, in a real browser: a person is invited and joins, their delete waits for a yes, and activity tells of it."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.conftest import AXE, examined, link_of, mailed
from tests.e2e.homes import Home, Host, until

EMAIL, PASSWORD = "tomasz@hudson.example", "three unrelated words"
PAGES = (
    "today", "approvals", "activity", "activity?by=all", "activity?what=delete_*&outcome=done", "settings/people", "settings/people?edit=1",
    "settings/people?remove=1", "settings/permissions", "settings/permissions?ask=delete_property", "settings/keys", "settings/usage",
    "settings/desk", "more",
)  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home without a sample county."""
    return Home(tmp_path_factory.mktemp("home"), {})


@pytest.fixture(scope="module")
def plain(home: Home, chromium: Browser) -> Iterator[Host]:
    """A host with one home in its own desk."""
    with home.serving() as running:
        made = home.steward("properties", "create", "--address", "218 Tannery Row", "--zip", "56811", "--workspace", "own", "--json")
        assert made.code == 0, made.err
        yield running


@pytest.fixture(scope="module")
def owner(plain: Host, chromium: Browser) -> Iterator[Page]:
    """The owner's page; the test fails when the browser's console says that something is wrong."""
    yield from signed_in(chromium, plain, link_of(plain))


def signed_in(chromium: Browser, host: Host, link: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=host.url, viewport={"width": 1440, "height": 900})
    page, wrong = context.new_page(), list[str]()
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today")
    yield page
    context.close()
    assert wrong == []


@pytest.fixture(scope="module")
def user(owner: Page, home: Home, plain: Host, chromium: Browser) -> Iterator[Page]:
    """The page of a user whom the owner has invited, and who has joined by the mail's link, on a telephone."""
    owner.goto("/w/own/settings/people")
    owner.get_by_label("E-mail").fill(EMAIL)
    owner.get_by_label("Name", exact=True).fill("Tomasz Kohl")
    owner.get_by_label("User", exact=False).first.check()
    owner.get_by_role("button", name="Send invitation").click()
    expect(owner.get_by_text("The invitation is on its way.")).to_be_visible()
    context = chromium.new_context(base_url=plain.url, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(until(lambda: mailed(home.folder, EMAIL, "join")))
    expect(page.get_by_role("heading", name="Join Own desk")).to_be_visible()
    expect(page.get_by_label("Choose a password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")
    yield page
    context.close()


def have_deletes_asked_about(owner: Page) -> None:
    """The owner sets a rule, and is told at once what it means."""
    owner.goto("/w/own/settings/permissions")
    owner.get_by_label("Commands").fill("delete_property")
    owner.get_by_label("For", exact=True).select_option("Tomasz Kohl")
    owner.get_by_label("Ask a person first").check()
    owner.get_by_label("Who decides", exact=True).select_option("An owner")
    owner.get_by_role("button", name="Set the rule").click()
    expect(owner.get_by_text("an owner decides within 15 min")).to_be_visible()
    owner.get_by_label("Member", exact=True).select_option("Tomasz Kohl")
    owner.get_by_label("Command or question").press_sequentially("Can I execute delete_property?")
    expect(owner.locator(".verdict")).to_contain_text("Needs approval")


def test_whoever_is_invited_comes_in_by_the_mail_with_the_role_they_were_given(owner: Page, user: Page) -> None:
    user.goto("/w/own/settings/people")
    mine = user.get_by_role("row", name=re.compile("Tomasz Kohl"))
    expect(mine).to_contain_text("User")
    expect(mine).to_contain_text("you")
    expect(user.get_by_text("Owners and admins invite people.")).to_be_visible()
    owner.goto("/w/own/settings/people")
    expect(owner.get_by_role("row", name=re.compile("Tomasz Kohl"))).to_contain_text("active")


def test_a_users_delete_waits_for_the_owners_yes_and_activity_tells_of_it(owner: Page, user: Page) -> None:
    have_deletes_asked_about(owner)
    user.goto("/w/own/properties/1")
    user.get_by_role("button", name="Delete").click()
    expect(user.get_by_text("Waits for an owner.")).to_be_visible()

    owner.goto("/w/own/today")
    expect(owner.get_by_role("link", name=re.compile("Approvals 1"))).to_be_visible()
    owner.get_by_role("link", name=re.compile("^Decide")).click()
    expect(owner.locator(".effect")).to_contain_text("218 Tannery Row")
    owner.get_by_label(re.compile("^Reason")).fill("It is sold")
    owner.get_by_role("button", name="Approve").click()
    expect(owner.get_by_text("Nothing waits for you.")).to_be_visible()

    expect(user.get_by_text("Approved by Owner")).to_be_visible()
    user.get_by_role("button", name="Do it now").click()
    expect(user.get_by_text("The home is deleted.")).to_be_visible()

    owner.goto("/w/own/activity")
    expect(owner.locator("#proof")).to_contain_text("Checked at")
    owner.get_by_label("Who", exact=True).select_option("Tomasz Kohl")
    expect(owner).to_have_url(re.compile(r"who="))
    rows = owner.locator(".acted tbody tr")
    expect(rows.first).to_contain_text("delete_property")
    expect(rows.first.locator(".chip")).to_have_text("done")
    expect(rows.nth(1).locator(".chip")).to_have_text("asked first")


def test_a_field_changed_in_place_is_asked_about_in_a_dialog_and_saved_by_the_same_form(owner: Page, home: Home) -> None:
    made = json.loads(home.steward("properties", "create", "--address", "9 Kiln St", "--zip", "56811", "--workspace", "own", "--json").out)
    rule = home.steward("permissions", "set", "update_property", "require_approval", "--workspace", "own", "--json")
    assert rule.code == 0, rule.err
    owner.goto(f"/w/own/properties/{made['ref']}#facts")
    owner.locator("#fact-bedrooms .pen").click()
    owner.locator("#fact-bedrooms input[name=value]").fill("4")
    owner.get_by_role("button", name="Save").click()
    dialog = owner.get_by_role("dialog")
    expect(dialog).to_contain_text("Yes, do it")
    owner.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    owner.get_by_role("button", name="Save").click()
    dialog.get_by_role("button", name="Yes, do it").click()
    expect(owner.get_by_text("Saved.")).to_be_visible()
    expect(owner.locator("#fact-bedrooms")).to_contain_text("4")


def test_a_new_keys_secret_is_shown_with_a_way_to_copy_it(owner: Page) -> None:
    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    owner.goto("/w/own/settings/keys")
    owner.get_by_label("Name").fill("Website")
    owner.get_by_label("By box").check()
    owner.get_by_label("properties").first.check()
    owner.get_by_role("button", name="Make the key").click()
    owner.get_by_role("button", name="Copy").click()
    expect(owner.locator("#toast")).to_have_text("Copied")
    secret = owner.locator("#secret").text_content() or ""
    assert owner.evaluate("navigator.clipboard.readText()") == secret
    assert re.fullmatch(r"stw_\w{36}", secret)


def test_a_rule_is_set_with_the_keyboard_alone(owner: Page) -> None:
    owner.goto("/w/own/today")
    owner.keyboard.press("g")
    owner.keyboard.press("s")
    owner.wait_for_url("**/settings/people")
    owner.get_by_role("link", name="Permissions").focus()
    owner.keyboard.press("Enter")
    owner.wait_for_url("**/settings/permissions")
    owner.get_by_label("Commands").focus()
    owner.keyboard.type("create_*")
    owner.keyboard.press("Enter")
    expect(owner.get_by_text("The rule holds from now on.")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_on_the_pages_on_who_may_do_what(owner: Page, user: Page, width: int, theme: str) -> None:
    if not AXE.exists():
        pytest.skip("skipped: no axe-core here; scripts/browser brings it")
    state = owner.context.storage_state()
    browser = owner.context.browser
    assert browser is not None
    context = browser.new_context(
        base_url=owner.url.partition("/w/")[0], storage_state=state, viewport={"width": width, "height": 844}, bypass_csp=True,
        color_scheme="light" if theme == "light" else "dark",
    )  # fmt: skip
    page, found = context.new_page(), {}
    for address in PAGES:
        page.goto(f"/w/own/{address}")
        if faults := examined(page):
            found[address] = faults
    context.close()
    assert found == {}


def test_a_forgotten_password_is_chosen_anew_by_mail(user: Page, home: Home, plain: Host, chromium: Browser) -> None:
    context = chromium.new_context(base_url=plain.url)
    page = context.new_page()
    page.goto("/reset")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_role("button", name="Send the mail").click()
    page.goto(until(lambda: mailed(home.folder, EMAIL, "reset")))
    page.get_by_label("New password").fill("four quite unrelated words")
    page.get_by_role("button", name="Set the password").click()
    page.wait_for_url("**/today")
    expect(page.get_by_text("Tomasz Kohl").first).to_be_attached()
    context.close()
    user.goto("/w/own/today")
    user.wait_for_url("**/sign-in")


def test_the_menu_closes_by_escape_and_by_a_click_beside_it(owner: Page) -> None:
    owner.goto("/w/own/today")
    opener, menu = owner.locator(".desks summary"), owner.locator(".desks .menu")
    opener.press("Enter")
    expect(menu).to_be_visible()
    owner.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    owner.locator("main").click(position={"x": 5, "y": 5})
    expect(menu).to_be_hidden()


def test_a_question_begins_at_its_heading_so_that_no_second_enter_says_yes(owner: Page) -> None:
    owner.goto("/w/own/settings/desk")
    owner.get_by_label("Time zone").fill("America/New_York")
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("heading", name="Modify workspace settings: Own desk")).to_be_focused()
    owner.keyboard.press("Enter")
    owner.get_by_role("button", name="No", exact=True).click()
    owner.goto("/w/own/settings/desk")
    expect(owner.get_by_label("Time zone")).to_have_value("UTC")
