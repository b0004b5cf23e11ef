"""The contract of LanguageModel: none, and a provider's over HTTP."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Semaphore, Thread
from time import sleep
from typing import Any

import pytest

from steward.adapters.llm.chat import AT_ONCE, ChatModel
from steward.adapters.llm.none import NoModel
from steward.adapters.provider import Provider as Asked
from steward.adapters.waits import waits
from steward.kernel.errors import Unavailable

SHAPE = {"type": "object", "properties": {"chips": {"type": "array"}}}


class Provider(ThreadingHTTPServer):
    """A server on loopback that says what a test lets it say."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.status, self.content = 200, said({"chips": []})
        self.drops = False
        self.open, self.came = Event(), Semaphore(0)
        self.open.set()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/chat/completions"


class Answering(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        self.server.keys.append(self.headers["Authorization"])
        self.server.came.release()
        self.server.open.wait(30)
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()
        with suppress(OSError):
            for part in drops(self.server) if self.server.drops else [self.server.content]:
                self.wfile.write(part)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def drops(server: Provider) -> Iterator[bytes]:
    """An answer in drops that never ends by itself."""
    while server.drops:
        sleep(0.005)
        yield b" "


def said(value: object) -> bytes:
    """What a provider answers whose model says a value."""
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": json.dumps(value)}}]}).encode()


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def test_none_has_no_name_and_says_how_to_have_one() -> None:
    assert NoModel().model == ""
    with pytest.raises(Unavailable, match="STEWARD_LLM"):
        NoModel().fill(SHAPE, "read", "text")


def test_a_model_is_asked_with_shape_instruction_and_text_apart(provider: Provider) -> None:
    assert ChatModel(provider.address, "small", key="hush").fill(SHAPE, "read", "a text") == {"chips": []}
    (asked,) = provider.asked
    assert asked["model"] == "small"
    assert asked["messages"] == [{"role": "system", "content": "read"}, {"role": "user", "content": "a text"}]
    assert asked["response_format"]["json_schema"]["schema"] == SHAPE
    assert provider.keys == ["Bearer hush"]


@pytest.mark.parametrize(
    ("status", "content", "why"),
    [
        (200, b"no JSON", "does not answer"),
        (200, b"{}", "no JSON"),
        (200, json.dumps({"choices": [{"message": {"content": "Sure! Here you are"}}]}).encode(), "no JSON"),
        (200, json.dumps({"choices": [{"message": {"content": None}}]}).encode(), "no JSON"),
        (200, b"[" * 100_000, "does not answer"),
        (200, json.dumps({"choices": [{"message": {"content": "[" * 100_000}}]}).encode(), "no JSON"),
        (401, b"", r"refuses \(401\)"),
        (503, b"", r"refuses \(503\)"),
    ],
)
def test_what_is_no_answer_is_said(provider: Provider, status: int, content: bytes, why: str) -> None:
    provider.status, provider.content = status, content
    with pytest.raises(Unavailable, match=why):
        ChatModel(provider.address, "small").fill(SHAPE, "read", "a text")


def test_one_that_is_away_is_left_alone_for_a_while() -> None:
    model = ChatModel("http://127.0.0.1:9/v1/chat/completions", "small")
    with pytest.raises(Unavailable, match="does not answer"):
        model.fill(SHAPE, "read", "a text")
    with pytest.raises(Unavailable, match="did not answer a moment ago"):
        model.fill(SHAPE, "read", "a text")


def test_an_answer_that_comes_in_drops_is_not_waited_for(provider: Provider) -> None:
    provider.drops = True
    slow = Asked(provider.address, "", kind="language model", setting="STEWARD_LLM", patience=0.2)
    with pytest.raises(Unavailable, match="does not answer"):
        slow.ask({})
    provider.drops = False


def test_a_slow_model_holds_a_few_questions_and_no_more(provider: Provider) -> None:
    provider.open.clear()
    model = ChatModel(provider.address, "small")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asking = [pool.submit(model.fill, SHAPE, "read", "a text") for _ in range(AT_ONCE)]
        for _ in asking:
            provider.came.acquire(timeout=30)
        with pytest.raises(Unavailable, match="busy with other questions"):
            model.fill(SHAPE, "read", "a text")
        provider.open.set()
        assert [one.result() for one in asking] == [{"chips": []}] * AT_ONCE
    assert model.fill(SHAPE, "read", "a text") == {"chips": []}


def test_who_waits_for_a_provider_gives_its_place_to_others(provider: Provider) -> None:
    told = list[int]()
    token = waits.set(lambda: told.append(len(provider.asked)))
    try:
        ChatModel(provider.address, "small").fill(SHAPE, "read", "a text")
    finally:
        waits.reset(token)
    assert told == [0]
