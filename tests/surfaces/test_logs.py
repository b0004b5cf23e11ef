"""What is logged holds nothing of a person and no secret, whatever is done and whatever goes wrong."""

import io
import json
import logging
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from functions import logs
from steward.kernel.errors import StewardError
from steward.kernel.events import Event
from steward.kernel.mail import Mail, Mailer
from steward.kernel.model import Input
from steward.kernel.reactor import deliver
from steward.properties.inputs import CreateProperty, DeleteProperty, ExportProperties, ListProperties, UpdateProperty
from steward.runs import tick
from steward.surfaces import http
from steward.surfaces.wire import Request
from steward.workspaces import commands_keys, roster
from steward.workspaces.model import CreateKey, MakeLink, RotateKey
from steward.workspaces.model_accounts import Login, Reset
from steward.workspaces.model_permissions import SetPermission
from steward.workspaces.model_receipts import ExportReceipts, ForgetOrigins, ListReceipts, VerifyReceipts
from steward.workspaces.model_roster import AddMember, InviteMember, ListMembers, RemoveMember, UpdateMember
from tests.desk.browsing import Browser, desk_of
from tests.support.worlds import World
from tests.unit.workspaces.people import account, ask

NAME, EMAIL, PHONE, IP, AGENT = "Zebulon Quillfeather", "Zeb.Quill@canary.example", "+1 (509) 555-0147", "203.0.113.77", "CanaryFox/140"
PASSWORD = "heron lantern marzipan"
ADDRESS = "4711 Canary Wharf Lane"
KNOWN = (NAME, EMAIL, PHONE, IP, AGENT, PASSWORD, ADDRESS)


class Refusing:
    """A mail server that quotes what it is given."""

    def send(self, mail: Mail) -> str:
        raise RuntimeError(f"550 no {mail.to} here") from OSError(mail.text)


