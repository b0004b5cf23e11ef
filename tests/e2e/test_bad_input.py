"""What a hostile or unlucky client sends over the wire, as a file, or at the command line: a clear answer, and nothing lost."""

import io
import json
import resource
import socket
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from tests.e2e.homes import Home, Host, Reply, until

HEADER = "id,address,city,state,zipcode,price,date,bedrooms,bathrooms,sqft_living\n"
MEGABYTES = 10_000_000


def line(number: int, *, price: str = "400000", street: str = "Birch Lane") -> str:
    return f"{number},{number} {street},Alder Falls,WA,98000,{price},2015-01-02,3,2,1500\n"


GOOD = HEADER + "".join(line(number) for number in range(1, 6))


@dataclass(frozen=True)
class Desk:
    """A running host, and how it is asked."""

    home: Home
    host: Host
    key: str

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        named = {"x-api-key": self.key, "content-type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self.host.ask(method, path, body, named)

    def begin(self, size: int = 0, name: str = "roll.csv") -> Any:
        return self.ask("POST", "/v1/intake/file", json.dumps({"name": name, "size": size, "confirm": True}).encode()).json()

    def run(self, begun: Any) -> Any:
        return self.ask("GET", f"/v1/runs/{begun['run']}").json()

    def ended(self, begun: Any) -> Any:
        return until(lambda: next((run for run in [self.run(begun)] if run["status"] in ("succeeded", "failed")), None))

    def stands_still(self, begun: Any) -> bool:
        before = self.run(begun)["version"]
        sleep(0.5)
        return bool(self.run(begun)["version"] == before)

    def take(self, content: bytes, name: str = "roll.csv") -> Any:
        """Bring a file in; the run at its end."""
        begun = self.begin(len(content), name)
        assert self.ask("PUT", begun["upload"]["url"], content).status == 201
        return self.ended(begun)

    def wire(self, *parts: bytes, cut: bool = False) -> tuple[int, bytes]:
        """Send bytes as they are, say that nothing more comes if they are `cut` off, and read to the end: status and body."""
        with socket.create_connection(self.host.address, timeout=20) as wire:
            for part in parts:
                wire.sendall(part)
            if cut:
                wire.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: wire.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    def head(self, first: str, *more: str) -> bytes:
        """The head of a request with the key."""
        return "\r\n".join([f"{first} HTTP/1.1", "host: x", "connection: close", f"x-api-key: {self.key}", *more, "", ""]).encode("latin-1")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = Home(tmp_path_factory.mktemp("bad") / "home", {"STEWARD_MAX_UPLOAD": "9MB"})
    key = str(home.steward("keys", "create", "--name", "test", "--scope", "*", "--json").json()["key"])
    with home.serving() as host:
        yield Desk(home, host, key)
        assert host.ask("GET", "/health").status == 200


def is_problem(body: bytes, status: int) -> bool:
    told = json.loads(body)
    return told["status"] == status and told["type"].startswith("urn:steward:problem:") and bool(told["detail"])


@pytest.mark.parametrize("method", ["TRACE", "FOO", "get"])
def test_a_strange_method_is_a_problem_of_ours(desk: Desk, method: str) -> None:
    status, body = desk.wire(desk.head(f"{method} /v1/properties"))
    assert status == 405
    assert is_problem(body, 405)


@pytest.mark.parametrize(
    ("first", "status"),
    [
        ("POST /v1/properties", 413),
        ("GET /v1/properties", 413),
        ("POST /v1/nowhere", 413),
        ("POST /w/own/imports", 413),
        ("POST /-/command", 413),
        ("PUT /uploads/guessed.token", 403),
        ("GET /uploads/guessed.token", 400),
    ],
)
def test_ten_megabytes_are_read_to_their_end_before_they_are_refused(desk: Desk, first: str, status: int) -> None:
    answer = desk.wire(desk.head(first, f"content-length: {MEGABYTES}"), b"[" * MEGABYTES)
    assert answer[0] == status
    assert is_problem(answer[1], status)


@pytest.mark.parametrize(
    ("more", "body"), [("content-length: 100", b'{"address":'), ("transfer-encoding: chunked", b"zz\r\n{}\r\n"), ("content-length: 9", b"")]
)
def test_a_request_that_is_cut_off_is_a_problem_and_no_fault(desk: Desk, more: str, body: bytes) -> None:
    status, told = desk.wire(desk.head("POST /v1/properties", more, "content-type: application/json"), body, cut=True)
    assert status == 400
    assert is_problem(told, 400)


@pytest.mark.parametrize(
    "head",
    [
        "GET /v1/properties/\xff\xfe",
        "GET /v1/properties/" + "9" * 60_000,
        "GET /v1/properties?" + "a=1&" * 600,
        "GET /v1/properties?" + "a" * 70_000,
        "GET /v1/properties?limit=%ff&q=%00",
        "GET /v1/properties/%00",
        "GET /w/own/imports/1?about=a%0d%0ab:c%00",
    ],
)
def test_a_monstrous_address_is_refused(desk: Desk, head: str) -> None:
    status, _ = desk.wire(desk.head(head))
    assert 300 <= status < 500


def test_a_flood_of_headers_is_refused(desk: Desk) -> None:
    status, _ = desk.wire(desk.head("GET /v1/properties", *(f"x-{number}: y" for number in range(5_000))))
    assert status == 431


def test_an_upload_that_is_cut_off_leaves_nothing_and_can_be_sent_again(desk: Desk) -> None:
    begun, content = desk.begin(len(GOOD)), GOOD.encode()
    head = desk.head(f"PUT {begun['upload']['url']}", f"content-length: {len(content)}")
    with socket.create_connection(desk.host.address) as wire:
        wire.sendall(head + content[:100])
    status, told = desk.wire(head, content[:200], cut=True)
    assert (status, is_problem(told, 422)) == (422, True)
    assert "send it again" in json.loads(told)["detail"]
    blobs = desk.home.folder / "blobs"
    until(lambda: not [path for path in blobs.rglob("*") if path.is_file() and (begun["run"] in path.name or ".drafts" in path.parts)])
    assert desk.run(begun)["status"] == "waiting"
    assert desk.ask("PUT", begun["upload"]["url"], content).status == 201
    assert desk.ended(begun)["counts"]["properties"] == 5


def test_a_file_of_another_size_than_announced_is_refused_and_can_be_sent_again(desk: Desk) -> None:
    begun = desk.begin(len(GOOD))
    short = desk.ask("PUT", begun["upload"]["url"], GOOD.encode()[:-40])
    assert (short.status, desk.run(begun)["status"]) == (422, "waiting")
    assert desk.ask("PUT", begun["upload"]["url"], GOOD.encode()).status == 201
    assert desk.ended(begun)["counts"]["properties"] == 5


def test_a_second_file_for_an_import_that_has_its_file_is_refused_and_replaces_nothing(desk: Desk) -> None:
    begun = desk.begin(len(GOOD))
    assert desk.ask("PUT", begun["upload"]["url"], GOOD.encode()).status == 201
    desk.ended(begun)
    again = desk.ask("PUT", begun["upload"]["url"], GOOD.upper().encode())
    assert (again.status, "begin another import" in again.json()["detail"]) == (409, True)
    stored = desk.home.folder / "blobs" / begun["upload"]["blob"]
    assert stored.read_text("utf-8") == GOOD


def test_of_two_files_sent_to_one_address_at_once_the_first_is_taken_and_the_other_refused(desk: Desk) -> None:
    begun, contents = desk.begin(len(GOOD)), [GOOD.encode(), GOOD.upper().encode()]
    with ExitStack() as both:
        wires = [both.enter_context(socket.create_connection(desk.host.address, timeout=20)) for _ in contents]
        for wire, content in zip(wires, contents, strict=True):
            wire.sendall(desk.head(f"PUT {begun['upload']['url']}", f"content-length: {len(content)}") + content[:100])
        sleep(0.2)
        for wire, content in zip(wires, contents, strict=True):
            wire.sendall(content[100:])
        told = sorted(int(wire.recv(65536).split(b" ")[1]) for wire in wires)
    assert (told, desk.ended(begun)["status"]) == ([201, 409], "succeeded")


def test_a_file_beyond_the_limit_is_refused_while_it_arrives(desk: Desk) -> None:
    begun = desk.begin()
    status, told = desk.wire(desk.head(f"PUT {begun['upload']['url']}", f"content-length: {MEGABYTES}"), b"x" * MEGABYTES)
    assert (status, is_problem(told, 413), desk.run(begun)["status"]) == (413, True, "waiting")


def test_clients_without_leave_that_send_nothing_hold_up_no_upload(desk: Desk) -> None:
    with ExitStack() as stalled:
        for _ in range(6):
            wire = stalled.enter_context(socket.create_connection(desk.host.address))
            wire.sendall(desk.head("PUT /uploads/guessed.token", "content-length: 1000"))
        assert desk.take(GOOD.encode())["counts"]["properties"] == 5


def test_slow_uploads_hold_up_no_other_and_come_to_their_own_end(desk: Desk) -> None:
    begun, content = [desk.begin(len(GOOD)) for _ in range(12)], GOOD.encode()
    with ExitStack() as slow:
        wires = [slow.enter_context(socket.create_connection(desk.host.address, timeout=20)) for _ in begun]
        for one, wire in zip(begun, wires, strict=True):
            wire.sendall(desk.head(f"PUT {one['upload']['url']}", f"content-length: {len(content)}") + content[:100])
        assert desk.take(content)["counts"]["properties"] == 5
        wires[-1].sendall(content[100:])
        assert b" 201 " in wires[-1].recv(65536).partition(b"\r\n")[0]
    assert desk.ended(begun[-1])["counts"]["properties"] == 5


def test_a_file_beyond_the_limit_is_refused_before_it_is_sent(desk: Desk) -> None:
    answer = desk.ask("POST", "/v1/intake/file", b'{"name":"a.csv","size":2000000001}')
    assert (answer.status, "Split it" in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "a\0b\r\nx: y.csv", "\u202egpj.\x1b[31m", "x" * 300, "<img src=x>.csv", ".."])
