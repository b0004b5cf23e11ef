"""Signing in over REST: a session goes into a cookie, never into a body, and never over an open network or from another site."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from steward.settings import load
from steward.surfaces import http
from steward.surfaces.credentials import origin_of
from steward.surfaces.wire import Request, Response
from steward.workspaces.model import CreateKey, CreateWorkspace, MakeLink, OpenSession
from steward.workspaces.model_receipts import SealReceipts
from steward.workspaces.model_roster import AddMember
from tests.support.worlds import World
from tests.unit.workspaces.people import DANA, PASSWORD, account

OWN = {"content-type": "application/json", "sec-fetch-site": "same-origin"}
LOGIN = {"email": DANA, "password": PASSWORD}


class Client:
    """A browser's script at one product; `url` is where people open it."""

    def __init__(self, url: str = "http://127.0.0.1:8710") -> None:
        self.world = World()
        account(self.world)
        object.__setattr__(self.world.ports, "url", url)
        self.product = replace(self.world.product, secure=url.startswith("https:"))
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, told: object = None, headers: Mapping[str, str] = OWN, *, query: str = "") -> Response:
        body = json.dumps(told or {}).encode() if method == "POST" else b""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        named = {**headers, **({"cookie": cookie} if cookie else {})}
        given = {query.partition("=")[0]: [query.partition("=")[2]]} if query else {}
        answer = http.handle(Request(method, path, given, named, body, "198.51.100.4"), self.product)
        for line in answer.cookies:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


@pytest.fixture
def client() -> Client:
    return Client()


def test_a_session_is_a_cookie_and_never_in_the_body(client: Client) -> None:
    answer = client.ask("POST", "/v1/auth/login", LOGIN)
    assert answer.status == 200
    assert json.loads(answer.body)["token"] == ""
    assert client.cookies["steward"] not in answer.body.decode()
    (line,) = answer.cookies
    assert "HttpOnly" in line and "SameSite=Lax" in line and "Path=/" in line
    assert json.loads(client.ask("GET", "/v1/accounts/me").body)["email"] == DANA


def test_over_tls_the_cookie_is_bound_to_the_host() -> None:
    answer = Client("https://desk.example.com").ask("POST", "/v1/auth/login", LOGIN)
    (line,) = answer.cookies
    assert line.startswith("__Host-steward=") and "; Secure" in line and "Domain" not in line


@pytest.mark.parametrize("path", ["login", "reset", "verify", "second", "passkey", "passkey/begin", "refresh", "logout"])
def test_over_an_open_network_nobody_comes_in(path: str) -> None:
    answer = Client("http://10.0.0.5:8710").ask("POST", f"/v1/auth/{path}", LOGIN)
    assert answer.status == 403
    assert answer.cookies == ()
    assert "TLS" in json.loads(answer.body)["detail"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "status"),
    [
        ("127.0.0.1", {}, 200), ("::1", {}, 200), ("::ffff:127.0.0.1", {}, 200), ("192.168.1.9", {}, 403), ("", {}, 403),
        ("127.0.0.1", {"x-forwarded-for": "192.168.1.9"}, 403),
    ],
)  # fmt: skip
def test_a_host_that_listens_everywhere_lets_in_who_comes_from_its_machine(peer: str, forwarded: dict[str, str], status: int) -> None:
    client = Client(load({"STEWARD_HOST": "0.0.0.0"}).web.url)
    body = json.dumps(LOGIN).encode()
    request = Request("POST", "/v1/auth/login", {}, {**OWN, **forwarded}, body, peer)
    answer = http.handle(request, replace(client.product, exposed=True))
    assert (answer.status, len(answer.cookies)) == (status, int(status == 200))
    if status == 403:
        assert "open http://127.0.0.1:8710 on the machine itself" in json.loads(answer.body)["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json", "sec-fetch-site": "cross-site"},
        {"content-type": "application/json", "sec-fetch-site": "same-site"},
        {"content-type": "application/json", "origin": "https://evil.example", "host": "127.0.0.1:8710"},
        {"content-type": "application/json", "origin": "null", "host": "127.0.0.1:8710"},
        {"origin": "https://evil.example", "host": "127.0.0.1:8710"},
    ],
)
def test_another_site_signs_nobody_in_or_out(client: Client, headers: Mapping[str, str]) -> None:
    assert client.ask("POST", "/v1/auth/login", LOGIN, headers).status == 403
    client.ask("POST", "/v1/auth/login", LOGIN)
    assert client.ask("POST", "/v1/auth/logout", {}, headers).status == 403
    assert client.ask("GET", "/v1/accounts/me").status == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_what_a_form_of_another_site_could_send_is_not_read(client: Client, kind: str) -> None:
    assert client.ask("POST", "/v1/auth/login", LOGIN, {"content-type": kind, "sec-fetch-site": "same-origin"}).status == 400


