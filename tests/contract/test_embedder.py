"""The contract of Embedder: the model that ships with Steward, none, and a provider's over HTTP."""

import json
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from zlib import crc32

import pytest

from steward.adapters.embed.none import NoEmbedder
from steward.adapters.embed.provider import AT_ONCE, ProviderEmbedder
from steward.adapters.embed.wordllama import MANY, WordLlama
from steward.kernel.embedding import Embedder
from steward.kernel.errors import Unavailable

DIMENSION = 8
TEXTS = ["A quiet house with a garden", "", "Loft downtown", "casa con jardín y piscina", "A quiet house with a garden"]


class Provider(ThreadingHTTPServer):
    """A server on loopback that embeds by the first letters of words; `answer`, where a test sets it, is all it says."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.answer: tuple[int, bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/embeddings"

    def told(self, body: dict[str, Any]) -> tuple[int, bytes]:
        self.asked.append(body)
        found = [{"index": at, "embedding": _numbers(text)} for at, text in enumerate(body["input"])]
        return self.answer or (200, json.dumps({"data": found[::-1]}).encode())


class Answering(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        self.server.keys.append(self.headers["Authorization"])
        status, content = self.server.told(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(status)
        self.send_header("Location", self.server.address)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def _numbers(text: str) -> list[float]:
    found = [0.0] * DIMENSION
    for word in text.lower().split():
        found[crc32(word.encode()) % DIMENSION] += 3.0
    return found


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(params=["wordllama", "provider"])
def embedder(request: pytest.FixtureRequest, provider: Provider) -> Embedder:
    if request.param == "wordllama":
        return WordLlama()
    return ProviderEmbedder(provider.address, "small", dimension=DIMENSION, key="hush")


def likeness(one: bytes, other: bytes) -> float:
    numbers = [struct.unpack(f"<{len(vector) // 4}f", vector) for vector in (one, other)]
    return float(sum(a * b for a, b in zip(*numbers, strict=True)))


def alike(some: Sequence[bytes], others: Sequence[bytes]) -> bool:
    """Whether vectors are the same in their order, to within what adding in another order changes."""
    return all(one == other == b"" or likeness(one, other) > 0.99999 for one, other in zip(some, others, strict=True))


def test_a_vector_has_its_dimension_and_the_length_one(embedder: Embedder) -> None:
    (vector,) = embedder.embed(["A quiet house with a garden"])
    assert len(vector) == 4 * embedder.dimension
    assert likeness(vector, vector) == pytest.approx(1, abs=1e-5)


def test_each_text_gets_its_own_vector_in_its_place(embedder: Embedder) -> None:
    alone = [vector for text in TEXTS for vector in embedder.embed([text])]
    assert alike(embedder.embed(TEXTS), alone)
    assert alike([alone[0]], [alone[4]])
    assert not alike([alone[0]], [alone[2]])


def test_nothing_known_has_no_vector(embedder: Embedder) -> None:
    assert list(embedder.embed(["", "  \n\t"])) == [b"", b""]
    assert list(embedder.embed([])) == []


def test_what_shares_words_is_more_alike(embedder: Embedder) -> None:
    house, same, other = embedder.embed(["quiet house garden", "a quiet house with garden", "penthouse elevator lobby"])
    assert likeness(house, same) > likeness(house, other)


def test_many_texts_are_as_each_alone(embedder: Embedder) -> None:
    many = [f"house number {number}" if number % 7 else "" for number in range(AT_ONCE + MANY)]
    assert alike(embedder.embed(many), [vector for text in many for vector in embedder.embed([text])])


def test_a_huge_text_is_taken(embedder: Embedder) -> None:
    assert all(embedder.embed(["word " * 20_000, "x" * 50_000]))


def test_a_model_has_a_name_that_holds_its_dimension(embedder: Embedder) -> None:
    assert str(embedder.dimension) in embedder.model


def test_no_model_has_no_name_and_no_vectors() -> None:
    none = NoEmbedder()
    assert (none.model, none.dimension, none.embed(["house", ""])) == ("", 0, [b"", b""])


def test_a_text_now_and_then_loads_no_numpy_and_has_the_same_vector() -> None:
    code = (
        "import sys; from steward.adapters.embed.wordllama import WordLlama; vector, none = WordLlama().embed(['heated pool', '']);"
        "assert none == b'' and 'numpy' not in sys.modules and 'wordllama' not in sys.modules; print(vector.hex())"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]).stdout
    many = WordLlama().embed(["heated pool"] * MANY)
    assert alike([bytes.fromhex(said.strip())], many[:1])


def test_meaning_is_found_without_a_shared_word() -> None:
    asked, pool, stove = WordLlama().embed(["somewhere to swim", "heated pool and hot tub", "gas stove and dishwasher"])
    assert likeness(asked, pool) > likeness(asked, stove) + 0.1


@pytest.mark.parametrize(("one", "other"), [("Piscina GRANDE", "piscina grande"), ("jardi\u0301n", "jardín"), ("pool!!", "(pool)")])
def test_case_signs_and_ways_to_write_an_accent_make_no_difference(one: str, other: str) -> None:
    first, second = WordLlama().embed([one, other])
    assert first == second != b""


@pytest.mark.parametrize("text", ["🙂🏠", "!!! ---", "___", "\u16a0\u16a1"])
def test_signs_and_letters_that_the_table_lacks_have_no_vector(text: str) -> None:
    assert list(WordLlama().embed([text])) == [b""]


def test_a_provider_is_asked_for_its_model_with_its_key_and_only_for_what_has_words(provider: Provider) -> None:
    ProviderEmbedder(provider.address, "small", dimension=DIMENSION, key="hush").embed(["a", " ", "b"])
    assert provider.asked == [{"model": "small", "input": ["a", "b"]}]
    assert provider.keys == ["Bearer hush"]


def test_a_provider_without_a_key_is_sent_none(provider: Provider) -> None:
    ProviderEmbedder(provider.address, "small", dimension=DIMENSION).embed(["a"])
    assert provider.keys == [None]


@pytest.mark.parametrize(
    ("status", "content"),
    [
        *((status, b"") for status in (302, 401, 429, 500)),
        *((200, content) for content in (b"", b"no", b"[]", b"{}", b'{"data": []}', b'{"data": [{"index": 0, "embedding": [1, 2]}]}')),
        *((200, content) for content in (b'{"data": [{"index": 0, "embedding": "abc"}]}', b'{"data": [{"index": 0}]}', b'{"data": 3}')),
    ],
)  # fmt: skip
def test_a_provider_that_fails_is_unavailable_and_its_key_is_not_told(provider: Provider, status: int, content: bytes) -> None:
    provider.answer = status, content
    with pytest.raises(Unavailable, match="STEWARD_EMBEDDING") as failed:
        ProviderEmbedder(provider.address, "small", dimension=DIMENSION, key="hush").embed(["a"])
    assert "hush" not in failed.value.detail
    assert len(provider.asked) == 1


def test_a_provider_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1 does not answer"):
        ProviderEmbedder("http://127.0.0.1:1/v1/embeddings", "small", dimension=DIMENSION).embed(["a"])


def test_a_provider_that_did_not_answer_is_left_alone_for_a_while(provider: Provider) -> None:
    embedder = ProviderEmbedder(provider.address, "small", dimension=DIMENSION)
    provider.answer = 200, b"no"
    for how in ("does not answer", "a moment ago"):
        with pytest.raises(Unavailable, match=how):
            embedder.embed(["a"])
    assert len(provider.asked) == 1


def test_a_vector_of_zeros_is_none(provider: Provider) -> None:
    provider.answer = 200, json.dumps({"data": [{"index": 0, "embedding": [0.0] * DIMENSION}]}).encode()
    assert ProviderEmbedder(provider.address, "small", dimension=DIMENSION).embed(["a"]) == [b""]
