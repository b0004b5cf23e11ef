"""Sending a file to a store's own address: S3's form, a plain PUT, and what a store says no to."""

from collections.abc import Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from host import forms
from steward.kernel.errors import Invalid, Unavailable

CONTENT = b"id,price\r\n--x\r\n\0\xff" * 90_000
"""More than one part, with what looks like the edge of a form in it."""


class Store(BaseHTTPRequestHandler):
    """Takes what comes, unless the address says what it should answer."""

    def do_PUT(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        told = self.rfile.read(int(self.headers["content-length"]))
        self.server.came = (self.command, self.path, self.headers["content-type"], told)  # type: ignore[attr-defined]
        refusal = self.path.strip("/")
        body = f"<Error><Code>{refusal}</Code></Error>".encode() if refusal else b""
        self.send_response(400 if refusal else 204)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def store() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Store)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "roll.csv"
    path.write_bytes(CONTENT)
    return path


def send(store: HTTPServer, file: Path, *, path: str = "/", method: str = "POST") -> None:
    address = f"http://127.0.0.1:{store.server_address[1]}{path}"
    forms.send({"url": address, "method": method, "fields": {"key": "w/1/uploads/ć", "policy": "p=="}}, file)


def test_a_form_holds_its_fields_and_then_the_file_as_it_is(store: HTTPServer, file: Path) -> None:
    send(store, file)
    _, _, kind, body = store.came  # type: ignore[attr-defined]
    form = message_from_bytes(f"content-type: {kind}\r\n\r\n".encode() + body)
    fields = [part for part in form.walk() if not part.is_multipart()]
    assert [part.get_param("name", header="content-disposition") for part in fields] == ["key", "policy", "file"]
    assert fields[0].get_payload(decode=True) == "w/1/uploads/ć".encode()
    assert b"\r\n\r\n" + CONTENT + b"\r\n--" in body


def test_a_put_is_the_file_and_nothing_else(store: HTTPServer, file: Path) -> None:
    send(store, file, method="PUT")
    assert store.came == ("PUT", "/", "application/octet-stream", CONTENT)  # type: ignore[attr-defined]


def test_a_file_that_the_store_finds_too_large_is_said_to_be(store: HTTPServer, file: Path) -> None:
    with pytest.raises(Invalid, match="split it") as refusal:
        send(store, file, path="/EntityTooLarge")
    assert refusal.value.too_large


def test_another_refusal_names_the_stores_reason(store: HTTPServer, file: Path) -> None:
    with pytest.raises(Unavailable, match="AccessDenied"):
        send(store, file, path="/AccessDenied")


def test_a_store_that_is_not_there_is_one_sentence(store: HTTPServer, file: Path) -> None:
    store.server_close()
    store.shutdown()
    with pytest.raises(Unavailable, match="send the file again"):
        send(store, file)