@pytest.mark.parametrize("path", ["auth/login", "accounts/me/password", "accounts/me/totp", "members"])
def test_nothing_is_done_by_what_stands_in_an_address(client: Client, path: str) -> None:
    client.ask("POST", "/v1/auth/login", LOGIN)
    made = client.world.run(CreateWorkspace(name="Own"), workspace="system").id
    client.world.run(AddMember(email=DANA, role="owner"), workspace=made)
    answer = client.ask("POST", f"/v1/{path}", {"email": DANA}, query=f"password={PASSWORD}")
    assert (answer.status, "not in the address" in json.loads(answer.body)["detail"]) == (400, True)
    assert PASSWORD not in answer.body.decode()


def test_an_unknown_address_and_a_wrong_password_have_the_same_answer(client: Client) -> None:
    answers = [client.ask("POST", "/v1/auth/login", {"email": email, "password": "wrong"}) for email in (DANA, "no@hudson.example")]
    assert (answers[0].status, answers[0].body, answers[0].headers) == (answers[1].status, answers[1].body, answers[1].headers)
    assert answers[0].status == 401


def test_a_lock_out_says_when_to_come_back(client: Client) -> None:
    for _ in range(5):
        client.ask("POST", "/v1/auth/login", {"email": DANA, "password": "wrong"})
    answer = client.ask("POST", "/v1/auth/login", LOGIN)
    assert (answer.status, answer.headers["retry-after"]) == (429, "30")


def test_a_session_that_has_ended_does_not_keep_its_browser_out(client: Client) -> None:
    client.ask("POST", "/v1/auth/login", LOGIN)
    client.world.clock.pass_(hours=1)
    assert client.ask("GET", "/v1/accounts/me").status == 401
    assert client.ask("POST", "/v1/auth/login", LOGIN).status == 200


def test_a_refreshed_session_goes_on_and_the_old_cookie_ends(client: Client) -> None:
    client.ask("POST", "/v1/auth/login", LOGIN)
    old = dict(client.cookies)
    assert client.ask("POST", "/v1/auth/refresh").status == 200
    assert client.cookies != old
    assert client.ask("GET", "/v1/sessions").status == 200
    client.cookies = old
    assert client.ask("GET", "/v1/sessions").status == 401


def test_a_key_of_one_password_is_none_for_another_and_a_repeat_says_that_it_is_one(client: Client) -> None:
    client.ask("POST", "/v1/auth/login", LOGIN)
    keyed, path = {**OWN, "idempotency-key": "k"}, "/v1/accounts/me/password"
    told = {"current": PASSWORD, "password": "four quite unrelated words"}
    assert "idempotent-replayed" not in client.ask("POST", path, told, keyed).headers
    again = client.ask("POST", path, told, keyed)
    assert (again.status, again.headers["idempotent-replayed"]) == (200, "true")
    other = client.ask("POST", path, {**told, "password": "five words of another kind"}, keyed)
    assert (other.status, json.loads(other.body)["detail"].startswith("This idempotency key was used")) == (422, True)


def test_signing_out_ends_the_session(client: Client) -> None:
    client.ask("POST", "/v1/auth/login", LOGIN)
    kept = dict(client.cookies)
    client.ask("POST", "/v1/auth/logout")
    assert client.cookies == {"steward": ""}
    client.cookies = kept
    assert client.ask("GET", "/v1/sessions").status == 401


def test_a_key_cannot_touch_anybodys_account(client: Client) -> None:
    world = client.world
    world.workspace = world.run(CreateWorkspace(name="Own"), workspace="system").id
    key = world.run(CreateKey(name="k", scope=["*"])).key
    for method, path in (("GET", "/v1/accounts/me"), ("GET", "/v1/sessions"), ("POST", "/v1/accounts/me/password")):
        answer = client.ask(method, path, {"password": "x"}, {**OWN, "authorization": f"Bearer {key}"})
        assert answer.status == 403


