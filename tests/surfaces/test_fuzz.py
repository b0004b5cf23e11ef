"""Whatever comes in, a route and a page answer with a problem of ours and never with a fault."""

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlencode

import pytest

from steward.desk import pages
from steward.kernel.actor import Surface
from steward.kernel.registry import find, manifest
from steward.surfaces import http
from steward.surfaces.wire import Request, Response
from steward.workspaces.model import CreateKey, CreateWorkspace, MakeLink, OpenSession
from tests.support.worlds import World

ROUTES = sorted(f"{entry.http} {name}" for name, entry in manifest().commands.items() if entry.http and not entry.internal)
POSTS = sorted(path for method, path in pages.PAGES if method == "POST")
GETS = sorted(path for method, path in pages.PAGES if method == "GET")
NONE: Mapping[str, str] = {}
ANY = {"if-match": "*"}
SCRIPT = "<img src=x onerror=alert(1)>"
HUGE = "9" * 5_000
LIBRARYS = re.compile(r"\b(Input|String|Decimal|List|Dictionary|Unable to parse|instance of|should (be|have))\b")
"""How a library says what is wrong, which is not how a person hears it."""

TEXTS = (
    "", " ", "x" * 5_000, "a\0b", "a\r\nb: c", "\u202eé💥", "../../etc/passwd", SCRIPT, "-score", "..", "9" * 30, HUGE, f"1..{HUGE}", ",,",
    "%", "_", '"', "{}", "nan", "inf", "-inf", "1e999", "٣", "²", "1_000", "-1", "+1", "1.5", "true", "2014-02-30", "0000..9999",
    "9999-12-31T23:59:59+23:59", "0001-01-01T00:00:00-23:59", "#", "source:", "source:x", "w1", "system", "[null,null]", "[1e999,1]",
)  # fmt: skip
VALUES: tuple[object, ...] = (None, True, 0, -1, 1.5, 10**17, -(10**17), 1e308, [], {}, [1], [[]], {"a": 1}, {"": ""}, ["x" * 5_000])
BODIES = (
    b"{", b"]", b"null", b"1", b'""', b"[]", b"\xff", b"\0", b"\xef\xbb\xbf{}", '{"a": 1}'.encode("utf-16"), b'{"a":NaN}',
    b'{"a":-Infinity}', b'{"a":1e999}', b'{"a":1,"a":2}', b'{"\\ud800":1}', b'{"a":"\\udfff"}', b"[" * 100_000, b'{"a":' * 5_000,
    b'{"a":' * 33 + b"1" + b"}" * 33, b'{"a":' + HUGE.encode() + b"}", b'{"a":"' + b"x" * 999_000 + b'"}', b"x" * 1_000_001,
)  # fmt: skip
IDS = (
    "x" * 512,
    "x" * 513,
    "a" * 5_000,
    "%00",
    "%2f..%2f",
    "%ff",
    "%ed%a0%80",
    "%25",
    "..",
    ".",
    "%0d%0aa:b",
    "%23",
    "*",
    "0",
    "9" * 30,
    "-1",
)
LIST = ("q", "sort", "start", "price.min", "price", "zip", "last_sale_date", "source")
ASKED = {
    "properties": (*LIST, "peek"),
    "properties.csv": LIST,
    "properties.json": LIST,
    "properties/{ref}": ("edit", "fact"),
    "imports/{ref}": ("about",),
}
"""What a page reads of its address."""
HEADERS: Mapping[str, tuple[str, ...]] = {
    "if-match": ("x", '"', '"-1"', "9" * 100, "²", "1,2", "\0"),
    "if-none-match": ("x" * 5_000, "*", "ÿ"),
    "idempotency-key": ("x" * 256, "\0", "ÿ"),
    "x-workspace": ("x" * 5_000, "\0", "ÿ", "system", "#"),
    "x-correlation-id": ("x" * 5_000, "\0"),
    "cookie": ("steward=", "steward=x", "steward=" + "x" * 5_000, "=;=;", ";" * 5_000, "steward=\0ÿ"),
    "authorization": ("Bearer", "Basic x", "Bearer " + "x" * 5_000, "Bearer stw_" + "ÿ" * 36),
    "x-api-key": ("x", "ÿ" * 5_000),
    "content-type": ("text/plain", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "x" * 5_000, ";;"),
    "accept-encoding": ("x" * 5_000,),
}
ODD_HOMES: tuple[Mapping[str, object], ...] = (
    {"lat": 90, "lon": 180}, {"lat": -90, "lon": -180}, {"asking_price": 0}, {"asking_price": 1e11, "living_area_sqft": 10**10},
    {"remarks": SCRIPT * 100, "listing_url": "javascript:alert(1)"}, {"address": SCRIPT, "city": "{{7*7}}", "state": "ZZ", "zip": "00000"},
    {"address": "\u202e💥"}, {"living_area_sqft": 0, "lot_area_sqft": 0, "floors": 0.0001}, {"source_id": "source:1"}, {"source_id": "1"},
    {"sales": [{"date": "0001-01-01", "price": 0}, {"date": "2014-01-01", "price": 1e11}]}, {"address": "x" * 300, "parcel": "y" * 300},
)  # fmt: skip