def test_a_files_name_is_only_a_name(desk: Desk, name: str) -> None:
    run = desk.take((HEADER + line(1) + "2,only\n").encode(), name)
    held = desk.ask("GET", f"/v1/intake/{run['id']}/quarantine.csv")
    assert (run["status"], run["counts"]["quarantined"], held.status) == ("succeeded", 1, 200)
    assert held.headers["content-disposition"].isprintable()
    assert not [letter for letter in '/\\<>"\r' if letter in held.headers["content-disposition"].partition('filename="')[2][:-1]]


def test_a_files_name_of_5000_characters_is_refused(desk: Desk) -> None:
    assert desk.ask("POST", "/v1/intake/file", json.dumps({"name": "x" * 5_000}).encode()).status == 422


def zipped(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, GOOD)
    return content.getvalue()


WIDE = ",".join(f"c{number}" for number in range(100_000))
GOOD_FILES: dict[str, tuple[bytes, int, int]] = {
    "semicolons": (GOOD.replace(",", ";").encode(), 5, 0),
    "tabs": (GOOD.replace(",", "\t").encode(), 5, 0),
    "bars": (GOOD.replace(",", "|").encode(), 5, 0),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD.encode(), 5, 0),
    "UTF-16 LE": (b"\xff\xfe" + GOOD.encode("utf-16-le"), 5, 0),
    "UTF-16 BE": (b"\xfe\xff" + GOOD.encode("utf-16-be"), 5, 0),
    "UTF-16 without a mark": (GOOD.encode("utf-16-le"), 5, 0),
    "Windows": (GOOD.replace("Birch", "Caf\u00e9").replace("\n", "\r\n").encode("cp1252"), 5, 0),
    "numbers": ((HEADER + line(1, price="1.225e+006") + line(2, price='"$1,200 "') + line(3, price="abc")).encode(), 2, 1),
    "blank lines": (("\n\n" + HEADER + "\n" + line(1) + "\n   \n" + line(2) + "\n\n").encode(), 2, 0),
    "a NUL": ((HEADER + line(1) + line(2, street="Bir\0ch") + line(3)).encode(), 2, 1),
    "5 MB in one field": ((HEADER + line(1) + line(2, street="x" * 5_000_000) + line(3)).encode(), 2, 1),
    "an open quotation mark": ((HEADER + line(1) + '2,"2 Birch,x\n' + "".join(line(number) for number in range(3, 300))).encode(), 298, 1),
    "cut off": ((HEADER + line(1) + line(2))[:-30].encode(), 1, 1),
    "bytes that are no text": (
        (HEADER + line(1) + line(2, street="\u00e9\u00e8")).encode() + line(3).replace("Birch", "\u00ff").encode("latin-1"),
        2,
        1,
    ),
    "the header again": ((HEADER + line(1) + HEADER + line(2)).encode(), 2, 1),
    "rows too short and too long": ((HEADER + line(1) + "2,only\n" + line(3).strip() + ",x\n").encode(), 1, 2),
}
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "nothing but NULs": (b"\0" * 1_000, "is empty"),
    "header only": (HEADER.encode(), "no rows"),
    "one column's name twice": (GOOD.replace("bathrooms", "BEDROOMS ", 1).encode(), "Two columns are named"),
    "ZIP": (zipped("roll.csv"), "a ZIP archive"),
    "XLSX": (zipped("[Content_Types].xml", "docProps/app.xml", "xl/workbook.xml"), "a spreadsheet (Excel)"),
    "XLS": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a spreadsheet (Excel)"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "an image (PNG)"),
    "PDF": (b"%PDF-1.7\n", "a PDF"),
    "a program": (b"\x7fELF" + bytes(range(256)) * 8, "a binary file"),
    "lines before the header": (("County of King\nSales\n\n" + GOOD).encode(), "2 lines before its header"),
    "no header": (GOOD.removeprefix(HEADER).encode(), "The first line holds values"),
    "300 columns and more": ((WIDE[:5_000] + "\n1\n").encode(), "300 is the most"),
    "100,000 columns": ((WIDE + "\n" + "1," * 99_999 + "1\n").encode(), "goes on for more than"),
    "UTF-32": (GOOD.encode("utf-32"), "UTF-32"),
    "fields parted by spaces": (GOOD.replace(",", " ").encode(), "separated by comma"),
}


