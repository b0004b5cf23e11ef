"""A search server that goes away and comes back: what answers meanwhile, and that nothing is missing afterwards."""

import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier, Thread

import pytest

from steward.adapters.search.both import NOTE, BothSearch
from steward.adapters.search.opensearch import OpenSearchSearch
from steward.adapters.search.opensearch_client import REST, Client
from steward.adapters.search.sqlite import SqliteSearch
from steward.finding.model import Findings, FindSimilar, Inventory, SearchInventory, SearchProperties, Similar
from steward.kernel.dispatch import Door
from steward.kernel.errors import Unavailable
from steward.kernel.keys import SYSTEM, partition
from steward.kernel.limits import Unlimited
from steward.kernel.search import IndexSpec, Search, Sort
from steward.properties.inputs import CreateProperty, ListProperties
from steward.runs import filling, tick
from steward.workspaces.model import CreateWorkspace
from steward.workspaces.policy import RulePolicy
from tests.support.away import NOWHERE, Gate, gate
from tests.support.worlds import World


class Seconds:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Desk(World):
    """A product whose lists a server keeps that may be away, with or without an engine beside it."""

    def __init__(self, client: Client, prefix: str, spare: Path | None) -> None:
        super().__init__()
        self.server = OpenSearchSearch(client, prefix=prefix, knn="lucene", clock=self.clock, listed=self.listing)
        self.spare = SqliteSearch(spare, self.clock) if spare else None
        self.use(BothSearch(self.server, self.spare) if self.spare else self.server)

    def use(self, search: Search) -> None:
        """From now on the lists are kept so."""
        self.ports = replace(self.ports, search=search, entropy=os.urandom)
        self.door = Door(self.ports, policy=RulePolicy(self.ports.records), limits=Unlimited(), stamp=self.door.stamp)

    def listing(self) -> tuple[str, list[IndexSpec]]:
        return filling.installation(self.door), [filling.listed(self.door, "property")]

    def begin(self, *addresses: str) -> None:
        self.workspace = self.run(CreateWorkspace(name="Hudson desk"), workspace=SYSTEM).id
        self.enter(*addresses)

    def enter(self, *addresses: str) -> None:
        for address in addresses:
            self.run(CreateProperty(address=address))

    def on_server(self) -> list[str]:
        rows = self.server.page(self.workspace, "property", [], sort=Sort("ref")).rows
        return [str(row["address"]) for row in rows]

    def letters(self) -> int:
        return len(self.ports.records.query(partition(self.workspace, "outbox")).rows)


@pytest.fixture
def door(request: pytest.FixtureRequest, server: tuple[Client, str]) -> Iterator[Gate]:
    """The way to the real server, shut."""
    with gate(request.getfixturevalue("_opensearch")) as made:
        yield made


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def desk(door: Gate, seconds: Seconds, server: tuple[Client, str], tmp_path: Path) -> Iterator[Desk]:
    made = Desk(Client(door.address, seconds=seconds), server[1], tmp_path / "search.db")
    yield made
    made.ports.search.close()


def test_a_start_without_the_server_fills_what_is_here_and_the_server_once_it_is_back(desk: Desk, door: Gate, seconds: Seconds) -> None:
    assert not tick.start(desk.door)
    desk.begin("7 Mill Road", "9 Alder Way")
    found: Findings = desk.run(SearchProperties(query="alder"))
    assert ([home.address for home in found.hits][:1], list(found.notes)) == (["9 Alder Way"], [NOTE])
    alike: Similar = desk.run(FindSimilar(id="1"))
    page: Inventory = desk.run(SearchInventory(status="any"))
    assert (list(alike.notes), list(page.notes)) == ([NOTE], [NOTE])
    door.open()
    seconds.now += REST
    assert tick.ready(desk.door)
    assert desk.on_server() == ["7 Mill Road", "9 Alder Way"]
    assert desk.run(ListProperties()).note == ""


