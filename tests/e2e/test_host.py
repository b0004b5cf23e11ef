"""The host as a real process: what it answers, who owns the home, and how it starts and ends."""

import json
import shutil
import signal
import socket
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.homes import Home, Host

CSV = "id,address,city,state,zipcode,price,date,bedrooms,bathrooms,sqft_living\n" + "".join(
    f"{number},{number} Birch Lane,Alder Falls,WA,98000,{400_000 + number},2015-01-02,3,2,1500\n" for number in range(1, 201)
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that has been used before."""
    made = Home(tmp_path_factory.mktemp("host") / "home", {})
    assert made.steward("workspaces", "list", "--json").code == 0
    return made


@pytest.fixture(scope="module")
def key(home: Home) -> str:
    return str(home.steward("keys", "create", "--name", "test", "--scope", "*", "--json").json()["key"])


@pytest.fixture
def host(home: Home, key: str) -> Iterator[Host]:
    with home.serving() as running:
        yield running


@pytest.fixture
def copied(home: Home, key: str, tmp_path: Path) -> Home:
    """A home that a test may spoil."""
    shutil.copytree(home.folder, tmp_path / "home")
    return Home(tmp_path / "home", {})


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}", "content-type": "application/json"}


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith(".\n") and "Traceback" not in text


@pytest.mark.parametrize("path", ["/", "/health", "/healthz", "/ping", "/openapi.json"])
def test_the_service_answers_at_its_own_addresses(host: Host, path: str) -> None:
    answer = host.ask("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")


def test_a_browser_gets_the_desk_at_the_same_address(host: Host) -> None:
    answer = host.ask("GET", "/", headers={"accept": "text/html"})
    assert (answer.status, answer.headers["location"]) == (302, "/sign-in")


def test_a_path_is_decoded_once(host: Host, key: str) -> None:
    answer = host.ask("GET", "/v1/workspaces/a%2Fb%2525", headers=bearer(key))
    assert answer.status == 404
    assert "'a/b%25'" in answer.json()["detail"]


def test_a_path_outside_ascii_is_no_fault_of_ours(host: Host, key: str) -> None:
    with socket.create_connection(host.address) as wire:
        wire.sendall(b"GET /v1/workspaces/caf\xc3\xa9 HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-api-key: " + key.encode() + b"\r\n\r\n")
        answer = b"".join(iter(lambda: wire.recv(65536), b""))
    assert b" 500 " not in answer.splitlines()[0]


def test_an_oversize_body_is_read_to_its_end_before_it_is_refused(host: Host, key: str) -> None:
    answer = host.ask("POST", "/v1/properties", b"[" + b"1," * 5_000_000 + b"1]", bearer(key))
    assert (answer.status, answer.headers["content-type"], answer.json()["status"]) == (413, "application/problem+json", 413)


def test_bytes_that_are_no_text_are_refused_and_not_a_fault(host: Host, key: str) -> None:
    assert host.ask("POST", "/v1/keys", b"\xff\xfe\x00{", bearer(key)).status == 400


def test_a_head_request_has_no_body(host: Host) -> None:
    answer = host.ask("HEAD", "/health")
    assert (answer.status, answer.body) == (200, b"")


def test_a_second_host_says_who_owns_the_home(home: Home, host: Host) -> None:
    told = home.steward("serve")
    assert told.code == 5
    assert one_sentence(told.err)
    assert str(host.process.pid) in told.err
    assert host.url in told.err


def test_a_port_in_use_is_one_sentence(copied: Home, host: Host) -> None:
    told = Home(copied.folder, {"STEWARD_PORT": str(host.address[1])}).steward("serve")
    assert told.code == 8
    assert one_sentence(told.err)
    assert "STEWARD_PORT" in told.err


def test_a_place_file_that_is_of_no_use_is_named_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "cities.csv").write_text("ID,CITY\n1,Adak\n")
    with Home(tmp_path / "home", {"STEWARD_GAZETTEER": str(tmp_path / "cities.csv")}).serving() as running:
        running.stop()
        assert running.process.stderr is not None
        lines = [json.loads(line) for line in running.process.stderr]
    assert [line["message"] for line in lines if "cities.csv" in line["message"] and line["level"] == "WARNING"]


def test_the_command_line_goes_through_the_owner(home: Home, host: Host, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text(CSV)
    told = home.steward("import", str(file), "--yes", "--json")
    assert told.code == 0, told
    assert told.json()["added"] == 200
    assert host.process.poll() is None


def test_the_command_line_hears_the_owners_refusals(home: Home, host: Host) -> None:
    told = home.steward("workspaces", "get", "nowhere", "--json")
    assert (told.code, told.json()["error"]["kind"]) == (4, "not_found")


def test_the_owners_door_is_shut_for_others(home: Home, host: Host) -> None:
    body = json.dumps({"command": "keys.list", "input": {}, "workspace": "", "key": "", "expected": None}).encode()
    assert host.ask("POST", "/-/command", body, {"authorization": "Bearer guessed"}).status == 401
    assert stat.S_IMODE((home.folder / "owner.json").stat().st_mode) == 0o600


def test_what_was_acknowledged_is_there_after_a_kill(copied: Home, key: str) -> None:
    with copied.serving() as running:
        made = running.ask("POST", "/v1/keys", b'{"name": "kept", "scope": ["read:properties"]}', bearer(key))
        running.kill()
    with copied.serving() as running:
        names = [one["name"] for one in running.ask("GET", "/v1/keys", headers=bearer(key)).json()["rows"]]
    assert made.status == 201
    assert "kept" in names


def test_a_stop_lets_an_upload_in_hand_come_to_its_end(copied: Home, key: str) -> None:
    with copied.serving() as running, closing(running.connection()) as connection:
        begun = running.ask("POST", "/v1/intake/file", json.dumps({"name": "s.csv", "size": len(CSV)}).encode(), bearer(key)).json()
        connection.putrequest(begun["upload"]["method"], begun["upload"]["url"])
        connection.putheader("content-length", str(len(CSV)))
        connection.endheaders(CSV[:1000].encode())
        running.ask("GET", "/health")
        running.process.send_signal(signal.SIGTERM)
        connection.send(CSV[1000:].encode())
        with connection.getresponse() as answer:
            assert (answer.status, json.loads(answer.read())["size"]) == (201, len(CSV))
        assert running.process.wait(30) == 0
    assert not (copied.folder / "owner.json").exists()


def test_a_stop_gives_the_home_back(copied: Home) -> None:
    with copied.serving() as running:
        assert running.stop() == 0
    assert copied.steward("workspaces", "list", "--json").code == 0


def test_a_home_of_a_newer_version_is_left_as_it_is(copied: Home) -> None:
    with closing(sqlite3.connect(copied.folder / "steward.db")) as records:
        records.execute("PRAGMA user_version = 9999")
    before = (copied.folder / "steward.db").read_bytes()
    told = copied.steward("serve")
    assert told.code == 8
    assert one_sentence(told.err)
    assert (copied.folder / "steward.db").read_bytes() == before


def test_a_home_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, no folder")
    told = Home(tmp_path / "file" / "home", {}).steward("serve")
    assert told.code == 8
    assert one_sentence(told.err)


def test_a_wrong_setting_stops_the_start_with_one_sentence(copied: Home) -> None:
    told = Home(copied.folder, {"STEWARD_PORT": "eighty"}).steward("serve")
    assert told.code == 2
    assert one_sentence(told.err)


@pytest.mark.parametrize("address", ["not_a_host", "203.0.113.7"])
def test_an_address_that_is_not_of_this_machine_is_named_as_that(copied: Home, address: str) -> None:
    told = Home(copied.folder, {"STEWARD_HOST": address, "STEWARD_PORT": "0"}).steward("serve")
    assert told.code == 8
    assert one_sentence(told.err)
    assert "set STEWARD_HOST to an address of this machine" in told.err


def test_a_full_disk_refuses_writes_and_damages_nothing(copied: Home, key: str) -> None:
    write = b'{"name": "another", "scope": ["read:properties"]}'
    limit = 300_000 + max(path.stat().st_size for path in copied.folder.glob("*.db*"))
    # a limit on the size of files is the full disk that a test can make
    with copied.serving(through=("prlimit", f"--fsize={limit}", "--")) as running:
        answers = {running.ask("POST", "/v1/keys", write, bearer(key)).status for _ in range(400)}
        assert running.ask("GET", "/v1/keys", headers=bearer(key)).status == 200
    with copied.serving() as running:
        assert running.ask("POST", "/v1/keys", write, bearer(key)).status == 201
    assert 503 in answers
    assert answers <= {201, 503}