@pytest.mark.parametrize(
    ("url", "peer", "said", "ip"),
    [
        ("https://desk.example.com", "10.0.0.2", "203.0.113.9", "203.0.113.9"),
        ("https://desk.example.com", "10.0.0.2", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("https://desk.example.com", "8.8.8.8", "6.6.6.6", "8.8.8.8"),
        ("http://127.0.0.1:8710", "127.0.0.1", "6.6.6.6", "127.0.0.1"),
    ],
    ids=["what stands in front", "its own word only", "nobody in front", "this machine"],
)
def test_an_address_is_believed_of_what_stands_in_front_of_us_only(url: str, peer: str, said: str, ip: str) -> None:
    client = Client(url)
    request = Request("GET", "/", {}, {"x-forwarded-for": said, "user-agent": "x"}, b"", peer)
    assert origin_of(request, client.product).ip == ip


HOME = {"address": "1 Alder Road", "city": "Kent", "state": "WA", "zip": "98030"}


@pytest.fixture
def owner(client: Client) -> Client:
    """The browser of the installation's owner, who has the sample county and two desks of their own."""
    world = client.world
    world.run(CreateWorkspace(name="Sample", slug="demo", invented=True), workspace="system")
    for name in ("Own", "Second"):
        made = world.run(CreateWorkspace(name=name), workspace="system")
        world.workspace = made.id if name == "Own" else world.workspace
    link = world.run(MakeLink(), workspace="system")
    client.cookies["steward"] = world.run(OpenSession(token=link.token), workspace="system").token
    return client


def test_a_session_that_names_no_workspace_acts_in_its_own(owner: Client) -> None:
    assert owner.ask("POST", "/v1/properties", HOME).status == 201
    assert len(owner.world.rows("property")) == 1
    assert not owner.world.rows("property", "system")
    assert json.loads(owner.ask("GET", "/v1/properties").body)["total"] == 1


def test_a_session_acts_in_the_installation_itself_only_by_name_and_only_its_owners(owner: Client) -> None:
    named = {**OWN, "x-workspace": "system"}
    assert json.loads(owner.ask("GET", "/v1/runs", headers=named).body)["rows"] == []
    owner.cookies.clear()
    owner.ask("POST", "/v1/auth/login", LOGIN)
    answer = owner.ask("GET", "/v1/runs", headers=named)
    assert (answer.status, "no workspace 'system'" in answer.body.decode()) == (404, True)


def test_a_member_who_names_no_workspace_acts_in_the_one_they_belong_to(owner: Client) -> None:
    world = owner.world
    second = next(row.key.sk for row in world.rows("workspace", "system") if row.body["name"] == "Second")
    world.run(AddMember(email=DANA, role="user"), workspace=second)
    owner.cookies.clear()
    owner.ask("POST", "/v1/auth/login", LOGIN)
    assert owner.ask("POST", "/v1/properties", HOME).status == 201
    assert len(world.rows("property", second)) == 1


def test_who_belongs_to_no_workspace_hears_that(client: Client) -> None:
    client.ask("POST", "/v1/auth/login", LOGIN)
    answer = client.ask("GET", "/v1/properties")
    assert (answer.status, "ask for an invitation" in answer.body.decode()) == (404, True)


def test_what_belongs_to_no_workspace_needs_none(owner: Client) -> None:
    assert json.loads(owner.ask("GET", "/v1/workspaces").body)["total"] == 3
    assert owner.ask("GET", "/v1/sessions").status == 200
    assert owner.ask("POST", "/v1/workspaces", {"name": "Third"}).status == 201


def test_the_owner_verifies_the_receipts_of_all_workspaces_where_none_is_named(owner: Client) -> None:
    owner.ask("POST", "/v1/properties", HOME)
    owner.world.run(SealReceipts(), workspace="system")
    verified = [owner.ask("POST", "/v1/receipts/verify", headers={**OWN, **named}).body for named in ({}, {"x-workspace": "own"})]
    everywhere, here = (json.loads(body)["count"] for body in verified)
    assert everywhere > here > 0


@pytest.mark.parametrize(
    ("method", "path", "slug"),
    [("DELETE", "/v1/properties/1", "own"), ("DELETE", "/v1/workspaces/second", "second"), ("GET", "/v1/sessions", "")],
)
def test_who_waits_for_a_decision_waits_where_the_request_acts(owner: Client, method: str, path: str, slug: str) -> None:
    ids = {str(row.body["slug"]): row.key.sk for row in owner.world.rows("workspace", "system")}
    headers = {**OWN, "cookie": f"steward={owner.cookies['steward']}"}
    assert http.workspace_of(Request(method, path, {}, headers, b"", "198.51.100.4"), owner.product) == ids.get(slug, "system")