def test_what_is_written_while_the_server_is_away_reaches_it_by_the_sweep(desk: Desk, door: Gate, seconds: Seconds) -> None:
    door.open()
    assert tick.start(desk.door)
    desk.begin("7 Mill Road")
    door.shut()
    desk.enter("9 Alder Way", "11 Alder Way")
    told = desk.run(ListProperties(sort="ref"))
    assert ([home.address for home in told.rows], told.note) == (["7 Mill Road", "9 Alder Way", "11 Alder Way"], NOTE)
    desk.clock.pass_(minutes=2)
    tick.minute(desk.door, desk.clock())
    assert desk.letters() >= 2
    door.open()
    seconds.now += REST
    assert (len(desk.on_server()), desk.run(ListProperties()).total, desk.run(ListProperties()).note) == (1, 3, NOTE)
    tick.minute(desk.door, desk.clock())
    assert desk.on_server() == ["7 Mill Road", "9 Alder Way", "11 Alder Way"]
    assert desk.run(ListProperties()).note == ""
    desk.door.outbox.flush()
    assert desk.letters() == 0


def test_with_the_server_alone_a_start_goes_on_and_lists_say_what_is_wrong(
    door: Gate, seconds: Seconds, server: tuple[Client, str]
) -> None:
    desk = Desk(Client(door.address, seconds=seconds), server[1], None)
    assert not tick.start(desk.door)
    desk.begin("7 Mill Road")
    with pytest.raises(Unavailable, match="cannot be reached; check STEWARD_SEARCH"):
        desk.run(ListProperties())
    door.open()
    seconds.now += REST
    assert tick.ready(desk.door)
    assert desk.run(ListProperties()).total == 1


def test_who_is_told_does_not_wait_for_the_server_and_is_told_once(tmp_path: Path) -> None:
    desk = Desk(Client(NOWHERE), "steward", tmp_path / "search.db")
    tick.start(desk.door)
    desk.begin()
    desk.settle()
    desk.enter("7 Mill Road")
    told = desk.ports.queue.depth()
    assert told
    desk.clock.pass_(minutes=2)
    tick.minute(desk.door, desk.clock())
    assert desk.ports.queue.depth() == told


def test_a_server_that_could_not_be_reached_is_not_asked_again_at_once(door: Gate, seconds: Seconds) -> None:
    client = Client(door.address, seconds=seconds)
    with pytest.raises(Unavailable, match="cannot be reached"):
        client.has("steward")
    door.open()
    with pytest.raises(Unavailable, match="cannot be reached"):
        client.has("steward")
    seconds.now += REST
    assert client.has("steward") is False


def test_a_server_that_does_not_answer_is_waited_for_once(seconds: Seconds) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        client = Client(f"http://127.0.0.1:{mute.getsockname()[1]}", patience=0.2, seconds=seconds)
        for _ in range(3):
            with pytest.raises(Unavailable, match="took longer than"):
                client.document("steward", "a")
        mute.setblocking(False)
        mute.accept()[0].close()
        with pytest.raises(BlockingIOError):
            mute.accept()


def test_an_engine_that_was_left_out_for_a_while_is_filled_again(tmp_path: Path) -> None:
    desk = Desk(Client(NOWHERE), "steward", tmp_path / "search.db")
    tick.start(desk.door)
    desk.begin("7 Mill Road")
    both, alone = desk.ports.search, desk.server
    desk.use(alone)
    tick.start(desk.door)
    desk.enter("9 Alder Way")
    desk.use(both)
    tick.start(desk.door)
    assert desk.run(ListProperties()).total == 2


class Together(ThreadingHTTPServer):
    """A server that answers once as many are there as it waits for; it knows who called."""

    def __init__(self, many: int) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.here, self.callers = Barrier(many, timeout=30), set[int]()


class Answering(BaseHTTPRequestHandler):
    server: Together
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.callers.add(self.client_address[1])
        self.server.here.wait()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def test_threads_that_ask_at_once_keep_their_connections() -> None:
    with Together(4) as server, ThreadPoolExecutor(4) as pool:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        client = Client(f"http://127.0.0.1:{server.server_port}")
        for _ in range(3):
            assert list(pool.map(lambda _: client.ask("GET", "/"), range(4))) == [{}] * 4
        client.close()
        server.shutdown()
    assert len(server.callers) == 4