@pytest.mark.parametrize("what", GOOD_FILES)
def test_the_good_rows_of_an_odd_file_are_in_and_the_others_are_held_back(desk: Desk, what: str) -> None:
    content, good, held = GOOD_FILES[what]
    run = desk.take(content)
    assert (run["status"], run["error"], run["counts"]["properties"], run["counts"]["quarantined"]) == ("succeeded", None, good, held)
    page = desk.ask("GET", f"/v1/intake/{run['id']}/quarantine").json()
    assert (page["total"], all(row["reason"].endswith(".") and row["cells"] for row in page["rows"])) == (held, True)


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_file_that_is_no_table_is_refused_by_name(desk: Desk, what: str) -> None:
    content, named = BAD_FILES[what]
    run = desk.take(content)
    assert run["status"] == "failed"
    assert named in run["error"]
    assert not run["counts"].get("properties")


@contextmanager
def full_disk(host: Host) -> Iterator[None]:
    """No file of the host can grow meanwhile."""
    before = resource.prlimit(host.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(host.process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(host.process.pid, resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_nothing_is_acknowledged_and_afterwards_all_goes_on(desk: Desk) -> None:
    begun = desk.begin(len(GOOD))
    with full_disk(desk.host):
        refused = desk.ask("POST", "/v1/properties", b'{"source_id": "full", "address": "1 Full Street"}')
        upload = desk.ask("PUT", begun["upload"]["url"], GOOD.encode())
        assert desk.ask("GET", "/v1/properties/1").status == 200
        assert desk.home.steward("properties", "list").code == 0
    assert (refused.status, upload.status) == (503, 503)
    assert is_problem(refused.body, 503)
    assert desk.ask("GET", "/v1/properties/source:full").status == 404
    assert desk.ask("POST", "/v1/properties", b'{"source_id": "full", "address": "1 Full Street"}').status == 201
    assert desk.ask("PUT", begun["upload"]["url"], GOOD.encode()).status == 201
    assert desk.ended(begun)["counts"]["properties"] == 5


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (["frobnicate"], 2, "invalid"),
        (["properties", "get"], 2, "invalid"),
        (["properties", "get", "999"], 4, "not_found"),
        (["import", "/nowhere.csv"], 4, "not_found"),
        (["import", "x" * 5_000], 2, "invalid"),
        (["keys", "list", "--workspace="], 2, "invalid"),
        (["serve", "--nope"], 2, "invalid"),
        (["serve"], 5, "conflict"),
        (["config", "checks"], 2, "invalid"),
    ],
)
def test_a_wrong_command_line_answers_one_json_value(desk: Desk, words: list[str], code: int, kind: str) -> None:
    told = desk.home.steward(*words, "--json")
    assert (told.code, told.json()["error"]["kind"], told.out.count("\n")) == (code, kind, 1)


def test_a_word_that_is_no_text_is_quoted_as_far_as_it_goes(desk: Desk) -> None:
    told = desk.home.steward("import", "\udcff.csv", "--json")
    assert (told.code, told.json()["error"]["detail"]) == (4, "There is no file ?.csv; check the path.")


def test_a_check_of_the_settings_names_every_error_and_every_warning(tmp_path: Path) -> None:
    wrong = {"STEWARD_PORT": "x", "STEWARD_GAZETTEER": "/nowhere/zips.csv", "STEWARD_RECORDS": "memory:", "STEWARD_QUEUE": "memory:"}
    told = Home(tmp_path / "home", wrong).steward("config", "check", "--json")
    assert (told.code, told.json()["ok"]) == (2, False)
    assert [text.partition(" ")[0] for text in told.json()["errors"]] == ["STEWARD_PORT", "STEWARD_GAZETTEER"]
    assert [text.partition(" ")[0] for text in told.json()["warnings"]] == ["STEWARD_RECORDS"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("STEWARD_PROT", "8710"),
        ("STEWARD_PORT", "99999"),
        ("STEWARD_RECORDS", "mysql:steward"),
        ("STEWARD_TLS", f"{__file__},{__file__}"),
        ("STEWARD_GAZETTEER", "/nowhere/zips.csv"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path: Path, setting: str, value: str) -> None:
    told = Home(tmp_path / "home", {setting: value}).steward("serve")
    assert (told.code, told.out, told.err.count("\n"), told.err[-2:]) == (2, "", 1, ".\n")
    assert setting in told.err


def test_an_import_goes_on_by_itself_soon_after_the_disk_was_full_in_the_middle_of_it(desk: Desk) -> None:
    rows = 5_000
    content = (HEADER + "".join(line(number, price="", street="Full Street") for number in range(10, 10 + rows))).encode()
    begun = desk.begin(len(content))
    assert desk.ask("PUT", begun["upload"]["url"], content).status == 201
    until(lambda: desk.run(begun)["counts"].get("rows"))
    with full_disk(desk.host):
        until(lambda: desk.stands_still(begun))
        assert desk.run(begun)["finished_at"] is None
    run = until(lambda: next((run for run in [desk.run(begun)] if run["finished_at"]), None), seconds=60)
    assert (run["status"], run["counts"]["rows"], run["counts"]["properties"]) == ("succeeded", rows, rows)