@pytest.fixture
def world() -> World:
    return World(more={Mailer: Refusing()})


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged from the lowest level on, as it is written."""
    written = io.StringIO()
    made, root = logs.handler(written), logging.getLogger()
    before = root.level
    root.addHandler(made)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(made)
    root.setLevel(before)


def forms(canary: str) -> list[str]:
    """How a text may come to stand in a log, all in small letters."""
    digits = re.sub(r"\D", "", canary)
    coded = [canary, quote(canary), quote_plus(canary), json.dumps(canary)[1:-1], b64encode(canary.encode()).decode().rstrip("=")]
    return [one.lower() for one in [*coded, *([digits] if len(digits) > 8 else [])]]


def leaked(log: io.StringIO, *secrets: str) -> list[str]:
    text = log.getvalue().lower()
    return [canary for canary in (*KNOWN, *secrets) if any(form in text for form in forms(canary))]


def tried(world: World, *commands: Input) -> list[Any]:
    """What commands answer; None where one is refused."""
    found: list[Any] = []
    for cmd in commands:
        with suppress(StewardError):
            found.append(world.run(cmd))
            continue
        found.append(None)
    return found


def over_http(world: World, method: str, path: str, key: str, body: object = None) -> None:
    headers = {"authorization": f"Bearer {key}", "user-agent": AGENT, "content-type": "application/json", "idempotency-key": PHONE}
    query = {"q": [NAME]} if path == "/v1/properties" and method == "GET" else {}
    http.handle(Request(method, path, query, headers, json.dumps(body or {}).encode(), IP), world.product)


def settle(world: World) -> None:
    """Deliver what is queued, as the function does: what fails is logged."""
    for _ in range(20):
        for message in world.ports.queue.receive(10, visibility=60):
            try:
                deliver(world.door, Event.from_json(message.body), seconds=9)
            except Exception:
                logging.getLogger("steward.queue").exception("a message failed and comes back")
            world.ports.queue.delete([message.receipt])


def work(world: World, browser: Browser) -> list[str]:
    """A day at a brokerage, with what goes wrong in one; the secrets that were used."""
    account(world, EMAIL, password=PASSWORD)
    made = tried(world, CreateKey(name=NAME, scope=["*"]), MakeLink(), AddMember(email=EMAIL, name=NAME, role="admin"))
    key, link = made[0].key, made[1].token
    tried(
        world, CreateProperty(address=ADDRESS, owner_name=NAME), UpdateProperty(id="1", owner_name=EMAIL), ListProperties(q=NAME),
        InviteMember(email=f"2{EMAIL}", name=NAME, role="user"), UpdateMember(id=EMAIL, name=NAME), RemoveMember(id=EMAIL),
        SetPermission(command_pattern=EMAIL, permission="deny"), DeleteProperty(id=PHONE), ExportProperties(q=PHONE), ListMembers(),
        ListReceipts(who=EMAIL), ExportReceipts(), VerifyReceipts(), ForgetOrigins(actor=EMAIL), RotateKey(id=made[0].id),
    )  # fmt: skip
    for password in (PASSWORD, f"{PASSWORD}!"):
        with suppress(StewardError):
            ask(world, Login(email=EMAIL, password=password))
    ask(world, Reset(email=EMAIL))
    for path in ("/v1/properties", f"/v1/members/{quote(EMAIL)}", "/v1/receipts"):
        over_http(world, "GET", path, key)
        over_http(world, "GET", path, f"{key[:-1]}x")
    over_http(world, "POST", "/v1/properties", key, {"address": ADDRESS, "owner_phone": PHONE})
    over_http(world, "DELETE", "/v1/properties/1", key)
    browser.get(f"/w/own/properties?q={quote(NAME)}", user_agent=AGENT)
    browser.post("/w/own/settings/people", {"email": EMAIL, "name": NAME, "role": "owner"}, user_agent=AGENT)
    Browser(world).post("/sign-in", {"email": EMAIL, "password": PASSWORD})
    for _ in range(3):
        settle(world)
        world.clock.pass_(minutes=5)
        tick.minute(world.door, world.clock())
        tick.five_minutes(world.door, world.clock())
    return [key, link, *(cookie for cookie in browser.cookies.values() if len(cookie) > 20)]


def test_a_days_work_logs_nothing_of_a_person_and_no_secret(world: World, log: io.StringIO) -> None:
    secrets = work(world, desk_of(world))
    assert "a message failed" in log.getvalue() and "OSError" in log.getvalue()
    assert leaked(log, *secrets) == []


def test_what_breaks_is_logged_by_its_place_and_not_by_its_words(world: World, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = desk_of(world)
    key = world.run(CreateKey(name="k", scope=["*"])).key

    def broken(*_: object, **__: object) -> None:
        try:
            int(EMAIL)
        except ValueError as error:
            raise KeyError(PHONE, PASSWORD) from error

    monkeypatch.setattr(commands_keys, "end_asked", broken)
    monkeypatch.setattr(roster, "load", broken)
    over_http(world, "POST", "/v1/keys", key, {"name": NAME})
    over_http(world, "GET", f"/v1/members/{quote(EMAIL)}", key)
    browser.post("/w/own/settings/keys", {"name": NAME, "preset": "read-only", "once": "n"}, user_agent=AGENT)
    lines = [json.loads(line) for line in log.getvalue().splitlines() if "unexpected" in line]
    assert [re.findall(r"\w+Error", line["trace"]) for line in lines] == [["KeyError", "ValueError"]] * 3
    assert "tests/surfaces/test_logs.py" in lines[0]["trace"] and "create_key" in lines[0]["trace"]
    assert leaked(log, key) == []


@pytest.mark.parametrize("canary", KNOWN)
def test_a_line_that_leaks_is_seen(log: io.StringIO, canary: str) -> None:
    logging.getLogger("steward.door").debug("asked by %s", canary)
    assert leaked(log) == [canary]