class Open(World):
    """A world with a key, a session, some odd homes and an import that waits for its file."""

    def __init__(self) -> None:
        super().__init__()
        self.workspace = self.run(CreateWorkspace(name="Own"), workspace="system").id
        self.key = self.run(CreateKey(name="test", scope=["*"])).key
        link = self.run(MakeLink(), workspace="system")
        self.token = self.run(OpenSession(token=link.token), workspace="system", surface=Surface.DESK).token
        for odd in ODD_HOMES:
            assert self.ask("POST", "/v1/properties", {"address": "1 Main St", **odd}).status == 201
        self.begun = json.loads(self.ask("POST", "/v1/intake/file", {"name": SCRIPT}).body)

    def ask(
        self, method: str, path: str, body: object = b"", *, query: Mapping[str, str] | None = None, headers: Mapping[str, str] = NONE
    ) -> Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {"authorization": f"Bearer {self.key}", **headers}
        return http.handle(Request(method, path, {name: [value] for name, value in (query or {}).items()}, named, raw), self.product)

    def open(self, method: str, path: str, body: bytes = b"", *, query: Mapping[str, str] | None = None, **headers: str) -> Response:
        named = {"cookie": f"steward={self.token}", "accept": "text/html", "sec-fetch-site": "same-origin"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        return pages.handle(Request(method, path, {name: [value] for name, value in (query or {}).items()}, named, body), self.product)


@pytest.fixture(scope="module")
def world() -> Open:
    return Open()


def fine(answer: Response) -> bool:
    """Success, or a problem that says in words of ours what is wrong with the request or not to be had here."""
    if answer.status < 400:
        return True
    told = json.loads(answer.body)
    known = answer.status < 500 or (answer.status, told["type"]) == (503, "urn:steward:problem:unavailable")
    return (
        known
        and answer.headers["content-type"] == "application/problem+json"
        and bool(told["detail"])
        and not LIBRARYS.search(told["detail"])
    )


def whole(answer: Response) -> bool:
    """A page or a refusal of the desk's, with nothing in it that a browser would run or a header could not carry."""
    lines = [*answer.headers.values(), *answer.cookies]
    clean = all(line.isascii() and line.isprintable() for line in lines)
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        clean = clean and SCRIPT.encode() not in answer.body
    return clean and (answer.status < 500 or answer.status == 503)


def filled(path: str, value: str) -> str:
    return re.sub(r"\{\w+\}", lambda _: value, path)


@pytest.mark.parametrize("route", ROUTES)
def test_no_body_makes_a_route_fail(world: Open, route: str) -> None:
    method, path, _ = route.split()
    answers = {body[:20]: world.ask(method, filled(f"/v1{path}", "1"), body, headers=ANY) for body in BODIES}
    assert {start: answer.status for start, answer in answers.items() if not fine(answer) or not 400 <= answer.status < 500} == {}


@pytest.mark.parametrize("route", ROUTES)
def test_no_value_of_a_field_makes_a_route_fail(world: Open, route: str) -> None:
    method, path, name = route.split()
    address, wrong = filled(f"/v1{path}", "1"), []
    for field in [field for field in find(name).input.model_fields if f"{{{field}}}" not in path]:
        for value in (*TEXTS, *VALUES):
            wrong += [(field, value)] * (not fine(world.ask(method, address, {field: value}, headers=ANY)))
        for text in TEXTS:
            wrong += [(field, text)] * (not fine(world.ask(method, address, query={field: text}, headers=ANY)))
    assert wrong == []


@pytest.mark.parametrize("route", [route for route in ROUTES if "{" in route])
def test_no_id_makes_a_route_fail(world: Open, route: str) -> None:
    method, path, _ = route.split()
    assert [id for id in IDS if not fine(world.ask(method, filled(f"/v1{path}", id), headers={"if-match": '"1"'}))] == []


@pytest.mark.parametrize("route", ROUTES)
def test_no_header_makes_a_route_fail(world: Open, route: str) -> None:
    method, path, _ = route.split()
    for address in (filled(f"/v1{path}", "1"), filled(f"/v1{path}", world.begun["run"])):
        for name, values in HEADERS.items():
            assert [value for value in values if not fine(world.ask(method, address, b"{}", headers={name: value}))] == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "TRACE", "", "x" * 5_000])
