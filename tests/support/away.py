"""A search server that is away: nobody listens, or a door to a real one that a test opens and shuts."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from steward.adapters.search.both import BothSearch, Key, Told
from steward.kernel.errors import Unavailable
from steward.kernel.search import Search

NOWHERE = "http://127.0.0.1:9"
Done = TypeVar("Done")


class LeftAlone(BothSearch):
    """Both engines for who takes no notice of a server that is away: what fails there is done in the other all the same, and the
    note of who answered is passed over."""

    def _told(self, key: Key, ask: Callable[[Search], Told]) -> Told:
        return replace(super()._told(key, ask), note="")

    def _each(self, do: Callable[[Search], Done]) -> list[Done]:
        done = list[Done]()

        def noted(engine: Search) -> Done:
            done.append(do(engine))
            return done[-1]

        with suppress(Unavailable):
            super()._each(noted)
        return done


class Gate:
    """A port that hands on to a server while it is open, and refuses while it is shut."""

    def __init__(self, address: str) -> None:
        told = urlsplit(address)
        self._there = (told.hostname or "", told.port or 80)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._listening: socket.socket | None = None
        self._passing: list[socket.socket] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def open(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", self._port))
        threading.Thread(target=self._accept, args=[self._listening], daemon=True).start()

    def shut(self) -> None:
        for one in (self._listening, *self._passing):
            if one:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
        self._listening, self._passing = None, []

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, far = listening.accept()[0], socket.create_connection(self._there)
                self._passing += [near, far]
                for source, drain in ((near, far), (far, near)):
                    threading.Thread(target=_hand_on, args=[source, drain], daemon=True).start()


def _hand_on(source: socket.socket, drain: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(1 << 16):
            drain.sendall(part)
        drain.shutdown(socket.SHUT_WR)


@contextmanager
def gate(address: str) -> Iterator[Gate]:
    """A gate that is shut, and shut again at the end."""
    made = Gate(address)
    try:
        yield made
    finally:
        made.shut()
