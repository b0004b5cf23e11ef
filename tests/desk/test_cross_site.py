"""Another site's page in a real browser, with the session's cookie stripped of SameSite: of all that changes something, nothing does."""

import json
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext

from steward.desk import pages
from steward.kernel.registry import find, manifest
from tests.desk.conftest import link_of
from tests.e2e.homes import Home, Host
from tests.support.samples import sample

OUTER = [entry for entry in manifest().commands.values() if entry.http and not entry.internal]
COMMANDS = sorted((*entry.http.split()[:2], entry.name) for entry in OUTER if entry.danger != "read")
PLACES = {f"/w/own/{path}" for method, path in pages.PAGES if method == "POST"}
DESK = sorted(PLACES | {path for method, path in pages.DOORS if method == "POST"})
GIVEN = {"name": "crossed", "email": "crossed@else.example", "password": "crossed words here"}
PASSING = ("receipt", "receipt.seal", "receipt.anchor", "origin", "session", "outbox", "attempt", "heartbeat")
"""Kinds of rows that refusals, or time alone, may write."""
AT_ONCE = 40
TRIED = """async ([address, method, told]) => {
  const ways = [
    [method, 'application/json', 'cors'], [method, 'text/plain', 'no-cors'], ['POST', 'application/x-www-form-urlencoded', 'no-cors'],
  ]
  for (const [verb, kind, mode] of ways) {
    const body = kind === 'application/x-www-form-urlencoded' ? new URLSearchParams(told).toString() : JSON.stringify(told)
    await fetch(address, { method: verb, mode, credentials: 'include', headers: { 'content-type': kind }, body }).catch(() => null)
  }
  navigator.sendBeacon(address, new Blob([JSON.stringify(told)], { type: 'text/plain' }))
  new Image().src = address
}"""
SENT = """([address, told]) => {
  const form = document.createElement('form')
  Object.assign(form, { method: 'POST', action: address, target: '_blank' })
  for (const [name, value] of Object.entries(told)) {
    const field = document.createElement('input')
    Object.assign(field, { name, value, type: 'hidden' })
    form.append(field)
  }
  document.body.append(form)
  form.submit()
}"""


class Page(BaseHTTPRequestHandler):
    """Another site: an empty page at every address."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Home:
    return Home(tmp_path_factory.mktemp("crossed"), {})


@pytest.fixture(scope="module")
def target(home: Home) -> Iterator[Host]:
    with home.serving() as running:
        assert home.steward("properties", "add", "--workspace", "own", "--address", "1 Alder Road", "--city", "Ely", "--json").code == 0
        yield running


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def context(chromium: Browser, target: Host, token: str) -> Iterator[BrowserContext]:
    """A browser whose session cookie has no SameSite, which Chromium sends along with another site's form for two minutes."""
    made = chromium.new_context()
    made.add_cookies([{"name": "steward", "value": token, "url": target.url}])
    yield made
    made.close()


@pytest.fixture(scope="module")
def token(chromium: Browser, target: Host) -> str:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(link_of(target))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today")
    value = next(cookie["value"] for cookie in context.cookies() if cookie.get("name") == "steward")
    context.close()
    return str(value)


def rows(home: Home) -> dict[tuple[str, str], int]:
    """All rows with their versions; of sessions that they are there."""
    with sqlite3.connect(f"file:{home.folder}/steward.db?mode=ro", uri=True) as records:
        found = records.execute("SELECT pk, sk, version FROM row").fetchall()
    records.close()
    kept = {(pk, sk): version for pk, sk, version in found if not pk.rpartition("#")[2].startswith(PASSING)}
    return kept | {(pk, sk): 0 for pk, sk, _ in found if pk.endswith("#session")}


def targets(url: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every route and form that changes something: address, method and what would be sent."""
    for method, path, name in COMMANDS:
        told = {key: str(value) for key, value in sample(find(name).input).items()}
        yield f"{url}/v1{re.sub('{.*?}', '1', path)}", method, told
    for path in DESK:
        yield (
            url + re.sub("{.*?}", "1", path),
            "POST",
            GIVEN,
        )


def test_no_request_of_another_sites_page_changes_anything(home: Home, target: Host, elsewhere: str, context: BrowserContext) -> None:
    before, page = rows(home), context.new_page()
    page.goto(elsewhere)
    for address, method, told in targets(target.url):
        page.evaluate(TRIED, [address, method, told])
    assert rows(home) == before


def test_no_form_of_another_sites_page_changes_anything(home: Home, target: Host, elsewhere: str, context: BrowserContext) -> None:
    before, page, answered = rows(home), context.new_page(), Counter[int]()
    page.goto(elsewhere)
    context.on("response", lambda answer: answered.update([answer.status] if answer.request.method == "POST" else []))
    forms = list(targets(target.url))
    for start in range(0, len(forms), AT_ONCE):
        for address, _, told in forms[start : start + AT_ONCE]:
            with context.expect_page():
                page.evaluate(SENT, [address, told])
        for opened in context.pages[1:]:
            opened.wait_for_load_state()
            opened.close()
    assert rows(home) == before
    assert min(answered) >= 300
    assert answered[403] > len(forms) // 2, "the cookie did not go along"


def test_the_cookie_went_along_and_an_own_page_does_change_something(home: Home, target: Host, context: BrowserContext) -> None:
    """The guard of both tests above: the same browser, from the desk itself, gets through."""
    before, page = rows(home), context.new_page()
    page.goto(f"{target.url}/w/own/today")
    body = json.dumps({"address": "2 Alder Road"})
    status = page.evaluate(
        """body => fetch('/v1/properties', { method: 'POST', body, headers: {
          'content-type': 'application/json', 'x-workspace': 'own' } }).then(answer => answer.status)""",
        body,
    )
    assert status == 201
    assert len(rows(home).keys() - before.keys()) > 0