def test_no_address_makes_the_api_fail(world: Open, method: str) -> None:
    paths = ("", "//", "/v1", "/v1//", "/v1/%", "/v1/%2", "/" + "a/" * 5_000, "/" + "x" * 70_000, "*", "http://x/v1/properties", "/v1/é")
    assert [path for path in paths if not fine(world.ask(method, path))] == []


def refs(world: Open) -> Iterator[str]:
    yield from map(str, range(1, len(ODD_HOMES) + 1))
    yield from (world.begun["run"], *IDS)


@pytest.mark.parametrize("path", GETS)
def test_no_address_makes_a_page_fail(world: Open, path: str) -> None:
    places = [filled(path, ref) for ref in refs(world)] if "{" in path else [path]
    assert [place for place in places if not whole(world.open("GET", f"/w/own/{place}"))] == []


@pytest.mark.parametrize("path", GETS)
def test_no_query_makes_a_page_fail(world: Open, path: str) -> None:
    place, wrong = f"/w/own/{filled(path, '1')}", []
    for name in ASKED.get(path, ("q", "done")):
        for text in TEXTS:
            wrong += [(name, text)] * (not whole(world.open("GET", place, query={name: text}, hx_request="true")))
    assert wrong == []


@pytest.mark.parametrize("path", POSTS)
def test_no_form_makes_a_page_fail(world: Open, path: str) -> None:
    bodies = [
        b"",
        b"\xff",
        b"{}",
        b"&" * 10_000,
        b"a=1&" * 5_000,
        b"%ff=%00",
        b"--x\r\n\r\n--x--",
        *(urlencode({"refs": text}).encode() for text in TEXTS),
    ]
    place = f"/w/own/{filled(path, '1')}"
    assert [body[:20] for body in bodies if not whole(world.open("POST", place, body))] == []


def test_no_text_makes_the_form_of_a_fact_fail(world: Open) -> None:
    wrong = []
    for field in ("address", "zip", "asking_price", "bedrooms", "bathrooms", "year_built", "waterfront", "listed_on", "lat", "id", "sales"):
        for text in TEXTS:
            form = f"field={field}&version=&value={quote(text)}".encode()
            wrong += [(field, text)] * (not whole(world.open("POST", "/w/own/properties/3/facts", form, hx_request="true")))
    assert wrong == []


@pytest.mark.parametrize("path", POSTS)
def test_a_form_from_another_site_is_refused(world: Open, path: str) -> None:
    assert world.open("POST", f"/w/own/{filled(path, '1')}", sec_fetch_site="cross-site").status == 403


def test_no_sign_in_makes_the_door_fail(world: Open) -> None:
    answers = [world.open("POST", "/sign-in", urlencode({"token": text}).encode(), query={"token": text}) for text in TEXTS]
    assert all(whole(answer) for answer in answers)
    assert {answer.status for answer in answers} == {403}
